/* Places on the turning Earth, and pointing at them. */
#include "adcs.h"
#include "check.h"
#include "guidance.h"
#include "reference.h"

#define RADIUS_M 6378137.0f

static const struct earth earth = {true, 0, {0.0f, 0.0f, 0.0f, 1.0f}};

static adcs_ticks at(double time_s)
{
    return (adcs_ticks)llround(time_s * 16777216.0);
}

static struct target target_of(struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s)
{
    struct target target = {.known = false};
    CHECK(target_set(&target, 0, position_ecef_m, velocity_ecef_m_s));
    return target;
}

/* A quarter of a sidereal day takes a place on the equator from ECI x to y. */
static void test_a_place_turns_with_the_earth(void)
{
    const struct target target = target_of(v3(RADIUS_M, 0, 0), v3(0, 0, 0));
    const struct motion motion = target_motion(&target, &earth, at(86164.0905 / 4.0));
    CHECK_NEAR(motion.position_m.x, 0.0, 5.0);
    CHECK_NEAR(motion.position_m.y, RADIUS_M, 1.0);
    CHECK_NEAR(motion.velocity_m_s.x, -465.1, 0.1);
    CHECK_NEAR(motion.acceleration_m_s2.y, -0.03392, 1e-5);
}

/* 250 m/s north from the equator for 400 s: 100 km along the meridian, 0.8979 degrees. */
static void test_a_moving_target_follows_its_great_circle(void)
{
    const struct earth still = {true, at(400.0), {0.0f, 0.0f, 0.0f, 1.0f}};
    const struct target target = target_of(v3(RADIUS_M, 0, 0), v3(0.5f, 0, 250.0f));
    const struct motion motion = target_motion(&target, &still, at(400.0));
    const double angle = 250.0 * 400.0 / (double)RADIUS_M, radius = (double)RADIUS_M + 0.5 * 400.0;
    CHECK_NEAR(motion.position_m.x, radius * cos(angle), 1.0);
    CHECK_NEAR(motion.position_m.z, radius * sin(angle), 1.0);
}

static struct vec3 slope(struct vec3 before, struct vec3 after, float apart_s)
{
    return v3_scale(1.0f / apart_s, v3_sub(after, before));
}

static void check_close(struct vec3 a, struct vec3 b, double tolerance)
{
    CHECK_NEAR(v3_norm(v3_sub(a, b)), 0.0, tolerance);
}

static void test_velocity_and_acceleration_are_the_slopes(void)
{
    const struct target target = target_of(v3(3.1e6f, 3.4e6f, 4.41e6f), v3(150.0f, -180.0f, 40.0f));
    const struct motion before = target_motion(&target, &earth, at(290.0));
    const struct motion now = target_motion(&target, &earth, at(300.0));
    const struct motion after = target_motion(&target, &earth, at(310.0));
    check_close(slope(before.position_m, after.position_m, 20.0f), now.velocity_m_s, 0.06);
    check_close(slope(before.velocity_m_s, after.velocity_m_s, 20.0f), now.acceleration_m_s2, 1e-5);
}

static void test_what_is_no_target_is_refused(void)
{
    struct target target = {.known = false};
    CHECK(!target_set(&target, 0, v3(6.2e6f, 0, 0), v3(0, 0, 0))); /* underground */
    CHECK(!target_set(&target, 0, v3(0, 0, 0), v3(0, 0, 0)));
    CHECK(!target_set(&target, 0, v3(RADIUS_M, 0, NAN), v3(0, 0, 0)));
    CHECK(!target_set(&target, 0, v3(RADIUS_M, 0, 0), v3(0, 2000.0f, 0)));
    CHECK(!target_set(&target, 0, v3(RADIUS_M, 0, 0), v3(0, 0, INFINITY)));
    CHECK(!target.known && target_set(&target, 0, v3(0, 0, 6356752.0f), v3(0, 0, 0))); /* the pole */
    struct earth unknown = {.known = false};
    CHECK(!earth_set(&unknown, 0, (struct quat){0.0f, 0.0f, 0.0f, 0.9f}));
    CHECK(!earth_set(&unknown, 0, (struct quat){0.0f, NAN, 0.0f, 1.0f}) && !unknown.known);
}

static struct guidance guidance_at(const struct target *target, struct reference_orbit reference, double time_s,
                                   struct vec3 axis_body)
{
    struct orbit orbit = {.known = false};
    reference_orbit_advance(&reference, time_s);
    const double *r = reference.position_eci_m, *v = reference.velocity_eci_m_s;
    CHECK(orbit_set(&orbit, at(time_s), v3((float)r[0], (float)r[1], (float)r[2]),
                    v3((float)v[0], (float)v[1], (float)v[2])));
    const struct motion motion = target_motion(target, &earth, at(time_s));
    const struct guidance guidance = guidance_target(&orbit, &motion, axis_body, false, 0.0f);
    const struct vec3 sight = v3_sub(motion.position_m, orbit.position_eci_m);
    check_close(quat_apply(guidance.q_eci_from_target, axis_body), v3_scale(1.0f / v3_norm(sight), sight), 1e-6);
    return guidance;
}

/* A pass 300 km to the side: the rate is the attitude's slope, the acceleration the rate's. */
static void check_pass(struct vec3 axis_body)
{
    const struct target target = target_of(v3(6.31e6f, 9.0e5f, 3.7e5f), v3(0, 150.0f, -100.0f));
    const struct reference_orbit start = reference_orbit_start();
    for (double time_s = 20.0; time_s < 260.0; time_s += 20.0) {
        const struct guidance before = guidance_at(&target, start, time_s - 2.0, axis_body);
        const struct guidance now = guidance_at(&target, start, time_s, axis_body);
        const struct guidance after = guidance_at(&target, start, time_s + 2.0, axis_body);
        const struct quat turned =
            quat_multiply(quat_conjugate(before.q_eci_from_target), after.q_eci_from_target);
        check_close(v3_scale(0.25f, quat_rotation_vector(turned)), now.rate_target_rad_s, 4e-6);
        check_close(slope(before.rate_target_rad_s, after.rate_target_rad_s, 4.0f), now.acceleration_target_rad_s2, 4e-7);
    }
}

static void test_guidance_follows_a_moving_target(void)
{
    check_pass(v3(0, 0, 1));
    check_pass(v3(0.6f, 0, -0.8f));
    check_pass(v3(0, 0, -1));
}

/* Where the light comes from, with the light time iterated in double and Bradley's formula for the aberration. */
static void test_an_apparent_target_is_where_its_light_comes_from(void)
{
    const struct target target = target_of(v3(6.31e6f, 9.0e5f, 3.7e5f), v3(0, 150.0f, -100.0f));
    struct reference_orbit reference = reference_orbit_start();
    reference_orbit_advance(&reference, 100.0);
    const double *r = reference.position_eci_m, *v = reference.velocity_eci_m_s;
    struct orbit orbit = {.known = false};
    CHECK(orbit_set(&orbit, at(100.0), v3((float)r[0], (float)r[1], (float)r[2]),
                    v3((float)v[0], (float)v[1], (float)v[2])));
    const struct motion motion = target_motion(&target, &earth, at(100.0));
    const struct vec3 sight = v3_sub(motion.position_m, orbit.position_eci_m);
    const float light_s = v3_norm(sight) / 299792458.0f;
    const struct vec3 then = v3_add_scaled(sight, -light_s, motion.velocity_m_s);
    const struct vec3 line = v3_scale(1.0f / v3_norm(then), then);
    const struct vec3 beta = v3_scale(1.0f / 299792458.0f, orbit.velocity_eci_m_s);
    const struct vec3 seen = v3_add(line, v3_sub(beta, v3_scale(v3_dot(line, beta), line)));
    const struct vec3 axis = v3(0.0f, 0.0f, 1.0f);
    const struct quat apparent = guidance_target(&orbit, &motion, axis, true, 0.0f).q_eci_from_target;
    const struct quat geometric = guidance_target(&orbit, &motion, axis, false, 0.0f).q_eci_from_target;
    check_close(quat_apply(apparent, axis), v3_scale(1.0f / v3_norm(seen), seen), 4e-7);
    CHECK(v3_norm(v3_sub(quat_apply(apparent, axis), quat_apply(geometric, axis))) > 5e-6f);
}

/* 510 km high, seen 10, 30 and 60 degrees above the horizon: rays traced through the Standard Atmosphere 1976 arrive 8.24,
 * 1.78 and 0.55 arcsec higher (tests/test_physics_refraction.py). */
static void test_the_air_raises_a_target(void)
{
    static const double elevation_deg[] = {10.0, 30.0, 60.0}, higher_arcsec[] = {8.24, 1.78, 0.55};
    const double radius = 6371000.0, height = 6881000.0;
    const struct motion motion = {.position_m = v3((float)radius, 0, 0)};
    for (unsigned i = 0; i < 3; i++) {
        const double z = (90.0 - elevation_deg[i]) / 57.29577951308232;
        const double about = z - asin(radius * sin(z) / height);
        const float x = (float)(height * cos(about)), y = (float)(height * sin(about));
        const struct orbit orbit = {.known = true, .position_eci_m = v3(x, y, 0), .velocity_eci_m_s = v3(0, 0, 7600.0f)};
        const struct vec3 axis = v3(0.0f, 0.0f, 1.0f);
        const struct quat bare = guidance_target(&orbit, &motion, axis, false, 0.0f).q_eci_from_target;
        const struct quat raised = guidance_target(&orbit, &motion, axis, false, 2.343f).q_eci_from_target;
        const struct vec3 change = v3_sub(quat_apply(raised, axis), quat_apply(bare, axis));
        CHECK_NEAR(v3_norm(change) * 206264.8f, higher_arcsec[i], 0.03 * higher_arcsec[i] + 0.1);
        CHECK(change.x > 0.0f); /* up */
    }
}

/* The reference's orbit, integrated in double: 2 000 s on, and back again. */
static void test_a_target_in_orbit_falls(void)
{
    struct reference_orbit reference = reference_orbit_start();
    const double *r = reference.position_eci_m, *v = reference.velocity_eci_m_s;
    struct target target = {.known = false};
    CHECK(!target_set_orbit(&target, ORBIT_EARTH, 0, v3(6e6f, 0, 0), v3(0, 7e3f, 0)));
    CHECK(!target.known);
    CHECK(target_set_orbit(&target, ORBIT_EARTH, 0, v3((float)r[0], (float)r[1], (float)r[2]),
                           v3((float)v[0], (float)v[1], (float)v[2])));
    for (unsigned i = 0; i < 100; i++) {
        target_propagate(&target, at(2000.0));
    }
    reference_orbit_advance(&reference, 2000.0);
    const struct motion motion = target_motion(&target, &earth, at(2000.0));
    check_close(motion.position_m, v3((float)r[0], (float)r[1], (float)r[2]), 10.0);
    check_close(motion.velocity_m_s, v3((float)v[0], (float)v[1], (float)v[2]), 0.01);
    const struct vec3 fall = orbit_acceleration(ORBIT_EARTH, motion.position_m);
    check_close(motion.acceleration_m_s2, fall, 1e-6);
}

/* The air above a height is less by e in each 8434.6 m (the scale height of the standard atmosphere at sea level). */
static void test_the_air_raises_less_what_flies_higher(void)
{
    struct adcs_parameters parameters;
    struct target target = target_of(v3(RADIUS_M, 0, 0), v3(0, 0, 0));
    adcs_parameters_init(&parameters);
    parameters.value[ADCS_APPARENT_TARGETS] = 1.0f;
    parameters.value[ADCS_REFRACTION_LIFT_M] = 2.0f;
    for (int height_km = 0; height_km <= 20; height_km += 5) {
        target.position_ecef_m = v3(6378137.0f + 1000.0f * (float)height_km, 0, 0);
        CHECK_NEAR(target_lift_m(&target, &parameters) / 2.0f, exp(-height_km / 8.4346), 0.012);
    }
    target.kind = TARGET_IN_ORBIT;
    CHECK(target_lift_m(&target, &parameters) == 0.0f);
}

/* 30 m east and north alike, and nearly all of it along one line: 42 m. */
static void test_an_alert_waits_until_its_place_is_known(void)
{
    static struct adcs adcs;
    const struct sighted seen = {.east_m2 = 900.0f, .north_m2 = 900.0f, .east_north_m2 = -855.0f};
    float *const wanted_m = &adcs.parameters.value[ADCS_CAMERA_PLACE_SIGMA_M];
    *wanted_m = 0.0f;
    CHECK(sighted_well(&adcs, &seen));
    *wanted_m = 41.0f;
    CHECK(!sighted_well(&adcs, &seen));
    *wanted_m = 42.0f;
    CHECK(sighted_well(&adcs, &seen));
}

void test_target(void)
{
    test_an_alert_waits_until_its_place_is_known();
    test_the_air_raises_a_target();
    test_the_air_raises_less_what_flies_higher();
    test_a_target_in_orbit_falls();
    test_an_apparent_target_is_where_its_light_comes_from();
    test_a_place_turns_with_the_earth();
    test_a_moving_target_follows_its_great_circle();
    test_velocity_and_acceleration_are_the_slopes();
    test_what_is_no_target_is_refused();
    test_guidance_follows_a_moving_target();
}
