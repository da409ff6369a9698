/* The control law's signs and sizes, and the observer. */
#include "check.h"
#include "control.h"

static struct adcs_parameters parameters(void)
{
    struct adcs_parameters defaults;
    adcs_parameters_init(&defaults);
    return defaults;
}

static struct vec3 torque_for(struct vec3 error_rad, struct vec3 rate_body_rad_s)
{
    const struct adcs_parameters defaults = parameters();
    const struct guidance still = {.q_eci_from_target = QUAT_IDENTITY};
    const struct observer observer = {.rate_body_rad_s = rate_body_rad_s};
    return control_torque(&defaults, &still, quat_from_rotation_vector(error_rad), &observer, v3(0, 0, 0));
}

static void test_torque_opposes_angle_and_rate(void)
{
    const double inertia = 0.10, bandwidth = 0.3, damping = 0.8; /* defaults */
    CHECK_NEAR(torque_for(v3(0.01f, 0, 0), v3(0, 0, 0)).x, -inertia * bandwidth * bandwidth * 0.01, 1e-8);
    CHECK_NEAR(torque_for(v3(0, 0, 0), v3(1e-3f, 0, 0)).x, -inertia * 2.0 * damping * bandwidth * 1e-3, 1e-8);
}

/* 350 degrees one way are 10 the other. */
static void test_the_shorter_way_round(void)
{
    const struct adcs_parameters defaults = parameters();
    const struct guidance still = {.q_eci_from_target = QUAT_IDENTITY};
    const struct observer observer = {.started = true};
    const struct quat q = {0.0f, 0.0f, 0.087155743f, -0.99619470f};
    CHECK(control_torque(&defaults, &still, q, &observer, v3(0, 0, 0)).z > 0.0f);
}

/* Half a radian off: the torque asks for the slew rate, and none is left at that rate. */
static void test_large_errors_ask_for_the_slew_rate(void)
{
    CHECK_NEAR(torque_for(v3(0.5f, 0, 0), v3(-0.035f, 0, 0)).x, 0.0, 1e-7);
    CHECK_NEAR(torque_for(v3(0.9f, 0, 0), v3(-0.035f, 0, 0)).x, 0.0, 1e-7);
}

/* Turning with the target: the only torque is what turns the momentum along. */
static void test_following_the_target_costs_the_gyroscopic_torque(void)
{
    const struct adcs_parameters defaults = parameters();
    const struct guidance turning = {.q_eci_from_target = QUAT_IDENTITY, .rate_target_rad_s = v3(0, -1e-3f, 0)};
    const struct observer observer = {.rate_body_rad_s = v3(0, -1e-3f, 0)};
    const struct vec3 torque =
        control_torque(&defaults, &turning, QUAT_IDENTITY, &observer, v3(2e-3f, 0, 0));
    CHECK_NEAR(torque.x, 0.0, 1e-9);
    CHECK_NEAR(torque.y, 0.0, 1e-9);
    CHECK_NEAR(torque.z, 1e-3 * 2e-3, 1e-9); /* -y cross x is z */
}

/* Whatever the error, feedback asks no wheel for more than three quarters of its torque. */
static void test_large_errors_leave_torque_to_spare(void)
{
    for (int i = 0; i < 50; i++) {
        const float angle = 0.06f * (float)i;
        const struct vec3 torque = torque_for(v3(angle, -0.7f * angle, 0.4f * angle), v3(0, 0, 0));
        CHECK(adcs_abs(torque.x) < 0.0031f && adcs_abs(torque.y) < 0.0031f && adcs_abs(torque.z) < 0.0031f);
    }
}

/* The wheels hold nearly all that they can, so the body must turn in the way that empties them, and slowly in the other. */
static void test_a_slew_stays_within_the_wheels_momentum(void)
{
    const struct adcs_parameters defaults = parameters();
    const struct guidance still = {.q_eci_from_target = QUAT_IDENTITY};
    const struct observer observer = {.started = true};
    const struct vec3 held = v3(0.88f * 2.4e-5f * 600.0f, 0, 0); /* 0.9 is the most */
    const struct quat ahead = quat_from_rotation_vector(v3(1.0f, 0, 0)), behind = quat_conjugate(ahead);
    const float emptying = control_torque(&defaults, &still, behind, &observer, held).x;
    const float filling = control_torque(&defaults, &still, ahead, &observer, held).x;
    CHECK(emptying > 1e-3f && filling < 0.0f && filling > -2e-4f);
}

/* Wheels speed up about x: the body must turn the other way, by momentum. */
static void test_the_observer_keeps_momentum(void)
{
    const struct adcs_parameters defaults = parameters();
    struct observer observer = {.started = true, .q_eci_from_body = QUAT_IDENTITY};
    const struct wheels wheels = {.momentum_change_body_Nms = v3(1e-4f, 0, 0)};
    observer_predict(&observer, &defaults, &wheels, v3(0, 0, 0), 0.1f);
    CHECK_NEAR(observer.rate_body_rad_s.x, -1e-3, 1e-7);
    CHECK_NEAR(quat_rotation_vector(observer.q_eci_from_body).x, -5e-5, 1e-8);
}

/* A steady external torque that nobody measures: found from the attitude alone, or from the gyro alone. */
static void test_the_observer_finds_an_external_torque(void)
{
    const struct adcs_parameters defaults = parameters();
    const struct wheels wheels = {.known = {false}};
    struct observer by_attitude = {.started = true}, by_rate = {.started = true};
    for (int step = 1; step <= 600; step++) {
        const float time_s = 0.1f * (float)step, acceleration = 5e-5f; /* 5 uN m on 0.1 kg m2 */
        const float rate = acceleration * time_s;
        observer_predict(&by_attitude, &defaults, &wheels, v3(0, 0, 0), 0.1f);
        observer_predict(&by_rate, &defaults, &wheels, v3(0, 0, 0), 0.1f);
        observer_correct_by_attitude(&by_attitude, &defaults,
                                     quat_from_rotation_vector(v3(0.5f * rate * time_s, 0, 0)), 0.1f);
        observer_correct_by_rate(&by_rate, &defaults, v3(rate, 0, 0), 0.1f);
    }
    CHECK_NEAR(by_attitude.external_torque_body_Nm.x, 5e-6, 2e-7);
    CHECK_NEAR(by_attitude.rate_body_rad_s.x, 3e-3, 2e-6);
    CHECK_NEAR(by_rate.external_torque_body_Nm.x, 5e-6, 2e-7);
    CHECK_NEAR(by_rate.rate_body_rad_s.x, 3e-3, 2e-6);
}

void test_control(void)
{
    test_torque_opposes_angle_and_rate();
    test_the_shorter_way_round();
    test_large_errors_ask_for_the_slew_rate();
    test_following_the_target_costs_the_gyroscopic_torque();
    test_large_errors_leave_torque_to_spare();
    test_a_slew_stays_within_the_wheels_momentum();
    test_the_observer_keeps_momentum();
    test_the_observer_finds_an_external_torque();
}
