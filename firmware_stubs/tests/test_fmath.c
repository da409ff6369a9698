/* The project's functions against libm's in double, in units in the last place of the true value. */
#include <float.h>

#include "check.h"
#include "fmath.h"

static double ulps(float actual, double expected)
{
    int exponent;
    (void)frexp(expected, &exponent);
    const double unit = ldexp(1.0, exponent < -125 ? -149 : exponent - 24);
    return fabs((double)actual - expected) / unit;
}

static float largest_of(float a, double b)
{
    return (double)a > b ? a : (float)b;
}

/* Near a zero of the function far from 0, the argument's reduction is good to an absolute 1e-7, not to the last place. */
static void test_sine_and_cosine(void)
{
    struct random random = {3};
    float worst_near = 0.0f, worst_far = 0.0f;
    for (unsigned i = 0; i < 400000; i++) {
        const float near = (float)(((double)random_bits(&random) / 4294967296.0 - 0.5) * 2.0 * 0.78);
        const float far = (float)(((double)random_bits(&random) / 4294967296.0 - 0.5) * 200.0);
        worst_near = largest_of(worst_near, ulps(adcs_sin(near), sin((double)near)));
        worst_near = largest_of(worst_near, ulps(adcs_cos(near), cos((double)near)));
        worst_far = largest_of(worst_far, fabs((double)adcs_sin(far) - sin((double)far)));
        worst_far = largest_of(worst_far, fabs((double)adcs_cos(far) - cos((double)far)));
    }
    printf("fmath: sin, cos: %.2f ulp within pi/4, %.1e absolute within 100 rad\n", (double)worst_near,
           (double)worst_far);
    CHECK(worst_near <= 1.5f);
    CHECK(worst_far <= 1.2e-7f);
}

/* Of any size, as libm in double has them. */
static void test_angles_of_many_turns(void)
{
    struct random random = {6};
    float worst = 0.0f;
    for (unsigned i = 0; i < 400000; i++) {
        const double size = ldexp(1.0 + (double)random_bits(&random) / 4294967296.0, (int)random_below(&random, 126));
        const float angle = (float)(i % 2 == 0 ? size : -size);
        worst = largest_of(worst, fabs((double)adcs_sin(angle) - sin((double)angle)));
        worst = largest_of(worst, fabs((double)adcs_cos(angle) - cos((double)angle)));
    }
    worst = largest_of(worst, fabs((double)adcs_sin(FLT_MAX) - sin((double)FLT_MAX)));
    printf("fmath: sin, cos: %.1e absolute to the largest float\n", (double)worst);
    CHECK(worst <= 1.3e-7f);
}

static void test_arc_tangent(void)
{
    struct random random = {4};
    float worst = 0.0f;
    for (unsigned i = 0; i < 400000; i++) {
        const float scale = (float)ldexp(1.0, (int)random_below(&random, 40) - 20);
        const float y = scale * (float)random_normal(&random);
        const float x = (float)random_normal(&random);
        worst = largest_of(worst, ulps(adcs_atan2(y, x), atan2((double)y, (double)x)));
    }
    printf("fmath: atan2: %.2f ulp\n", (double)worst);
    CHECK(worst <= 4.0f);
}

static void test_special_arguments(void)
{
    CHECK(adcs_sin(0.0f) == 0.0f && adcs_cos(0.0f) == 1.0f);
    CHECK(adcs_sin(NAN) == 0.0f && adcs_cos(INFINITY) == 1.0f);
    CHECK(adcs_atan2(0.0f, 0.0f) == 0.0f && adcs_atan2(0.0f, 1.0f) == 0.0f);
    CHECK_NEAR(adcs_atan2(1.0f, 0.0f), 1.5707963267948966, 1e-7);
    CHECK_NEAR(adcs_atan2(-1.0f, 0.0f), -1.5707963267948966, 1e-7);
    CHECK_NEAR(adcs_atan2(0.0f, -1.0f), 3.141592653589793, 2e-7);
    CHECK(adcs_finite(FLT_MAX) && !adcs_finite(NAN) && !adcs_finite(-INFINITY));
    CHECK(adcs_clamp(2.0f, -1.0f, 1.0f) == 1.0f && adcs_clamp(-2.0f, -1.0f, 1.0f) == -1.0f);
}

void test_fmath(void)
{
    test_sine_and_cosine();
    test_angles_of_many_turns();
    test_arc_tangent();
    test_special_arguments();
}
