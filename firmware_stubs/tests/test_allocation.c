/* Parameters, wheel momentum, friction and the allocation of torque. */
#include <string.h>

#include "check.h"
#include "wheels.h"

static void set(struct adcs_parameters *parameters, unsigned id, float value)
{
    CHECK(adcs_parameters_set(parameters, id, value) == ADCS_SET_DONE);
}

/* A pyramid of four, each axis 54.7 degrees from z. */
static void use_four_wheels(struct adcs_parameters *parameters)
{
    static const float axes[4][3] = {{1, 1, 1}, {-1, 1, 1}, {-1, -1, 1}, {1, -1, 1}};
    set(parameters, ADCS_WHEEL_COUNT, 4.0f);
    for (unsigned wheel = 0; wheel < 4; wheel++) {
        for (unsigned axis = 0; axis < 3; axis++) {
            set(parameters, ADCS_WHEEL0_AXIS_X_BODY + 3 * wheel + axis, 0.57735027f * axes[wheel][axis]);
        }
    }
}

/* Torque on the body: the motors' reaction. */
static struct vec3 made(const struct adcs_parameters *parameters, const float torque_Nm[4])
{
    struct vec3 sum = v3(0, 0, 0);
    for (int i = 0; i < 4; i++) {
        sum = v3_add_scaled(sum, -torque_Nm[i], parameters->wheel_axis_body[i]);
    }
    return sum;
}

static void check_makes(const struct adcs_parameters *parameters, struct vec3 wanted, double scale)
{
    const struct wheels wheels = {.known = {false}};
    float torque_Nm[4];
    wheels_allocate(&wheels, parameters, wanted, torque_Nm);
    const struct vec3 got = made(parameters, torque_Nm);
    CHECK_NEAR(got.x, scale * (double)wanted.x, 1e-9);
    CHECK_NEAR(got.y, scale * (double)wanted.y, 1e-9);
    CHECK_NEAR(got.z, scale * (double)wanted.z, 1e-9);
}

static void test_positive_motor_torque_turns_the_body_the_other_way(void)
{
    struct adcs_parameters parameters;
    const struct wheels wheels = {.known = {false}};
    float torque_Nm[4];
    adcs_parameters_init(&parameters);
    wheels_allocate(&wheels, &parameters, v3(1e-3f, 0, 0), torque_Nm);
    CHECK(torque_Nm[0] == -1e-3f && torque_Nm[1] == 0.0f && torque_Nm[2] == 0.0f && torque_Nm[3] == 0.0f);
}

static void test_three_and_four_wheels_make_the_torque(void)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    check_makes(&parameters, v3(1e-3f, -2e-3f, 5e-4f), 1.0);
    use_four_wheels(&parameters);
    CHECK(parameters.usable);
    check_makes(&parameters, v3(1e-3f, -2e-3f, 5e-4f), 1.0);
}

static void test_too_much_torque_keeps_its_direction(void)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters); /* 4 mN m a wheel */
    check_makes(&parameters, v3(8e-3f, -4e-3f, 2e-3f), 0.5);
    use_four_wheels(&parameters);
    check_makes(&parameters, v3(0, 0, 4 * 0.57735027f * 4e-3f * 4), 0.25);
}

static void test_a_wheel_at_its_speed_limit_is_only_slowed(void)
{
    struct adcs_parameters parameters;
    struct wheels wheels = {.speed_rad_s = {600.0f, -600.0f, 599.0f, 0.0f}};
    float torque_Nm[4];
    adcs_parameters_init(&parameters);
    wheels_allocate(&wheels, &parameters, v3(-1e-3f, 1e-3f, -1e-3f), torque_Nm);
    CHECK(torque_Nm[0] == 0.0f && torque_Nm[1] == 0.0f && torque_Nm[2] == 1e-3f);
    wheels_allocate(&wheels, &parameters, v3(1e-3f, -1e-3f, 1e-3f), torque_Nm);
    CHECK(torque_Nm[0] == -1e-3f && torque_Nm[1] == 1e-3f);
}

/* A wheel that turns at 100 rad/s against 30 uN m of friction, its motor off. */
static void test_friction_is_learnt_and_added(void)
{
    struct adcs_parameters parameters;
    struct wheels wheels = {.known = {false}};
    const float off[4] = {0};
    float torque_Nm[4];
    adcs_parameters_init(&parameters);
    for (int step = 0; step < 200; step++) {
        wheels_measure(&wheels, 0, 100.0f - 0.125f * (float)step); /* 3e-5 / 2.4e-5 * 0.1 a step */
        wheels_update(&wheels, &parameters, off, step == 0 ? 0.0f : 0.1f);
    }
    CHECK_NEAR(wheels.friction_Nm[0], 3e-5, 1e-7);
    CHECK_NEAR(wheels.momentum_body_Nms.x, 2.4e-5 * (100.0 - 0.125 * 199), 1e-8);
    CHECK_NEAR(wheels.momentum_change_body_Nms.x, -3e-6, 1e-9);
    wheels_allocate(&wheels, &parameters, v3(0, 0, 0), torque_Nm);
    CHECK_NEAR(torque_Nm[0], 3e-5, 1e-7);
}

static void test_a_silent_tachometer_is_replaced_by_the_model(void)
{
    struct adcs_parameters parameters;
    struct wheels wheels = {.known = {false}};
    const float torque_Nm[4] = {2.4e-4f, 2.4e-4f, 0, 0};
    adcs_parameters_init(&parameters);
    wheels_measure(&wheels, 0, 50.0f);
    wheels_update(&wheels, &parameters, torque_Nm, 0.0f);
    wheels_update(&wheels, &parameters, torque_Nm, 0.1f);
    CHECK_NEAR(wheels.speed_rad_s[0], 51.0, 1e-4);
    CHECK(wheels.speed_rad_s[1] == 0.0f); /* never heard of */
}

static void test_parameters_are_checked(void)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    const struct adcs_parameters before = parameters;
    CHECK(parameters.usable);
    CHECK(adcs_parameters_set(&parameters, ADCS_PARAMETERS, 1.0f) == ADCS_SET_UNKNOWN_ID);
    CHECK(adcs_parameters_set(&parameters, ADCS_WHEEL_COUNT, 5.0f) == ADCS_SET_OUT_OF_RANGE);
    CHECK(adcs_parameters_set(&parameters, ADCS_WHEEL_COUNT, NAN) == ADCS_SET_OUT_OF_RANGE);
    CHECK(memcmp(&before, &parameters, sizeof before) == 0);
    set(&parameters, ADCS_INERTIA_XY_BODY_KG_M2, 40.0f); /* no body has such an inertia */
    CHECK(!parameters.usable);
    set(&parameters, ADCS_INERTIA_XY_BODY_KG_M2, 0.0f);
    set(&parameters, ADCS_WHEEL_COUNT, 2.0f); /* nor do two wheels make three axes */
    CHECK(!parameters.usable);
}

/* Speeds whose momenta cancel are led to the bias; no torque on the body comes of it. */
static void test_four_wheels_are_kept_off_zero(void)
{
    struct adcs_parameters parameters;
    struct wheels wheels = {.known = {false}};
    float torque_Nm[4];
    adcs_parameters_init(&parameters);
    use_four_wheels(&parameters);
    set(&parameters, ADCS_WHEEL_BIAS_RAD_S, 100.0f);
    for (int step = 0; step < 3000; step++) {
        wheels_allocate(&wheels, &parameters, v3(0, 0, 0), torque_Nm);
        CHECK_NEAR(v3_norm(made(&parameters, torque_Nm)), 0.0, 1e-10);
        for (int i = 0; i < 4; i++) {
            wheels.speed_rad_s[i] += 0.1f * torque_Nm[i] / parameters.value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
        }
    }
    for (int i = 0; i < 4; i++) {
        CHECK_NEAR(fabs((double)wheels.speed_rad_s[i]), 100.0, 1.0);
    }
}

static void test_three_of_four_wheels_still_make_the_torque(void)
{
    struct adcs_parameters parameters;
    const struct wheels wheels = {.known = {false}};
    float torque_Nm[4];
    adcs_parameters_init(&parameters);
    use_four_wheels(&parameters);
    adcs_parameters_drop_wheel(&parameters, 1);
    CHECK(parameters.usable);
    check_makes(&parameters, v3(1e-3f, -5e-4f, 5e-4f), 1.0);
    wheels_allocate(&wheels, &parameters, v3(1e-3f, 0, 0), torque_Nm);
    CHECK(torque_Nm[1] == 0.0f);
    adcs_parameters_drop_wheel(&parameters, 2);
    CHECK(!parameters.usable);
    adcs_parameters_restore_wheels(&parameters);
    CHECK(parameters.usable);
}

/* Three others can give any torque without the one that cannot go faster, whose motor is off and whose friction acts. */
static void test_of_four_wheels_one_at_its_limit_is_done_without(void)
{
    struct adcs_parameters parameters;
    struct wheels wheels = {.speed_rad_s = {100.0f, -600.0f, 0.0f, 0.0f}, .friction_Nm = {2e-5f, -3e-5f, 0.0f, 1e-5f}};
    const struct vec3 wanted = v3(-1.5e-3f, 1e-3f, 5e-4f);
    float torque_Nm[4];
    adcs_parameters_init(&parameters);
    use_four_wheels(&parameters);
    CHECK(v3_dot(parameters.wheel_allocation[1], wanted) > 0.0f); /* it is asked to go faster */
    wheels_allocate(&wheels, &parameters, wanted, torque_Nm);
    CHECK(torque_Nm[1] == 0.0f);
    for (int i = 0; i < 4; i++) {
        torque_Nm[i] -= wheels.friction_Nm[i]; /* what the rotor gets */
    }
    CHECK_NEAR(v3_norm(v3_sub(made(&parameters, torque_Nm), wanted)), 0.0, 1e-9);
    wheels_allocate(&wheels, &parameters, v3_scale(-1.0f, wanted), torque_Nm);
    CHECK(torque_Nm[1] > 0.0f); /* slower it may go */
}

/* A wheel goes through zero: what its friction was, it now is the other way. */
static void test_friction_turns_round_with_the_wheel(void)
{
    struct adcs_parameters parameters;
    const float none[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    struct wheels wheels = {.known = {true}, .speed_rad_s = {1.0f}, .friction_Nm = {2e-5f}};
    adcs_parameters_init(&parameters);
    wheels_measure(&wheels, 0, -1.0f);
    wheels_update(&wheels, &parameters, none, 0.0f);
    CHECK(wheels.friction_Nm[0] == -2e-5f);
}

void test_allocation(void)
{
    test_positive_motor_torque_turns_the_body_the_other_way();
    test_three_and_four_wheels_make_the_torque();
    test_too_much_torque_keeps_its_direction();
    test_a_wheel_at_its_speed_limit_is_only_slowed();
    test_friction_is_learnt_and_added();
    test_a_silent_tachometer_is_replaced_by_the_model();
    test_parameters_are_checked();
    test_four_wheels_are_kept_off_zero();
    test_three_of_four_wheels_still_make_the_torque();
    test_of_four_wheels_one_at_its_limit_is_done_without();
    test_friction_turns_round_with_the_wheel();
}
