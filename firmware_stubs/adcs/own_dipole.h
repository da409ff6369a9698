/* The spacecraft's own dipole, which rods that point it by themselves have to make up for. */
#ifndef ADCS_OWN_DIPOLE_H
#define ADCS_OWN_DIPOLE_H

#include "modes.h"

/* One step of learning, where rods alone are there to point. torque_body_Nm: what control asks for in the present mode. */
void own_dipole_learn(struct adcs *adcs, const struct mode *mode, struct vec3 torque_body_Nm, float dt_s);

#endif
