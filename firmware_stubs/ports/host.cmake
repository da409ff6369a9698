# libhil_obc.so, obc-posix and obc-drivers.
set_target_properties(flight PROPERTIES POSITION_INDEPENDENT_CODE ON)

add_library(hil_obc SHARED ports/library/library.c)
target_link_libraries(hil_obc PRIVATE flight)

add_executable(obc-posix ports/posix/main.c ports/posix/file_store.c)
target_link_libraries(obc-posix PRIVATE flight)

file(GLOB DRIVER_SOURCES CONFIGURE_DEPENDS drivers/*.c)
add_executable(obc-drivers ports/drivers/main_posix.c ${DRIVER_SOURCES})
target_include_directories(obc-drivers PRIVATE drivers ports/drivers)
target_link_libraries(obc-drivers PRIVATE flight)
