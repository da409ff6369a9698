/* Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM ToN 7(2), 1999): data without zero bytes,
 * so that a zero can end a frame. Decoding is done a byte at a time by deframer.h. */
#ifndef HIL_COBS_H
#define HIL_COBS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most bytes that hil_cobs_encode writes for n bytes of data; the zero that ends a frame is not among them. */
#define HIL_COBS_SIZE_MAX(n) ((n) + (n) / 254u + 1u)

/* Encode data[0..n) into out, which holds at least HIL_COBS_SIZE_MAX(n) bytes and does not overlap data.
 * Returns the number of bytes written (at least 1); none of them is zero. */
size_t hil_cobs_encode(const uint8_t *data, size_t n, uint8_t *out);

#ifdef __cplusplus
}
#endif

#endif
