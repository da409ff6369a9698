/* Faults of single devices, and what is taken for one. */
#include "check.h"
#include "faults.h"
#include "observer.h"
#include "saturation.h"
#include "tachometer_trial.h"
#include "wheel_response.h"
#include "wire.h"

#define STEP_S 0.1f

static struct adcs_parameters parameters;
static struct faults faults;
static struct wheels wheels;
static struct adcs_events events;

static void start(void)
{
    adcs_parameters_init(&parameters);
    faults = (struct faults){.seen = {false}};
    wheels = (struct wheels){.known = {true, true, true}};
    events = (struct adcs_events){0};
}

/* The tachometer of wheel 1 stands at a speed while its motor gives 1 mN m, for four seconds. The body, which turns at
 * 0.02 rad/s about z beside, feels the given part of that. */
static void drive_wheel_1(float felt, float speed_rad_s, float motor_Nm)
{
    const float torque_Nm[4] = {0.0f, motor_Nm, 0.0f, 0.0f};
    struct body_motion body = {{0.0f, 0.0f, 0.02f}, {0.0f, 0.0f, 0.0f}};
    start();
    for (unsigned i = 0; i < 3; i++) {
        wheels.speed_rad_s[i] = speed_rad_s;
    }
    wheels_update(&wheels, &parameters, torque_Nm, 0.0f);
    for (int step = 0; step < 40; step++) {
        for (unsigned i = 0; i < 3; i++) {
            wheels_measure(&wheels, i, speed_rad_s);
        }
        wheels_update(&wheels, &parameters, torque_Nm, step > 0 ? STEP_S : 0.0f);
        const struct vec3 gyroscopic = gyroscopic_torque(&parameters, body.rate_body_rad_s, wheels.momentum_body_Nms);
        const struct vec3 torque = v3_sub(v3(0.0f, -motor_Nm * felt, 0.0f), gyroscopic);
        body.rate_body_rad_s =
            v3_add_scaled(body.rate_body_rad_s, STEP_S, m3_apply(parameters.inertia_inverse, torque));
        faults_watch_wheels(&faults, &parameters, &wheels, torque_Nm, &body, STEP_S, &events);
    }
}

static void test_a_wheel_that_the_body_does_not_feel_is_stalled(void)
{
    drive_wheel_1(0.0f, 100.0f, 1e-3f);
    CHECK(events.count > 0 && events.code[0] == ADCS_EVENT_WHEEL_STALLED && events.value[0] == 1.0f);
    CHECK(parameters.wheel_dropped[1] && !parameters.tachometer_failed[1] && !parameters.usable);
}

static void test_a_wheel_that_the_body_feels_has_a_dead_tachometer(void)
{
    drive_wheel_1(1.0f, 100.0f, 1e-3f);
    CHECK(events.count == 1 && events.code[0] == ADCS_EVENT_TACHOMETER_FAILED && events.value[0] == 1.0f);
    CHECK(!parameters.wheel_dropped[1] && parameters.tachometer_failed[1] && parameters.usable);
    CHECK_NEAR(wheels.speed_rad_s[1], 100.0 + 4.0 * 1e-3 / 2.4e-5, 8.0); /* goes on as the body and the motor say */
    CHECK_NEAR(wheels.momentum_body_Nms.y, 2.4e-5 * (double)wheels.speed_rad_s[1], 1e-7);
}

/* Fast, and asked to go faster: that is its limit, below which it still obeys. Asked to go slower, it is broken. */
static void test_a_fast_wheel_that_gains_nothing_is_at_its_limit(void)
{
    drive_wheel_1(0.0f, 500.0f, 1e-3f);
    CHECK(events.count == 2 && events.code[0] == ADCS_EVENT_WHEEL_LIMIT_LEARNT && events.value[0] == 495.0f);
    CHECK(events.code[1] == ADCS_EVENT_WHEEL_SATURATED && events.value[1] == 1.0f);
    CHECK(!parameters.wheel_dropped[1] && !parameters.tachometer_failed[1] && parameters.usable);
    CHECK(parameters.wheel_limit_rad_s[1] == 495.0f && parameters.wheel_limit_rad_s[0] == 600.0f);
    drive_wheel_1(0.0f, 500.0f, -1e-3f);
    CHECK(events.count > 0 && events.code[0] == ADCS_EVENT_WHEEL_STALLED && parameters.wheel_dropped[1]);
}

/* Told once when it comes and once when it goes; the parameter set anew forgets what was learnt. */
static void test_saturation_is_told_as_it_comes_and_goes(void)
{
    start();
    for (int i = 0; i < 100; i++) {
        wheels.speed_rad_s[2] = i < 50 ? -600.5f : -580.0f;
        saturation_watch(&wheels, &parameters, &events);
    }
    CHECK(events.count == 1 && events.code[0] == ADCS_EVENT_WHEEL_SATURATED && events.value[0] == 2.0f);
    wheels.speed_rad_s[2] = -560.0f;
    saturation_watch(&wheels, &parameters, &events);
    CHECK(events.count == 2 && events.code[1] == ADCS_EVENT_WHEEL_UNSATURATED && events.value[1] == 2.0f);
    parameters.wheel_limit_rad_s[2] = 300.0f;
    CHECK(adcs_parameters_set(&parameters, ADCS_WHEEL_SPEED_MAX_RAD_S, 550.0f) == ADCS_SET_DONE);
    CHECK(parameters.wheel_limit_rad_s[2] == 550.0f);
}

/* How many seconds a tachometer that has failed, of a wheel at rest, is not listened to; it flickers by so much. */
static float seconds_unheard(float flicker_rad_s)
{
    const float torque_Nm[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    const struct body_motion still = {{0.0f, 0.0f, 0.0f}, {0.0f, 0.0f, 0.0f}};
    float seconds = 0.0f;
    tachometer_trial_begin(&faults, &parameters, 1, &events);
    for (int step = 0; step < 6000 && parameters.tachometer_failed[1]; step++) {
        wheels_measure(&wheels, 1, 5.0f + (step % 2 == 0 ? flicker_rad_s : 0.0f));
        wheels_update(&wheels, &parameters, torque_Nm, STEP_S);
        faults_watch_wheels(&faults, &parameters, &wheels, torque_Nm, &still, STEP_S, &events);
        seconds += STEP_S;
    }
    return seconds;
}

/* Each time a longer while, for it may lie again; never one that stands still or jumps about. */
static void test_a_tachometer_of_a_wheel_at_rest_is_tried_again(void)
{
    start();
    CHECK_NEAR(seconds_unheard(0.05f), 30.0, 0.5);
    CHECK(events.code[events.count - 1] == ADCS_EVENT_SENSOR_TRUSTED && events.value[events.count - 1] == 102.0f);
    CHECK_NEAR(wheels.speed_rad_s[1], 5.0, 0.1);
    CHECK_NEAR(seconds_unheard(0.05f), 60.0, 0.5);
    start();
    CHECK(seconds_unheard(0.0f) > 599.0f && seconds_unheard(20.0f) > 599.0f);
    wheels.speed_rad_s[1] = 60.0f; /* which it shows as 5 */
    CHECK(seconds_unheard(0.05f) > 599.0f);
}

/* The body gains the part `gain` of what the wheel is commanded: its means over 2 s after one second of 1 mN m, first-order,
 * and then what is said of a wheel whose command has gone to and fro for long. */
static struct wheel_response responded(float gain, float steps, float seconds)
{
    struct wheel_response response = {0};
    for (int i = 0; (float)i < steps; i++) {
        const float commanded_Nm = i % 2 == 0 ? 1e-3f : -1e-3f;
        wheel_response_note(&response, commanded_Nm, gain * commanded_Nm, seconds);
    }
    return response;
}

static void test_a_wheels_response_is_told_by_its_covariance(void)
{
    const struct wheel_response once = responded(0.5f, 1.0f, 1.0f);
    CHECK_NEAR(once.commanded_Nm, 1e-3 / 3.0, 1e-9);
    CHECK_NEAR(once.variance_Nm2, 1e-6 / 3.0, 1e-12);
    CHECK_NEAR(once.covariance_Nm2, 0.5e-6 / 3.0, 1e-12);
    const struct wheel_response sound = responded(0.8f, 400.0f, STEP_S), weak = responded(0.5f, 400.0f, STEP_S);
    const struct wheel_response dead = responded(0.3f, 400.0f, STEP_S), turned = responded(-0.8f, 400.0f, STEP_S);
    const float limit_Nm = 4e-3f;
    CHECK(wheel_response_is_good(&sound, limit_Nm) && !wheel_response_is_good(&weak, limit_Nm));
    CHECK(wheel_response_is_missing(&dead, limit_Nm) && !wheel_response_is_missing(&weak, limit_Nm));
    CHECK(wheel_response_is_reversed(&turned, limit_Nm) && !wheel_response_is_reversed(&dead, limit_Nm));
    CHECK(!wheel_response_is_good(&sound, 100e-3f)); /* 1 of 100 mN m: no more than noise makes */
}

/* A tachometer shows a jump of wheel 1 that a body at rest does not feel, so many times as large as eight sigmas of a gyro's
 * noise over a step hide (angle random walk by the root of the step: Farrenkopf, J. Guidance 1 (1978), 282). */
static void jump(double times)
{
    const float torque_Nm[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    const struct body_motion still = {{0.0f, 0.0f, 0.0f}, {0.0f, 0.0f, 0.0f}};
    start();
    const double walk = (double)parameters.value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S];
    const double hidden_Nms = 8.0 * (double)parameters.inertia_body_kg_m2.y.y * walk / sqrt(0.1);
    for (int step = 0; step < 3; step++) {
        wheels_measure(&wheels, 1, step < 2 ? 100.0f : (float)(100.0 + times * hidden_Nms / 2.4e-5));
        wheels_update(&wheels, &parameters, torque_Nm, step > 0 ? STEP_S : 0.0f);
    }
    faults_check_tachometers(&faults, &parameters, &wheels, &still, STEP_S, &events);
}

static void test_a_jump_that_the_body_does_not_feel_is_not_believed(void)
{
    jump(0.5);
    CHECK(events.count == 0 && wheels.speed_rad_s[1] > 100.0f);
    jump(2.0);
    CHECK(events.count == 1 && events.code[0] == ADCS_EVENT_TACHOMETER_OUTLIER && events.value[0] == 1.0f);
    CHECK_NEAR(wheels.speed_rad_s[1], 100.0, 1e-3);
    CHECK_NEAR(wheels.momentum_body_Nms.y, 100.0 * 2.4e-5, 1e-8);
    CHECK_NEAR(wheels.momentum_change_body_Nms.y, 0.0, 1e-8);
    CHECK(wheels.friction_Nm[1] == 0.0f);
}

/* Only the ground says that a wheel is sound again. */
static void test_wheels_come_back_when_their_number_is_set_anew(void)
{
    static struct wire wire;
    struct adcs_parameters *own = &wire.flight.adcs.parameters;
    wire_start(&wire);
    adcs_parameters_drop_wheel(own, 1);
    own->tachometer_failed[2] = true;
    guards_seal(&wire.flight.guards, &wire.flight.adcs); /* as after a step that found it */
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_ACCEPTED); /* two wheels, and rods */
    own->wheel_dropped[0] = true;
    adcs_parameters_drop_wheel(own, 1);
    guards_seal(&wire.flight.guards, &wire.flight.adcs);
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_WRONG_STATE); /* one is too few */
    CHECK(wire_set_mode(&wire, HIL_MODE_SUN_SAFE) == HIL_ACK_ACCEPTED);
    CHECK(own->wheel_dropped[1] && own->tachometer_failed[2]);
    CHECK(wire_set_parameter(&wire, ADCS_WHEEL_COUNT, 3.0f) == HIL_ACK_ACCEPTED);
    CHECK(!own->wheel_dropped[1] && !own->tachometer_failed[2]);
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_ACCEPTED);
}

/* Two of three go on speaking; the star tracker, which may be blind, has longer. */
static void test_each_device_is_heard_by_itself(void)
{
    start();
    for (int step = 0; step < 3100; step++) {
        faults_heard(&faults, FAULTS_TACHOMETER);
        faults_heard(&faults, FAULTS_TACHOMETER + 2);
        if (step < 10) {
            faults_heard(&faults, FAULTS_TACHOMETER + 1);
            faults_heard(&faults, FAULTS_STAR_TRACKER + 1);
        }
        faults_watch_sensors(&faults, &parameters, STEP_S, &events);
        CHECK(step > 55 || events.count == 0);
        CHECK(step < 65 || step > 2990 || events.count == 1);
    }
    CHECK(events.count == 2 && events.code[0] == ADCS_EVENT_SENSOR_SILENT);
    CHECK(events.value[0] == 102.0f && events.value[1] == 101.0f);
}

/* It is commanded against what its motor does, and both jumped at once. */
static void test_a_wheel_that_runs_away_is_not_taken_for_a_reversed_one(void)
{
    struct wheel_response away = {.commanded_Nm = 0.0f}, reversed = {.commanded_Nm = 0.0f};
    bool mistaken = false;
    for (int i = 0; i < 60; i++) {
        const bool failed = i >= 20;
        const float wanted = (i & 4) != 0 ? 1.5e-3f : -1.2e-3f;
        wheel_response_note(&away, failed ? -4e-3f : 1e-4f, failed ? 2e-3f : 1e-4f, 0.1f);
        wheel_response_note(&reversed, wanted, -wanted - 5e-5f, 0.1f);
        mistaken = mistaken || wheel_response_is_reversed(&away, 4e-3f);
    }
    CHECK(!mistaken && wheel_response_is_reversed(&reversed, 4e-3f));
}

void test_faults(void)
{
    test_a_wheel_that_runs_away_is_not_taken_for_a_reversed_one();
    test_a_wheel_that_the_body_does_not_feel_is_stalled();
    test_a_wheel_that_the_body_feels_has_a_dead_tachometer();
    test_a_fast_wheel_that_gains_nothing_is_at_its_limit();
    test_saturation_is_told_as_it_comes_and_goes();
    test_a_tachometer_of_a_wheel_at_rest_is_tried_again();
    test_a_wheels_response_is_told_by_its_covariance();
    test_a_jump_that_the_body_does_not_feel_is_not_believed();
    test_wheels_come_back_when_their_number_is_set_anew();
    test_each_device_is_heard_by_itself();
}
