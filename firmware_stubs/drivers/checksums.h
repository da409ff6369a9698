/* Checksums of the devices' protocols. */
#ifndef DEVICE_CHECKSUMS_H
#define DEVICE_CHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32/MPEG-2 of data and then of so many zeros: STIM300 ("123456789", no zeros: 0376E6E7). */
uint32_t crc32_mpeg2(const uint8_t *data, size_t n, size_t zeros);

/* Reflected CRC-32 that starts with 0 and is not inverted: NovAtel. */
uint32_t crc32_novatel(const uint8_t *data, size_t n);

/* CRC-16/MCRF4XX: Nanosatellite Protocol ("123456789": 6F91). Over a frame with its checksum it is 0. */
uint16_t crc16_mcrf4xx(const uint8_t *data, size_t n);

/* xxHash32 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md): Sagitta. */
uint32_t xxhash32(const uint8_t *data, size_t n, uint32_t seed);

#endif
