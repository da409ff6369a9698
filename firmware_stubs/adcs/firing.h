/* Which valves open in a step: as mode test says, for a burn, or to unload the wheels. */
#ifndef ADCS_FIRING_H
#define ADCS_FIRING_H

#include "adcs.h"

/* Leaves what is to open in adcs->thrusters. There are thrusters. */
void firing_step(struct adcs *adcs, const struct mode *mode, float dt_s);

#endif
