/* What a particle flips in parameters and settings is mended before it is used, and told. */
#include <string.h>

#include "check.h"
#include "store_memory.h"
#include "wire.h"

static struct wire wire;
static struct store_memory memory;
static struct store_medium medium;
static struct boot boot;
static uint32_t steps;

static void step(void)
{
    wire_clear(&wire);
    wire_sync(&wire, steps, 1.5 * steps);
    steps++;
}

static void start(void)
{
    memset(&memory, 0, sizeof memory);
    medium = store_memory_medium(&memory);
    boot = (struct boot){&medium, RESET_POWER, NULL};
    wire.boot = &boot;
    wire_start(&wire);
    wire_hello(&wire);
    steps = 0;
    CHECK(wire_set_parameter(&wire, ADCS_CONTROL_DAMPING, 0.7f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_DETUMBLE) == HIL_ACK_ACCEPTED);
    step();
}

static void flip(void *memory_of, size_t bit)
{
    uint8_t *octets = memory_of;
    octets[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
}

static void test_every_bit_of_the_parameters_and_of_their_copy_is_mended(void)
{
    start();
    static struct adcs_parameters before;
    memcpy(&before, &wire.flight.adcs.parameters, sizeof before);
    void *both[] = {&wire.flight.adcs.parameters, &wire.flight.guards.parameters};
    for (size_t i = 0; i < 2; i++) {
        for (size_t bit = 0; bit < 8u * sizeof before; bit += 7) {
            const unsigned told = wire.told[ADCS_EVENT_MEMORY_MENDED];
            flip(both[i], bit);
            step();
            CHECK(memcmp(both[i], &before, sizeof before) == 0);
            CHECK(wire.told[ADCS_EVENT_MEMORY_MENDED] == told + 1);
        }
    }
}

static void test_what_the_ground_commanded_is_mended(void)
{
    start();
    wire.flight.adcs.mode_wanted ^= 1u;
    wire.flight.adcs.earth.known = true;
    step();
    CHECK(wire.flight.adcs.mode_wanted == HIL_MODE_DETUMBLE && !wire.flight.adcs.earth.known);
    CHECK(wire.told[ADCS_EVENT_MEMORY_MENDED] == 1 && wire.flight.guards.mended == 1);
}

static void test_a_setting_does_not_seal_what_a_particle_changed(void)
{
    start();
    flip(&wire.flight.adcs.parameters.value[ADCS_CONTROL_DAMPING], 23);
    CHECK(wire_set_parameter(&wire, ADCS_CONTROL_BANDWIDTH_RAD_S, 0.2f) == HIL_ACK_ACCEPTED);
    CHECK_NEAR(wire.flight.adcs.parameters.value[ADCS_CONTROL_DAMPING], 0.7f, 0.0);
    CHECK_NEAR(wire.flight.adcs.parameters.value[ADCS_CONTROL_BANDWIDTH_RAD_S], 0.2f, 0.0);
}

static void test_a_step_does_not_seal_what_a_particle_changed_meanwhile(void)
{
    start();
    struct adcs_parameters *const parameters = &wire.flight.adcs.parameters;
    const float dipole_nT = parameters->field.coefficient[0][0];
    flip(&parameters->value[ADCS_CONTROL_DAMPING], 23);
    flip(&parameters->field.coefficient[0][0], 30);
    guards_seal_after_step(&wire.flight.guards, &wire.flight.adcs);
    step();
    CHECK_NEAR(parameters->value[ADCS_CONTROL_DAMPING], 0.7f, 0.0);
    CHECK_NEAR(parameters->field.coefficient[0][0], dipole_nT, 0.0);
    CHECK(wire.told[ADCS_EVENT_MEMORY_MENDED] == 1);
}

static void test_what_a_step_changes_in_the_parameters_is_sealed(void)
{
    start();
    struct adcs_parameters *const parameters = &wire.flight.adcs.parameters;
    adcs_parameters_drop_wheel(parameters, 1);
    parameters->careful = true;
    guards_seal_after_step(&wire.flight.guards, &wire.flight.adcs);
    CHECK(guard_same(parameters, &wire.flight.guards.parameters, sizeof *parameters));
    adcs_parameters_date_field(parameters, (adcs_ticks)1 << 48); /* half a year later */
    guards_seal_after_step(&wire.flight.guards, &wire.flight.adcs);
    CHECK(guard_same(parameters, &wire.flight.guards.parameters, sizeof *parameters));
}

static void test_where_both_are_damaged_the_store_has_them(void)
{
    start();
    flip(&wire.flight.adcs.parameters, 5);
    flip(&wire.flight.guards.parameters, 77);
    step();
    CHECK(wire.told[ADCS_EVENT_MEMORY_LOST] == 1);
    CHECK_NEAR(wire.flight.adcs.parameters.value[ADCS_CONTROL_DAMPING], 0.7f, 0.0);
    step();
    CHECK(wire.told[ADCS_EVENT_MEMORY_LOST] == 1);
}

static void test_a_checksum_alone_that_is_damaged_harms_nothing(void)
{
    start();
    flip(&wire.flight.guards.parameters_checksum, 3);
    step();
    CHECK(wire.told[ADCS_EVENT_MEMORY_MENDED] == 0 && wire.told[ADCS_EVENT_MEMORY_LOST] == 0);
    CHECK_NEAR(wire.flight.adcs.parameters.value[ADCS_CONTROL_DAMPING], 0.7f, 0.0);
}

void test_guard(void)
{
    test_every_bit_of_the_parameters_and_of_their_copy_is_mended();
    test_what_the_ground_commanded_is_mended();
    test_a_setting_does_not_seal_what_a_particle_changed();
    test_a_step_does_not_seal_what_a_particle_changed_meanwhile();
    test_what_a_step_changes_in_the_parameters_is_sealed();
    test_where_both_are_damaged_the_store_has_them();
    test_a_checksum_alone_that_is_damaged_harms_nothing();
}
