/* What the software does without, and what it says of that: modes that wait, and no magnetometer. */
#include "check.h"
#include "wire.h"

static const double position[3] = {6.9e6, 0.0, 0.0}, velocity[3] = {0.0, 5.7e3, 5.0e3};
static const double upright[4] = {0.0, 0.0, 0.0, 1.0}, still[3] = {0.0, 0.0, 0.0};
static struct wire wire;
static uint32_t step;

static void start(void)
{
    step = 0;
    wire_start(&wire);
    (void)wire_set_orbit(&wire, position, velocity);
    CHECK(wire_set_mode(&wire, HIL_MODE_NADIR) == HIL_ACK_ACCEPTED);
}

/* Steps without a magnetometer, wheels from 50 rad/s on; returns the mode. */
static unsigned run(unsigned steps, bool star_tracker)
{
    double speed[3] = {50.0, 50.0, 50.0};
    for (unsigned i = 0; i < steps; i++, step++) {
        wire_gyro(&wire, 0, still);
        if (star_tracker) {
            wire_star_tracker(&wire, upright, 0.1 * step);
        }
        for (uint8_t k = 0; k < 3; k++) {
            speed[k] += 0.1 * (double)wire.command.wheel_torque_Nm[k] / 2.4e-5;
            wire_tachometer(&wire, k, speed[k]);
        }
        wire_sync(&wire, step, 0.1 * step);
    }
    return wire.estimate.mode;
}

/* Ten seconds on it says once what it waits for: here the attitude, and the target. */
static void test_a_mode_that_cannot_begin_says_what_it_waits_for(void)
{
    start();
    CHECK(run(300, false) == HIL_MODE_IDLE);
    CHECK(wire.told[ADCS_EVENT_MODE_WAITS] == 1 && wire.event.value == (float)MODE_LACKS_ATTITUDE);
    CHECK(wire_set_mode(&wire, HIL_MODE_TARGET) == HIL_ACK_ACCEPTED);
    CHECK(run(300, false) == HIL_MODE_IDLE);
    CHECK(wire.told[ADCS_EVENT_MODE_WAITS] == 2 && wire.event.value == (float)MODE_LACKS_TARGET);
}

static void check_refused(uint8_t mode, enum mode_lack why)
{
    const unsigned before = wire.told[ADCS_EVENT_MODE_REFUSED];
    CHECK(wire_set_mode(&wire, mode) == HIL_ACK_WRONG_STATE);
    CHECK(wire.told[ADCS_EVENT_MODE_REFUSED] == before + 1 && wire.event.value == (float)why);
}

static void test_a_mode_that_is_refused_says_why(void)
{
    start();
    for (int wheels = 0; wheels < 3; wheels++) {
        CHECK(wire_set_parameter(&wire, ADCS_WHEEL_COUNT, (float)wheels) == HIL_ACK_ACCEPTED);
        check_refused(HIL_MODE_NADIR, MODE_LACKS_WHEELS);
    }
    CHECK(wire_set_mode(&wire, HIL_MODE_SUN_SAFE) == HIL_ACK_ACCEPTED); /* by rods */
    CHECK(wire_set_parameter(&wire, ADCS_ROD_DIPOLE_MAX_A_M2, 0.0f) == HIL_ACK_ACCEPTED);
    check_refused(HIL_MODE_SUN_SAFE, MODE_LACKS_RODS);
    check_refused(HIL_MODE_DETUMBLE, MODE_LACKS_RODS);
    CHECK(wire_set_parameter(&wire, ADCS_INERTIA_XY_BODY_KG_M2, 40.0f) == HIL_ACK_ACCEPTED);
    check_refused(HIL_MODE_INERTIAL, MODE_LACKS_INERTIA);
}

/* Wheels to unload and no magnetometer: the field of orbit, date and attitude will do, its torque against their momentum. */
static void test_wheels_are_unloaded_without_a_magnetometer(void)
{
    static const float earth[4] = {0.0f, 0.0f, 0.6f, 0.8f};
    start();
    (void)run(20, true);
    CHECK(v3_norm(v3_from(wire.command.dipole_body_A_m2)) == 0.0f); /* how the Earth is turned is not known */
    CHECK(wire_set_floats(&wire, HIL_APID_SET_EARTH, -1, earth, 4, 0.0) == HIL_ACK_ACCEPTED);
    CHECK(run(1, true) == HIL_MODE_NADIR);
    const struct vec3 dipole = v3_from(wire.command.dipole_body_A_m2), assumed = wire.flight.adcs.rods.field_body_T;
    CHECK(v3_norm(dipole) > 0.01f);
    CHECK(v3_dot(v3_cross(dipole, assumed), wire.flight.adcs.wheels.momentum_body_Nms) < 0.0f);
    const struct quat q = earth_orientation(&wire.flight.adcs.earth, 0);
    const struct vec3 r = quat_apply(quat_conjugate(q), v3(6.9e6f, 0.0f, 0.0f));
    const struct vec3 model = quat_apply(q, field_ecef_T(&wire.flight.adcs.parameters.field, r)); /* the body is upright */
    CHECK(v3_norm(v3_sub(model, assumed)) < 0.02f * v3_norm(model));
}

void test_without(void)
{
    test_a_mode_that_cannot_begin_says_what_it_waits_for();
    test_a_mode_that_is_refused_says_why();
    test_wheels_are_unloaded_without_a_magnetometer();
}
