/* Stellar aberration: what a star tracker shows when nobody told it how fast it moves. */
#ifndef ADCS_ABERRATION_H
#define ADCS_ABERRATION_H

#include "attitude.h"
#include "orbit.h"

/* Velocity of the Earth about the Sun in m/s, ECI, from the unit vector to the Sun: within 40 m/s. */
struct vec3 aberration_earth_velocity(struct vec3 sun_eci);

/* The attitude without the aberration of stars about a boresight that moves with a velocity in ECI. */
struct quat aberration_corrected(struct quat q_eci_from_body, struct vec3 boresight_body, struct vec3 velocity_eci_m_s);

/* Take out of a measurement what its star tracker left in, as far as orbit, date and boresight are known. */
void aberration_take_out(struct attitude_measurement *measurement, const struct adcs_parameters *parameters,
                         const struct orbit *orbit);

#endif
