# libhil_obc.so and obc-posix.
set_target_properties(flight PROPERTIES POSITION_INDEPENDENT_CODE ON)

add_library(hil_obc SHARED ports/library/library.c)
target_link_libraries(hil_obc PRIVATE flight)

add_executable(obc-posix ports/posix/main.c)
target_link_libraries(obc-posix PRIVATE flight)
