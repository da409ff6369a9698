/* The checksum without its table, under another name, so that one program can hold both. */
#define HIL_CRC_BITWISE
#define hil_crc16 hil_crc16_bitwise
#include "crc16.c"
