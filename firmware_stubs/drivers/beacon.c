#include "beacon.h"

#include <string.h>

#define APID 0x0A5u
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

size_t beacon_encode(const struct beacon *beacon, uint16_t sequence, uint8_t octets[BEACON_OCTETS])
{
    uint8_t *const packet = put_u32be(octets, MARKER);
    uint8_t *at = put_u16be(packet, APID);
    at = put_u16be(at, UNSEGMENTED | (sequence & 0x3FFFu));
    at = put_u16be(at, BEACON_OCTETS - MARKER_OCTETS - HEADER - 1u);
    at = put_u32be(at, beacon->seconds);
    for (unsigned i = 0; i < 4u; i++) {
        at = put_f32be(at, beacon->q_eci_from_body[i]);
    }
    for (unsigned i = 0; i < 3u; i++) {
        at = put_f32be(at, beacon->rate_body_rad_s[i]);
    }
    *at++ = beacon->mode;
    *at++ = beacon->attitude_known;
    at = put_u16be(at, crc16(packet, (size_t)(at - packet)));
    return (size_t)(at - octets);
}
