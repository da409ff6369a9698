/* Rods that do not do what they are told: dead, reversed, stuck on.
 *
 * What the observer takes for an external torque is, but for a small rest, that of dipoles that nobody commanded. Where one
 * rod's alone explains it, and the other rods' do not, for long and by much, that rod is named. Only while a star tracker
 * keeps the attitude of a body that hardly turns: a slew hides it. The wheels hold against it all the while. */
#ifndef ADCS_ROD_CHECKS_H
#define ADCS_ROD_CHECKS_H

#include <stdbool.h>

#include "ticks.h"

#define RODS 3u

struct rod_checks {
    float quiet_s;       /* for so long the body has hardly turned */
    float off_s[RODS];   /* for so long this rod's dipole has been off */
    float small_s;       /* for so long there has been no such torque */
    float off_A_m2[RODS];/* as it was seen last */
    bool failed[RODS];
};

struct adcs;

/* With the observer of this step, dt_s after the one before. Reports. */
void rod_checks_step(struct adcs *adcs, adcs_ticks now, float dt_s);

#endif
