/* A gyro that is doubted, and after how long it is believed again. */
#include "check.h"
#include "faults.h"
#include "gyros.h"

#define STEP_S 0.1f

static struct adcs_parameters parameters;
static struct gyros gyros;
static struct observer observer;
static struct attitude attitude;
static struct adcs_events events;

/* A body at rest, which the star tracker and the wheels have shown for long. */
static void start(void)
{
    adcs_parameters_init(&parameters);
    gyros = (struct gyros){.watched_s = 100.0f};
    observer = (struct observer){.started = true};
    attitude = (struct attitude){.known = true, .accepted = 100};
    attitude.filter.q_eci_from_body.w = 1.0f;
    events = (struct adcs_events){0};
    CHECK(attitude_is_settled(&attitude));
}

static bool told(uint16_t event)
{
    for (unsigned i = 0; i < events.count; i++) {
        if (events.code[i] == event) {
            return true;
        }
    }
    return false;
}

/* Its bias moves a sample by less than the noise, so that none is the same as the one before. Returns the seconds until an
 * event, -1 where it does not come within two minutes. */
static double seconds_until(uint16_t event, float rate_rad_s)
{
    for (int step = 1; step <= 1200; step++) {
        events.now += ADCS_TICKS_PER_SECOND / 10;
        events.count = 0;
        gyros_take(&gyros, 0, events.now, v3(rate_rad_s + (step % 2 == 0 ? 1e-7f : 0.0f), 0.0f, 0.0f));
        (void)gyros_choose(&gyros, &parameters, &observer, &attitude, STEP_S, &events);
        if (told(event)) {
            return 0.1 * step;
        }
    }
    return -1.0;
}

static void test_one_that_is_as_before_is_believed_after_ten_seconds(void)
{
    start();
    CHECK(seconds_until(ADCS_EVENT_SENSOR_DOUBTED, 0.0f) < 0.0);
    gyros_blame(&gyros, &attitude, &events);
    CHECK_NEAR(seconds_until(ADCS_EVENT_SENSOR_TRUSTED, 0.0f), 10.0, 0.25);
}

static void test_one_that_keeps_another_bias_is_believed_with_it_after_a_minute(void)
{
    start();
    (void)seconds_until(ADCS_EVENT_SENSOR_DOUBTED, 0.0f);
    gyros_blame(&gyros, &attitude, &events);
    CHECK_NEAR(seconds_until(ADCS_EVENT_SENSOR_TRUSTED, 0.01f), 60.0, 0.25);
    CHECK_NEAR(attitude.filter.gyro_bias_body_rad_s.x, 0.01, 1e-5);
}

static void test_one_that_jumps_to_another_bias_begins_anew(void)
{
    start();
    (void)seconds_until(ADCS_EVENT_SENSOR_DOUBTED, 0.0f);
    gyros_blame(&gyros, &attitude, &events);
    for (int i = 0; i < 5; i++) {
        gyros_take(&gyros, 0, events.now, v3(0.0f, 0.001f * (float)(5 + i), 0.0f));
        (void)gyros_choose(&gyros, &parameters, &observer, &attitude, 50.0f, &events);
        CHECK(gyros.watch[0].steady_s == 0.0f && gyros.watch[0].doubted);
    }
    CHECK_NEAR(seconds_until(ADCS_EVENT_SENSOR_TRUSTED, -0.01f), 60.0, 0.25);
}

static void test_a_bias_that_no_gyro_has_is_never_believed(void)
{
    start();
    (void)seconds_until(ADCS_EVENT_SENSOR_DOUBTED, 0.0f);
    gyros_blame(&gyros, &attitude, &events);
    CHECK(seconds_until(ADCS_EVENT_SENSOR_TRUSTED, 0.03f) < 0.0);
}

/* One that is not used shows a bias of so much, and noise: one sample up, one down. */
static void spare_shows(float bias_rad_s, int steps)
{
    for (int step = 1; step <= steps; step++) {
        events.now += ADCS_TICKS_PER_SECOND / 10;
        gyros_take(&gyros, 0, events.now, v3(step % 2 == 0 ? 1e-7f : 0.0f, 0.0f, 0.0f));
        gyros_take(&gyros, 1, events.now, v3(0.0f, bias_rad_s + (step % 2 == 0 ? 2e-6f : -2e-6f), 0.0f));
        (void)gyros_choose(&gyros, &parameters, &observer, &attitude, STEP_S, &events);
    }
}

/* The mean of all samples for half a minute; from then on what is older fades by e in that time. */
static void test_the_bias_of_a_spare_is_the_mean_of_half_a_minute(void)
{
    start();
    spare_shows(1e-5f, 150);
    spare_shows(3e-5f, 150);
    CHECK_NEAR(gyros.watch[1].bias_body_rad_s.y, 2e-5, 1e-7);
    spare_shows(2e-5f, 300);
    const double before = (double)gyros.watch[1].bias_body_rad_s.y;
    CHECK_NEAR(before, 2e-5, 1e-7);
    spare_shows(6e-5f, 300);
    CHECK_NEAR(gyros.watch[1].bias_body_rad_s.y, 6e-5 - 4e-5 * exp(-1.0), 2e-7);
    CHECK(!gyros.watch[1].doubted && gyros.used == 0);
}

void test_gyros(void)
{
    test_the_bias_of_a_spare_is_the_mean_of_half_a_minute();
    test_one_that_is_as_before_is_believed_after_ten_seconds();
    test_one_that_keeps_another_bias_is_believed_with_it_after_a_minute();
    test_one_that_jumps_to_another_bias_begins_anew();
    test_a_bias_that_no_gyro_has_is_never_believed();
}
