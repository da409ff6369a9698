#include "stim300.h"

#include <string.h>

#include "checksums.h"

#define RATE_RAD_S (0.017453292519943295f / 16384.0f) /* 2^-14 deg/s */
#define TEMPERATURE_DEGC (1.0f / 256.0f)
#define GROUP 10u
#define GROUP_TEMPERATURE 7u

struct datagram {
    uint8_t id, groups, temperatures, auxiliary, pads; /* groups of three numbers beside and with the gyros */
};

/* stim300-driver (MIT), stim300_constants.h */
static const struct datagram datagrams[] = {
    {0x90, 1, 0, 0, 2}, {0x91, 2, 0, 0, 0}, {0x92, 2, 0, 0, 0}, {0x93, 3, 0, 0, 2},
    {0x94, 1, 1, 0, 3}, {0xA5, 2, 1, 0, 2}, {0xA6, 2, 1, 0, 2}, {0xA7, 3, 1, 0, 1},
    {0x98, 1, 0, 1, 2}, {0x99, 2, 0, 1, 0}, {0x9A, 2, 0, 1, 0}, {0x9B, 3, 0, 1, 2},
    {0x9C, 1, 1, 1, 3}, {0xAD, 2, 1, 1, 2}, {0xAE, 2, 1, 1, 2}, {0xAF, 3, 1, 1, 1},
};

static const struct datagram *find(uint8_t id)
{
    for (size_t i = 0; i < sizeof datagrams / sizeof datagrams[0]; i++) {
        if (datagrams[i].id == id) {
            return &datagrams[i];
        }
    }
    return NULL;
}

static size_t size_of(const struct datagram *kind)
{
    return 8u + GROUP * kind->groups + (kind->temperatures ? GROUP_TEMPERATURE * kind->groups : 0u)
        + (kind->auxiliary ? 4u : 0u);
}

static float rate(const uint8_t *at)
{
    const uint32_t count = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
    const int32_t extended = (int32_t)(count ^ 0x800000u) - 0x800000;
    return (float)extended * RATE_RAD_S;
}

static void read(struct stim300 *stim, const struct datagram *kind, size_t size)
{
    const uint8_t *data = stim->buffer;
    struct stim300_sample sample = {.status = data[10], .counter = data[size - 7u]};
    for (size_t axis = 0; axis < 3u; axis++) {
        sample.rate_rad_s[axis] = rate(data + 1u + 3u * axis);
    }
    if (kind->temperatures) {
        const uint8_t *at = data + 1u + GROUP * kind->groups;
        const int32_t count = (int32_t)(((uint32_t)at[0] << 8 | at[1]) ^ 0x8000u) - 0x8000;
        sample.temperature_degC = (float)count * TEMPERATURE_DEGC;
    }
    sample.latency_us = (uint16_t)((unsigned)data[size - 6u] << 8 | data[size - 5u]);
    stim->sample = sample;
}

static bool checked(const uint8_t *data, size_t size, size_t pads)
{
    const uint8_t *crc = data + size - 4u;
    const uint32_t told = (uint32_t)crc[0] << 24 | (uint32_t)crc[1] << 16 | (uint32_t)crc[2] << 8 | crc[3];
    return crc32_mpeg2(data, size - 4u, pads) == told;
}

static void drop(struct stim300 *stim, size_t n)
{
    stim->size -= n;
    memmove(stim->buffer, stim->buffer + n, stim->size);
}

/* A datagram may begin within what looked like one: all octets but the first are looked at again. */
bool stim300_take(struct stim300 *stim, uint8_t octet)
{
    stim->buffer[stim->size++] = octet;
    while (stim->size > 0) {
        const struct datagram *kind = find(stim->buffer[0]);
        const size_t size = kind != NULL ? size_of(kind) : 0;
        if (kind != NULL && stim->size < size) {
            return false;
        }
        if (kind != NULL && checked(stim->buffer, size, kind->pads)) {
            read(stim, kind, size);
            drop(stim, size);
            return true;
        }
        stim->noise++;
        drop(stim, 1);
    }
    return false;
}
