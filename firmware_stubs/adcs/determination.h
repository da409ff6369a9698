/* Where the spacecraft is, how it is turned and how it turns: from a step's samples to orbit, attitude and observer. */
#ifndef ADCS_DETERMINATION_H
#define ADCS_DETERMINATION_H

#include "adcs.h"

/* Bring all that is known to `now`, dt_s after the step before; 0 for the first. */
void determination_step(struct adcs *adcs, adcs_ticks now, float dt_s);

#endif
