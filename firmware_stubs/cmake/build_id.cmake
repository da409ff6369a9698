# BUILD_ID: the first 12 digits of a hash over link/, vision/ and adcs/, names and contents. No date, no path, no compiler: the same
# sources have the same id in every place.
file(GLOB identified RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS link/*.[ch] vision/*.[ch] adcs/*.[ch])
list(SORT identified)
set(digests "")
foreach(source IN LISTS identified)
  file(SHA256 ${CMAKE_CURRENT_SOURCE_DIR}/${source} digest)
  string(APPEND digests "${source} ${digest}\n")
endforeach()
string(SHA256 BUILD_ID "${digests}")
string(SUBSTRING ${BUILD_ID} 0 12 BUILD_ID)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${identified})
message(STATUS "firmware build ${BUILD_ID} for ${HIL_PORT} by ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}")
