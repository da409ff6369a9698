# obc-usart.elf, obc-semihosting.elf and obc-drivers.elf, each as .bin too.
set(HIL_USART 1 CACHE STRING "USART of the line: 1, 2, 3 or 6 (pins in ports/stm32f405/usart.h)")
set(HIL_BAUD 921600 CACHE STRING "its baud rate")
set(HIL_HSE_HZ 8000000 CACHE STRING "frequency of the board's crystal, whole MHz")

set(here ports/stm32f405)
set(script ${CMAKE_CURRENT_SOURCE_DIR}/${here}/stm32f405.ld)
target_include_directories(firmware_flags INTERFACE ${here}/include)
target_compile_options(firmware_flags INTERFACE -ffreestanding -ffunction-sections -fdata-sections)
set_source_files_properties(${here}/memory.c PROPERTIES COMPILE_OPTIONS
  $<IF:$<C_COMPILER_ID:GNU>,-fno-tree-loop-distribute-patterns,-fno-builtin>)

function(add_board_executable name)
  add_executable(${name}.elf ${ARGN} ${here}/startup.c ${here}/origin.c ${here}/flash_store.c ${here}/board.c
    ${here}/memory.c)
  target_compile_definitions(${name}.elf PRIVATE
    HIL_USART=${HIL_USART} HIL_BAUD=${HIL_BAUD}u HIL_HSE_HZ=${HIL_HSE_HZ})
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

file(GLOB DRIVER_SOURCES CONFIGURE_DEPENDS drivers/*.c)
add_board_executable(obc-drivers ${here}/main_drivers.c ${here}/device_lines.c ${DRIVER_SOURCES})
target_include_directories(obc-drivers.elf PRIVATE ${here} drivers ports/drivers)
# 64-bit division is a function of the compiler's own library.
target_link_libraries(obc-drivers.elf PRIVATE $<$<C_COMPILER_ID:GNU>:gcc>)
