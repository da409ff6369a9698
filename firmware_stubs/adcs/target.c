#include "target.h"

#define FLATTENING 3.3528107e-3f /* WGS84 */
#define DEPTH_MAX_M 1e3f
#define HEIGHT_MAX_M 1e6f
#define SPEED_MAX_M_S 1e3f
#define UNIT_TOLERANCE 1e-3f

/* Height above the ellipsoid, to first order in the flattening. NaN stays NaN. */
static float height_m(struct vec3 position_ecef_m)
{
    const float radius_m = v3_norm(position_ecef_m);
    const float sine = position_ecef_m.z / radius_m;
    return radius_m - EARTH_RADIUS_M * (1.0f - FLATTENING * sine * sine);
}

bool target_set(struct target *target, adcs_ticks time, struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s)
{
    const float height = height_m(position_ecef_m);
    if (!(height > -DEPTH_MAX_M && height < HEIGHT_MAX_M && v3_norm(velocity_ecef_m_s) < SPEED_MAX_M_S)) {
        return false;
    }
    *target = (struct target){.known = true,
                              .kind = TARGET_ON_EARTH,
                              .time = time,
                              .position_ecef_m = position_ecef_m,
                              .velocity_ecef_m_s = velocity_ecef_m_s};
    return true;
}

bool target_set_orbit(struct target *target, unsigned planet, adcs_ticks time, struct vec3 position_eci_m,
                      struct vec3 velocity_eci_m_s)
{
    struct orbit orbit = {.planet = planet};
    if (!orbit_set(&orbit, time, position_eci_m, velocity_eci_m_s)) {
        return false;
    }
    *target = (struct target){.known = true, .kind = TARGET_IN_ORBIT, .time = time, .orbit = orbit};
    return true;
}

bool target_set_direction(struct target *target, struct vec3 direction_eci)
{
    const float size = v3_norm(direction_eci);
    if (!(adcs_abs(size - 1.0f) < UNIT_TOLERANCE)) {
        return false;
    }
    *target = (struct target){
        .known = true, .kind = TARGET_FAR_AWAY, .direction_eci = v3_scale(1.0f / size, direction_eci)};
    return true;
}

void target_propagate(struct target *target, adcs_ticks time)
{
    if (target->known && target->kind == TARGET_IN_ORBIT) {
        orbit_propagate(&target->orbit, time);
        target->known = target->orbit.known;
    }
}

#define AIR_M 8434.6f /* in which it thins by e */

/* By the weight of the air above it; exp(-h) in as many terms as 20 km need. */
float target_lift_m(const struct target *target, const struct adcs_parameters *parameters)
{
    if (target->kind != TARGET_ON_EARTH || !adcs_parameters_apparent(parameters)) {
        return 0.0f;
    }
    const float h = earth_height(target->position_ecef_m) / AIR_M;
    return parameters->value[ADCS_REFRACTION_LIFT_M] / (1.0f + h * (1.0f + h * (0.5f + h * (1.0f / 6.0f + h / 24.0f))));
}

/* In ECEF. Polar coordinates in the plane of position and velocity: the radius changes at `climb`, the direction at
 * `turn`, both constant. */
static struct motion course(const struct target *target, float dt_s)
{
    const float radius = v3_norm(target->position_ecef_m);
    const struct vec3 up = v3_scale(1.0f / radius, target->position_ecef_m);
    const float climb = v3_dot(target->velocity_ecef_m_s, up);
    const struct vec3 level = v3_add_scaled(target->velocity_ecef_m_s, -climb, up);
    const float speed = v3_norm(level);
    const struct vec3 ahead = speed > 0.0f ? v3_scale(1.0f / speed, level) : v3(0.0f, 0.0f, 0.0f);
    const float turn = speed / radius;
    const float sine = adcs_sin(turn * dt_s), cosine = adcs_cos(turn * dt_s);
    const struct vec3 now_up = v3_add_scaled(v3_scale(cosine, up), sine, ahead);
    const struct vec3 now_ahead = v3_add_scaled(v3_scale(cosine, ahead), -sine, up);
    const float now_radius = radius + climb * dt_s;
    return (struct motion){
        v3_scale(now_radius, now_up),
        v3_add_scaled(v3_scale(climb, now_up), now_radius * turn, now_ahead),
        v3_add_scaled(v3_scale(-now_radius * turn * turn, now_up), 2.0f * climb * turn, now_ahead),
    };
}

/* With Coriolis' and the centripetal acceleration (Markley and Crassidis, section 2.6.2 gives the frames). */
struct motion target_motion(const struct target *target, const struct earth *earth, adcs_ticks time)
{
    if (target->kind == TARGET_IN_ORBIT) {
        const struct orbit *orbit = &target->orbit;
        return (struct motion){v3_add(orbit->position_eci_m, orbit->position_low_m), orbit->velocity_eci_m_s,
                               orbit_acceleration(orbit->planet, orbit->position_eci_m)};
    }
    const struct vec3 spin = v3(0.0f, 0.0f, EARTH_SPIN_RAD_S);
    const struct motion at = course(target, adcs_seconds(target->time, time));
    const struct quat q = earth_orientation(earth, time);
    const struct vec3 velocity = earth_carry(at.position_m, at.velocity_m_s);
    const struct vec3 turning = v3_cross(spin, v3_add(velocity, at.velocity_m_s));
    return (struct motion){quat_apply(q, at.position_m), quat_apply(q, velocity),
                           quat_apply(q, v3_add(at.acceleration_m_s2, turning))};
}
