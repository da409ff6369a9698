/* What the flight software tells the ground of itself: CCSDS Space Packets (133.0-B-2), each after the attached sync marker
 * (131.0-B) and with the packet error control at its end. rigs/dier5_telemetry.xml describes them for the ground. */
#ifndef DEVICE_BEACON_H
#define DEVICE_BEACON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BEACON_OCTETS 46u         /* 4 marker, 6 header, 34 data, 2 checksum */
#define BEACON_DEVICES_OCTETS 44u /* 4 marker, 6 header, 32 data, 2 checksum */
#define BEACON_WHEELS 4u

struct beacon {
    uint32_t seconds; /* since boot */
    float q_eci_from_body[4], rate_body_rad_s[3]; /* scalar last */
    uint8_t mode;
    bool attitude_known;
};

/* What its devices said last. */
struct beacon_devices {
    uint32_t seconds; /* since boot */
    float position_ecef_m[3]; /* of the receiver's last fix; zeros before the first */
    float wheel_speed_rad_s[BEACON_WHEELS];
};

/* Write a packet; sequence: its number. Both return its octets, marker included. */
size_t beacon_encode(const struct beacon *beacon, uint16_t sequence, uint8_t octets[BEACON_OCTETS]);
size_t beacon_devices_encode(const struct beacon_devices *devices, uint16_t sequence, uint8_t octets[BEACON_DEVICES_OCTETS]);

#endif
