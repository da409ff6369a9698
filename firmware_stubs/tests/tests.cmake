# firmware-tests and firmware-fuzz, under address and undefined sanitizers where the compiler has them.
include(CheckCSourceCompiles)
include(CheckIncludeFile)

function(find_sanitizer result flags)
  set(CMAKE_REQUIRED_FLAGS "${flags}")
  set(CMAKE_REQUIRED_LINK_OPTIONS ${flags})
  check_c_source_compiles("int main(void) { return 0; }" ${result})
endfunction()

find_sanitizer(HIL_HAS_SANITIZERS "-fsanitize=address,undefined")
find_sanitizer(HIL_HAS_LIBFUZZER "-fsanitize=fuzzer-no-link")

add_library(firmware_checked OBJECT ${FLIGHT_SOURCES})
target_include_directories(firmware_checked PUBLIC link adcs)
target_link_libraries(firmware_checked PUBLIC firmware_flags)
target_compile_definitions(firmware_checked PUBLIC _POSIX_C_SOURCE=200809L)
if(HIL_HAS_SANITIZERS)
  target_compile_options(firmware_checked PUBLIC -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(firmware_checked INTERFACE -fsanitize=address,undefined)
else()
  message(STATUS "firmware tests: no sanitizers with this compiler")
endif()

file(GLOB test_sources CONFIGURE_DEPENDS tests/test_*.c)
add_executable(firmware-tests ${test_sources} tests/main.c tests/frames.c tests/reference.c tests/synthetic.c tests/wire.c)
target_link_libraries(firmware-tests PRIVATE firmware_checked m)

add_executable(firmware-fuzz tests/fuzz.c)
target_link_libraries(firmware-fuzz PRIVATE firmware_checked)
target_compile_definitions(firmware-fuzz PRIVATE HIL_FUZZ_STANDALONE)

if(HIL_HAS_LIBFUZZER)
  add_executable(firmware-libfuzzer tests/fuzz.c)
  target_link_libraries(firmware-libfuzzer PRIVATE firmware_checked)
  target_compile_options(firmware_checked PRIVATE -fsanitize=fuzzer-no-link)
  target_compile_options(firmware-libfuzzer PRIVATE -fsanitize=fuzzer)
  target_link_options(firmware-libfuzzer PRIVATE -fsanitize=fuzzer)
endif()
