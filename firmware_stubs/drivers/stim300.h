/* STIM300 inertial unit: its gyros and their temperature out of a stream of datagrams. */
#ifndef DEVICE_STIM300_H
#define DEVICE_STIM300_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STIM300_MOST 63u /* octets of the longest datagram */

/* Bits of the status octet that make a measurement none. */
#define STIM300_NOT_GOOD 0xF8u

struct stim300_sample {
    float rate_rad_s[3]; /* in the unit's own axes */
    float temperature_degC; /* of the x gyro; 0 in datagrams without it */
    uint8_t status, counter;
    uint16_t latency_us; /* from the measurement to the datagram's first octet */
};

struct stim300 {
    uint8_t buffer[STIM300_MOST];
    size_t size;
    struct stim300_sample sample; /* the last one */
    uint32_t noise;               /* octets that belonged to no datagram */
};

/* Take the next octet; true when `sample` is new. Begin with zeros. The datagrams are to be in rate mode. */
bool stim300_take(struct stim300 *stim, uint8_t octet);

#endif
