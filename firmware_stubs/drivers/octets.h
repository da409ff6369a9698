/* Numbers as they lie in messages. */
#ifndef DEVICE_OCTETS_H
#define DEVICE_OCTETS_H

#include <stdint.h>
#include <string.h>

static inline uint32_t octets_u32le(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint16_t octets_u16le(const uint8_t *at)
{
    return (uint16_t)((unsigned)at[0] | (unsigned)at[1] << 8);
}

static inline void octets_put_u32le(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4u; i++) {
        at[i] = (uint8_t)(value >> 8u * i);
    }
}

static inline float octets_f32le(const uint8_t *at)
{
    const uint32_t bits = octets_u32le(at);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline void octets_put_f32le(uint8_t *at, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    octets_put_u32le(at, bits);
}

/* A double, as the nearest float: made of its bits, for the chip has no double. 0 for what a float cannot hold. */
static inline float octets_f64le(const uint8_t *at)
{
    const uint64_t bits = (uint64_t)octets_u32le(at + 4) << 32 | octets_u32le(at);
    const int32_t exponent = (int32_t)(bits >> 52 & 0x7FFu) - 1023;
    if (exponent < -126 || exponent > 126) {
        return 0.0f;
    }
    const uint64_t fraction = (bits & 0xFFFFFFFFFFFFFu) + 0x0FFFFFFFu + (bits >> 29 & 1u); /* to the nearest, even */
    const uint32_t magnitude = ((uint32_t)(exponent + 127) << 23) + (uint32_t)(fraction >> 29);
    const uint32_t narrow = (uint32_t)(bits >> 63) << 31 | magnitude;
    float value;
    memcpy(&value, &narrow, sizeof value);
    return value;
}

#endif
