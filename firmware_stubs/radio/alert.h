/* What the ground is told at once of something that was recognised. */
#ifndef RADIO_ALERT_H
#define RADIO_ALERT_H

#include <stddef.h>
#include <stdint.h>

#define ALERT_OCTETS 37u

struct alert {
    uint16_t number;              /* from 1 */
    uint8_t kind, confidence;     /* what it is taken for, and of 255 how surely */
    uint16_t picture;             /* the number of the one that it was seen in */
    uint64_t shutter_ticks;       /* middle of its exposure, 2^-24 s */
    int32_t latitude_1e7_deg, longitude_1e7_deg; /* WGS84, geodetic */
    float height_m;               /* above the ellipsoid */
    float east_m2, north_m2, east_north_m2; /* covariance of the place on the ground */
};

/* Write an alert as it goes to the ground: its fields in their order, big-endian, the time in 7 octets. */
void alert_encode(const struct alert *alert, uint8_t octets[ALERT_OCTETS]);

#endif
