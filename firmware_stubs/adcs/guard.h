/* State that changes seldom and matters much, held twice: what a particle flips in one is mended from the other.
 *
 * It is sealed after each change that is meant: then both are the same and have a checksum, which tells later which of two
 * that differ is the right one. State and copy are n octets, a whole number of words. */
#ifndef ADCS_GUARD_H
#define ADCS_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum guard_verdict { GUARD_SOUND, GUARD_MENDED, GUARD_LOST };

/* Whether n octets, a whole number of words, are the same. */
bool guard_same(const void *a, const void *b, size_t n);

/* Before the state is used: whether it is as it was sealed, or could be made so. Lost: both differ from that. */
enum guard_verdict guard_check(void *state, void *copy, size_t n, uint32_t checksum);

/* After it may have been changed; returns the checksum, `checksum` if nothing has changed. */
uint32_t guard_seal(const void *state, void *copy, size_t n, uint32_t checksum);

#endif
