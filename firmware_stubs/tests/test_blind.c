/* Without a gyro: what then tells the rate, and what nothing tells. */
#include "check.h"
#include "wire.h"

#define STEP_S 0.1

static const double position[3] = {6.9e6, 0.0, 0.0}, velocity[3] = {0.0, 5.7e3, 5.0e3};
static struct wire wire;
static uint32_t step;
static double turned_rad;       /* of the body about z, so far */
static const double field_T = 3e-5;

static void start(uint8_t mode, bool autonomy)
{
    step = 0;
    turned_rad = 0.0;
    wire_start(&wire);
    (void)wire_set_parameter(&wire, ADCS_AUTONOMY, autonomy ? 1.0f : 0.0f);
    (void)wire_set_parameter(&wire, ADCS_SAFE_DWELL_S, 5.0f);
    (void)wire_set_orbit(&wire, position, velocity);
    CHECK(wire_set_mode(&wire, mode) == HIL_ACK_ACCEPTED);
}

struct seen {
    bool gyro, star_tracker, magnetometer;
};

/* The body turns about z, the field lies across that; returns the mode. */
static unsigned run(double rate_rad_s, struct seen seen)
{
    const double rate[3] = {0.0, 0.0, rate_rad_s};
    const double noise_T = step % 2 == 0 ? 1e-9 : -1e-9; /* a value that repeats is a dead sensor's */
    const double field[3] = {field_T * cos(turned_rad), -field_T * sin(turned_rad), noise_T};
    const double q[4] = {0.0, 0.0, sin(turned_rad / 2.0), cos(turned_rad / 2.0)};
    if (seen.gyro) {
        wire_gyro(&wire, 0, rate);
    }
    if (seen.star_tracker) {
        wire_star_tracker(&wire, q, STEP_S * step);
    }
    if (seen.magnetometer) {
        wire_vector(&wire, HIL_APID_MAGNETOMETER, 0, field);
    }
    for (uint8_t i = 0; i < 3; i++) {
        wire_tachometer(&wire, i, 50.0);
    }
    wire_sync(&wire, step, STEP_S * step);
    turned_rad += STEP_S * rate_rad_s;
    step++;
    return wire.estimate.mode;
}

/* Of the last command's dipole on the body, about z. */
static double torque_z_Nm(void)
{
    const double turned = turned_rad; /* the field as the rods meet it */
    return (double)wire.command.dipole_body_A_m2[0] * -field_T * sin(turned)
        - (double)wire.command.dipole_body_A_m2[1] * field_T * cos(turned);
}

/* The body turns one way until the gyro dies, and the other way then: only the field knows. */
static void test_detumbling_goes_by_the_field_when_the_gyro_is_lost(void)
{
    start(HIL_MODE_DETUMBLE, false);
    for (int i = 0; i < 100; i++) {
        (void)run(0.05, (struct seen){.gyro = true, .magnetometer = true});
    }
    CHECK(wire.estimate.rate_body_rad_s[2] > 0.049f && torque_z_Nm() < 0.0);
    for (int i = 0; i < 600; i++) {
        CHECK(run(-0.05, (struct seen){.magnetometer = true}) == HIL_MODE_DETUMBLE);
        CHECK(i < 60 || torque_z_Nm() > 0.0);
    }
    CHECK(wire.estimate.rate_body_rad_s[2] == 0.0f && wire.told[ADCS_EVENT_SENSOR_SILENT] == 1);
    (void)run(-0.05, (struct seen){.gyro = true, .magnetometer = true});
    CHECK_NEAR(wire.estimate.rate_body_rad_s[2], -0.05, 1e-6); /* it speaks again */
}

/* With neither gyro nor star tracker there is no rate that wheels could be driven by. */
static void test_no_wheel_is_driven_by_a_rate_that_nobody_measures(void)
{
    static const float upright[4] = {0.0f, 0.0f, 0.0f, 1.0f};
    start(HIL_MODE_IDLE, false);
    CHECK(wire_set_parameter(&wire, ADCS_MOMENTUM_GAIN_S, 0.0f) == HIL_ACK_ACCEPTED); /* nothing turns this body */
    CHECK(wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, upright, 4, -1.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_INERTIAL) == HIL_ACK_ACCEPTED);
    (void)run(0.0, (struct seen){true, true, true});
    CHECK(run(0.0, (struct seen){true, true, true}) == HIL_MODE_INERTIAL);
    for (int i = 0; i < 590; i++) {
        CHECK(run(0.0, (struct seen){.magnetometer = true}) == HIL_MODE_INERTIAL);
    }
    for (int i = 0; i < 20; i++) {
        (void)run(0.0, (struct seen){.magnetometer = true});
    }
    CHECK(wire.told[ADCS_EVENT_ATTITUDE_LOST] == 1 && (wire.estimate.flags & 1) == 1);
    for (int i = 0; i < 200; i++) {
        const unsigned mode = run(0.0, (struct seen){.magnetometer = true});
        CHECK(mode == HIL_MODE_IDLE || mode == HIL_MODE_DETUMBLE);
        CHECK(wire.command.wheel_torque_Nm[0] == 0.0f && wire.command.wheel_torque_Nm[2] == 0.0f);
    }
    CHECK(wire.told[ADCS_EVENT_MODE_GIVEN_UP] == 1);
}

/* 10 arcsec more or less in 0.1 s would be 0.03 deg/s. */
static void test_a_star_tracker_alone_tells_the_rate(void)
{
    start(HIL_MODE_NADIR, false);
    for (int i = 0; i < 3; i++) {
        (void)run(0.02, (struct seen){.star_tracker = true});
    }
    CHECK_NEAR(wire.estimate.rate_body_rad_s[2], 0.02, 1e-4);
    CHECK(wire.told[ADCS_EVENT_STAR_TRACKER_OUTLIER] == 0 && wire.estimate.flags == 0);
}

static void test_what_is_not_known_is_neither_slow_nor_fast(void)
{
    start(HIL_MODE_NADIR, true);
    for (int i = 0; i < 6000; i++) {
        CHECK(run(0.5, (struct seen){.star_tracker = false}) == HIL_MODE_IDLE);
    }
    CHECK(wire.told[ADCS_EVENT_TUMBLING] == 0);
    CHECK(wire.flight.adcs.supervisor.stage == SUPERVISOR_DETUMBLE);
}

/* A still field may only mean that the body turns about it: after minutes it would have shown. */
static void test_a_field_at_rest_is_believed_after_minutes(void)
{
    double slow_s = -1.0;
    start(HIL_MODE_NADIR, true);
    for (int i = 0; i < 6000; i++) {
        CHECK(run(0.03, (struct seen){.magnetometer = true}) == HIL_MODE_DETUMBLE); /* neither slow nor fast */
    }
    CHECK(wire.flight.adcs.supervisor.stage == SUPERVISOR_DETUMBLE);
    for (int i = 0; i < 6000 && slow_s < 0.0; i++) {
        (void)run(0.0, (struct seen){.magnetometer = true});
        slow_s = wire.flight.adcs.supervisor.stage == SUPERVISOR_SAFE ? STEP_S * i : -1.0;
    }
    CHECK(slow_s > 300.0 && slow_s < 330.0);
    CHECK(run(0.0, (struct seen){.magnetometer = true}) == HIL_MODE_DETUMBLE); /* nothing better without a rate */
}

void test_blind(void)
{
    test_detumbling_goes_by_the_field_when_the_gyro_is_lost();
    test_no_wheel_is_driven_by_a_rate_that_nobody_measures();
    test_a_star_tracker_alone_tells_the_rate();
    test_what_is_not_known_is_neither_slow_nor_fast();
    test_a_field_at_rest_is_believed_after_minutes();
}
