/* Unloading by thrusters: when it begins and ends, and what it never does. */
#include "check.h"
#include "thrusters.h"

#define STEP_S 0.1f

static const double torque_Nm[4][3] = {
    {4e-3, 4e-3, 2e-3}, {-4e-3, -4e-3, 2e-3}, {4e-3, -4e-3, -2e-3}, {-4e-3, 4e-3, -2e-3}};

static struct adcs_parameters four(void)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    for (unsigned i = 0; i < 12; i++) {
        parameters.value[ADCS_THRUSTER0_TORQUE_X_BODY_NM + i] = (float)torque_Nm[i / 3][i % 3];
    }
    parameters.value[ADCS_UNLOAD_START_NMS] = 0.010f;
    parameters.value[ADCS_UNLOAD_STOP_NMS] = 0.002f;
    parameters.value[ADCS_UNLOAD_TORQUE_NM] = 2e-4f;
    CHECK(adcs_parameters_set(&parameters, ADCS_THRUSTER_COUNT, 4.0f) == ADCS_SET_DONE);
    return parameters;
}

struct bench {
    struct adcs_parameters parameters;
    struct thrusters thrusters;
    struct adcs_events events;
    struct vec3 momentum_body_Nms;
    unsigned opened; /* pulses so far */
};

static struct bench bench_with(struct vec3 momentum_body_Nms)
{
    return (struct bench){.parameters = four(), .momentum_body_Nms = momentum_body_Nms};
}

/* The momentum follows what the valves do, times `effect`. */
static void step(struct bench *bench, float effect)
{
    struct thrusters *thrusters = &bench->thrusters;
    thrusters_begin(thrusters);
    thrusters_unload(thrusters, &bench->parameters, bench->momentum_body_Nms, STEP_S, &bench->events);
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        const float t = thrusters->on_time_s[i];
        bench->opened += t > 0.0f;
        CHECK(t == 0.0f || (t >= 0.01f && t <= STEP_S));
    }
    bench->momentum_body_Nms = v3_add_scaled(bench->momentum_body_Nms, effect,
                                             thrusters_impulse(&bench->parameters, thrusters->on_time_s));
}

static void check_event(const struct bench *bench, unsigned at, unsigned code, float value)
{
    CHECK(bench->events.count > at && bench->events.code[at] == code);
    CHECK_NEAR(bench->events.value[at], value, 0.02f * value);
}

/* Whatever way it points: 8 mN m s at 0.2 mN m take 40 s. */
static void test_it_begins_above_one_limit_and_ends_below_another(void)
{
    struct random random = {3};
    for (int run = 0; run < 50; run++) {
        const float x = (float)random_normal(&random), y = (float)random_normal(&random), z = (float)random_normal(&random);
        const struct vec3 way = v3(x, y, z);
        struct bench bench = bench_with(v3_scale(0.0099f / v3_norm(way), way));
        step(&bench, 1.0f);
        CHECK(bench.opened == 0 && bench.events.count == 0);
        bench.momentum_body_Nms = v3_scale(0.0101f / v3_norm(way), way);
        unsigned steps = 0;
        for (; steps < 2000 && (steps == 0 || bench.thrusters.unloading); steps++) {
            step(&bench, 1.0f);
        }
        CHECK_NEAR(0.1 * steps, 40.5, 4.0);
        CHECK(bench.events.count == 2);
        check_event(&bench, 0, ADCS_EVENT_UNLOADING_BEGAN, 0.0101f);
        CHECK(bench.events.code[1] == ADCS_EVENT_UNLOADING_ENDED && v3_norm(bench.momentum_body_Nms) <= 0.002f);
        const unsigned before = bench.opened;
        step(&bench, 1.0f);
        CHECK(bench.opened == before);
    }
}

/* A thruster the wrong way round, a dead one, torques that cannot span what is asked for: the fuel is not for that. */
static void test_what_does_not_help_is_given_up(void)
{
    static const float effects[] = {-1.0f, 0.0f};
    for (int i = 0; i < 2; i++) {
        struct bench bench = bench_with(v3(0.0101f, 0.0f, 0.0f));
        for (unsigned steps = 0; steps < 3000; steps++) {
            step(&bench, effects[i]);
        }
        CHECK(bench.thrusters.given_up && bench.events.count == 2);
        CHECK(bench.events.code[1] == ADCS_EVENT_UNLOADING_FAILED);
        CHECK(v3_norm(bench.momentum_body_Nms) < 1.11f * 0.0101f);
        const unsigned before = bench.opened;
        CHECK(before > 0);
        step(&bench, effects[i]);
        CHECK(bench.opened == before);
        thrusters_reset(&bench.thrusters);
        for (unsigned steps = 0; steps < 20; steps++) {
            step(&bench, 1.0f);
        }
        CHECK(bench.opened > before);
    }
}

/* Ten times what the thrusters can give in a step: they give all, and owe nothing afterwards. */
static void test_more_than_a_step_has_room_for_is_not_owed(void)
{
    struct bench bench = bench_with(v3(0.5f, 0.0f, 0.0f));
    bench.parameters.value[ADCS_UNLOAD_TORQUE_NM] = 0.08f;
    step(&bench, 1.0f);
    CHECK_NEAR(bench.thrusters.on_time_s[1], STEP_S, 1e-6);
    CHECK(v3_norm(bench.thrusters.owed_body_Nms) == 0.0f);
}

/* A pulse of 1.2 least pulses for each of two thrusters (h = 2 * 2 mN m * t about z): one turn of the timer, the least. */
static void test_the_shortest_pulse_that_a_valve_can_give_is_fired(void)
{
    const float least_s = 0.0078125f;
    struct bench bench = bench_with(v3(0.0f, 0.0f, 1.2f * least_s * 2.0f * 2e-3f));
    bench.parameters.value[ADCS_THRUSTER_RESOLUTION_S] = bench.parameters.value[ADCS_THRUSTER_ON_TIME_MIN_S] = least_s;
    bench.parameters.value[ADCS_UNLOAD_START_NMS] = 1e-6f;
    bench.parameters.value[ADCS_UNLOAD_STOP_NMS] = 1e-7f;
    bench.parameters.value[ADCS_UNLOAD_TORQUE_NM] = 1.0f;
    thrusters_unload(&bench.thrusters, &bench.parameters, bench.momentum_body_Nms, STEP_S, &bench.events);
    CHECK(bench.thrusters.on_time_s[2] == least_s && bench.thrusters.on_time_s[3] == least_s);
}

/* However pulses and delay lie to the steps, what the observer is told adds up to what was fired. */
static void test_mean_torques_add_up_to_the_impulse(void)
{
    /* with pulses of 50 ms and then of 30 ms, so much of a step is open */
    static const float delays_s[] = {0.0f, 0.02f, 0.06f, 0.1f, 0.3f}, open_s[] = {0.03f, 0.03f, 0.04f, 0.05f, 0.05f};
    struct random random = {5};
    const struct adcs_parameters parameters = four();
    for (unsigned d = 0; d < sizeof delays_s / sizeof delays_s[0]; d++) {
        struct thrusters thrusters = {.unloading = false};
        struct vec3 fired = v3(0.0f, 0.0f, 0.0f), told = fired;
        for (int i = 0; i < 200; i++) {
            told = v3_add_scaled(told, STEP_S, thrusters_mean_torque(&thrusters, &parameters, delays_s[d], STEP_S));
            thrusters_begin(&thrusters);
            for (int k = 0; k < 4 && i < 198; k++) {
                thrusters.on_time_s[k] = STEP_S * (float)random_below(&random, 1000) / 999.0f;
            }
            fired = v3_add(fired, thrusters_impulse(&parameters, thrusters.on_time_s));
        }
        CHECK(v3_norm(v3_sub(told, fired)) < 1e-5f * 200.0f * STEP_S * 6e-3f);
        thrusters.on_time_before_s[0] = 0.05f;
        thrusters.on_time_s[0] = 0.03f;
        const struct vec3 torque = thrusters_mean_torque(&thrusters, &parameters, delays_s[d], STEP_S);
        CHECK_NEAR(torque.x, open_s[d] / STEP_S * 4e-3f, 1e-8);
    }
}

/* 0.02 s of the first thruster about axes of 0.1, 0.2 and 0.4 kg m2; in 300 s it is forgotten to 1/e. */
static void test_a_pulse_jolts_the_body_and_is_forgotten_in_minutes(void)
{
    struct adcs_parameters parameters = four();
    parameters.inertia_inverse = (struct mat3){v3(10.0f, 0.0f, 0.0f), v3(0.0f, 5.0f, 0.0f), v3(0.0f, 0.0f, 2.5f)};
    struct thrusters thrusters = {.on_time_s = {0.02f}};
    thrusters_note_jolt(&thrusters, &parameters, STEP_S);
    const double jolt_rad_s = 0.02 * sqrt(0.04 * 0.04 + 0.02 * 0.02 + 0.005 * 0.005);
    CHECK_NEAR(thrusters.jolt_rad_s, jolt_rad_s, 1e-6 * jolt_rad_s);
    for (int i = 0; i < 3000; i++) {
        thrusters_begin(&thrusters);
        thrusters_note_jolt(&thrusters, &parameters, STEP_S);
    }
    CHECK_NEAR(thrusters.jolt_rad_s, exp(-1.0) * jolt_rad_s, 1e-3 * jolt_rad_s);
}

void test_thrusters(void)
{
    test_a_pulse_jolts_the_body_and_is_forgotten_in_minutes();
    test_it_begins_above_one_limit_and_ends_below_another();
    test_what_does_not_help_is_given_up();
    test_more_than_a_step_has_room_for_is_not_owed();
    test_the_shortest_pulse_that_a_valve_can_give_is_fired();
    test_mean_torques_add_up_to_the_impulse();
}
