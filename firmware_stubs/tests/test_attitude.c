/* Attitude determination: late, missing, wrong and disordered star tracker samples. */
#include "attitude.h"
#include "check.h"
#include "synthetic.h"

struct bench {
    struct synthetic synthetic;
    struct adcs_parameters parameters;
    struct attitude attitude;
    struct adcs_events events;
    unsigned step;
};

static void start(struct bench *bench, uint64_t seed)
{
    *bench = (struct bench){.synthetic = synthetic_start(seed)};
    adcs_parameters_init(&bench->parameters);
    attitude_init(&bench->attitude);
}

static void measure(struct bench *bench, double time_s)
{
    const struct attitude_measurement measurement = synthetic_star_tracker(&bench->synthetic, time_s);
    attitude_measure(&bench->attitude, &bench->parameters, &measurement, &bench->events);
}

/* One step at 10 Hz; every second one brings a star tracker sample that is `late_s` old, unless that is negative. */
static double step(struct bench *bench, double late_s)
{
    const double now_s = 0.1 * ++bench->step;
    gyro_history_push(&bench->attitude.gyro, synthetic_ticks(now_s), synthetic_gyro(&bench->synthetic));
    if (late_s >= 0.0 && bench->step % 2 == 0) {
        measure(bench, now_s - late_s);
    }
    attitude_predict(&bench->attitude, &bench->parameters, synthetic_ticks(now_s));
    return synthetic_error(&bench->synthetic, now_s, bench->attitude.q_eci_from_body);
}

/* Root mean square error in arcsec of a run with samples of one age, after 60 s. */
static double accuracy(uint64_t seed, double late_s)
{
    struct bench bench;
    double sum = 0.0;
    start(&bench, seed);
    for (unsigned i = 0; i < 600; i++) {
        (void)step(&bench, late_s);
    }
    for (unsigned i = 0; i < 3000; i++) {
        const double error = step(&bench, late_s);
        sum += error * error;
    }
    CHECK(bench.events.count == 1 && bench.events.code[0] == ADCS_EVENT_ATTITUDE_ACQUIRED);
    return 206265.0 * sqrt(sum / 3000.0);
}

/* 100 ms cost the gyro's noise over 100 ms and no more; taken for fresh, 2 mrad/s would make it 40 arcsec. Ages between
 * the gyro's samples are as good. */
static void test_late_samples_are_used_at_their_time(void)
{
    const double fresh = accuracy(21, 0.0), late = accuracy(21, 0.1), between = accuracy(21, 0.137);
    printf("attitude: %.1f arcsec fresh, %.1f at 100 ms, %.1f at 137 ms\n", fresh, late, between);
    CHECK(fresh < 12.0 && late < 13.0 && between < 13.5);
}

static void test_coasting_is_the_gyros_affair(void)
{
    struct bench bench;
    double error = 0.0;
    start(&bench, 22);
    for (unsigned i = 0; i < 3000; i++) {
        (void)step(&bench, 0.1);
    }
    const float sigma_before = bench.attitude.filter.attitude_rad2.x.x;
    for (unsigned i = 0; i < 600; i++) {
        error = step(&bench, -1.0);
    }
    printf("attitude: %.0f arcsec after a blind minute\n", 206265.0 * error);
    CHECK(error < 2.5e-3); /* 3 sigma of 0.15 deg/sqrt(h) and of the bias' uncertainty */
    CHECK(bench.attitude.filter.attitude_rad2.x.x > 4.0f * sigma_before);
    for (unsigned i = 0; i < 100; i++) {
        error = step(&bench, 0.1);
    }
    CHECK(error < 1.5e-4);
}

static void test_one_outlier_does_no_harm(void)
{
    struct bench bench;
    start(&bench, 23);
    for (unsigned i = 0; i < 1000; i++) {
        (void)step(&bench, 0.1);
    }
    const struct attitude_measurement wrong = {synthetic_ticks(100.0), {0.5f, 0.5f, 0.5f, 0.5f}, 0};
    attitude_measure(&bench.attitude, &bench.parameters, &wrong, &bench.events);
    CHECK(bench.events.code[1] == ADCS_EVENT_STAR_TRACKER_OUTLIER);
    CHECK(step(&bench, 0.1) < 1.5e-4);
}

static void test_a_wrong_filter_starts_again(void)
{
    struct bench bench;
    start(&bench, 24);
    for (unsigned i = 0; i < 100; i++) {
        (void)step(&bench, 0.1);
    }
    bench.attitude.filter.q_eci_from_body = (struct quat){0.0f, 0.0f, 1.0f, 0.0f};
    for (unsigned i = 0; i < 2 * ATTITUDE_REJECTED_MAX + 2; i++) {
        (void)step(&bench, 0.1);
    }
    CHECK(bench.attitude.known && step(&bench, 0.1) < 5e-4);
}

/* Healthy hardware must never be locked out: whatever the bias jumps by, a restart or two, and all is as before. */
static void check_jump(double jump_rad_s, uint64_t seed)
{
    struct bench bench;
    double error = 0.0, worst = 0.0;
    unsigned outliers = 0;
    start(&bench, seed);
    for (unsigned i = 0; i < 1000; i++) {
        (void)step(&bench, 0.1);
    }
    bench.synthetic.gyro_bias_rad_s[seed % 3] += jump_rad_s;
    for (unsigned i = 0; i < 900; i++) {
        bench.events.count = 0;
        error = step(&bench, 0.1);
        for (unsigned k = 0; k < bench.events.count; k++) {
            outliers += bench.events.code[k] == ADCS_EVENT_STAR_TRACKER_OUTLIER;
        }
        worst = i >= 600 ? fmax(worst, error) : 0.0;
    }
    CHECK(outliers <= 3 * ATTITUDE_REJECTED_MAX && worst < 2e-4);
}

static void test_a_bias_that_jumps_is_learnt_anew(void)
{
    static const double jumps_rad_s[] = {5e-4, 2e-3, 8.7e-3, -8.7e-3, 0.05, 0.2, -0.6, 1.5};
    for (unsigned i = 0; i < 3 * sizeof jumps_rad_s / sizeof jumps_rad_s[0]; i++) {
        check_jump(jumps_rad_s[i / 3], 31 + i % 3);
    }
}

/* As half a turn without a star tracker leaves it. */
static void test_a_wrong_bias_that_claims_to_be_known_is_doubted(void)
{
    struct bench bench;
    start(&bench, 35);
    bench.attitude.filter.gyro_bias_body_rad_s = v3(2.7e-3f, -1e-3f, -7e-4f);
    (void)adcs_parameters_set(&bench.parameters, ADCS_GYRO_BIAS_SIGMA_RAD_S, 3e-4f);
    (void)adcs_parameters_set(&bench.parameters, ADCS_STAR_TRACKER_SIGMA_RAD, 1e-5f);
    for (unsigned i = 0; i < 300; i++) {
        (void)step(&bench, 0.1);
    }
    CHECK(step(&bench, 0.1) < 1.5e-4);
}

/* A second tracker, slower than the first: its samples are older than the filter. */
static void test_samples_out_of_order_are_carried_forward(void)
{
    struct bench bench;
    double error = 0.0;
    start(&bench, 25);
    for (unsigned i = 0; i < 1000; i++) {
        (void)step(&bench, 0.1);
        if (bench.step > 10) {
            measure(&bench, 0.1 * bench.step - 0.35);
        }
        error = synthetic_error(&bench.synthetic, 0.1 * bench.step, bench.attitude.q_eci_from_body);
    }
    CHECK(error < 1e-4 && bench.events.count == 1);
}

/* Its boresight is not known: turned by 3 sigma of its roll about the first one's sharp axis, it is still believed. */
static void test_a_second_star_tracker_is_as_blurred_about_every_axis(void)
{
    for (unsigned instance = 0; instance < 2; instance++) {
        struct bench bench;
        start(&bench, 26);
        bench.parameters.value[ADCS_GYRO_BIAS_SIGMA_RAD_S] = 1e-5f;
        CHECK(adcs_parameters_set(&bench.parameters, ADCS_STAR_TRACKER_SIGMA_RAD, 5e-6f) == ADCS_SET_DONE);
        CHECK(adcs_parameters_set(&bench.parameters, ADCS_STAR_TRACKER_ROLL_SIGMA_RAD, 5e-5f) == ADCS_SET_DONE);
        bench.synthetic.star_tracker_noise_rad = 5e-6;
        for (int i = 0; i < 100; i++) {
            (void)step(&bench, 0.0);
        }
        struct attitude_measurement other = synthetic_star_tracker(&bench.synthetic, 10.0);
        const struct quat turn = quat_from_rotation_vector(v3(1.5e-4f, 0.0f, 0.0f)); /* the boresight is +y */
        other.q_eci_from_body = quat_multiply(other.q_eci_from_body, turn);
        other.instance = instance;
        attitude_measure(&bench.attitude, &bench.parameters, &other, &bench.events);
        CHECK(bench.attitude.rejected == (instance == 0 ? 1u : 0u));
        const struct mat3 covariance = bench.attitude.filter.attitude_rad2;
        CHECK(covariance.x.x < 2.5e-11f); /* and the sharp ones before it were not forgotten */
    }
}

/* What is told of the attitude predicted for now is what the filter itself would say then. */
static void test_the_covariance_of_now_is_that_of_a_filter_that_was_propagated(void)
{
    struct bench bench;
    start(&bench, 27);
    for (int i = 0; i < 300; i++) {
        (void)step(&bench, 0.2);
    }
    const adcs_ticks filter_time = bench.attitude.filter_time;
    const struct mat3 now = attitude_covariance(&bench.attitude, &bench.parameters, filter_time + ADCS_TICKS_PER_SECOND);
    const struct gyro_noise noise = {bench.parameters.value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S],
                                     bench.parameters.value[ADCS_GYRO_RATE_RANDOM_WALK_RAD_S_SQRT_S], 0.0f};
    struct mekf later = bench.attitude.filter;
    mekf_propagate(&later, later.gyro_bias_body_rad_s, 1.0f, &noise);
    CHECK_NEAR(now.x.x / later.attitude_rad2.x.x, 1.0, 1e-3);
    CHECK_NEAR(now.z.z / later.attitude_rad2.z.z, 1.0, 1e-3);
    CHECK(now.y.y > 1.5f * bench.attitude.filter.attitude_rad2.y.y);
}

static void test_history_walks_from_sample_to_sample(void)
{
    struct gyro_history history = {.count = 0};
    struct vec3 rate;
    CHECK(gyro_history_mean(&history, 5, 9, &rate) == 9 && rate.x == 0.0f);
    gyro_history_push(&history, 100, v3(1, 0, 0));
    gyro_history_push(&history, 200, v3(3, 0, 0));
    gyro_history_push(&history, 150, v3(9, 0, 0)); /* too old */
    CHECK(gyro_history_mean(&history, 50, 300, &rate) == 100 && rate.x == 1.0f);
    CHECK(gyro_history_mean(&history, 100, 300, &rate) == 200 && rate.x == 2.0f);
    CHECK(gyro_history_mean(&history, 150, 300, &rate) == 200 && rate.x == 2.5f);
    CHECK(gyro_history_mean(&history, 120, 140, &rate) == 140);
    CHECK_NEAR(rate.x, 1.6, 1e-6);
    CHECK(gyro_history_mean(&history, 200, 300, &rate) == 300 && rate.x == 3.0f);
    for (adcs_ticks i = 3; i < 40; i++) {
        gyro_history_push(&history, i * 100, v3((float)i, 0, 0));
    }
    CHECK(gyro_history_mean(&history, 0, 9999, &rate) == 2400 && rate.x == 24.0f); /* the oldest of 16 */
    CHECK(history.count < 2 * GYRO_HISTORY_SIZE); /* no count that runs over after a year */
}

void test_attitude(void)
{
    test_late_samples_are_used_at_their_time();
    test_coasting_is_the_gyros_affair();
    test_one_outlier_does_no_harm();
    test_a_wrong_filter_starts_again();
    test_a_bias_that_jumps_is_learnt_anew();
    test_a_wrong_bias_that_claims_to_be_known_is_doubted();
    test_samples_out_of_order_are_carried_forward();
    test_a_second_star_tracker_is_as_blurred_about_every_axis();
    test_the_covariance_of_now_is_that_of_a_filter_that_was_propagated();
    test_history_walks_from_sample_to_sample();
}
