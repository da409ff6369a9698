# firmware-tests and firmware-fuzz, under address and undefined sanitizers where the compiler has them.
include(CheckCSourceCompiles)

# The flags must not only be accepted: zig takes -fsanitize=address and leaves it out.
function(find_sanitizer result flags feature)
  set(CMAKE_REQUIRED_FLAGS "${flags}")
  set(CMAKE_REQUIRED_LINK_OPTIONS "${flags}")
  check_c_source_compiles("
    #ifndef __has_feature
    #define __has_feature(feature) 0
    #endif
    #if !__has_feature(${feature}) && !defined(__SANITIZE_ADDRESS__)
    #error no ${feature}
    #endif
    int main(void) { return 0; }" ${result})
endfunction()

find_sanitizer(HIL_HAS_ADDRESS_SANITIZER "-fsanitize=address" address_sanitizer)
find_sanitizer(HIL_HAS_LIBFUZZER "-fsanitize=fuzzer-no-link,address" address_sanitizer)

add_library(firmware_checked OBJECT ${FLIGHT_SOURCES})
target_include_directories(firmware_checked PUBLIC link vision radio adcs)
target_link_libraries(firmware_checked PUBLIC firmware_flags)
target_compile_definitions(firmware_checked PUBLIC _POSIX_C_SOURCE=200809L)
if(HIL_HAS_ADDRESS_SANITIZER)
  set(sanitizers -fsanitize=address,undefined)
else()
  set(sanitizers -fsanitize=undefined)
endif()
message(STATUS "firmware tests: ${sanitizers}")
target_compile_options(firmware_checked PUBLIC ${sanitizers} -fno-sanitize-recover=all)
target_link_options(firmware_checked INTERFACE ${sanitizers})

file(GLOB test_sources CONFIGURE_DEPENDS tests/test_*.c)
add_executable(firmware-tests ${test_sources} tests/main.c tests/crc32c_bitwise.c tests/frames.c tests/reference.c
               tests/synthetic.c tests/wire.c tests/fake_clocks.c ports/stm32f405/clock.c
               ports/stm32f405/clock_measure.c)
target_include_directories(firmware-tests PRIVATE ports/stm32f405)
target_compile_definitions(firmware-tests PRIVATE HIL_FAKE_REGISTERS)
target_link_libraries(firmware-tests PRIVATE firmware_checked m)

add_executable(firmware-fuzz tests/fuzz.c)
target_link_libraries(firmware-fuzz PRIVATE firmware_checked)
target_compile_definitions(firmware-fuzz PRIVATE HIL_FUZZ_STANDALONE)

add_executable(firmware-fuzz-cfdp tests/fuzz_cfdp.c)
target_link_libraries(firmware-fuzz-cfdp PRIVATE firmware_checked)
target_compile_definitions(firmware-fuzz-cfdp PRIVATE HIL_FUZZ_STANDALONE)

if(HIL_HAS_LIBFUZZER)
  add_executable(firmware-libfuzzer-cfdp tests/fuzz_cfdp.c)
  target_link_libraries(firmware-libfuzzer-cfdp PRIVATE firmware_checked)
  target_compile_options(firmware-libfuzzer-cfdp PRIVATE -fsanitize=fuzzer)
  target_link_options(firmware-libfuzzer-cfdp PRIVATE -fsanitize=fuzzer)
  add_executable(firmware-libfuzzer tests/fuzz.c)
  target_link_libraries(firmware-libfuzzer PRIVATE firmware_checked)
  target_compile_options(firmware_checked PRIVATE -fsanitize=fuzzer-no-link)
  target_compile_options(firmware-libfuzzer PRIVATE -fsanitize=fuzzer)
  target_link_options(firmware-libfuzzer PRIVATE -fsanitize=fuzzer)
endif()

file(GLOB DRIVER_SOURCES CONFIGURE_DEPENDS drivers/*.c)
add_executable(driver-probe tests/driver_probe.c ${DRIVER_SOURCES})
target_include_directories(driver-probe PRIVATE drivers)
target_link_libraries(driver-probe PRIVATE firmware_checked)
