# Finds the zig compiler of the ziglang wheel through -DHIL_PYTHON=..., else on the PATH; sets HIL_ZIG.
set(HIL_PYTHON "" CACHE FILEPATH "Python that has the ziglang wheel installed")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES HIL_PYTHON)
if(HIL_PYTHON)
  execute_process(
    COMMAND ${HIL_PYTHON} -c "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'), end='')"
    OUTPUT_VARIABLE HIL_ZIG RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${HIL_PYTHON} has no ziglang: run `${HIL_PYTHON} -m pip install ziglang`")
  endif()
else()
  find_program(HIL_ZIG zig REQUIRED)
endif()
set(CMAKE_C_COMPILER ${HIL_ZIG} cc)
set(HIL_OBJCOPY ${HIL_ZIG} objcopy)
