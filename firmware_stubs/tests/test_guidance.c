/* The nadir frame, its rate and its acceleration against differences of the double-precision orbit's. */
#include "check.h"
#include "guidance.h"
#include "reference.h"

static struct guidance guidance_of(const struct reference_orbit *reference)
{
    struct orbit orbit = {.known = false};
    const double *r = reference->position_eci_m;
    const double *v = reference->velocity_eci_m_s;
    CHECK(orbit_set(&orbit, 0, v3((float)r[0], (float)r[1], (float)r[2]), v3((float)v[0], (float)v[1], (float)v[2])));
    return guidance_nadir(&orbit);
}

static void test_frame_and_rate_along_the_orbit(void)
{
    struct reference_orbit reference = reference_orbit_start();
    reference.velocity_eci_m_s[0] = 40.0; /* not quite circular */
    for (int i = 0; i < 60; i++) {
        const struct guidance guidance = guidance_of(&reference);
        double expected[4], off_rad[3], rate[3];
        const struct quat q = guidance.q_eci_from_target;
        reference_lvlh(&reference, expected);
        reference_difference((const double[4]){(double)q.x, (double)q.y, (double)q.z, (double)q.w}, expected, off_rad);
        reference_lvlh_rate(&reference, rate);
        for (int axis = 0; axis < 3; axis++) {
            CHECK_NEAR(off_rad[axis], 0.0, 5e-7); /* 0.1 arcsec */
        }
        CHECK_NEAR(guidance.rate_target_rad_s.x, rate[0], 2e-9);
        CHECK_NEAR(guidance.rate_target_rad_s.y, rate[1], 2e-9);
        CHECK_NEAR(guidance.rate_target_rad_s.z, rate[2], 2e-9);
        reference_orbit_advance(&reference, 97.0);
    }
}

static void test_acceleration_is_the_change_of_the_rate(void)
{
    struct reference_orbit before = reference_orbit_start();
    before.velocity_eci_m_s[0] = 200.0;
    struct reference_orbit middle = before, after = before;
    double rate_before[3], rate_after[3];
    reference_orbit_advance(&middle, 30.0);
    reference_orbit_advance(&after, 60.0);
    reference_lvlh_rate(&before, rate_before);
    reference_lvlh_rate(&after, rate_after);
    const struct guidance guidance = guidance_of(&middle);
    CHECK_NEAR(guidance.acceleration_target_rad_s2.y, (rate_after[1] - rate_before[1]) / 60.0, 1e-10);
    CHECK(guidance.acceleration_target_rad_s2.x == 0.0f && guidance.acceleration_target_rad_s2.z == 0.0f);
    CHECK_NEAR(guidance.acceleration_target_rad_s2.z, (rate_after[2] - rate_before[2]) / 60.0, 1e-8);
}

void test_guidance(void)
{
    test_frame_and_rate_along_the_orbit();
    test_acceleration_is_the_change_of_the_rate();
}
