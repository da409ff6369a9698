/* Reaction wheels: their momentum, and the share of each in a body torque. */
#ifndef ADCS_WHEELS_H
#define ADCS_WHEELS_H

#include "parameters.h"

/* Angular momentum of the spin relative to the body, N m s in body axes. */
struct vec3 wheels_momentum(const struct adcs_parameters *parameters, const float speed_rad_s[ADCS_WHEELS_MAX]);

/* Motor torques whose reaction is `torque_body_Nm`. Scaled down together, so that the direction stays, when a wheel cannot
 * give its share; a wheel at its speed limit is not driven further. Returns the body torque that they make. */
struct vec3 wheels_allocate(const struct adcs_parameters *parameters, const float speed_rad_s[ADCS_WHEELS_MAX],
                            struct vec3 torque_body_Nm, float wheel_torque_Nm[ADCS_WHEELS_MAX]);

#endif
