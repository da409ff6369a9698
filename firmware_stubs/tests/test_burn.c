/* Burns: forces whose torques cancel, on-times that a valve can give, and an impulse that is what was told. */
#include "burn.h"
#include "check.h"

#define STEP_S 0.1f
#define N 1.0f

/* Eight of 1 N: along +x four at the corners of a square, along -x one in the middle, and three across. */
static struct adcs_parameters eight(void)
{
    static const float place[8][3] = {{-0.5f, 0.3f, 0.3f},    {-0.5f, -0.3f, 0.3f}, {-0.5f, 0.3f, -0.31f},
                                      {-0.5f, -0.3f, -0.3f},  {0.5f, 0.0f, 0.01f},  {0.0f, 0.5f, 0.0f},
                                      {0.0f, -0.5f, 0.0f},    {0.0f, 0.0f, 0.5f}};
    static const float along[8][3] = {{1, 0, 0},  {1, 0, 0},  {1, 0, 0}, {1, 0, 0},
                                      {-1, 0, 0}, {0, -1, 0}, {0, 1, 0}, {0, 0, -1}};
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    CHECK(adcs_parameters_set(&parameters, ADCS_THRUSTER_COUNT, 8.0f) == ADCS_SET_DONE);
    for (unsigned i = 0; i < 8; i++) {
        const struct vec3 force = v3_scale(N, v3_from(along[i])), torque = v3_cross(v3_from(place[i]), force);
        v3_store(force, &parameters.value[ADCS_THRUSTER0_FORCE_X_BODY_N + 3 * i]);
        v3_store(torque, &parameters.value[ADCS_THRUSTER0_TORQUE_X_BODY_NM + 3 * i]);
    }
    return parameters;
}

static struct vec3 turning(const struct adcs_parameters *parameters, const float on_time_s[8])
{
    struct vec3 sum = v3(0, 0, 0);
    for (unsigned i = 0; i < 8; i++) {
        sum = v3_add_scaled(sum, on_time_s[i], adcs_parameters_thruster(parameters, i));
    }
    return sum;
}

static void test_a_push_along_the_four_does_not_turn(void)
{
    const struct adcs_parameters parameters = eight();
    float on_time_s[8];
    burn_allocate(&parameters, v3(0.2f, 0, 0), v3(0, 0, 0), STEP_S, on_time_s);
    CHECK_NEAR(burn_impulse(&parameters, on_time_s).x, 0.2, 5e-3);
    CHECK_NEAR(v3_norm(turning(&parameters, on_time_s)), 0.0, 2e-4);
    for (int i = 0; i < 8; i++) {
        CHECK(on_time_s[i] >= 0.0f && on_time_s[i] <= STEP_S);
    }
}

static void test_more_than_a_step_can_give_is_as_much_as_it_can(void)
{
    const struct adcs_parameters parameters = eight();
    float on_time_s[8], longest = 0.0f;
    burn_allocate(&parameters, v3(50.0f, 0, 0), v3(0, 0, 0), STEP_S, on_time_s);
    for (int i = 0; i < 8; i++) {
        longest = on_time_s[i] > longest ? on_time_s[i] : longest;
    }
    CHECK_NEAR(longest, STEP_S, 1e-6);
    CHECK(burn_impulse(&parameters, on_time_s).x > 0.35f);
    CHECK_NEAR(v3_norm(turning(&parameters, on_time_s)), 0.0, 2e-3);
}

static void test_a_torque_is_given_beside_the_push(void)
{
    const struct adcs_parameters parameters = eight();
    float on_time_s[8];
    burn_allocate(&parameters, v3(0.2f, 0, 0), v3(0, 0.005f, 0), STEP_S, on_time_s);
    CHECK_NEAR(turning(&parameters, on_time_s).y, 0.005, 3e-4);
}

/* However much is left of the burn, for that takes minutes. */
static void test_a_torque_is_given_from_a_burns_first_step_on(void)
{
    const struct adcs_parameters parameters = eight();
    struct burn burn = {true, v3(600.0f, 0.0f, 0.0f), 600.0f};
    float on_time_s[8] = {0};
    CHECK(burn_step(&burn, &parameters, v3(0, 0.004f, 0), STEP_S, on_time_s) == BURN_GOES_ON);
    CHECK_NEAR(turning(&parameters, on_time_s).y, 0.004, 6e-4); /* two valves on either side, whole ms */
    CHECK(burn_impulse(&parameters, on_time_s).x > 0.33f); /* of 0.4 */
}

/* 1 m/s of 10 kg by 4 N takes 25 steps and more; nothing that opens is shorter than a valve can. */
static void test_a_burn_gives_what_was_told_and_ends(void)
{
    const struct adcs_parameters parameters = eight();
    struct burn burn = {true, v3(10.0f, 0.0f, 0.0f), 10.0f};
    struct vec3 given = v3(0, 0, 0);
    enum burn_outcome outcome = BURN_GOES_ON;
    int steps = 0;
    for (; steps < 200 && outcome == BURN_GOES_ON; steps++) {
        float on_time_s[8] = {0};
        outcome = burn_step(&burn, &parameters, v3(0, 0, 0), STEP_S, on_time_s);
        for (int i = 0; i < 8 && outcome == BURN_GOES_ON; i++) {
            CHECK(on_time_s[i] == 0.0f || on_time_s[i] >= parameters.value[ADCS_THRUSTER_ON_TIME_MIN_S]);
        }
        given = outcome == BURN_GOES_ON ? v3_add(given, burn_impulse(&parameters, on_time_s)) : given;
    }
    CHECK(outcome == BURN_DONE);
    CHECK(steps > 25 && steps < 60);
    CHECK_NEAR(given.x, 10.0, 0.02);
    CHECK(!burn.wanted);
}

static void test_a_way_that_nothing_pushes_is_told(void)
{
    const struct adcs_parameters parameters = eight();
    struct burn burn = {true, v3(0.0f, 0.0f, 5.0f), 5.0f};
    float on_time_s[8] = {0};
    CHECK(burn_step(&burn, &parameters, v3(0, 0, 0), STEP_S, on_time_s) == BURN_IMPOSSIBLE);
}

void test_burn(void)
{
    test_a_push_along_the_four_does_not_turn();
    test_more_than_a_step_can_give_is_as_much_as_it_can();
    test_a_torque_is_given_beside_the_push();
    test_a_torque_is_given_from_a_burns_first_step_on();
    test_a_burn_gives_what_was_told_and_ends();
    test_a_way_that_nothing_pushes_is_told();
}
