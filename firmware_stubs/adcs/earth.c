#include "earth.h"

bool earth_set(struct earth *earth, adcs_ticks time, struct quat q_eci_from_ecef)
{
    if (!quat_is_unit(q_eci_from_ecef)) {
        return false;
    }
    *earth = (struct earth){true, time, quat_normalise(q_eci_from_ecef)};
    return true;
}

struct quat earth_orientation(const struct earth *earth, adcs_ticks time)
{
    const struct vec3 turned = v3(0.0f, 0.0f, EARTH_SPIN_RAD_S * adcs_seconds(earth->time, time));
    return quat_normalise(quat_multiply(earth->q_eci_from_ecef, quat_from_rotation_vector(turned)));
}

struct vec3 earth_carry(struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s)
{
    return v3_add(velocity_ecef_m_s, v3_cross(v3(0.0f, 0.0f, EARTH_SPIN_RAD_S), position_ecef_m));
}
