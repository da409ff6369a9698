#include "guidance.h"

/* The frame turns at h/r^2 about the orbit's normal and, since J2 turns the plane, at r a_n/h about the radius
 * (Markley and Crassidis, section 2.6.4, with the perturbing acceleration kept). The change of the latter is below
 * 1e-8 rad/s2 and left out. */
struct guidance guidance_nadir(const struct orbit *orbit)
{
    const struct vec3 r = orbit->position_eci_m;
    const struct vec3 v = orbit->velocity_eci_m_s;
    const struct vec3 a = orbit_acceleration(orbit->planet, r);
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

struct guidance guidance_inertial(struct quat q_eci_from_body)
{
    return (struct guidance){.q_eci_from_target = q_eci_from_body};
}

/* Spacecraft against target, `after_s` from now. */
static struct motion relative(const struct orbit *orbit, const struct motion *target, float after_s)
{
    const struct vec3 fall = orbit_acceleration(orbit->planet, orbit->position_eci_m);
    const struct vec3 r = v3_add(v3_sub(orbit->position_eci_m, target->position_m), orbit->position_low_m);
    const struct vec3 v = v3_sub(orbit->velocity_eci_m_s, target->velocity_m_s);
    const struct vec3 a = v3_sub(fall, target->acceleration_m_s2);
    const struct vec3 moved = v3_scale(after_s, v3_add_scaled(orbit->velocity_eci_m_s, 0.5f * after_s, fall));
    const struct vec3 later = orbit_acceleration(orbit->planet, v3_add(orbit->position_eci_m, moved));
    return (struct motion){v3_add(r, v3_scale(after_s, v3_add_scaled(v, 0.5f * after_s, a))),
                           v3_add_scaled(v, after_s, a), v3_sub(later, target->acceleration_m_s2)};
}

/* Axes as at nadir, with the target where the Earth's centre is there: z to it, y against the normal of the plane of
 * relative motion. */
static struct quat axes(const struct motion *relative_motion)
{
    const struct vec3 momentum = v3_cross(relative_motion->position_m, relative_motion->velocity_m_s);
    const struct vec3 z = v3_scale(-1.0f / v3_norm(relative_motion->position_m), relative_motion->position_m);
    const struct vec3 y = v3_scale(-1.0f / v3_norm(momentum), momentum);
    return quat_from_axes(v3_cross(y, z), y, z);
}

/* Rate of those axes in themselves: h/r^2 against y, and r a_n/h about z. */
static struct vec3 rate(const struct motion *relative_motion)
{
    const struct vec3 momentum = v3_cross(relative_motion->position_m, relative_motion->velocity_m_s);
    const float radius = v3_norm(relative_motion->position_m);
    const float h = v3_norm(momentum);
    return v3(0.0f, -h / radius / radius, -radius / h / h * v3_dot(relative_motion->acceleration_m_s2, momentum));
}

#define APART_S 0.5f /* of the two rates whose difference is the acceleration */

#define LIGHT_M_S 299792458.0f

/* To first order of speed by that of light the target's light comes from where it was against where the spacecraft was a
 * light time ago: light time and aberration in one, which the Explanatory Supplement to the Astronomical Almanac calls
 * planetary aberration. */
float guidance_light_time_s(struct vec3 way_m)
{
    return v3_norm(way_m) / LIGHT_M_S;
}

#define SCALE_OVER_RADIUS 1.3239e-3f /* of the air's height, and the Earth */
#define LOWEST_COSINE 0.05f

/* The air raises a target by lift_m / cos^2 z, z from its zenith, less for the Earth's curvature (Born and Wolf, Principles
 * of Optics, section 3.2, for a refractivity that falls exponentially; its erfc as in Abramowitz and Stegun, 7.1.14). */
float guidance_raised_m(struct vec3 from_target_m, struct vec3 up, float lift_m)
{
    const float seen = v3_dot(up, from_target_m) / v3_norm(from_target_m);
    const float cosine = seen > LOWEST_COSINE ? seen : LOWEST_COSINE;
    const float y = SCALE_OVER_RADIUS * (1.0f / (cosine * cosine) - 1.0f);
    const float curved = 1.0f + y + 2.0f * y / (1.0f + 3.0f * y / (1.0f + 4.0f * y));
    return lift_m / (cosine * cosine * curved);
}

static struct motion against_raised(struct motion relative_motion, const struct motion *target, float lift_m)
{
    const struct vec3 up = v3_scale(1.0f / v3_norm(target->position_m), target->position_m);
    const float raised_m = guidance_raised_m(relative_motion.position_m, up, lift_m);
    relative_motion.position_m = v3_add_scaled(relative_motion.position_m, -raised_m, up);
    return relative_motion;
}

struct guidance guidance_target(const struct orbit *orbit, const struct motion *target, struct vec3 axis_body, bool apparent,
                                float lift_m)
{
    const float ago_s = apparent ? guidance_light_time_s(v3_sub(orbit->position_eci_m, target->position_m)) : 0.0f;
    const struct motion straight = relative(orbit, target, -ago_s);
    const struct motion now = lift_m > 0.0f ? against_raised(straight, target, lift_m) : straight;
    const struct motion before = relative(orbit, target, -APART_S - ago_s), after = relative(orbit, target, APART_S - ago_s);
    const struct vec3 acceleration = v3_scale(0.5f / APART_S, v3_sub(rate(&after), rate(&before)));
    const struct quat frame_from_body = quat_between(axis_body, v3(0.0f, 0.0f, 1.0f));
    const struct quat body_from_frame = quat_conjugate(frame_from_body);
    return (struct guidance){
        .q_eci_from_target = quat_multiply(axes(&now), frame_from_body),
        .rate_target_rad_s = quat_apply(body_from_frame, rate(&now)),
        .acceleration_target_rad_s2 = quat_apply(body_from_frame, acceleration),
    };
}
