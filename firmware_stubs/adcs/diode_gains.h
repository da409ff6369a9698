/* How bright each diode of the coarse sun sensor shows the same light. They differ by per cents, which is degrees of the
 * Sun's direction; learnt while the body turns, without any attitude, from the light's strength alone. */
#ifndef ADCS_DIODE_GAINS_H
#define ADCS_DIODE_GAINS_H

#include "vec3.h"

#define DIODES 6 /* +x, -x, +y, -y, +z, -z */

struct diode_gains {
    float gain[DIODES]; /* over the nominal one */
    float covariance[DIODES][DIODES];
};

void diode_gains_init(struct diode_gains *gains);

/* Use the light that the diodes showed, by the gains so far, as a vector in body axes; `strength` is what the Sun and the
 * Earth must give there, 1 for the Sun alone. A shadow's edge is left out. */
void diode_gains_update(struct diode_gains *gains, struct vec3 light_body, float strength);

#endif
