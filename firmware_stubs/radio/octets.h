/* Numbers in octets, most significant first. */
#ifndef RADIO_OCTETS_H
#define RADIO_OCTETS_H

#include <stdint.h>

static inline unsigned radio_get_u16(const uint8_t *p)
{
    return ((unsigned)p[0] << 8) | p[1];
}

static inline uint32_t radio_get_u32(const uint8_t *p)
{
    return ((uint32_t)radio_get_u16(p) << 16) | radio_get_u16(p + 2);
}

static inline uint8_t *radio_put_u8(uint8_t *p, unsigned value)
{
    *p = (uint8_t)value;
    return p + 1;
}

static inline uint8_t *radio_put_u16(uint8_t *p, unsigned value)
{
    return radio_put_u8(radio_put_u8(p, value >> 8), value);
}

static inline uint8_t *radio_put_u32(uint8_t *p, uint32_t value)
{
    return radio_put_u16(radio_put_u16(p, (unsigned)(value >> 16)), (unsigned)value);
}

#endif
