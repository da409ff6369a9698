/* What can happen to octets on a line. Bits count in the order in which a UART sends them. */
#ifndef CORRUPTION_DAMAGE_H
#define CORRUPTION_DAMAGE_H

#include "corruption.h"

struct dice {
    uint64_t state;
};

/* 64 random bits (splitmix64); a number below n; one between 0 and 1, neither of them. */
uint64_t dice_bits(struct dice *dice);
uint32_t dice_below(struct dice *dice, uint32_t n);
double dice_unit(struct dice *dice);

/* Damage the stream, whose first frame has `first` octets with its closing zero, as `kind` says. */
void corruption_damage(struct corruption_stream *stream, uint32_t first, uint32_t kind, double rate, struct dice *dice);

#endif
