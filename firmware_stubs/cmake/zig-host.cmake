# Host programs by the ziglang wheel. The baseline CPU: a build is then good for every machine of its kind.
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)
set(CMAKE_C_FLAGS_INIT "-mcpu=baseline -fno-sanitize=undefined")
