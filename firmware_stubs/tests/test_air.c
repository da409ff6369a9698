/* How far the air raises what is seen through it, against the integral along the light's way. */
#include "check.h"
#include "guidance.h"

/* Air that thins by e over 8 435 m, the light's height over the ground l cos z + l^2 sin^2 z / 2R: the mean of u over the
 * density met there, by Simpson's rule in double. At 3 degrees of elevation and less the height grows with l^2 alone. */
static double raised_m(double cosine, double lift_m)
{
    const double y = 8.435e3 / 6.3711e6 * (1.0 / (cosine * cosine) - 1.0), step = 1e-3;
    double sum = 0.0;
    for (int i = 0; i <= 50000; i++) {
        const double u = i * step;
        sum += (i % 2 == 0 ? 2.0 : 4.0) * u * exp(-u - 0.5 * y * u * u);
    }
    return lift_m / (cosine * cosine) * sum * step / 3.0;
}

static void test_the_air_raises_less_where_the_earth_curves_away(void)
{
    static const double cosines[] = {1.0, 0.5, 0.2, 0.1}, within[] = {1e-5, 2e-5, 2e-4, 5e-3};
    for (unsigned i = 0; i < 4; i++) {
        const double sine = sqrt(1.0 - cosines[i] * cosines[i]), expected = raised_m(cosines[i], 2.34);
        const struct vec3 from_target_m = v3((float)(7e5 * cosines[i]), (float)(7e5 * sine), 0.0f);
        CHECK_NEAR(guidance_raised_m(from_target_m, v3(1.0f, 0.0f, 0.0f), 2.34f), expected, within[i] * expected);
    }
    const float lowest_m = guidance_raised_m(v3(5e4f, 9.987e5f, 0.0f), v3(1.0f, 0.0f, 0.0f), 2.34f);
    CHECK_NEAR(lowest_m, raised_m(0.05, 2.34), 0.055 * raised_m(0.05, 2.34)); /* the series' end, 2.9 degrees high */
    CHECK_NEAR(guidance_raised_m(v3(-1e5f, 1e6f, 0.0f), v3(1.0f, 0.0f, 0.0f), 2.34f), lowest_m, 2e-3f * lowest_m);
}

void test_air(void)
{
    test_the_air_raises_less_where_the_earth_curves_away();
}
