/* Gyro and star tracker over half a minute: when they are told to be apart, and when to agree again. */
#include "check.h"
#include "drift.h"

#define WHITE_RAD_SQRT_S 2e-5f
#define UNSURE_RAD_S 5e-5f
#define LIMIT_RAD_S (6.0 * 2e-5 / sqrt(30.0) + 5e-5) /* 72 microrad/s */

static struct drift drift;
static struct adcs_events events;

/* A measurement a second over so long, each of which corrects the filter by a second at this rate. */
static void corrected_at(double rate_rad_s, int seconds, double bias_rad_s_at_the_end)
{
    const double before_rad_s = (double)drift.bias_body_rad_s.z;
    for (int i = 1; i <= seconds; i++) {
        const double bias_rad_s = before_rad_s + (bias_rad_s_at_the_end - before_rad_s) * i / seconds;
        events.now += ADCS_TICKS_PER_SECOND;
        drift_note(&drift, events.now, v3(0.0f, 0.0f, (float)rate_rad_s), v3(0.0f, 0.0f, (float)bias_rad_s),
                   WHITE_RAD_SQRT_S, UNSURE_RAD_S, &events);
    }
}

/* The first measurement begins the half minute. */
static void start(void)
{
    drift = (struct drift){.since = 0};
    events = (struct adcs_events){.now = 0};
    corrected_at(0.0, 1, 0.0);
}

static void test_a_drift_is_told_after_half_a_minute_and_its_end_after_another(void)
{
    start();
    corrected_at(1.05 * LIMIT_RAD_S, 29, 0.0);
    CHECK(events.count == 0);
    corrected_at(1.05 * LIMIT_RAD_S, 1, 0.0);
    CHECK(events.count == 1 && events.code[0] == ADCS_EVENT_RATES_APART);
    CHECK_NEAR(events.value[0], 1.05 * LIMIT_RAD_S, 1e-3 * LIMIT_RAD_S);
    corrected_at(0.55 * LIMIT_RAD_S, 30, 0.0);
    CHECK(events.count == 1);
    corrected_at(0.45 * LIMIT_RAD_S, 30, 0.0);
    CHECK(events.count == 2 && events.code[1] == ADCS_EVENT_RATES_AGREE);
    CHECK_NEAR(events.value[1], 0.45 * LIMIT_RAD_S, 1e-3 * LIMIT_RAD_S);
}

static void test_what_is_below_the_limit_or_what_the_bias_has_learnt_is_no_drift(void)
{
    start();
    corrected_at(0.95 * LIMIT_RAD_S, 30, 0.0);
    corrected_at(3.0 * LIMIT_RAD_S, 30, 3.0 * LIMIT_RAD_S);
    CHECK(events.count == 0);
}

/* What the measurement after a pause corrects is of longer ago than the half minute. */
static void test_a_pause_begins_it_anew(void)
{
    start();
    corrected_at(5.0 * LIMIT_RAD_S, 29, 0.0);
    events.now += 3u * ADCS_TICKS_PER_SECOND;
    corrected_at(0.0, 30, 0.0);
    CHECK(events.count == 0);
}

/* Until the filter has found the bias, what it corrects is the bias. */
static void test_what_was_unsure_when_the_half_minute_began_counts(void)
{
    start();
    corrected_at(0.0, 29, 0.0);
    events.now += ADCS_TICKS_PER_SECOND;
    drift_note(&drift, events.now, v3(0.0f, 0.0f, 0.0f), v3(0.0f, 0.0f, 0.0f), WHITE_RAD_SQRT_S, 3.0f * UNSURE_RAD_S,
               &events);
    corrected_at(1.0e-4 + 0.95 * LIMIT_RAD_S, 30, 0.0);
    CHECK(events.count == 0);
    corrected_at(1.0e-4 + 0.95 * LIMIT_RAD_S, 30, 0.0);
    CHECK(events.count == 1 && events.code[0] == ADCS_EVENT_RATES_APART);
}

void test_drift(void)
{
    test_what_was_unsure_when_the_half_minute_began_counts();
    test_a_drift_is_told_after_half_a_minute_and_its_end_after_another();
    test_what_is_below_the_limit_or_what_the_bias_has_learnt_is_no_drift();
    test_a_pause_begins_it_anew();
}
