/* As much of protocol 1 as it takes to tell a bench of protocol 1 that the two do not fit: its HELLO_REQUEST is known by
 * its CRC-16, and answered by a HELLO of its kind with the version spoken here. */
#ifndef HIL_PROTOCOL1_H
#define HIL_PROTOCOL1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HIL_PROTOCOL1_HELLO_SIZE 10u

/* Whether bytes[0..n) is a HELLO_REQUEST of protocol 1. */
bool hil_protocol1_asked(const uint8_t *bytes, size_t n);

/* Write the packet that answers it. */
void hil_protocol1_hello(uint8_t bytes[HIL_PROTOCOL1_HELLO_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
