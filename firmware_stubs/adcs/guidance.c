#include "guidance.h"

/* The frame turns at h/r^2 about the orbit's normal and, since J2 turns the plane, at r a_n/h about the radius
 * (Markley and Crassidis, section 2.6.4, with the perturbing acceleration kept). The change of the latter is below
 * 1e-8 rad/s2 and left out. */
struct guidance guidance_nadir(const struct orbit *orbit)
{
    const struct vec3 r = orbit->position_eci_m;
    const struct vec3 v = orbit->velocity_eci_m_s;
    const struct vec3 a = orbit_acceleration(r);
    const struct vec3 momentum = v3_cross(r, v);
    const float radius = v3_norm(r);
    const float h = v3_norm(momentum);
    const struct vec3 z = v3_scale(-1.0f / radius, r);
    const struct vec3 y = v3_scale(-1.0f / h, momentum);
    const struct vec3 x = v3_cross(y, z);
    const float orbital_rate = h / radius / radius;
    const float radial_speed = v3_dot(r, v) / radius;
    return (struct guidance){
        .q_eci_from_target = quat_from_axes(x, y, z),
        .rate_target_rad_s = v3(0.0f, -orbital_rate, radius / h * v3_dot(a, y)),
        .acceleration_target_rad_s2 =
            v3(0.0f, (2.0f * orbital_rate * radial_speed - v3_dot(a, x)) / radius, 0.0f),
    };
}
