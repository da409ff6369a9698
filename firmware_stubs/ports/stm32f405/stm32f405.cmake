# obc-usart.elf, obc-semihosting.elf and obc-drivers.elf, each as .bin too.
set(HIL_USART 1 CACHE STRING "USART of the line: 1, 2, 3 or 6 (pins in ports/stm32f405/usart.h)")
set(HIL_BAUD 921600 CACHE STRING "its baud rate")
set(HIL_HSE_HZ 8000000 CACHE STRING "frequency of the board's crystal, whole MHz; another usual one is found by measuring")
set(HIL_HSE_BYPASS 0 CACHE STRING "1 where another chip's clock takes the place of the crystal")
set(HIL_CHIP stm32f405 CACHE STRING "family of the chip: stm32f405 (and F407), stm32f446 or stm32f411")
set(HIL_FLASH_KIB 1024 CACHE STRING "the chip's flash")
set(HIL_RAM_KIB 128 CACHE STRING "the chip's SRAM in one piece")

set(here ports/stm32f405)
set(script ${CMAKE_CURRENT_BINARY_DIR}/board.ld)
file(READ ${here}/stm32f405.ld linked)
string(REPLACE "LENGTH = 1M - 48K" "LENGTH = ${HIL_FLASH_KIB}K - 48K" linked "${linked}")
string(REPLACE "LENGTH = 128K" "LENGTH = ${HIL_RAM_KIB}K" linked "${linked}")
file(CONFIGURE OUTPUT ${script} CONTENT "${linked}" @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${here}/stm32f405.ld)
target_include_directories(firmware_flags INTERFACE ${here}/include)
target_compile_options(firmware_flags INTERFACE -ffreestanding -ffunction-sections -fdata-sections)
set_source_files_properties(${here}/memory.c PROPERTIES COMPILE_OPTIONS
  $<IF:$<C_COMPILER_ID:GNU>,-fno-tree-loop-distribute-patterns,-fno-builtin>)

function(add_board_executable name)
  add_executable(${name}.elf ${ARGN} ${here}/startup.c ${here}/origin.c ${here}/flash_store.c ${here}/board.c
    ${here}/clock.c ${here}/clock_measure.c
    ${here}/stopwatch.c ${here}/memory.c)
  target_compile_definitions(${name}.elf PRIVATE
    HIL_USART=${HIL_USART} HIL_BAUD=${HIL_BAUD}u HIL_HSE_HZ=${HIL_HSE_HZ} HIL_HSE_BYPASS=${HIL_HSE_BYPASS}
    HIL_CHIP=${HIL_CHIP})
  target_link_libraries(${name}.elf PRIVATE flight)
  # zig has no C library for this target to be kept out, but its compiler's own functions are wanted.
  target_link_options(${name}.elf PRIVATE $<$<C_COMPILER_ID:GNU>:-nostdlib> -T ${script} -Wl,-e,Reset_Handler,--gc-sections)
  set_target_properties(${name}.elf PROPERTIES LINK_DEPENDS ${script})
  add_custom_command(TARGET ${name}.elf POST_BUILD
    COMMAND ${CMAKE_COMMAND} -DELF=$<TARGET_FILE:${name}.elf> -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/print_size.cmake
    COMMAND ${HIL_OBJCOPY} -O binary $<TARGET_FILE:${name}.elf> ${name}.bin)
endfunction()

add_board_executable(obc-usart ${here}/main_usart.c ${here}/usart.c)
add_board_executable(obc-semihosting ${here}/main_semihosting.c ${here}/semihosting.c)
add_board_executable(uart-turnaround tests/uart_turnaround.c ${here}/usart.c)
target_include_directories(uart-turnaround.elf PRIVATE ${here})

# As a boot loader leaves the chip that starts the firmware.
add_board_executable(obc-after-loader ${here}/main_usart.c ${here}/usart.c tests/careless_loader.c)
target_include_directories(obc-after-loader.elf PRIVATE ${here})
target_compile_definitions(obc-after-loader.elf PRIVATE HIL_ENTRY=careless_loader)

add_board_executable(board-probe tests/board_probe.c ${here}/device_lines.c)
target_include_directories(board-probe.elf PRIVATE ${here} drivers)

file(GLOB DRIVER_SOURCES CONFIGURE_DEPENDS drivers/*.c)
add_board_executable(obc-drivers ${here}/main_drivers.c ${here}/device_lines.c ${here}/rod_pins.c
  ${DRIVER_SOURCES})
target_include_directories(obc-drivers.elf PRIVATE ${here} drivers ports/drivers)
# 64-bit division is a function of the compiler's own library.
target_link_libraries(obc-drivers.elf PRIVATE $<$<C_COMPILER_ID:GNU>:gcc>)
