/* The filter alone, on data of which everything is known. */
#include "check.h"
#include "mekf.h"
#include "synthetic.h"

static const struct gyro_noise noise = {4.4e-5f, 1e-7f, 0.0f};
static const float sigma_rad = 4.85e-5f;

static struct mat3 covariance(void)
{
    return m3_diagonal(sigma_rad * sigma_rad);
}

/* Star tracker at every second gyro sample, in step. Returns the mean squared error, relative to the filter's own idea of
 * it (3 if it is honest), over the last half. */
static double run(struct synthetic *synthetic, struct mekf *filter, unsigned steps)
{
    double sum = 0.0;
    mekf_init(filter, synthetic_star_tracker(synthetic, 0.0).q_eci_from_body, covariance(), 3e-4f);
    for (unsigned k = 1; k <= steps; k++) {
        mekf_propagate(filter, synthetic_gyro(synthetic), 0.1f, &noise);
        if (k % 2 == 0) {
            (void)mekf_update(filter, synthetic_star_tracker(synthetic, 0.1 * k).q_eci_from_body, covariance(), 100.0f);
        }
        if (k > steps / 2) {
            const double error = synthetic_error(synthetic, 0.1 * k, filter->q_eci_from_body);
            sum += error * error / (double)filter->attitude_rad2.x.x;
        }
    }
    return sum / (steps / 2);
}

static void test_converges_to_what_its_covariance_says(void)
{
    struct synthetic synthetic = synthetic_start(11);
    struct mekf filter;
    const double normalised = run(&synthetic, &filter, 6000);
    printf("mekf: normalised squared error %.2f of 3, attitude sigma %.1f arcsec\n", normalised,
           206265.0 * sqrt((double)filter.attitude_rad2.x.x));
    CHECK(normalised > 2.4 && normalised < 3.6);
    CHECK_NEAR(filter.gyro_bias_body_rad_s.x, synthetic.gyro_bias_rad_s[0], 1.2e-5);
    CHECK_NEAR(filter.gyro_bias_body_rad_s.y, synthetic.gyro_bias_rad_s[1], 1.2e-5);
    CHECK_NEAR(filter.gyro_bias_body_rad_s.z, synthetic.gyro_bias_rad_s[2], 1.2e-5);
}

/* Farrenkopf's steady state (Markley and Crassidis, section 6.3), bias known: the positive root of a quadratic. */
static void test_steady_covariance_is_farrenkopfs(void)
{
    struct synthetic synthetic = synthetic_start(12);
    struct mekf filter;
    (void)run(&synthetic, &filter, 20000);
    const double q = 0.2 * 4.4e-5 * 4.4e-5, r = (double)sigma_rad * (double)sigma_rad;
    const double before = 0.5 * (q + sqrt(q * q + 4.0 * q * r));
    const double after = before * r / (before + r);
    CHECK_NEAR(filter.attitude_rad2.y.y, after, 0.05 * after);
    CHECK_NEAR(filter.attitude_rad2.x.y, 0.0, 1e-3 * after);
}

static void test_covariance_stays_positive_and_symmetric(void)
{
    struct synthetic synthetic = synthetic_start(13);
    struct mekf filter;
    (void)run(&synthetic, &filter, 50000);
    const struct mat3 p = filter.attitude_rad2, b = filter.bias_rad2_s2;
    CHECK(p.x.x > 0.0f && p.x.x * p.y.y > p.x.y * p.x.y && m3_determinant(p) > 0.0f);
    CHECK(b.x.x > 0.0f && b.y.y > 0.0f && b.z.z > 0.0f);
    CHECK(p.x.y == p.y.x && p.x.z == p.z.x && p.y.z == p.z.y);
    CHECK(filter.attitude_bias.x.x * filter.attitude_bias.x.x < p.x.x * b.x.x);
}

static void test_the_gate_keeps_outliers_out(void)
{
    struct synthetic synthetic = synthetic_start(14);
    struct mekf filter;
    (void)run(&synthetic, &filter, 1000);
    const struct mekf before = filter;
    const struct quat off = quat_multiply(filter.q_eci_from_body, quat_from_rotation_vector(v3(0.0f, 1e-3f, 0.0f)));
    CHECK(mekf_update(&filter, off, covariance(), 30.0f) > 30.0f);
    CHECK(filter.q_eci_from_body.x == before.q_eci_from_body.x);
    CHECK(filter.attitude_rad2.x.x == before.attitude_rad2.x.x);
}

/* Without measurements, from a state that is known, and of a body at rest: the exact covariance at any time, whatever the
 * steps (Farrenkopf 1978; Crassidis and Junkins, section 7.2.1). Turning, a scale that is wrong adds as white noise would
 * that has turned it as far after half a minute. */
static void test_what_is_not_measured_is_known_ever_less(void)
{
    const struct gyro_noise drifting = {4e-5f, 1e-5f, 0.0f}, scaled = {0.0f, 0.0f, 1e-3f};
    struct mekf filter;
    mekf_init(&filter, QUAT_IDENTITY, m3_diagonal(0.0f), 0.0f);
    for (int i = 0; i < 40; i++) {
        mekf_propagate(&filter, v3(0.0f, 0.0f, 0.0f), 0.5f, &drifting);
    }
    const double t_s = 20.0, white = 4e-5 * 4e-5, drift = 1e-5 * 1e-5;
    CHECK_NEAR(filter.attitude_rad2.x.x, white * t_s + drift * t_s * t_s * t_s / 3.0, 1e-4 * drift * t_s * t_s * t_s);
    CHECK_NEAR(filter.attitude_bias.y.y, -0.5 * drift * t_s * t_s, 1e-4 * drift * t_s * t_s);
    CHECK_NEAR(filter.bias_rad2_s2.z.z, drift * t_s, 1e-4 * drift * t_s);
    mekf_init(&filter, QUAT_IDENTITY, m3_diagonal(0.0f), 0.0f);
    for (int i = 0; i < 40; i++) {
        mekf_propagate(&filter, v3(0.01f, -0.02f, 0.02f), 0.5f, &scaled);
    }
    const double expected = 1e-3 * 1e-3 * 30.0 * 0.03 * 0.03 * t_s;
    CHECK_NEAR(filter.attitude_rad2.x.x, expected, 1e-3 * expected);
    CHECK_NEAR(filter.attitude_rad2.z.z, expected, 1e-3 * expected);
}

void test_mekf(void)
{
    test_what_is_not_measured_is_known_ever_less();
    test_converges_to_what_its_covariance_says();
    test_steady_covariance_is_farrenkopfs();
    test_covariance_stays_positive_and_symmetric();
    test_the_gate_keeps_outliers_out();
}
