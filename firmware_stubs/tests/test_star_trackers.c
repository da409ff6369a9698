/* Two star trackers held against each other, and one that comes back. */
#include "adcs.h"
#include "check.h"

#define MOUNTED_RAD 5e-4f
#define SHARE 0.2 /* of a measurement in the average of how far they are apart */

static struct adcs adcs;

static struct quat turned(float x_rad, float z_rad)
{
    return quat_from_rotation_vector(v3(x_rad, 0.0f, z_rad));
}

/* A tenth of a second of a body at rest: the gyro, tracker 0, and tracker 1, which is mounted about x and off about z. */
static void step(float off_rad)
{
    adcs.last_time += ADCS_TICKS_PER_SECOND / 10;
    adcs.events = (struct adcs_events){.now = adcs.last_time};
    gyro_history_push(&adcs.attitude.gyro, adcs.last_time, v3(0.0f, 0.0f, 0.0f));
    for (unsigned i = 0; i < 2; i++) {
        const struct quat shown = i == 0 ? QUAT_IDENTITY : turned(MOUNTED_RAD, off_rad);
        const struct attitude_measurement measurement = {adcs.last_time, shown, i};
        star_trackers_take(&adcs, &measurement, shown);
    }
}

/* They agree for a minute, and what is between them is learnt as their mounting. */
static void start(void)
{
    adcs = (struct adcs){.last_time = ADCS_TICKS_PER_SECOND};
    adcs_parameters_init(&adcs.parameters);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_STAR_TRACKER_SIGMA_RAD, 1e-4f);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_STAR_TRACKER_ROLL_SIGMA_RAD, 1e-4f);
    attitude_init(&adcs.attitude);
    for (int i = 0; i < 600; i++) {
        step(0.0f);
    }
    CHECK(!adcs.star_tracker_pair.apart && adcs.star_tracker_pair.carried);
    CHECK_NEAR(adcs.star_tracker_pair.mounting_rad.x, MOUNTED_RAD, 1e-6);
    CHECK(!adcs.star_tracker[0].doubted && !adcs.star_tracker[1].doubted);
}

/* Eight sigmas of the average of a difference of two, of 1e-4 rad each, and 15 microrad of slow errors. */
static double limit_rad(void)
{
    return 8.0 * sqrt(2.0 * 1e-4 * 1e-4 * SHARE / (2.0 - SHARE)) + 1.5e-5;
}

static bool are_apart_at_last(double off_rad)
{
    start();
    bool apart = false;
    for (int i = 0; i < 100; i++) {
        step((float)off_rad);
        apart |= adcs.star_tracker_pair.apart;
    }
    return apart;
}

static void test_they_are_apart_beyond_eight_sigmas_of_their_average(void)
{
    CHECK(!are_apart_at_last(0.95 * limit_rad()));
    CHECK(are_apart_at_last(1.08 * limit_rad()));
    CHECK(are_apart_at_last(-1.08 * limit_rad()));
}

/* A fifth of a difference goes into the average at either's measurement, of three limits at the most: after two it is 1.08
 * limits. The gyro, which has carried on the attitude, tells who it was. */
static void test_one_that_jumps_is_found_by_what_the_gyro_carried_on(void)
{
    start();
    step(4e-3f);
    CHECK(!adcs.star_tracker_pair.apart);
    adcs.observer.attitude_known = true;
    for (int i = 0; i < 20 && !adcs.star_tracker[1].doubted; i++) {
        CHECK(adcs.observer.attitude_known);
        step(4e-3f);
        CHECK(adcs.star_tracker_pair.apart);
    }
    CHECK(adcs.star_tracker[1].doubted && !adcs.star_tracker[0].doubted);
    CHECK(!adcs.observer.attitude_known); /* what the attitude jumps by is no rate */
    CHECK(!adcs.star_tracker_pair.carried);
    CHECK(v3_norm(quat_rotation_vector(adcs.attitude.filter.q_eci_from_body)) < MOUNTED_RAD);
}

/* Nine averages bring three limits below half of one, 3 x 0.8^9 = 0.40: the fifth measurement of the tracker that came back
 * is the first that counts, and it takes ten. */
static void test_one_that_comes_back_is_believed_when_it_has_agreed_with_the_other_ten_times(void)
{
    start();
    for (int i = 0; i < 100; i++) {
        step(4e-3f);
    }
    CHECK(adcs.star_tracker[1].doubted);
    int measurements = 0;
    for (; measurements < 100 && adcs.star_tracker[1].doubted; measurements++) {
        step(0.0f);
        CHECK(adcs.star_tracker_pair.apart == (measurements < 4));
    }
    CHECK(measurements == 14);
}

void test_star_trackers(void)
{
    test_they_are_apart_beyond_eight_sigmas_of_their_average();
    test_one_that_jumps_is_found_by_what_the_gyro_carried_on();
    test_one_that_comes_back_is_believed_when_it_has_agreed_with_the_other_ten_times();
}
