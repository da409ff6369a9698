#include "checksums.h"

static uint32_t mpeg2_octet(uint32_t crc, uint8_t octet)
{
    crc ^= (uint32_t)octet << 24;
    for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x80000000u) != 0 ? crc << 1 ^ 0x04C11DB7u : crc << 1;
    }
    return crc;
}

uint32_t crc32_mpeg2(const uint8_t *data, size_t n, size_t zeros)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < n; i++) {
        crc = mpeg2_octet(crc, data[i]);
    }
    for (size_t i = 0; i < zeros; i++) {
        crc = mpeg2_octet(crc, 0);
    }
    return crc;
}

uint32_t crc32_novatel(const uint8_t *data, size_t n)
{
    uint32_t crc = 0;
    for (size_t i = 0; i < n; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1u) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        }
    }
    return crc;
}

uint16_t crc16_mcrf4xx(const uint8_t *data, size_t n)
{
    uint32_t crc = 0xFFFFu;
    for (size_t i = 0; i < n; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1u) != 0 ? crc >> 1 ^ 0x8408u : crc >> 1;
        }
    }
    return (uint16_t)crc;
}

#define PRIME1 2654435761u
#define PRIME2 2246822519u
#define PRIME3 3266489917u
#define PRIME4 668265263u
#define PRIME5 374761393u

static uint32_t rotated(uint32_t x, unsigned by)
{
    return x << by | x >> (32u - by);
}

static uint32_t word(const uint8_t *data)
{
    return (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

static uint32_t stripes(const uint8_t *data, size_t n, uint32_t seed)
{
    uint32_t lane[4] = {seed + PRIME1 + PRIME2, seed + PRIME2, seed, seed - PRIME1};
    for (size_t at = 0; at + 16u <= n; at += 16u) {
        for (size_t i = 0; i < 4u; i++) {
            lane[i] = rotated(lane[i] + word(data + at + 4u * i) * PRIME2, 13) * PRIME1;
        }
    }
    return rotated(lane[0], 1) + rotated(lane[1], 7) + rotated(lane[2], 12) + rotated(lane[3], 18);
}

uint32_t xxhash32(const uint8_t *data, size_t n, uint32_t seed)
{
    uint32_t hash = (n >= 16u ? stripes(data, n, seed) : seed + PRIME5) + (uint32_t)n;
    size_t at = n - n % 16u;
    for (; at + 4u <= n; at += 4u) {
        hash = rotated(hash + word(data + at) * PRIME3, 17) * PRIME4;
    }
    for (; at < n; at++) {
        hash = rotated(hash + data[at] * PRIME5, 11) * PRIME1;
    }
    hash = (hash ^ hash >> 15) * PRIME2;
    hash = (hash ^ hash >> 13) * PRIME3;
    return hash ^ hash >> 16;
}
