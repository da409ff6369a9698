/* Whether the clock that tells the time of each step can be believed.
 *
 * Steps are counted beside it, and come at a period that it soon shows to be even. Where the time moves on by something else
 * than so many periods, it is the clock that jumped, and not the world: the time goes on as the steps do, and what the clock
 * is ahead by is taken off all times that it tells. Jumping back it is right again. The GPS can contradict: fixes that no
 * longer fit the orbit after a jump tell that the clock was set right, and then it is believed. */
#ifndef ADCS_STEP_CLOCK_H
#define ADCS_STEP_CLOCK_H

#include <stdbool.h>

#include "ticks.h"

struct step_clock {
    bool known;        /* there was a step: */
    uint32_t step;
    adcs_ticks told;   /* its time, as the clock has it */
    adcs_ticks period;
    unsigned steady;   /* so many steps in a row came after one period */
    int64_t ahead;     /* of the time, since a jump, */
    adcs_ticks jumped; /* then */
};

/* The time that the clock told, without what it is ahead by. */
adcs_ticks step_clock_read(const struct step_clock *clock, adcs_ticks told);

/* A step of this number is told to be at this time. Returns by how much the clock has jumped, in s; 0 when it has not. */
float step_clock_note(struct step_clock *clock, uint32_t step, adcs_ticks told);

/* GPS fixes in a row that do not fit the orbit: shortly after a jump they tell that the clock was set right by it. */
void step_clock_contradict(struct step_clock *clock, unsigned rejected);

#endif
