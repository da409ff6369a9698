/* SLIP frames with an END at both ends (RFC 1055): Sagitta, Nanosatellite Protocol. */
#ifndef DEVICE_SLIP_H
#define DEVICE_SLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLIP_MOST 128u /* octets of content */

struct slip {
    uint8_t content[SLIP_MOST];
    size_t size;
    bool escaped, broken; /* the octet before was an escape; the present frame is none */
    bool ended;           /* content is that of a frame that is over */
    uint32_t broken_frames;
};

/* Take the next octet; true when a frame is complete: content and size are its. It may have been cut short in ways that
 * only its checksum shows. Begin with zeros. */
bool slip_take(struct slip *slip, uint8_t octet);

/* Write the frame of content[0..n) to `frame`, which holds 2 n + 2 octets. Returns its size. */
size_t slip_encode(const uint8_t *content, size_t n, uint8_t *frame);

#endif
