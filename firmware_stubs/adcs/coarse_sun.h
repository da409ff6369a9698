/* Coarse sun sensor: six photodiodes, facing +x, -x, +y, -y, +z, -z of the body. */
#ifndef COARSE_SUN_H
#define COARSE_SUN_H

#include "diode_gains.h"
#include "parameters.h"

/* Light on the body as a vector, 1 for the Sun alone: by the cosine law each pair's difference is a component, whatever
 * the other light is (Wertz, Spacecraft Attitude Determination and Control, section 6.1). */
struct vec3 coarse_sun_light(const struct adcs_parameters *parameters, const struct diode_gains *gains,
                             const uint16_t illumination_adc[DIODES]);

/* Its direction, or 0 when there is less light than the Sun's. */
struct vec3 coarse_sun_direction(const struct adcs_parameters *parameters, struct vec3 light_body);

#endif
