# The STM32F405 by the ziglang wheel alone. Without +vfp4d16sp it would be soft float.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)
set(CMAKE_C_COMPILER_WORKS TRUE) # a test program would want a C library
set(CMAKE_C_FLAGS_INIT
    "-target thumb-freestanding-eabihf -mcpu=cortex_m4+vfp4d16sp -fno-sanitize=undefined")
