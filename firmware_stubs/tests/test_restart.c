/* What the flight software takes up again after a restart, and what it tells of it. */
#include <string.h>

#include "check.h"
#include "store_memory.h"
#include "wire.h"

static struct wire wire;
static struct store_memory memory;
static struct store_medium medium;
static struct boot boot;

static const double at_rest[3] = {0.0, 0.0, 0.0}, attitude[4] = {0.0, 0.0, 0.0, 1.0};
static const double position_m[3] = {6.9e6, 0.0, 0.0}, velocity_m_s[3] = {0.0, 5700.0, 4950.0};

static void switch_on(enum reset_cause cause, const struct crash *crash)
{
    medium = store_memory_medium(&memory);
    boot = (struct boot){&medium, cause, crash};
    wire.boot = &boot;
    wire_start(&wire);
}

static void step(uint32_t number)
{
    wire_clear(&wire);
    wire_gyro(&wire, 0, at_rest);
    wire_star_tracker(&wire, attitude, 0.1 * number);
    wire_sync(&wire, number, 0.1 * number);
}

/* A life that holds an attitude with parameters of its own, up to a step. */
static void live(uint32_t steps)
{
    memset(&memory, 0, sizeof memory);
    switch_on(RESET_POWER, NULL);
    wire_hello(&wire);
    CHECK(wire_set_parameter(&wire, ADCS_CONTROL_BANDWIDTH_RAD_S, 0.17f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_orbit(&wire, position_m, velocity_m_s) == HIL_ACK_ACCEPTED);
    const float held[4] = {0.0f, 0.0f, 0.0f, 1.0f};
    CHECK(wire_set_floats(&wire, HIL_APID_SET_ATTITUDE, -1, held, 4, -1.0) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_INERTIAL) == HIL_ACK_ACCEPTED);
    for (uint32_t number = 0; number < steps; number++) {
        step(number);
    }
    CHECK(wire.estimate.mode == HIL_MODE_INERTIAL);
}

static void test_a_restart_leads_to_safe_mode_and_the_ground_back_to_what_was_commanded(void)
{
    live(20);
    switch_on(RESET_WATCHDOG, NULL);
    const struct adcs *adcs = &wire.flight.adcs;
    CHECK_NEAR(adcs->parameters.value[ADCS_CONTROL_BANDWIDTH_RAD_S], 0.17f, 0.0);
    CHECK(adcs->orbit.known && adcs->mode_wanted == HIL_MODE_INERTIAL);
    step(20);
    CHECK(wire.estimate.mode == HIL_MODE_SUN_SAFE);
    CHECK(wire.told[ADCS_EVENT_RESTARTED] == 1 && wire.told[ADCS_EVENT_RESET_CAUSE] == 1);
    CHECK(wire.flight.restart.boots == 2 && wire.flight.restart.cause == RESET_WATCHDOG);
    CHECK(wire_set_mode(&wire, HIL_MODE_INERTIAL) == HIL_ACK_ACCEPTED);
    step(21);
    CHECK(wire.estimate.mode == HIL_MODE_INERTIAL);
}

static void test_each_boot_is_counted_whether_or_not_a_step_comes(void)
{
    live(20);
    for (uint32_t boots = 2; boots <= 50; boots++) {
        switch_on(RESET_PIN, NULL);
        CHECK(wire.flight.restart.boots == boots);
    }
}

static void test_hello_begins_a_new_life(void)
{
    live(20);
    switch_on(RESET_PIN, NULL);
    wire_hello(&wire);
    CHECK(wire.flight.restart.boots == 1 && !wire.flight.adcs.orbit.known);
    switch_on(RESET_PIN, NULL); /* before a step kept anything */
    CHECK(wire.flight.restart.boots == 1 && wire.flight.adcs.mode_wanted == HIL_MODE_IDLE);
    step(0);
    CHECK(wire.told[ADCS_EVENT_RESTARTED] == 0 && wire.estimate.mode == HIL_MODE_IDLE);
}

static void test_what_did_nothing_goes_on_doing_nothing_and_a_test_is_over(void)
{
    struct supervisor supervisor;
    CHECK(supervisor_resume(&supervisor, HIL_MODE_IDLE) == HIL_MODE_IDLE);
    CHECK(supervisor_resume(&supervisor, HIL_MODE_TEST) == HIL_MODE_SUN_SAFE);
    CHECK(supervisor_resume(&supervisor, 250) == HIL_MODE_SUN_SAFE);
    CHECK(supervisor.stage == SUPERVISOR_SAFE);
}

static void test_a_crash_is_told_with_the_place_where_it_was(void)
{
    const struct crash crash = {.pc = 0x1234, .lr = 0x4321, .status = 0x8200, .address = 0x60000000};
    live(20);
    switch_on(RESET_CRASH, &crash);
    step(20);
    CHECK(wire.told[ADCS_EVENT_CRASHED_AT] == 1 && wire.told[ADCS_EVENT_CRASHED_FROM] == 1);
    CHECK(wire.told[ADCS_EVENT_CRASH_STATUS] == 1 && wire.told[ADCS_EVENT_CRASH_ADDRESS] == 1);
}

static void test_the_attitude_goes_on_from_the_last_one_where_nothing_shows_it(void)
{
    live(20);
    switch_on(RESET_PIN, NULL);
    wire_clear(&wire);
    wire_gyro(&wire, 0, at_rest);
    wire_sync(&wire, 20, 2.0);
    CHECK(wire.estimate.flags == 2); /* coarse */
    CHECK_NEAR(wire.estimate.q_eci_from_body[3], 1.0, 1e-3);
    switch_on(RESET_POWER, NULL);
    wire_clear(&wire);
    wire_gyro(&wire, 0, at_rest);
    wire_sync(&wire, 20000, 2000.0);
    CHECK(wire.estimate.flags == 1); /* too long ago */
}

/* What changes by itself, as the attitude, every 300 s: the flash bears no more. */
static void test_the_state_is_written_every_five_minutes(void)
{
    unsigned written = 0;
    live(20);
    for (uint32_t number = 20; number < 7000; number++) {
        const adcs_ticks before = wire.flight.restart.state.time;
        step(number);
        written += wire.flight.restart.state.time != before;
    }
    CHECK(written == 2);
}

static void test_nothing_is_taken_from_another_build(void)
{
    live(20);
    struct store store;
    store_open(&store, &medium);
    struct restart_state state;
    CHECK(store_read(&store, STORE_STATE, &state, sizeof state));
    state.build++;
    CHECK(store_write(&store, STORE_STATE, &state, sizeof state));
    switch_on(RESET_PIN, NULL);
    CHECK(wire.flight.restart.boots == 2 && wire.flight.adcs.mode_wanted == HIL_MODE_IDLE);
}

static void test_what_is_kept_fits_into_the_store(void)
{
    const size_t all = 3u * 8u + 4u + 4u * (1u + ADCS_PARAMETERS) + sizeof(struct restart_state);
    CHECK(all <= STORE_ALL_MAX && sizeof(struct restart_state) % 4u == 0);
    CHECK(all + sizeof(float) * (1u + ADCS_PARAMETERS) + 12u + 8u <= STORE_MEMORY_SECTOR);
}

void test_restart(void)
{
    test_a_restart_leads_to_safe_mode_and_the_ground_back_to_what_was_commanded();
    test_each_boot_is_counted_whether_or_not_a_step_comes();
    test_hello_begins_a_new_life();
    test_what_did_nothing_goes_on_doing_nothing_and_a_test_is_over();
    test_a_crash_is_told_with_the_place_where_it_was();
    test_the_attitude_goes_on_from_the_last_one_where_nothing_shows_it();
    test_the_state_is_written_every_five_minutes();
    test_nothing_is_taken_from_another_build();
    test_what_is_kept_fits_into_the_store();
}
