/* Horizon sensors held against an attitude that star trackers have proven: how far off, and for how long, is too much. */
#include "adcs.h"
#include "check.h"
#include "faults.h"

#define STEP_S 0.1f
#define SIGMA_RAD 0.005f
#define LIMIT_RAD 0.04 /* 4 sigma and 0.02 rad */

static struct adcs adcs;

/* At rest in an orbit about the Earth: down is against x, for the attitude is that of the inertial axes. */
static void start(void)
{
    adcs_init(&adcs);
    adcs.parameters.value[ADCS_HORIZON_SIGMA_RAD] = SIGMA_RAD;
    adcs.attitude.known = true;
    adcs.attitude.accepted = 100;
    adcs.orbit.current = true;
    adcs.orbit.position_eci_m = v3(7e6f, 0.0f, 0.0f);
}

static unsigned told(uint16_t event, unsigned instance)
{
    unsigned n = 0;
    for (unsigned i = 0; i < adcs.events.count; i++) {
        n += adcs.events.code[i] == event && adcs.events.value[i] == faults_device(HIL_DEVICE_HORIZON_SENSOR, instance);
    }
    return n;
}

/* So many sensors show the same angle from down, the last of them alone is `off_rad` away. Its samples flicker, so that none
 * repeats. Returns the seconds until it is believed or no longer believed, -1 where that does not come within 30 s. */
static double seconds_until(bool believed, unsigned sensors, double off_rad)
{
    const unsigned last = SENSOR_CHECKS_HORIZON + sensors - 1u;
    for (int step = 1; step <= 300; step++) {
        adcs.events.now += ADCS_TICKS_PER_SECOND / 10u;
        adcs.attitude.star_tracker_time = adcs.events.now;
        for (unsigned i = SENSOR_CHECKS_HORIZON; i <= last; i++) {
            const double angle = (i == last ? off_rad : 0.0) + (step % 2 == 0 ? 1e-5 : -1e-5);
            const struct vec3 shown = v3((float)-cos(angle), (float)sin(angle), 0.0f);
            sensor_checks_take(&adcs.sensor_checks, &adcs.parameters, i, shown, &adcs.events);
        }
        sensor_checks_step(&adcs, adcs.events.now, STEP_S);
        if (sensor_checks_believe(&adcs.sensor_checks, last) == believed) {
            return 0.1 * step;
        }
    }
    return -1.0;
}

/* ln 5 of its memory's 3 s until four fifths are off, and ln 8 to 10 of them until nine tenths agree again. */
static void test_one_that_is_off_is_doubted_and_trusted_when_it_agrees(void)
{
    start();
    CHECK(seconds_until(false, 2, 0.95 * LIMIT_RAD) < 0.0);
    CHECK_NEAR(seconds_until(false, 2, 1.05 * LIMIT_RAD), 3.0 * log(5.0), 0.2);
    CHECK(told(ADCS_EVENT_SENSOR_DOUBTED, 1) == 1 && told(ADCS_EVENT_SENSOR_DOUBTED, 0) == 0);
    CHECK_NEAR(seconds_until(true, 2, 0.95 * LIMIT_RAD), 3.0 * log(8.0), 0.2);
    CHECK(told(ADCS_EVENT_SENSOR_TRUSTED, 1) == 1 && adcs.events.count == 2);
}

/* Then it is rather the attitude. */
static void test_the_only_one_is_not_doubted(void)
{
    start();
    CHECK(seconds_until(false, 1, 1.0) < 0.0 && adcs.events.count == 0);
}

static void test_without_a_proven_attitude_nothing_is_held_against_it(void)
{
    start();
    adcs.attitude.coarse = true;
    CHECK(seconds_until(false, 2, 1.0) < 0.0 && adcs.events.count == 0);
}

/* A magnetometer that is `off_T` from a field of `size_T`, beside a horizon sensor that agrees. */
static bool magnetometer_is_doubted(float size_T, float off_T)
{
    start();
    adcs.earth.known = true;
    adcs.rods.quiet = 1000u;
    for (unsigned step = 1; step <= 100; step++) {
        adcs.events.now += ADCS_TICKS_PER_SECOND / 10u;
        adcs.attitude.star_tracker_time = adcs.model_field_time = adcs.events.now;
        adcs.model_field_eci_T = v3(0.0f, 0.0f, size_T);
        const float flicker = step % 2u == 0u ? 1e-5f : -1e-5f;
        sensor_checks_take(&adcs.sensor_checks, &adcs.parameters, SENSOR_CHECKS_HORIZON, v3(-1.0f, flicker, 0.0f),
                           &adcs.events);
        sensor_checks_take(&adcs.sensor_checks, &adcs.parameters, SENSOR_CHECKS_MAGNETOMETER,
                           v3(off_T, flicker * 1e-5f, size_T), &adcs.events);
        sensor_checks_step(&adcs, adcs.events.now, STEP_S);
    }
    return !sensor_checks_believe(&adcs.sensor_checks, SENSOR_CHECKS_MAGNETOMETER);
}

/* A tenth of the field, and far out as much as where the Earth's surface has the least: hard iron stays what it is. */
static void test_a_magnetometer_far_out_is_not_held_against_a_field_smaller_than_its_iron(void)
{
    CHECK(magnetometer_is_doubted(4e-5f, 4.2e-6f) && !magnetometer_is_doubted(4e-5f, 3.8e-6f));
    CHECK(magnetometer_is_doubted(1e-6f, 2.1e-6f) && !magnetometer_is_doubted(1e-6f, 1.9e-6f));
    CHECK(!magnetometer_is_doubted(1e-7f, 1e-6f) && magnetometer_is_doubted(1e-7f, 1e-5f));
}

void test_sensor_checks(void)
{
    test_a_magnetometer_far_out_is_not_held_against_a_field_smaller_than_its_iron();
    test_one_that_is_off_is_doubted_and_trusted_when_it_agrees();
    test_the_only_one_is_not_doubted();
    test_without_a_proven_attitude_nothing_is_held_against_it();
}
