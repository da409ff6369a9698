#include "corruption_damage.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

uint64_t dice_bits(struct dice *dice)
{
    uint64_t z = dice->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

uint32_t dice_below(struct dice *dice, uint32_t n)
{
    return (uint32_t)((dice_bits(dice) >> 32) * n >> 32);
}

double dice_unit(struct dice *dice)
{
    return ((double)(dice_bits(dice) >> 12) + 0.5) * 0x1p-52;
}

static void flip(struct corruption_stream *stream, uint32_t bit)
{
    stream->octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* Distances between wrong bits are geometric; the first one is drawn so that it lies in the frame. */
static void wrong_bits(struct corruption_stream *stream, uint32_t bits, double rate, struct dice *dice)
{
    const double per_bit = log1p(-rate);
    const double any = -expm1(per_bit * bits);
    double at = floor(log1p(-dice_unit(dice) * any) / per_bit);
    while (at < bits) {
        flip(stream, (uint32_t)at);
        at += 1.0 + floor(log(dice_unit(dice)) / per_bit);
    }
}

static void burst(struct corruption_stream *stream, uint32_t bits, struct dice *dice)
{
    const uint32_t longest = bits < 64 ? bits : 64;
    const uint32_t length = 2 + dice_below(dice, longest - 1);
    const uint32_t start = dice_below(dice, bits - length + 1);
    const uint64_t between = dice_bits(dice);
    flip(stream, start);
    flip(stream, start + length - 1);
    for (uint32_t i = 1; i + 1 < length; i++) {
        if ((between >> i & 1u) != 0) {
            flip(stream, start + i);
        }
    }
}

static void lose(struct corruption_stream *stream, uint32_t at, uint32_t count)
{
    count = count < stream->size - at ? count : stream->size - at;
    memmove(stream->octets + at, stream->octets + at + count, stream->size - at - count);
    stream->size -= count;
}

static void insert(struct corruption_stream *stream, uint32_t at, uint8_t octet)
{
    memmove(stream->octets + at + 1, stream->octets + at, stream->size - at);
    stream->octets[at] = octet;
    stream->size++;
}

static void join(struct corruption_stream *stream, uint32_t first, struct dice *dice)
{
    const uint32_t before = dice_below(dice, 9), after = dice_below(dice, 9);
    const uint32_t at = first - 1 > before ? first - 1 - before : 0;
    lose(stream, at, first - at + after);
}

static bool bit_of(const struct corruption_stream *stream, uint32_t bit)
{
    return bit < stream->size * 8 && (stream->octets[bit / 8] >> bit % 8 & 1u) != 0;
}

/* Bits from `at` on come from `by` bits further on, or further back. */
static void shift(struct corruption_stream *stream, uint32_t at, uint32_t by, bool lost)
{
    static const uint32_t whole = 8;
    struct corruption_stream moved = *stream;
    for (uint32_t bit = at; bit < stream->size * whole; bit++) {
        const bool one = bit_of(stream, lost ? bit + by : bit < at + by ? at : bit - by);
        const uint8_t mask = (uint8_t)(1u << bit % whole);
        moved.octets[bit / whole] = (uint8_t)((moved.octets[bit / whole] & ~mask) | (one ? mask : 0u));
    }
    *stream = moved;
}

static void slip(struct corruption_stream *stream, uint32_t octet, struct dice *dice)
{
    const uint32_t at = octet * 8 + dice_below(dice, 8);
    const uint32_t by = 1 + dice_below(dice, 9);
    shift(stream, at, by, dice_below(dice, 2) == 0);
}

static void any_octets(struct corruption_stream *stream, uint32_t at, uint32_t end, struct dice *dice)
{
    for (; at < end; at++) {
        stream->octets[at] = (uint8_t)dice_bits(dice);
    }
}

static void some_octets(struct corruption_stream *stream, uint32_t at, uint32_t count, struct dice *dice)
{
    any_octets(stream, at, at + count < stream->size ? at + count : stream->size, dice);
}

static void swap(struct corruption_stream *stream, uint32_t a, uint32_t b)
{
    const uint8_t octet = stream->octets[a];
    stream->octets[a] = stream->octets[b];
    stream->octets[b] = octet;
}

void corruption_damage(struct corruption_stream *stream, uint32_t first, uint32_t kind, double rate, struct dice *dice)
{
    const uint32_t at = dice_below(dice, first);
    switch (kind) {
    case CORRUPTION_BITS: wrong_bits(stream, first * 8, rate, dice); break;
    case CORRUPTION_BURST: burst(stream, first * 8, dice); break;
    case CORRUPTION_CUT: lose(stream, at, 1 + dice_below(dice, first)); break;
    case CORRUPTION_JOIN: join(stream, first, dice); break;
    case CORRUPTION_SHIFT: slip(stream, at, dice); break;
    case CORRUPTION_LOST: lose(stream, at, 1); break;
    case CORRUPTION_EXTRA: insert(stream, at, (uint8_t)dice_bits(dice)); break;
    case CORRUPTION_OCTETS: some_octets(stream, at, 1 + dice_below(dice, 8), dice); break;
    case CORRUPTION_SWAP: swap(stream, at, dice_below(dice, first)); break;
    default: any_octets(stream, 0, first - 1, dice); break;
    }
}

static uint32_t append(const struct corruption *corruption, struct corruption_stream *stream, uint32_t frame)
{
    const uint32_t begin = corruption->begin[frame], size = corruption->begin[frame + 1] - begin;
    memcpy(stream->octets + stream->size, corruption->octets + begin, size);
    stream->size += size;
    return size;
}

static bool open_ended(const struct corruption_stream *stream)
{
    return stream->size == 0 || stream->octets[stream->size - 1] != 0;
}

void corruption_make(const struct corruption *corruption, uint64_t index, struct corruption_stream *stream)
{
    struct dice dice = {corruption->seed + index * 0xD1342543DE82EF95u};
    stream->size = 0;
    for (int i = 0; i < 2; i++) {
        stream->frame[i] = dice_below(&dice, corruption->frames);
    }
    const uint32_t first = append(corruption, stream, stream->frame[0]);
    const bool beyond = corruption->kind == CORRUPTION_CUT || corruption->kind == CORRUPTION_JOIN
        || corruption->kind == CORRUPTION_SHIFT;
    if (beyond) {
        (void)append(corruption, stream, stream->frame[1]);
    }
    corruption_damage(stream, first, corruption->kind, corruption->rate, &dice);
    if (!beyond && open_ended(stream)) { /* the next frame runs into it */
        (void)append(corruption, stream, stream->frame[1]);
    }
    if (open_ended(stream)) {
        stream->octets[stream->size++] = 0;
    }
}
