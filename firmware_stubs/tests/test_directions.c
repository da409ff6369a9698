/* TRIAD, and the filter by directions alone. */
#include "attitude.h"
#include "check.h"
#include "reference.h"
#include "synthetic.h"

static const struct vec3 sun_eci = {0.8f, 0.6f, 0.0f}, field_eci = {0.0f, 0.6f, -0.8f};

static struct direction seen(struct quat q_eci_from_body, struct vec3 eci, float sigma_rad)
{
    return (struct direction){quat_apply(quat_conjugate(q_eci_from_body), eci), eci, sigma_rad, DIRECTION_FIELD};
}

static double angle_between(struct quat a, struct quat b)
{
    return (double)v3_norm(quat_rotation_vector(quat_multiply(quat_conjugate(a), b)));
}

static void test_triad_finds_the_attitude(void)
{
    struct random random = {71};
    for (int i = 0; i < 200; i++) {
        float q[4];
        for (int k = 0; k < 4; k++) {
            q[k] = (float)random_normal(&random);
        }
        const struct quat truth = quat_normalise(quat_from(q));
        const struct direction first = seen(truth, sun_eci, 0.01f), second = seen(truth, field_eci, 0.01f);
        struct quat found;
        CHECK(triad(&first, &second, &found));
        CHECK_NEAR(angle_between(found, truth), 0.0, 2e-6);
    }
}

/* Only the first is met whole: what the second is off along the first's plane is left. */
static void test_triad_trusts_the_first(void)
{
    struct direction first = seen(QUAT_IDENTITY, sun_eci, 0.01f), second = seen(QUAT_IDENTITY, field_eci, 0.1f);
    second.body = quat_apply(quat_from_rotation_vector(v3(0.05f, -0.03f, 0.02f)), second.body);
    struct quat found;
    CHECK(triad(&first, &second, &found));
    CHECK_NEAR(v3_norm(v3_sub(quat_apply(found, first.body), sun_eci)), 0.0, 1e-6);
}

static void test_triad_refuses_directions_on_one_line(void)
{
    const struct direction first = seen(QUAT_IDENTITY, sun_eci, 0.01f);
    const struct direction near = seen(QUAT_IDENTITY, v3(0.78f, 0.6258f, 0.0f), 0.01f);
    const struct direction opposite = seen(QUAT_IDENTITY, v3_scale(-1.0f, sun_eci), 0.01f);
    struct quat found;
    CHECK(!triad(&first, &near, &found) && !triad(&first, &opposite, &found));
}

/* A field that iron turned by 60 degrees is not as far from the Sun as the field is. */
static void test_triad_refuses_directions_that_do_not_fit(void)
{
    const struct direction first = seen(QUAT_IDENTITY, sun_eci, 0.02f);
    struct direction second = seen(QUAT_IDENTITY, field_eci, 0.02f);
    struct quat found;
    second.body = v3(-0.6f, 0.8f, 0.0f); /* 90 degrees apart, and must be 69 */
    CHECK(!triad(&first, &second, &found));
    second.sigma_rad = 0.1f;
    CHECK(triad(&first, &second, &found));
}

/* At right angles, each with its own sigma: about the first axis only the second tells, and the other way round. */
static void test_covariance_of_two_directions(void)
{
    const struct direction first = {v3(1, 0, 0), v3(1, 0, 0), 0.01f, 0}, second = {v3(0, 1, 0), v3(0, 1, 0), 0.03f, 1};
    const struct mat3 covariance = triad_covariance(&first, &second);
    CHECK_NEAR(covariance.x.x, 9e-4, 1e-8);
    CHECK_NEAR(covariance.y.y, 1e-4, 1e-8);
    CHECK_NEAR(covariance.z.z, 1.0 / (1.0 / 1e-4 + 1.0 / 9e-4), 1e-8);
}

struct bench {
    struct synthetic synthetic;
    struct attitude attitude;
    struct adcs_parameters parameters;
    struct adcs_events events;
    double time_s;
};

static struct bench start(uint64_t seed)
{
    struct bench bench = {.synthetic = synthetic_start(seed)};
    bench.synthetic.rate_body_rad_s[0] = 0.02;
    bench.synthetic.gyro_noise_rad_s = 2.8e-3; /* a MEMS gyro at 10 Hz */
    adcs_parameters_init(&bench.parameters);
    (void)adcs_parameters_set(&bench.parameters, ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S, 8.8e-4f);
    attitude_init(&bench.attitude);
    return bench;
}

static struct vec3 noisy(struct bench *bench, struct vec3 a, double sigma)
{
    const double x = random_normal(&bench->synthetic.random), y = random_normal(&bench->synthetic.random);
    const double z = random_normal(&bench->synthetic.random);
    const struct vec3 sum = v3_add(a, v3((float)(sigma * x), (float)(sigma * y), (float)(sigma * z)));
    return v3_scale(1.0f / v3_norm(sum), sum);
}

/* One step of 0.1 s; returns the attitude's error in rad. */
static double step(struct bench *bench, bool sunlit)
{
    double truth[4];
    bench->time_s += 0.1;
    const adcs_ticks now = synthetic_ticks(bench->time_s);
    synthetic_truth(&bench->synthetic, bench->time_s, truth);
    const struct quat q = {(float)truth[0], (float)truth[1], (float)truth[2], (float)truth[3]};
    struct directions found = {.count = sunlit ? 2u : 1u};
    found.seen[0] = seen(q, field_eci, 0.02f);
    found.seen[0].body = noisy(bench, found.seen[0].body, 0.01);
    found.seen[1] = seen(q, sun_eci, 0.1f);
    found.seen[1].kind = DIRECTION_COARSE_SUN;
    found.seen[1].body = noisy(bench, found.seen[1].body, 0.05);
    gyro_history_push(&bench->attitude.gyro, now, synthetic_gyro(&bench->synthetic));
    attitude_use_directions(&bench->attitude, &bench->parameters, now, &found, &bench->events);
    attitude_predict(&bench->attitude, &bench->parameters, now);
    return synthetic_error(&bench->synthetic, bench->time_s, bench->attitude.q_eci_from_body);
}

static void test_two_directions_start_the_filter_and_it_learns_the_bias(void)
{
    struct bench bench = start(73);
    double worst = 0.0;
    for (int i = 0; i < 6000; i++) {
        const double error = step(&bench, true);
        worst = i > 1000 ? fmax(worst, error) : 0.0;
    }
    printf("directions: %.2f deg at worst", 57.3 * worst);
    CHECK(bench.attitude.coarse && bench.events.count == 1 && bench.events.value[0] == 1.0f);
    CHECK(worst < 0.035);
    CHECK_NEAR(bench.attitude.filter.gyro_bias_body_rad_s.x, bench.synthetic.gyro_bias_rad_s[0], 2e-4);
    for (int i = 0; i < 3000; i++) { /* the Sun is gone: the field and the gyro go on */
        worst = fmax(worst, step(&bench, false));
    }
    printf(", %.2f five minutes into eclipse\n", 57.3 * worst);
    CHECK(worst < 0.1);
}

static void test_one_direction_does_not_start_it(void)
{
    struct bench bench = start(74);
    (void)step(&bench, false);
    CHECK(!bench.attitude.known && bench.events.count == 0);
}

static void test_a_star_tracker_takes_over_and_keeps_the_bias(void)
{
    struct bench bench = start(75);
    for (int i = 0; i < 3000; i++) {
        (void)step(&bench, true);
    }
    const float bias = bench.attitude.filter.gyro_bias_body_rad_s.x;
    const struct attitude_measurement sharp = synthetic_star_tracker(&bench.synthetic, bench.time_s);
    attitude_measure(&bench.attitude, &bench.parameters, &sharp, &bench.events);
    CHECK(!bench.attitude.coarse && bench.attitude.filter.gyro_bias_body_rad_s.x == bias);
    CHECK(synthetic_error(&bench.synthetic, bench.time_s, bench.attitude.filter.q_eci_from_body) < 3e-4);
}

/* Sun and field swapped for good: the filter gives up and starts again from what it sees. */
static void test_a_filter_that_fits_nothing_is_lost(void)
{
    struct bench bench = start(76);
    for (int i = 0; i < 100; i++) {
        (void)step(&bench, true);
    }
    bench.attitude.filter.q_eci_from_body = (struct quat){1.0f, 0.0f, 0.0f, 0.0f};
    double error = 0.0;
    for (int i = 0; i < 200; i++) {
        error = step(&bench, true);
    }
    CHECK(bench.events.count == 2 && bench.events.code[1] == ADCS_EVENT_ATTITUDE_LOST && error < 0.05);
}

/* The Sun 3 degrees off for a minute, sample after sample: one error, not six hundred that agree. */
static void test_an_error_that_lasts_is_not_taken_for_knowledge(void)
{
    struct bench bench = start(77);
    const struct quat wrong = quat_from_rotation_vector(v3(0.05f, 0.0f, 0.0f));
    for (int i = 0; i < 600; i++) {
        double truth[4];
        bench.time_s += 0.1;
        const adcs_ticks now = synthetic_ticks(bench.time_s);
        synthetic_truth(&bench.synthetic, bench.time_s, truth);
        const struct quat q = {(float)truth[0], (float)truth[1], (float)truth[2], (float)truth[3]};
        struct directions found = {.count = 2, .seen = {seen(q, field_eci, 0.02f), seen(q, sun_eci, 0.05f)}};
        found.seen[1].kind = DIRECTION_FINE_SUN;
        found.seen[0].body = quat_apply(wrong, found.seen[0].body);
        found.seen[1].body = quat_apply(wrong, found.seen[1].body);
        gyro_history_push(&bench.attitude.gyro, now, synthetic_gyro(&bench.synthetic));
        attitude_use_directions(&bench.attitude, &bench.parameters, now, &found, &bench.events);
    }
    const struct mat3 *told = &bench.attitude.filter.attitude_rad2;
    const double sigma = sqrt((double)(told->x.x + told->y.y + told->z.z));
    const double error = synthetic_error(&bench.synthetic, bench.time_s, bench.attitude.filter.q_eci_from_body);
    const struct vec3 bias = bench.attitude.filter.gyro_bias_body_rad_s;
    printf("directions: 2.9 degrees off for a minute: %.2f deg told with %.2f\n", 57.3 * error, 57.3 * sigma);
    CHECK(error < 3.0 * sigma);
    CHECK_NEAR(bias.x, bench.synthetic.gyro_bias_rad_s[0], 6e-4);
}

/* A gyro 0.5 deg/s off from one sample to the next, and no star tracker: lost, begun anew, and the bias learnt. */
static void test_a_gyro_that_jumps_is_learnt_anew_by_directions(void)
{
    struct bench bench = start(78);
    for (int i = 0; i < 600; i++) {
        (void)step(&bench, true);
    }
    bench.synthetic.gyro_bias_rad_s[1] += 8.7e-3;
    double worst = 0.0;
    for (int i = 0; i < 6000; i++) {
        const double error = step(&bench, true);
        worst = i > 4000 ? fmax(worst, error) : 0.0;
    }
    CHECK(worst < 0.05);
    CHECK_NEAR(bench.attitude.filter.gyro_bias_body_rad_s.y, bench.synthetic.gyro_bias_rad_s[1], 6e-4);
}

void test_directions(void)
{
    test_triad_finds_the_attitude();
    test_triad_trusts_the_first();
    test_triad_refuses_directions_on_one_line();
    test_triad_refuses_directions_that_do_not_fit();
    test_covariance_of_two_directions();
    test_two_directions_start_the_filter_and_it_learns_the_bias();
    test_one_direction_does_not_start_it();
    test_a_star_tracker_takes_over_and_keeps_the_bias();
    test_a_filter_that_fits_nothing_is_lost();
    test_an_error_that_lasts_is_not_taken_for_knowledge();
    test_a_gyro_that_jumps_is_learnt_anew_by_directions();
}
