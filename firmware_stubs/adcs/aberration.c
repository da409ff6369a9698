#include "aberration.h"

#include "sun.h"

#define LIGHT_M_S 299792458.0f

/* The hodograph of the Earth's orbit at J2000, v = mu / h pole x (e + r / |r|): Simon et al., A&A 282 (1994). */
#define SPEED_M_S 29788.8f
#define POLE_ECI v3(0.0f, -0.39777716f, 0.91748206f)
#define TOWARDS_PERIHELION v3(-0.00374082f, 0.01494073f, 0.00647760f) /* times the eccentricity, 0.0167086 */

struct vec3 aberration_earth_velocity(struct vec3 sun_eci)
{
    return v3_scale(SPEED_M_S, v3_cross(POLE_ECI, v3_sub(TOWARDS_PERIHELION, sun_eci)));
}

/* A star at s is seen at s + (v - s (s . v)) / c, turned by s x v / c; the attitude seems to have turned the other way. */
struct quat aberration_corrected(struct quat q_eci_from_body, struct vec3 boresight_body, struct vec3 velocity_eci_m_s)
{
    const struct vec3 boresight_eci = quat_apply(q_eci_from_body, boresight_body);
    const struct vec3 turn = v3_scale(1.0f / LIGHT_M_S, v3_cross(boresight_eci, velocity_eci_m_s));
    return quat_normalise(quat_multiply(quat_from_rotation_vector(turn), q_eci_from_body));
}

void aberration_take_out(struct attitude_measurement *measurement, const struct adcs_parameters *parameters,
                         const struct orbit *orbit)
{
    const float left_in = parameters->value[ADCS_STAR_TRACKER_ABERRATION];
    const float epoch_day = parameters->value[ADCS_EPOCH_DAY];
    const bool first = measurement->instance == 0;
    const struct vec3 boresight = adcs_parameters_axis(
        parameters, first ? ADCS_STAR_TRACKER_BORESIGHT_X_BODY : ADCS_STAR_TRACKER_1_BORESIGHT_X_BODY);
    if (left_in < 0.5f || v3_norm(boresight) < 0.5f) { /* of another nobody told where it looks */
        return;
    }
    struct vec3 velocity = orbit->current ? orbit->velocity_eci_m_s : v3(0.0f, 0.0f, 0.0f);
    if (left_in > 1.5f && epoch_day != 0.0f) {
        velocity = v3_add(velocity, aberration_earth_velocity(sun_direction(epoch_day, measurement->time)));
    }
    measurement->q_eci_from_body = aberration_corrected(measurement->q_eci_from_body, boresight, velocity);
}
