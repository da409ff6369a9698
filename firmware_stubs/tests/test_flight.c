/* The whole flight software through its bytes: HELLO, acknowledgements, bad input. */
#include <string.h>

#include "check.h"
#include "wire.h"

static const double still[3] = {0.0, 0.0, 0.0};
static const double upright[4] = {0.0, 0.0, 0.0, 1.0};
static const double position[3] = {6.9e6, 0.0, 0.0}, velocity[3] = {0.0, 5.7e3, 5.0e3};
static struct wire wire;

static void test_hello_says_who_is_there(void)
{
    wire_start(&wire);
    wire_hello(&wire);
    CHECK(wire.has_hello && wire.replies == 1);
    CHECK(wire.hello.protocol == HIL_PROTOCOL_VERSION && wire.hello.step_numerator_s == 0);
    CHECK(strcmp(wire.hello.firmware, "hil-adcs") == 0);
    CHECK(strnlen(wire.hello.build, 16) == 12);
}

static void test_sets_are_acknowledged_with_a_reason(void)
{
    static const double nowhere[3] = {0.0, 0.0, 1.0};
    const uint8_t stub[2] = {0, 1};
    wire_start(&wire);
    CHECK(wire_set_parameter(&wire, ADCS_WHEEL_COUNT, 4.0f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_parameter(&wire, 9999, 4.0f) == HIL_ACK_UNKNOWN_ID);
    CHECK(wire_set_parameter(&wire, ADCS_WHEEL_COUNT, NAN) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_orbit(&wire, position, velocity) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_orbit(&wire, nowhere, velocity) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, 200) == HIL_ACK_UNKNOWN_ID);
    CHECK(wire_set_parameter(&wire, ADCS_WHEEL_COUNT, 2.0f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_WRONG_STATE);
    wire_send(&wire, 0x10F, stub, sizeof stub, -1.0); /* a setting of a later protocol */
    CHECK(wire.ack.result == HIL_ACK_UNKNOWN_ID && wire.ack.request_apid == 0x10F);
    wire_send(&wire, HIL_APID_SET_PARAMETER, stub, sizeof stub, -1.0);
    CHECK(wire.ack.result == HIL_ACK_MALFORMED && wire.ack.request_apid == HIL_APID_SET_PARAMETER);
    CHECK(wire.ack.request_sequence == wire.sequence - 1);
}

static void test_where_to_point_is_acknowledged_with_a_reason(void)
{
    static const float unit[4] = {0.0f, 0.6f, 0.0f, 0.8f}, half[4] = {0.0f, 0.0f, 0.0f, 0.5f};
    static const float place[6] = {6.4e6f, 0.0f, 0.0f, 0.0f, 20.0f, 0.0f}, underground[6] = {6e6f, 0, 0, 0, 0, 0};
    static const float fast[6] = {6.4e6f, 0.0f, 0.0f, 0.0f, 7e3f, 0.0f}, no_number[6] = {6.4e6f, NAN, 0, 0, 0, 0};
    wire_start(&wire);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_EARTH, -1, unit, 4, 0.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_EARTH, -1, half, 4, 0.0) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_EARTH, -1, unit, 4, -1.0) == HIL_ACK_MALFORMED);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, unit, 4, -1.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, half, 4, -1.0) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET, HIL_SLOT_TARGET, place, 6, 0.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET, HIL_SLOT_STATION, place, 6, 0.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET, 2, place, 6, 0.0) == HIL_ACK_UNKNOWN_ID);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET, 0, underground, 6, 0.0) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET, 0, fast, 6, 0.0) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET, 0, no_number, 6, 0.0) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET, 0, place, 6, -1.0) == HIL_ACK_MALFORMED);
}

static void test_a_target_in_orbit_or_in_the_sky_is_acknowledged_with_a_reason(void)
{
    static const float state[6] = {7e6f, 0.0f, 0.0f, 0.0f, 7.5e3f, 0.0f}, beneath[6] = {6e6f, 0, 0, 0, 7.5e3f, 0};
    static const float star[3] = {0.0f, 0.6f, -0.8f}, short_of[3] = {0.0f, 0.6f, 0.0f};
    wire_start(&wire);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET_ORBIT, 0, state, 6, 0.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET_ORBIT, 0, beneath, 6, 0.0) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET_ORBIT, 2, state, 6, 0.0) == HIL_ACK_UNKNOWN_ID);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET_DIRECTION, 1, star, 3, -1.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET_DIRECTION, 1, short_of, 3, -1.0) == HIL_ACK_OUT_OF_RANGE);
    CHECK(wire_set_floats(&wire, HIL_APID_SET_TARGET_DIRECTION, 1, star, 2, -1.0) == HIL_ACK_MALFORMED);
}

static void test_a_step_without_any_sample_is_answered(void)
{
    wire_start(&wire);
    wire_sync(&wire, 7, 1.0);
    CHECK(wire.has_estimate && wire.has_command && wire.command.step == 7);
    CHECK(wire.estimate.mode == HIL_MODE_IDLE && wire.estimate.flags == 1);
    CHECK(wire.estimate.q_eci_from_body[3] == 1.0f && wire.command.wheel_torque_Nm[0] == 0.0f);
}

static void samples(double time_s)
{
    wire_gyro(&wire, 0, still);
    wire_star_tracker(&wire, upright, time_s);
    for (uint8_t i = 0; i < 3; i++) {
        wire_tachometer(&wire, i, 50.0);
    }
}

static void test_the_mode_waits_for_what_it_needs(void)
{
    wire_start(&wire);
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_ACCEPTED);
    samples(-1.0);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.estimate.mode == HIL_MODE_IDLE && wire.estimate.flags == 0); /* no orbit yet */
    CHECK(wire_set_orbit(&wire, position, velocity) == HIL_ACK_ACCEPTED);
    samples(0.0);
    wire_sync(&wire, 1, 0.1);
    CHECK(wire.estimate.mode == HIL_MODE_NADIR && wire.events == 1 && wire.event.code == ADCS_EVENT_MODE_ENTERED);
    CHECK(wire.command.wheel_torque_Nm[0] != 0.0f);
}

/* The same bytes to a board that has been at it for a while and to one just switched on. */
static void test_hello_request_is_as_good_as_a_reset(void)
{
    static struct wire fresh;
    wire_start(&fresh);
    wire_hello(&fresh);
    wire_hello(&wire);
    wire_clear(&fresh);
    wire_clear(&wire);
    for (uint32_t step = 0; step < 10; step++) {
        wire_gyro(&fresh, 0, still);
        wire_gyro(&wire, 0, still);
        wire_sync(&fresh, step, 0.1 * step);
        wire_sync(&wire, step, 0.1 * step);
        CHECK(fresh.size == wire.size && memcmp(fresh.bytes, wire.bytes, wire.size) == 0);
    }
}

static bool finite_replies(void)
{
    bool finite = true;
    for (int i = 0; i < 4; i++) {
        finite = finite && isfinite(wire.command.wheel_torque_Nm[i]) && isfinite(wire.estimate.q_eci_from_body[i]);
    }
    for (int i = 0; i < 3; i++) {
        finite = finite && isfinite(wire.estimate.rate_body_rad_s[i])
            && isfinite(wire.estimate.gyro_bias_body_rad_s[i]) && isfinite(wire.command.dipole_body_A_m2[i])
            && isfinite(wire.housekeeping.attitude_sigma_rad[i]) && isfinite(wire.housekeeping.gyro_bias_sigma_rad_s[i]);
    }
    return finite;
}

static double any_double(struct random *random)
{
    static const double odd[] = {0.0, -0.0, 1e-45, 3e38, -3e38, 1.0, 49.0};
    const uint32_t choice = random_below(random, 12);
    if (choice < 7) {
        return odd[choice];
    }
    const double value = random_normal(random);
    return choice == 7 ? NAN : choice == 8 ? INFINITY : ldexp(value, (int)random_below(random, 60) - 30);
}

static void set_everything(struct random *random)
{
    static const float place[6] = {6.3e6f, 1e6f, 5e5f, 30.0f, -200.0f, 10.0f}, turned[4] = {0.0f, 0.6f, 0.0f, 0.8f};
    (void)wire_set_floats(&wire, HIL_APID_SET_EARTH, -1, turned, 4, 0.0);
    (void)wire_set_floats(&wire, HIL_APID_SET_TARGET, HIL_SLOT_TARGET, place, 6, 0.0);
    (void)wire_set_floats(&wire, HIL_APID_SET_TARGET, HIL_SLOT_STATION, place, 6, 0.0);
    (void)wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, turned, 4, -1.0);
    (void)wire_set_mode(&wire, (uint8_t)random_below(random, HIL_MODE_TEST));
}

static void other_samples(struct random *random, const double values[4])
{
    static const uint16_t apids[] = {HIL_APID_MAGNETOMETER, HIL_APID_FINE_SUN_SENSOR, HIL_APID_HORIZON_SENSOR};
    const double small[3] = {4e-5 * values[0], 4e-5 * values[1], 4e-5 * values[2]};
    const double far[3] = {7e6 * values[1], 7e6 * values[2], 7e6 * values[3]};
    uint16_t light[6];
    for (int i = 0; i < 6; i++) {
        light[i] = (uint16_t)random_below(random, 5000);
    }
    wire_vector(&wire, apids[random_below(random, 3)], 0, random_below(random, 2) == 0 ? small : values);
    wire_coarse_sun_sensor(&wire, light);
    wire_gps(&wire, far, values);
}

/* Whatever values samples and parameters have, no reply holds a NaN or an infinity, and no torque is over its limit. */
static void test_no_input_makes_a_reply_that_is_not_finite(void)
{
    struct random random = {31};
    wire_start(&wire);
    for (uint32_t step = 0; step < 20000; step++) {
        if (step % 500 == 0) {
            wire_hello(&wire);
            (void)wire_set_orbit(&wire, position, velocity);
            set_everything(&random);
        }
        double values[4];
        for (int i = 0; i < 4; i++) {
            values[i] = random_below(&random, 4) == 0 ? any_double(&random) : 0.5 * random_normal(&random);
        }
        wire_gyro(&wire, 0, values);
        wire_star_tracker(&wire, step % 3 == 0 ? upright : values, 0.1 * step - 0.05);
        wire_tachometer(&wire, (uint8_t)random_below(&random, 16), values[3]);
        other_samples(&random, values);
        const float value = (float)any_double(&random);
        (void)wire_set_parameter(&wire, (uint16_t)random_below(&random, ADCS_PARAMETERS), value);
        wire_sync(&wire, step, random_below(&random, 100) == 0 ? 1e6 * step : 0.1 * step);
        CHECK(wire.has_command && finite_replies());
    }
}

static void test_invalid_and_implausible_samples_are_dropped(void)
{
    static const double fast[3] = {1e6, 0.0, 0.0}, half[4] = {0.0, 0.0, 0.0, 0.5};
    wire_start(&wire);
    wire_gyro(&wire, HIL_FLAG_INVALID, fast);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.events == 0 && wire.estimate.rate_body_rad_s[0] == 0.0f);
    wire_gyro(&wire, 0, fast);
    wire_sync(&wire, 1, 0.1);
    CHECK(wire.events == 1 && wire.event.code == ADCS_EVENT_SAMPLE_REJECTED);
    wire_star_tracker(&wire, half, -1.0);
    wire_sync(&wire, 2, 0.2);
    CHECK(wire.events == 1 && wire.estimate.flags == 1);
}

static void test_time_that_jumps_restarts_the_filters(void)
{
    wire_start(&wire);
    samples(-1.0);
    wire_sync(&wire, 0, 100.0);
    CHECK(wire.estimate.flags == 0);
    wire_sync(&wire, 1, 50.0);
    CHECK(wire.estimate.flags == 1 && wire.events == 1 && wire.event.code == ADCS_EVENT_TIME_JUMPED);
    CHECK(wire.event.value == -50.0f);
}

static void test_lost_frames_are_reported_once(void)
{
    wire_start(&wire);
    hil_link_receive(&wire.flight.link, (const uint8_t *)"\x05noise", 7);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.events == 1 && wire.event.code == ADCS_EVENT_FRAMES_LOST && wire.event.value == 1.0f);
    wire_sync(&wire, 1, 0.1);
    CHECK(wire.events == 0);
}

void test_flight(void)
{
    test_hello_says_who_is_there();
    test_sets_are_acknowledged_with_a_reason();
    test_where_to_point_is_acknowledged_with_a_reason();
    test_a_target_in_orbit_or_in_the_sky_is_acknowledged_with_a_reason();
    test_a_step_without_any_sample_is_answered();
    test_the_mode_waits_for_what_it_needs();
    test_hello_request_is_as_good_as_a_reset();
    test_no_input_makes_a_reply_that_is_not_finite();
    test_invalid_and_implausible_samples_are_dropped();
    test_time_that_jumps_restarts_the_filters();
    test_lost_frames_are_reported_once();
}
