/* Mode test: actuators do what they are told, and every sample comes back as the flight software took it. */
#include "check.h"
#include "wire.h"

static struct wire wire;

static void start(void)
{
    wire_start(&wire);
    CHECK(wire_set_mode(&wire, HIL_MODE_TEST) == HIL_ACK_ACCEPTED);
}

static void test_actuators_do_what_they_are_told_and_nothing_else(void)
{
    static const double spinning[3] = {0.1, 0.2, -0.1};
    start();
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_WHEEL, 1, -0.002f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_ROD, 2, 0.15f) == HIL_ACK_ACCEPTED);
    for (uint32_t step = 0; step < 3; step++) {
        wire_gyro(&wire, 0, spinning);
        wire_tachometer(&wire, 1, 10.0 * step);
        wire_sync(&wire, step, 0.1 * step);
        CHECK(wire.estimate.mode == HIL_MODE_TEST);
        CHECK(wire.command.wheel_torque_Nm[0] == 0.0f && wire.command.wheel_torque_Nm[1] == -0.002f);
        CHECK(wire.command.dipole_body_A_m2[0] == 0.0f && wire.command.dipole_body_A_m2[2] == 0.15f);
    }
}

static void test_actuators_are_refused_with_a_reason(void)
{
    start();
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_WHEEL, 3, 0.001f) == HIL_ACK_OUT_OF_RANGE); /* there are three */
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_WHEEL, 0, 0.005f) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_WHEEL, 0, NAN) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_ROD, 3, 0.0f) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_ROD, 0, -9.0f) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_actuator(&wire, 2, 0, 0.0f) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_mode(&wire, HIL_MODE_IDLE) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_ROD, 0, 0.1f) == HIL_ACK_WRONG_STATE);
}

/* What was set before the mode ended is gone when it begins again. */
static void test_the_mode_begins_at_rest(void)
{
    start();
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_WHEEL, 0, 0.001f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_TEST) == HIL_ACK_ACCEPTED);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.command.wheel_torque_Nm[0] == 0.0f);
}

static void check_entry(unsigned at, unsigned kind, unsigned instance, float first, float second)
{
    CHECK(at < wire.sensed_count && wire.sensed[at].kind == kind && wire.sensed[at].instance == instance);
    CHECK_NEAR(wire.sensed[at].values[0], first, 1e-6);
    CHECK_NEAR(wire.sensed[at].values[1], second, 1e-6);
}

static void test_every_sample_is_answered_in_order(void)
{
    static const double rate[3] = {0.1, 0.2, 0.3}, field[3] = {2e-5, -3e-5, 1e-5}, direction[3] = {0.6, 0.8, 0.0};
    static const double upright[4] = {0.0, 0.0, 0.0, 1.0}, place[3] = {6.9e6, 1e5, 0.0}, speed[3] = {0.0, 7e3, 1e3};
    static const uint16_t light[6] = {20, 2120, 2820, 20, 20, 20}; /* -0.6, 0.8, 0 of 3500 */
    start();
    wire_gyro(&wire, 0, rate);
    wire_star_tracker(&wire, upright, -1.0);
    wire_tachometer(&wire, 2, -55.0);
    wire_vector(&wire, HIL_APID_MAGNETOMETER, 0, field);
    wire_coarse_sun_sensor(&wire, light);
    wire_vector(&wire, HIL_APID_FINE_SUN_SENSOR, 0, direction);
    wire_gps(&wire, place, speed);
    wire_vector(&wire, HIL_APID_HORIZON_SENSOR, 0, direction);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.sensed_count == 8 && wire.events == 2); /* attitude acquired, mode entered */
    check_entry(0, HIL_DEVICE_GYRO, 0, 0.1f, 0.2f);
    check_entry(1, HIL_DEVICE_STAR_TRACKER, 0, 0.0f, 0.0f);
    CHECK(wire.sensed[1].values[3] == 1.0f);
    check_entry(2, HIL_DEVICE_TACHOMETER, 2, -55.0f, 0.0f);
    CHECK_NEAR(wire.sensed[3].values[1], -3e-5, 1e-11);
    check_entry(4, HIL_DEVICE_COARSE_SUN_SENSOR, 0, -0.6f, 0.8f);
    check_entry(5, HIL_DEVICE_FINE_SUN_SENSOR, 0, 0.6f, 0.8f);
    check_entry(6, HIL_DEVICE_GPS, 0, 6.9e6f, 1e5f);
    CHECK(wire.sensed[6].values[4] == 7e3f);
    check_entry(7, HIL_DEVICE_HORIZON_SENSOR, 0, 0.6f, 0.8f);
    wire_sync(&wire, 1, 0.1);
    CHECK(wire.sensed_count == 0);
}

static void test_what_is_not_used_is_answered_with_zeros(void)
{
    static const double rate[3] = {0.1, 0.2, 0.3}, nowhere[3] = {0.0, 0.0, 0.0};
    static const uint16_t dark[6] = {20, 21, 20, 19, 20, 20};
    start();
    wire_gyro(&wire, HIL_FLAG_INVALID, rate);
    wire_vector(&wire, HIL_APID_FINE_SUN_SENSOR, 0, nowhere);
    wire_coarse_sun_sensor(&wire, dark);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.sensed_count == 3 && wire.events == 2); /* the second is implausible; mode entered */
    check_entry(0, HIL_DEVICE_GYRO, 0, 0.0f, 0.0f);
    check_entry(1, HIL_DEVICE_FINE_SUN_SENSOR, 0, 0.0f, 0.0f);
    check_entry(2, HIL_DEVICE_COARSE_SUN_SENSOR, 0, 0.0f, 0.0f);
}

static void test_other_modes_send_none(void)
{
    static const double rate[3] = {0.1, 0.2, 0.3};
    wire_start(&wire);
    wire_gyro(&wire, 0, rate);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.sensed_count == 0);
}

void test_sensed(void)
{
    test_actuators_do_what_they_are_told_and_nothing_else();
    test_actuators_are_refused_with_a_reason();
    test_the_mode_begins_at_rest();
    test_every_sample_is_answered_in_order();
    test_what_is_not_used_is_answered_with_zeros();
    test_other_modes_send_none();
}
