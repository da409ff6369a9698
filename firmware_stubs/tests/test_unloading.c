/* Thrusters over the wire: mode test, and the modes in which they unload the wheels. */
#include "check.h"
#include "thrusters.h"
#include "wire.h"

#define STEP_S 0.1f

static const double torque_Nm[4][3] = {
    {4e-3, 4e-3, 2e-3}, {-4e-3, -4e-3, 2e-3}, {4e-3, -4e-3, -2e-3}, {-4e-3, 4e-3, -2e-3}};

static struct wire wire;

static void set_four(void)
{
    wire_start(&wire);
    CHECK(wire_set_parameter(&wire, ADCS_THRUSTER_COUNT, 4.0f) == HIL_ACK_ACCEPTED);
    for (uint16_t i = 0; i < 12; i++) {
        (void)wire_set_parameter(&wire, (uint16_t)(ADCS_THRUSTER0_TORQUE_X_BODY_NM + i), (float)torque_Nm[i / 3][i % 3]);
    }
}

static void test_mode_test_opens_the_valve_that_it_is_told_to(void)
{
    set_four();
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_THRUSTER, 2, 0.03f) == HIL_ACK_WRONG_STATE);
    CHECK(wire_set_mode(&wire, HIL_MODE_TEST) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_THRUSTER, 4, 0.03f) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_THRUSTER, 0, -0.03f) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_THRUSTER, 0, 1.1f) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_THRUSTER, 0, NAN) == HIL_ACK_OUT_OF_RANGE);
    wire_sync(&wire, 6, 0.6);
    CHECK(wire.has_command && !wire.has_thruster_command);
    CHECK(wire_set_actuator(&wire, HIL_ACTUATOR_THRUSTER, 2, 0.03f) == HIL_ACK_ACCEPTED);
    wire_sync(&wire, 7, 0.7);
    CHECK(wire.has_thruster_command && wire.thruster_command.step == 7);
    for (int i = 0; i < 8; i++) {
        CHECK(wire.thruster_command.on_time_s[i] == (i == 2 ? 0.03f : 0.0f));
    }
    CHECK(wire_set_mode(&wire, HIL_MODE_IDLE) == HIL_ACK_ACCEPTED);
    wire_sync(&wire, 8, 0.8);
    CHECK(!wire.has_thruster_command);
    CHECK(wire_set_mode(&wire, HIL_MODE_TEST) == HIL_ACK_ACCEPTED);
    wire_sync(&wire, 9, 0.9);
    CHECK(!wire.has_thruster_command); /* the mode begins at rest */
}

/* Steps of holding still, the wheels from the speed given on; how many of them opened a valve. */
static unsigned hold(unsigned from, unsigned steps, double speed_rad_s)
{
    static const double still[3] = {0.0, 0.0, 0.0}, upright[4] = {0.0, 0.0, 0.0, 1.0};
    double speed[3] = {speed_rad_s, 0.0, 0.0};
    unsigned opened = 0;
    for (uint32_t i = from; i < from + steps; i++) {
        wire_gyro(&wire, 0, still);
        wire_star_tracker(&wire, upright, -1.0);
        for (uint8_t wheel = 0; wheel < 3; wheel++) {
            speed[wheel] += 0.1 * (double)wire.command.wheel_torque_Nm[wheel] / 2.4e-5;
            wire_tachometer(&wire, wheel, speed[wheel]);
        }
        wire_sync(&wire, i, 0.1 * i);
        opened += wire.has_thruster_command;
    }
    return opened;
}

/* A wheel of 2.4e-5 kg m2 at 500 rad/s holds 12 mN m s. */
static void test_wheels_are_unloaded_in_the_modes_that_drive_them(void)
{
    static const float upright[4] = {0.0f, 0.0f, 0.0f, 1.0f};
    set_four();
    (void)wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, upright, 4, -1.0);
    (void)wire_set_mode(&wire, HIL_MODE_INERTIAL);
    CHECK(hold(0, 20, 500.0) == 0); /* no limit is set: thrusters are there, but not for this */
    (void)wire_set_parameter(&wire, ADCS_UNLOAD_START_NMS, 0.01f);
    (void)wire_set_parameter(&wire, ADCS_UNLOAD_STOP_NMS, 0.002f);
    CHECK_NEAR(hold(20, 40, 500.0), 5.0, 1.0); /* 0.1 mN m for 4 s, by two pulses of 40 uN m s at a time */
    CHECK(wire.told[ADCS_EVENT_UNLOADING_BEGAN] == 1);
    CHECK(wire_set_mode(&wire, HIL_MODE_IDLE) == HIL_ACK_ACCEPTED);
    CHECK(hold(60, 20, 500.0) == 0);
    set_four();
    (void)wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, upright, 4, -1.0);
    (void)wire_set_parameter(&wire, ADCS_UNLOAD_START_NMS, 0.01f);
    (void)wire_set_mode(&wire, HIL_MODE_INERTIAL);
    CHECK(hold(0, 40, 10.0) == 0); /* there is nothing to unload */
}

static void test_what_was_given_up_is_tried_again_with_the_next_mode(void)
{
    static const float upright[4] = {0.0f, 0.0f, 0.0f, 1.0f};
    set_four();
    (void)wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, upright, 4, -1.0);
    (void)wire_set_mode(&wire, HIL_MODE_INERTIAL);
    (void)wire_set_parameter(&wire, ADCS_UNLOAD_START_NMS, 0.01f);
    CHECK(hold(0, 20, 500.0) > 0);
    wire.flight.adcs.thrusters.given_up = true;
    CHECK(hold(20, 20, 500.0) == 0);
    (void)wire_set_mode(&wire, HIL_MODE_INERTIAL);
    CHECK(hold(40, 20, 500.0) > 0);
}

/* The wheels take up what the thrusters give, in the same step. */
static void test_the_wheels_answer_the_thrusters_at_once(void)
{
    static const float upright[4] = {0.0f, 0.0f, 0.0f, 1.0f};
    set_four();
    (void)wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, upright, 4, -1.0);
    (void)wire_set_mode(&wire, HIL_MODE_INERTIAL);
    (void)wire_set_parameter(&wire, ADCS_UNLOAD_START_NMS, 0.01f);
    (void)wire_set_parameter(&wire, ADCS_UNLOAD_TORQUE_NM, 1e-3f);
    (void)hold(0, 1, 500.0);
    float calm_Nm = wire.command.wheel_torque_Nm[0];
    CHECK(hold(1, 1, 500.0) == 1);
    const struct vec3 impulse = thrusters_impulse(&wire.flight.adcs.parameters, wire.thruster_command.on_time_s);
    CHECK(impulse.x < -5e-5f); /* of the first 1e-4 wanted: what the short pulses leave waits */
    CHECK_NEAR(wire.command.wheel_torque_Nm[0] - calm_Nm, impulse.x / STEP_S, 2e-5);
}

void test_unloading(void)
{
    test_mode_test_opens_the_valve_that_it_is_told_to();
    test_wheels_are_unloaded_in_the_modes_that_drive_them();
    test_what_was_given_up_is_tried_again_with_the_next_mode();
    test_the_wheels_answer_the_thrusters_at_once();
}
