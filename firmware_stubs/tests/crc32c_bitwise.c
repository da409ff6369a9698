/* The checksum without its table, under another name, so that one program can hold both. */
#define HIL_CRC_BITWISE
#define hil_crc32c hil_crc32c_bitwise
#include "crc32c.c"
