/* Modes as a whole: the way down when something is wrong, the way up, and what each fault does. */
#include <string.h>

#include "check.h"
#include "wire.h"

static const double position[3] = {6.9e6, 0.0, 0.0}, velocity[3] = {0.0, 5.7e3, 5.0e3};
static const double upright[4] = {0.0, 0.0, 0.0, 1.0}, still[3] = {0.0, 0.0, 0.0}, tumbling[3] = {0.2, -0.1, 0.05};
static const double field[3] = {2e-5, 1e-5, -2e-5};
static struct wire wire;
static uint32_t step;
static double wheel_speed[3];
static const double *attitude; /* that the star tracker shows; NULL while it is blind */
static bool gyro_works, wheels_turn;

static void start(bool autonomy)
{
    step = 0;
    wheel_speed[0] = wheel_speed[1] = wheel_speed[2] = 50.0;
    attitude = upright;
    gyro_works = wheels_turn = true;
    wire_start(&wire);
    (void)wire_set_parameter(&wire, ADCS_AUTONOMY, autonomy ? 1.0f : 0.0f);
    (void)wire_set_parameter(&wire, ADCS_SAFE_DWELL_S, 5.0f);
    (void)wire_set_orbit(&wire, position, velocity);
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_ACCEPTED);
}

/* One step with all sensors; returns the mode. */
static unsigned run(const double rate[3])
{
    if (gyro_works) {
        wire_gyro(&wire, 0, rate);
    }
    if (attitude != NULL) {
        wire_star_tracker(&wire, attitude, 0.1 * step);
    }
    for (uint8_t i = 0; i < 3; i++) {
        wheel_speed[i] += wheels_turn ? 0.1 * (double)wire.command.wheel_torque_Nm[i] / 2.4e-5 : 0.0;
        wire_tachometer(&wire, i, wheel_speed[i]);
    }
    wire_vector(&wire, HIL_APID_MAGNETOMETER, 0, field);
    wire_sync(&wire, step, 0.1 * step);
    step++;
    return wire.estimate.mode;
}

/* Runs until the mode comes; returns the seconds that took, or -1 when it does not come within a minute. */
static double seconds_until(unsigned mode, const double rate[3], uint16_t event)
{
    for (int i = 0; i < 600; i++) {
        if (run(rate) == mode) {
            CHECK(event == 0 || wire.told[event] == 1);
            return 0.1 * i;
        }
    }
    return -1.0;
}

static void test_tumbling_is_stopped_by_rods_whatever_was_commanded(void)
{
    start(false);
    CHECK(run(still) == HIL_MODE_NADIR);
    attitude = NULL; /* too fast for it */
    CHECK(seconds_until(HIL_MODE_DETUMBLE, tumbling, ADCS_EVENT_TUMBLING) > 0.0);
    CHECK(wire.command.wheel_torque_Nm[0] == 0.0f && wire.command.dipole_body_A_m2[0] != 0.0f);
    CHECK(seconds_until(HIL_MODE_SUN_SAFE, still, 0) >= 0.0);
    CHECK(seconds_until(HIL_MODE_NADIR, still, 0) < 0.0); /* the ground's decision */
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_ACCEPTED);
    CHECK(run(still) == HIL_MODE_NADIR);
}

static void test_with_autonomy_it_goes_all_the_way_by_itself(void)
{
    start(true);
    attitude = NULL;
    CHECK(run(tumbling) == HIL_MODE_DETUMBLE && run(tumbling) == HIL_MODE_DETUMBLE);
    attitude = upright;
    CHECK(seconds_until(HIL_MODE_SUN_SAFE, still, 0) >= 0.0);
    CHECK(seconds_until(HIL_MODE_NADIR, still, 0) > 4.5);
}

static void test_a_mode_that_lost_its_attitude_is_given_up(void)
{
    start(false);
    CHECK(run(still) == HIL_MODE_NADIR);
    wire_sync(&wire, step, 1e4); /* time jumps: filters restart, and there is no tracker to start them */
    attitude = NULL;
    step = 100001;
    CHECK(run(still) == HIL_MODE_IDLE);
    CHECK(seconds_until(HIL_MODE_SUN_SAFE, still, ADCS_EVENT_MODE_GIVEN_UP) > 9.0);
}

static void test_a_stalled_wheel_is_taken_out_and_the_mode_with_it(void)
{
    static const double turned[4] = {0.0, 0.0, 0.3, 0.954};
    start(false);
    attitude = turned;
    wheels_turn = false;
    for (int i = 0; i < 200 && wire.told[ADCS_EVENT_WHEEL_STALLED] == 0; i++) { /* far off: torque is asked for */
        (void)run(still);
    }
    CHECK(wire.told[ADCS_EVENT_WHEEL_STALLED] > 0);
    CHECK(seconds_until(HIL_MODE_SUN_SAFE, still, 0) >= 0.0);
    CHECK(wire.command.wheel_torque_Nm[0] == 0.0f && wire.command.wheel_torque_Nm[2] == 0.0f);
}

static void test_a_silent_sensor_is_told_once(void)
{
    start(false);
    (void)run(still);
    gyro_works = false;
    for (int i = 0; i < 300; i++) {
        (void)run(still);
    }
    CHECK(wire.told[ADCS_EVENT_SENSOR_SILENT] == 1);
}

static void test_modes_are_refused_that_nothing_can_drive(void)
{
    start(false);
    CHECK(wire_set_parameter(&wire, ADCS_WHEEL_COUNT, 0.0f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_TARGET) == HIL_ACK_WRONG_STATE);
    CHECK(wire.told[ADCS_EVENT_MODE_REFUSED] == 1 && wire.event.value == 8.0f); /* no wheels */
    CHECK(wire_set_mode(&wire, HIL_MODE_SUN_SAFE) == HIL_ACK_ACCEPTED); /* by rods */
    CHECK(wire_set_parameter(&wire, ADCS_ROD_DIPOLE_MAX_A_M2, 0.0f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_SUN_SAFE) == HIL_ACK_WRONG_STATE);
    CHECK(wire_set_mode(&wire, HIL_MODE_DETUMBLE) == HIL_ACK_WRONG_STATE);
    CHECK(wire.told[ADCS_EVENT_MODE_REFUSED] == 3 && wire.event.value == 10.0f); /* no rods */
}

/* Panels 90 degrees off the Sun, seen by the diodes alone: the wheels turn the body about the axis between, the right way
 * round. Sun along +x, panels +y: the body must turn about -z. */
static void test_sun_safe_turns_the_panels_to_the_sun(void)
{
    static const uint16_t light[6] = {3520, 20, 20, 20, 20, 20};
    wire_start(&wire);
    CHECK(wire_set_mode(&wire, HIL_MODE_SUN_SAFE) == HIL_ACK_ACCEPTED);
    for (uint32_t i = 0; i < 3; i++) {
        wire_gyro(&wire, 0, still);
        wire_coarse_sun_sensor(&wire, light);
        wire_sync(&wire, i, 0.1 * i);
    }
    CHECK(wire.estimate.mode == HIL_MODE_SUN_SAFE && wire.estimate.flags == 1);
    CHECK(wire.command.wheel_torque_Nm[2] > 1e-4f && fabsf(wire.command.wheel_torque_Nm[0]) < 1e-6f);
}

struct fake_stopwatch {
    uint32_t ns;
    bool running;
};

static void fake_start(void *context)
{
    struct fake_stopwatch *stopwatch = context;
    CHECK(!stopwatch->running);
    stopwatch->running = true;
}

/* Each step takes 20 ns more than the one before: the first 20, the second 40, and so on. */
static uint32_t fake_ns(void *context)
{
    struct fake_stopwatch *stopwatch = context;
    CHECK(stopwatch->running);
    stopwatch->running = false;
    stopwatch->ns += 20;
    return stopwatch->ns;
}

static uint16_t fake_stack(void *context)
{
    (void)context;
    return 1234;
}

static uint16_t fake_resets(void *context)
{
    (void)context;
    return 2;
}

static uint16_t fake_line_errors(void *context)
{
    (void)context;
    return 7;
}

static uint16_t fake_unread(void *context)
{
    (void)context;
    return 60;
}

static struct flight_clock fake_clock(void *context)
{
    (void)context;
    return (struct flight_clock){1, 25};
}

/* Nothing but its own fields depends on the board. Which step's time is told goes round: 1, 2, 3, ... of ten. */
static void test_housekeeping_comes_once_a_second(void)
{
    struct fake_stopwatch stopwatch = {0, false};
    const struct flight_board board = {.stopwatch_start = fake_start, .stopwatch_ns = fake_ns, .stack_used_max = fake_stack,
                                       .watchdog_resets = fake_resets, .line_errors = fake_line_errors,
                                       .unread_octets_max = fake_unread, .clock = fake_clock, .context = &stopwatch};
    unsigned count = 0;
    wire.board = &board;
    wire_start(&wire);
    for (uint32_t i = 0; i < 100; i++) {
        wire_gyro(&wire, 0, still);
        wire_star_tracker(&wire, upright, -1.0);
        wire_sync(&wire, i, 0.1 * i);
        if (wire.has_housekeeping) {
            CHECK(wire.housekeeping.cpu_time_max_ns == 20 * (i + 1));
            CHECK(wire.housekeeping.cpu_time_ns == (count == 0 ? 20 : 20 * (11 * count - 9)));
            count++;
        }
    }
    CHECK(count == 10 && wire.housekeeping.stack_used_max == 1234);
    CHECK(wire.housekeeping.watchdog_resets == 2 && wire.housekeeping.line_errors == 7);
    CHECK(wire.housekeeping.unread_octets_max == 60 && wire.housekeeping.reset_cause == RESET_UNKNOWN);
    CHECK(wire.housekeeping.clock_source == 1 && wire.housekeeping.clock_MHz == 25);
    CHECK(wire.housekeeping.attitude_sigma_rad[0] > 1e-6f && wire.housekeeping.attitude_sigma_rad[0] < 1e-3f);
    wire.board = NULL;
    wire_start(&wire);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.has_housekeeping && wire.housekeeping.cpu_time_max_ns == 0 && wire.housekeeping.stack_used_max == 0);
}

void test_supervisor(void)
{
    test_tumbling_is_stopped_by_rods_whatever_was_commanded();
    test_with_autonomy_it_goes_all_the_way_by_itself();
    test_a_mode_that_lost_its_attitude_is_given_up();
    test_a_stalled_wheel_is_taken_out_and_the_mode_with_it();
    test_a_silent_sensor_is_told_once();
    test_modes_are_refused_that_nothing_can_drive();
    test_sun_safe_turns_the_panels_to_the_sun();
    test_housekeeping_comes_once_a_second();
}
