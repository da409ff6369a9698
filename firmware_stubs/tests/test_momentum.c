/* How far beside its attitude the body must point for its wheels to hold the momentum. */
#include "adcs.h"
#include "check.h"
#include "momentum.h"
#include "wire.h"

static struct adcs_parameters parameters;
static const struct guidance at_rest = {.q_eci_from_target = {0.0f, 0.0f, 0.0f, 1.0f}};

static float limit_Nms(void)
{
    return parameters.value[ADCS_WHEEL_SPIN_INERTIA_KG_M2] * parameters.value[ADCS_WHEEL_SPEED_MAX_RAD_S];
}

/* In units of a wheel's limit. */
static struct vec3 beside_rad(const struct guidance *guidance, float x, float y, float z)
{
    return momentum_beside_rad(&parameters, guidance, v3_scale(limit_Nms(), v3(x, y, z)), 1.0f);
}

/* What the fullest wheel holds then, over its limit. */
static float fullest(const struct guidance *guidance, struct vec3 beside, float x, float y, float z)
{
    const struct quat body_from_target = quat_from_rotation_vector(v3_scale(-1.0f, beside));
    const struct vec3 body = quat_apply(body_from_target, v3_scale(limit_Nms(), v3(x, y, z)));
    const struct vec3 follows =
        m3_apply(parameters.inertia_body_kg_m2, quat_apply(body_from_target, guidance->rate_target_rad_s));
    float most = 0.0f;
    for (int i = 0; i < parameters.wheel_count; i++) {
        const float held = adcs_abs(v3_dot(parameters.wheel_allocation[i], v3_sub(body, follows)));
        most = held > most ? held : most;
    }
    return most / limit_Nms();
}

static void test_momentum_that_the_wheels_hold_turns_nothing(void)
{
    adcs_parameters_init(&parameters);
    CHECK(v3_norm(beside_rad(&at_rest, 0.99f, -0.99f, 0.5f)) == 0.0f);
}

/* 1.2 about x and 0.3 about y are 1.237 at 14.04 degrees from x; 1 of that is left about x at acos(1 / 1.237) = 36.06. */
static void test_the_body_turns_by_the_least_that_leaves_the_wheel_its_limit(void)
{
    adcs_parameters_init(&parameters);
    const struct vec3 beside = beside_rad(&at_rest, 1.2f, 0.3f, 0.0f);
    CHECK_NEAR(v3_norm(beside), (36.06 - 14.04) * 3.14159265 / 180.0, 2e-3);
    CHECK_NEAR(fullest(&at_rest, beside, 1.2f, 0.3f, 0.0f), 0.999, 1e-3);
}

static void test_momentum_along_one_wheel_is_spread_over_the_others(void)
{
    adcs_parameters_init(&parameters);
    for (int sign = -1; sign <= 1; sign += 2) {
        const struct vec3 beside = beside_rad(&at_rest, 0.0f, 0.0f, 1.3f * (float)sign);
        CHECK_NEAR(fullest(&at_rest, beside, 0.0f, 0.0f, 1.3f * (float)sign), 0.999, 1e-3);
    }
}

/* A body that turns at 0.02 rad/s about y takes 0.12 x 0.02 = 2.4 mN m s, a sixth of what the wheel holds, off it. */
static void test_what_the_turning_body_takes_counts(void)
{
    adcs_parameters_init(&parameters);
    struct guidance turning = at_rest;
    turning.rate_target_rad_s = v3(0.0f, 0.02f, 0.0f);
    CHECK(v3_norm(beside_rad(&turning, 0.0f, 1.15f, 0.0f)) == 0.0f);
    turning.rate_target_rad_s = v3(0.0f, -0.02f, 0.0f);
    const struct vec3 beside = beside_rad(&turning, 0.0f, 0.9f, 0.0f);
    CHECK(v3_norm(beside) > 0.1f);
    CHECK(fullest(&turning, beside, 0.0f, 0.9f, 0.0f) < 1.0f);
}

static float drawn(struct random *random)
{
    return (float)random_below(random, 2001) / 1000.0f - 1.0f;
}

static void test_any_momentum_that_some_attitude_holds_is_held(void)
{
    struct random random = {2026};
    adcs_parameters_init(&parameters);
    for (int i = 0; i < 2000; i++) {
        const float x = drawn(&random), y = drawn(&random), z = drawn(&random), size = v3_norm(v3(x, y, z));
        const float scale = size > 0.1f ? 1.4f / size : 0.0f; /* of 1.73 along a diagonal */
        const struct vec3 beside = beside_rad(&at_rest, scale * x, scale * y, scale * z);
        CHECK(fullest(&at_rest, beside, scale * x, scale * y, scale * z) < 1.02f);
        CHECK(v3_norm(beside) < 0.96f); /* from a wheel's axis to the diagonal */
    }
}

static void test_momentum_that_no_attitude_holds_ends_in_a_number(void)
{
    adcs_parameters_init(&parameters);
    CHECK(v3_finite(beside_rad(&at_rest, 3.0f, -2.0f, 4.0f)));
    CHECK(v3_finite(beside_rad(&at_rest, 0.0f, 0.0f, 4.0f)));
}

/* Wheels that hold little of what they can, and a pointing error of nothing: a minute of that is no reason to give up. */
static void test_a_limit_of_divergence_ends_nothing_that_points_with_room_in_its_wheels(void)
{
    static const double upright[4] = {0.0, 0.0, 0.0, 1.0}, still[3] = {0.0, 0.0, 0.0};
    static struct wire wire;
    const float held[4] = {0.0f, 0.0f, 0.0f, 1.0f};
    wire_start(&wire);
    CHECK(wire_set_parameter(&wire, ADCS_DIVERGENCE_MAX_RAD, 0.3f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, held, 4, -1.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_INERTIAL) == HIL_ACK_ACCEPTED);
    for (uint32_t step = 0; step < 600; step++) {
        wire_gyro(&wire, 0, still);
        wire_star_tracker(&wire, upright, 0.1 * step);
        for (uint8_t i = 0; i < 3; i++) {
            wire_tachometer(&wire, i, 50.0);
        }
        wire_sync(&wire, step, 0.1 * step);
        CHECK(wire.estimate.mode == HIL_MODE_INERTIAL);
    }
    CHECK(wire.told[ADCS_EVENT_MOMENTUM_FULL] == 0);
}

/* Off the wheel's axis, and only from three quarters of what it holds: neither the dipole nor the Sun asks for a turn. */
static void test_the_own_dipoles_turn_takes_momentum_off_a_wheel_that_is_nearly_full(void)
{
    static struct adcs adcs;
    adcs_init(&adcs);
    const struct vec3 sun = v3(0.0f, 0.0f, 1.0f);
    const float full = momentum_wheel_full_Nms(&adcs.parameters, 0);
    adcs.wheels.momentum_body_Nms = v3_scale(full, v3(0.74f, 0.3f, 0.0f));
    CHECK(v3_norm(quat_rotation_vector(momentum_unloading_turn(&adcs, sun, sun))) == 0.0f);
    adcs.wheels.momentum_body_Nms = v3_scale(full, v3(0.9f, 0.3f, 0.0f));
    const struct quat turn = momentum_unloading_turn(&adcs, sun, sun);
    const struct vec3 after = quat_apply(quat_conjugate(turn), adcs.wheels.momentum_body_Nms);
    CHECK(after.x < 0.899f * full && after.z == 0.0f);
}

void test_momentum(void)
{
    test_the_own_dipoles_turn_takes_momentum_off_a_wheel_that_is_nearly_full();
    test_a_limit_of_divergence_ends_nothing_that_points_with_room_in_its_wheels();
    test_momentum_that_the_wheels_hold_turns_nothing();
    test_the_body_turns_by_the_least_that_leaves_the_wheel_its_limit();
    test_momentum_along_one_wheel_is_spread_over_the_others();
    test_what_the_turning_body_takes_counts();
    test_any_momentum_that_some_attitude_holds_is_held();
    test_momentum_that_no_attitude_holds_ends_in_a_number();
}
