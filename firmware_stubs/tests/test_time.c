/* Time: steps that come twice, late or after a jump, and years of uptime. */
#include <string.h>

#include "check.h"
#include "field.h"
#include "wire.h"

#define YEAR_S (365.25 * 86400.0)

static const double position[3] = {6.9e6, 0.0, 0.0}, velocity[3] = {0.0, 5.7e3, 5.0e3};
static const double upright[4] = {0.0, 0.0, 0.0, 1.0}, rate[3] = {1e-3, 2e-3, -1e-3};
static struct wire wire;
static double wheel_speed[3];

static void samples(double time_s)
{
    wire_gyro(&wire, 0, rate);
    wire_star_tracker(&wire, upright, time_s);
    for (uint8_t i = 0; i < 3; i++) {
        wheel_speed[i] += 0.1 * (double)wire.command.wheel_torque_Nm[i] / 2.4e-5;
        wire_tachometer(&wire, i, wheel_speed[i]);
    }
}

/* Held at the nadir for some seconds from a time on; returns the last step's number. */
static uint32_t run_from(double start_s)
{
    memset(wheel_speed, 0, sizeof wheel_speed);
    wire_start(&wire);
    (void)wire_set_orbit(&wire, position, velocity);
    wire.flight.adcs.orbit.time = (adcs_ticks)llround(start_s * 16777216.0);
    (void)wire_set_mode(&wire, HIL_MODE_NADIR);
    for (uint32_t i = 0; i < 50; i++) {
        samples(start_s + 0.1 * i);
        wire_sync(&wire, i, start_s + 0.1 * i);
    }
    CHECK(wire.estimate.mode == HIL_MODE_NADIR);
    return 49;
}

static bool same_answer(const hil_estimate *estimate, const hil_command *command)
{
    return memcmp(estimate, &wire.estimate, sizeof *estimate) == 0 && memcmp(command, &wire.command, sizeof *command) == 0;
}

static void test_a_sync_that_comes_twice_is_answered_as_before(void)
{
    const uint32_t last = run_from(0.0);
    const hil_estimate estimate = wire.estimate;
    const hil_command command = wire.command;
    const struct adcs before = wire.flight.adcs;
    for (int again = 0; again < 3; again++) {
        wire_sync(&wire, last, 0.1 * last);
        CHECK(wire.has_estimate && wire.has_command && same_answer(&estimate, &command));
    }
    samples(0.1 * last); /* and the whole step once more */
    wire_sync(&wire, last, 0.1 * last);
    CHECK(same_answer(&estimate, &command) && wire.told[ADCS_EVENT_TIME_JUMPED] == 0);
    CHECK(memcmp(&before.attitude, &wire.flight.adcs.attitude, sizeof before.attitude) == 0);
    CHECK(wire.flight.adcs.samples.star_tracker_count == 0);
}

static void test_a_sync_that_was_overtaken_changes_nothing(void)
{
    const uint32_t last = run_from(0.0);
    const struct adcs before = wire.flight.adcs;
    wire_sync(&wire, last - 1, 0.1 * (last - 1));
    CHECK(wire.has_command && wire.command.step == last - 1);
    CHECK(memcmp(&before.attitude, &wire.flight.adcs.attitude, sizeof before.attitude) == 0);
    samples(0.1 * (last + 1));
    wire_sync(&wire, last + 1, 0.1 * (last + 1));
    CHECK(wire.estimate.flags == 0 && wire.estimate.mode == HIL_MODE_NADIR && wire.told[ADCS_EVENT_TIME_JUMPED] == 0);
}

/* As far as times are whole ticks. */
static bool is_time(double time_s)
{
    return fabs((double)wire.flight.adcs.last_time - time_s * 16777216.0) < 2.0;
}

/* By as many periods as steps were counted the time goes on, and when the clock is right again, as it tells. */
static void test_a_clock_that_jumps_is_named_and_changes_nothing(void)
{
    static const double jumps_s[] = {5.0, -4.0, 0.02, -0.02, 9000.0};
    for (unsigned i = 0; i < sizeof jumps_s / sizeof jumps_s[0]; i++) {
        const uint32_t last = run_from(10.0);
        for (uint32_t k = last + 1; k < last + 41; k++) {
            const double time_s = 10.0 + 0.1 * k;
            const double told_s = time_s + (k < last + 21 ? jumps_s[i] : 0.0);
            samples(told_s);
            wire_sync(&wire, k, told_s);
            CHECK(is_time(time_s) && wire.estimate.flags == 0 && wire.estimate.mode == HIL_MODE_NADIR);
        }
        CHECK(wire.told[ADCS_EVENT_CLOCK_JUMPED] == 2 && wire.told[ADCS_EVENT_TIME_JUMPED] == 0);
        CHECK(wire.flight.clock.ahead == 0);
    }
}

static void test_a_clock_that_was_set_right_is_believed_when_the_gps_says_so(void)
{
    struct step_clock clock = {.known = false};
    for (uint32_t k = 0; k < 10; k++) {
        CHECK(!(adcs_abs(step_clock_note(&clock, k, 1000u * (k + 1u))) > 0.0f));
    }
    CHECK(step_clock_note(&clock, 10, 5000u + 11000u) > 0.0f && step_clock_read(&clock, 16000u) == 11000u);
    step_clock_contradict(&clock, 1);
    CHECK(step_clock_read(&clock, 16000u) == 11000u);
    step_clock_contradict(&clock, 3);
    CHECK(step_clock_read(&clock, 16000u) == 16000u);
}

/* Of a clock whose steps come as they like nothing is said. */
static void test_uneven_steps_are_no_jumps(void)
{
    struct step_clock clock = {.known = false};
    for (uint32_t k = 1; k < 50; k++) {
        CHECK(!(adcs_abs(step_clock_note(&clock, k, 1000u * k + 300u * (k % 3u))) > 0.0f));
    }
}

/* The attitude is not known then; the bias is as it was. */
static void test_a_jump_does_not_cost_the_bias(void)
{
    (void)run_from(0.0);
    const struct vec3 bias = wire.flight.adcs.attitude.filter.gyro_bias_body_rad_s;
    CHECK(v3_norm(bias) > 1e-4f);
    wire_sync(&wire, 1000, 1e4);
    CHECK(wire.told[ADCS_EVENT_TIME_JUMPED] == 1 && wire.estimate.flags == 1);
    CHECK(v3_norm(v3_sub(bias, wire.flight.adcs.attitude.filter.gyro_bias_body_rad_s)) == 0.0f);
}

static void test_a_lost_step_is_made_up_for(void)
{
    const uint32_t last = run_from(0.0);
    samples(0.1 * (last + 2));
    wire_sync(&wire, last + 2, 0.1 * (last + 2));
    CHECK(wire.estimate.flags == 0 && wire.told[ADCS_EVENT_STAR_TRACKER_OUTLIER] == 0);
}

/* What a step computes does not depend on how long the software has been up; times in double are good to 1e-6 s there. */
static void test_years_of_uptime_change_nothing(void)
{
    static const double starts_s[] = {864000.0, YEAR_S, 7.0 * YEAR_S, 100.0 * YEAR_S};
    (void)run_from(0.0);
    const hil_estimate estimate = wire.estimate;
    const hil_command command = wire.command;
    for (unsigned i = 0; i < sizeof starts_s / sizeof starts_s[0]; i++) {
        (void)run_from(starts_s[i]);
        for (int k = 0; k < 3; k++) {
            CHECK_NEAR(wire.estimate.q_eci_from_body[k], estimate.q_eci_from_body[k], 1e-6);
            CHECK_NEAR(wire.command.wheel_torque_Nm[k], command.wheel_torque_Nm[k], 1e-6);
        }
    }
}

/* Against ERFA by the bench's own sky: the Earth's turn on 2026-03-21 12:00 and 90 days, a year and seven years later. What
 * is left is nutation: 20 arcsec of the pole are 600 m on the ground. */
static void test_the_earth_turns_for_years_as_it_does(void)
{
    static const struct {
        double after_s, arcsec;
        float q[4];
    } known[] = {
        {90.0 * 86400.0, 2.0, {0.000882806416f, 0.000945237962f, 0.690812411f, 0.723032876f}},
        {YEAR_S, 4.0, {0.000921649912f, 0.000963559717f, 0.698906522f, 0.715211784f}},
        {7.0 * YEAR_S, 20.0, {-0.00114106564f, 0.00115010761f, -0.715398558f, 0.698714733f}},
    };
    const float told[4] = {-3.29174335e-05f, 0.00127936966f, -0.0114849509f, 0.999933227f};
    struct earth earth = {.known = false};
    CHECK(earth_set(&earth, 0, quat_from(told)));
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct quat q = earth_orientation(&earth, (adcs_ticks)llround(known[i].after_s * 16777216.0));
        const struct vec3 off = quat_rotation_vector(quat_multiply(quat_conjugate(quat_from(known[i].q)), q));
        const double off_arcsec = 206265.0 * (double)v3_norm(off);
        printf("time: the Earth %.2f arcsec off after %.0f days\n", off_arcsec, known[i].after_s / 86400.0);
        CHECK(off_arcsec < known[i].arcsec);
        const struct earth later = {true, (adcs_ticks)llround(known[i].after_s * 16777216.0), quat_from(known[i].q)};
        const struct quat back = earth_orientation(&later, 0);
        const struct vec3 off_back = quat_rotation_vector(quat_multiply(quat_conjugate(quat_from(told)), back));
        CHECK(206265.0 * (double)v3_norm(off_back) < known[i].arcsec);
    }
}

static void test_the_field_is_that_of_the_date(void)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    CHECK(adcs_parameters_set(&parameters, ADCS_EPOCH_DAY, 7300.0f) == ADCS_SET_DONE);
    adcs_parameters_date_field(&parameters, (adcs_ticks)llround(7.0 * YEAR_S * 16777216.0));
    const struct field_model later = field_model_at(7300.0f + 7.0f * 365.25f);
    CHECK(memcmp(&later, &parameters.field, sizeof later) == 0);
}

void test_time(void)
{
    test_a_sync_that_comes_twice_is_answered_as_before();
    test_a_sync_that_was_overtaken_changes_nothing();
    test_a_clock_that_jumps_is_named_and_changes_nothing();
    test_a_clock_that_was_set_right_is_believed_when_the_gps_says_so();
    test_uneven_steps_are_no_jumps();
    test_a_jump_does_not_cost_the_bias();
    test_a_lost_step_is_made_up_for();
    test_years_of_uptime_change_nothing();
    test_the_earth_turns_for_years_as_it_does();
    test_the_field_is_that_of_the_date();
}
