/* CRC-32C (Castagnoli; also CRC-32/ISCSI): polynomial 0x1EDC6F41, reflected, initial value and final exclusive-or all
 * ones; RFC 9260, appendix A. It finds every error of up to 5 bits in a packet of up to 655 octets, every odd number of
 * wrong bits, and every burst of up to 32 bits in the order in which a UART sends them (Koopman, DSN 2002). */
#ifndef HIL_CRC32C_H
#define HIL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What hil_crc32c gives for data that is followed by its own CRC, least significant octet first. */
#define HIL_CRC32C_RESIDUE 0x48674BC7ul

/* CRC of data[0..n): by a table of 1 KiB, or bit by bit where HIL_CRC_BITWISE is defined. Over "123456789" it is
 * 0xE3069283. */
uint32_t hil_crc32c(const uint8_t *data, size_t n);

#ifdef __cplusplus
}
#endif

#endif
