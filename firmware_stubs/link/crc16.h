/* CRC-16/IBM-3740 (also called CCITT-FALSE): polynomial 0x1021, initial value 0xFFFF, nothing reflected, no final
 * exclusive-or; the packet error control of CCSDS 133.0-B and ECSS-E-ST-70-41. */
#ifndef HIL_CRC16_H
#define HIL_CRC16_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* CRC of data[0..n): by a table of 512 bytes, or bit by bit where HIL_CRC_BITWISE is defined. Over "123456789" it is
 * 0x29B1; over data followed by its own CRC, high byte first, it is 0. */
uint16_t hil_crc16(const uint8_t *data, size_t n);

#ifdef __cplusplus
}
#endif

#endif
