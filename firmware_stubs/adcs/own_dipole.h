/* The spacecraft's own dipole, which rods that point it by themselves have to make up for. */
#ifndef ADCS_OWN_DIPOLE_H
#define ADCS_OWN_DIPOLE_H

#include "modes.h"

/* One step of learning, and of the regulator's equation in a mode that needs it, where rods alone are there to point. */
void own_dipole_learn(struct adcs *adcs, const struct mode *mode, float dt_s);

/* The rods' dipole for what control asks for, with what was learnt made up for. */
struct vec3 own_dipole_with(const struct adcs *adcs, const struct mode_demand *demand);

#endif
