# What every file of the firmware is compiled with. -ffp-contract=off, and no flag that lets a compiler reorder floating
# point: the same bits everywhere. -fno-math-errno makes a square root an instruction.
add_library(firmware_flags INTERFACE)
target_compile_options(firmware_flags INTERFACE
  -std=c99 -O2 -g -ffp-contract=off -fno-math-errno -fvisibility=hidden
  -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  -ffile-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}=.)

# Packets of this software are longer than the link's default: its telemetry is one message.
target_compile_definitions(firmware_flags INTERFACE HIL_PACKET_SIZE_MAX=192u)
