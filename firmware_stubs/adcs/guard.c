#include "guard.h"

#include <string.h>

#include "hil_crc32c.h"

/* By words: the board's own memcmp goes by octets, and this is done in each step. */
bool guard_same(const void *a, const void *b, size_t n)
{
    const uint8_t *left = a, *right = b;
    uint32_t differing = 0;
    for (size_t i = 0; i < n; i += sizeof(uint32_t)) {
        uint32_t one, other;
        memcpy(&one, left + i, sizeof one);
        memcpy(&other, right + i, sizeof other);
        differing |= one ^ other;
    }
    return differing == 0;
}

enum guard_verdict guard_check(void *state, void *copy, size_t n, uint32_t checksum)
{
    if (guard_same(state, copy, n)) {
        return GUARD_SOUND;
    }
    if (hil_crc32c(copy, n) == checksum) {
        memcpy(state, copy, n);
        return GUARD_MENDED;
    }
    if (hil_crc32c(state, n) == checksum) {
        memcpy(copy, state, n);
        return GUARD_MENDED;
    }
    return GUARD_LOST;
}

uint32_t guard_seal(const void *state, void *copy, size_t n, uint32_t checksum)
{
    if (guard_same(state, copy, n)) {
        return checksum;
    }
    memcpy(copy, state, n);
    return hil_crc32c(copy, n);
}
