/* How bright each diode of the coarse sun sensor shows the same light, and how bright the Earth is. Diodes differ by per
 * cents, and the Earth from what was believed of it by tenths: either is degrees of the Sun's direction. Learnt without any
 * attitude, from the light's strength alone: diodes while the body turns, the Earth while the Sun rises over it and sets. */
#ifndef ADCS_DIODE_GAINS_H
#define ADCS_DIODE_GAINS_H

#include "vec3.h"

#define DIODES 6 /* +x, -x, +y, -y, +z, -z */
#define DIODE_UNKNOWNS (DIODES + 1)

struct diode_gains {
    float gain[DIODES];  /* over the nominal one */
    float albedo_change; /* what the Earth's albedo is more than the parameter */
    float covariance[DIODE_UNKNOWNS][DIODE_UNKNOWNS];
};

/* The light that must be there, 1 for the Sun alone. */
struct diode_light {
    float strength;
    float per_albedo; /* what a unit more of albedo makes of it */
};

void diode_gains_init(struct diode_gains *gains);

/* Use the light that the diodes showed, by the gains so far, as a vector in body axes. A shadow's edge is left out. */
void diode_gains_update(struct diode_gains *gains, struct vec3 light_body, struct diode_light expected);

#endif
