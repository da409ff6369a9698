#include "beacon.h"

#include <string.h>

#define APID_ATTITUDE 0x0A5u
#define APID_DEVICES 0x0A6u
#define MARKER 0x1ACFFC1Du
#define UNSEGMENTED 0xC000u
#define HEADER 6u
#define MARKER_OCTETS 4u

static uint8_t *put_u16be(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put_u32be(uint8_t *at, uint32_t value)
{
    return put_u16be(put_u16be(at, value >> 16), value & 0xFFFFu);
}

static uint8_t *put_f32be(uint8_t *at, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return put_u32be(at, bits);
}

/* CRC-16/CCITT-FALSE, as 132.0-B has it ("123456789": 29B1). */
static unsigned crc16(const uint8_t *data, size_t n)
{
    unsigned crc = 0xFFFFu;
    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned)data[i] << 8;
        for (unsigned bit = 0; bit < 8u; bit++) {
            crc = (crc & 0x8000u) != 0 ? (crc << 1 ^ 0x1021u) & 0xFFFFu : crc << 1 & 0xFFFFu;
        }
    }
    return crc;
}

/* The marker and the header of a packet of so many octets in all; returns where its data begin. */
static uint8_t *begin(uint8_t *octets, unsigned apid, uint16_t sequence, unsigned size, uint32_t seconds)
{
    uint8_t *at = put_u16be(put_u32be(octets, MARKER), apid);
    at = put_u16be(at, UNSEGMENTED | (sequence & 0x3FFFu));
    at = put_u16be(at, size - MARKER_OCTETS - HEADER - 1u);
    return put_u32be(at, seconds);
}

static uint8_t *put_floats(uint8_t *at, const float *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        at = put_f32be(at, values[i]);
    }
    return at;
}

static size_t end(uint8_t *octets, uint8_t *at)
{
    const uint8_t *const packet = octets + MARKER_OCTETS;
    return (size_t)(put_u16be(at, crc16(packet, (size_t)(at - packet))) - octets);
}

size_t beacon_encode(const struct beacon *beacon, uint16_t sequence, uint8_t octets[BEACON_OCTETS])
{
    uint8_t *at = begin(octets, APID_ATTITUDE, sequence, BEACON_OCTETS, beacon->seconds);
    at = put_floats(at, beacon->q_eci_from_body, 4u);
    at = put_floats(at, beacon->rate_body_rad_s, 3u);
    *at++ = beacon->mode;
    *at++ = beacon->attitude_known;
    return end(octets, at);
}

size_t beacon_devices_encode(const struct beacon_devices *devices, uint16_t sequence, uint8_t octets[BEACON_DEVICES_OCTETS])
{
    uint8_t *at = begin(octets, APID_DEVICES, sequence, BEACON_DEVICES_OCTETS, devices->seconds);
    at = put_floats(at, devices->position_ecef_m, 3u);
    return end(octets, put_floats(at, devices->wheel_speed_rad_s, BEACON_WHEELS));
}
