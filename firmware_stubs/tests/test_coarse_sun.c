/* Six diodes: the direction, and what each of them shows too much. */
#include "check.h"
#include "coarse_sun.h"

static const struct vec3 tilted = {0.48f, -0.6f, 0.64f};

static void read_diodes(struct vec3 light, const double gain[6], uint16_t adc[6])
{
    const double along[3] = {(double)light.x, (double)light.y, (double)light.z};
    for (int i = 0; i < 6; i++) {
        const double seen = i % 2 == 0 ? along[i / 2] : -along[i / 2];
        adc[i] = (uint16_t)llround(20.0 + (seen > 0.0 ? 3500.0 * gain[i] * seen : 0.0));
    }
}

static struct adcs_parameters defaults(void)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    return parameters;
}

static void test_the_suns_direction_comes_from_the_differences(void)
{
    static const double equal[6] = {1, 1, 1, 1, 1, 1};
    const struct adcs_parameters parameters = defaults();
    struct diode_gains gains;
    uint16_t adc[6];
    diode_gains_init(&gains);
    read_diodes(tilted, equal, adc);
    const struct vec3 sun = coarse_sun_direction(&parameters, coarse_sun_light(&parameters, &gains, adc));
    CHECK_NEAR(v3_norm(v3_sub(sun, tilted)), 0.0, 5e-4);
    read_diodes(v3_scale(0.2f, tilted), equal, adc); /* what the Earth alone may give */
    CHECK(v3_norm(coarse_sun_direction(&parameters, coarse_sun_light(&parameters, &gains, adc))) == 0.0f);
}

/* The body tumbles in light of known strength: each diode is told from the others. */
static void test_gains_are_learnt_from_the_strength_alone(void)
{
    static const double gain[6] = {1.03, 0.96, 1.01, 0.98, 0.95, 1.04};
    const struct adcs_parameters parameters = defaults();
    struct random random = {81};
    struct diode_gains gains;
    diode_gains_init(&gains);
    for (int i = 0; i < 20000; i++) {
        uint16_t adc[6];
        const float x = (float)random_normal(&random), y = (float)random_normal(&random), z = (float)random_normal(&random);
        const struct vec3 direction = v3_scale(1.0f / v3_norm(v3(x, y, z)), v3(x, y, z));
        const float strength = 1.0f - 0.2f * (float)sin(0.01 * i);
        read_diodes(v3_scale(strength, direction), gain, adc);
        diode_gains_update(&gains, coarse_sun_light(&parameters, &gains, adc), (struct diode_light){strength, 0.0f});
    }
    for (int i = 0; i < 6; i++) {
        CHECK_NEAR(gains.gain[i], gain[i], 2e-3);
    }
}

/* The Earth's light is on both diodes of a pair: each by its own gain, their difference is still that of the two. */
static void test_light_on_both_sides_is_told_apart_by_both_gains(void)
{
    const struct adcs_parameters parameters = defaults();
    struct diode_gains gains;
    diode_gains_init(&gains);
    gains.gain[0] = 1.1f;
    gains.gain[1] = 0.9f;
    const uint16_t adc[6] = {2310, 630, 20, 20, 20, 20}; /* 0.6 and 0.2 of 3500 */
    CHECK_NEAR(coarse_sun_light(&parameters, &gains, adc).x, 0.4, 1e-6);
}

/* Day after day of an orbit on a body that turns: the Earth is brighter than was believed, and the diodes differ. */
static void test_the_albedo_is_learnt_beside_the_gains(void)
{
    static const double gain[6] = {1.03, 0.96, 1.01, 0.98, 0.95, 1.04};
    const struct adcs_parameters parameters = defaults();
    const float albedo = 0.4f, believed = 0.3f;
    struct random random = {82};
    struct diode_gains gains;
    diode_gains_init(&gains);
    for (int i = 0; i < 30000; i++) {
        uint16_t adc[6];
        const float x = (float)random_normal(&random), y = (float)random_normal(&random), z = (float)random_normal(&random);
        const float height = (float)fabs(sin(0.001 * i)), known = believed + gains.albedo_change;
        read_diodes(v3_scale((1.0f - 0.85f * albedo * height) / v3_norm(v3(x, y, z)), v3(x, y, z)), gain, adc);
        diode_gains_update(&gains, coarse_sun_light(&parameters, &gains, adc),
                           (struct diode_light){1.0f - 0.85f * known * height, -0.85f * height});
    }
    CHECK_NEAR(believed + gains.albedo_change, albedo, 0.01);
    for (int i = 0; i < 6; i++) {
        CHECK_NEAR(gains.gain[i], gain[i], 4e-3);
    }
}

static void test_a_shadows_edge_teaches_nothing(void)
{
    struct diode_gains gains;
    diode_gains_init(&gains);
    diode_gains_update(&gains, v3_scale(0.6f, tilted), (struct diode_light){1.0f, 0.0f});
    diode_gains_update(&gains, v3(NAN, 0.0f, 0.0f), (struct diode_light){1.0f, 0.0f});
    diode_gains_update(&gains, v3(0.0f, 0.0f, 0.0f), (struct diode_light){0.1f, 0.0f});
    for (int i = 0; i < 6; i++) {
        CHECK(gains.gain[i] == 1.0f);
    }
}

void test_coarse_sun(void)
{
    test_the_suns_direction_comes_from_the_differences();
    test_gains_are_learnt_from_the_strength_alone();
    test_light_on_both_sides_is_told_apart_by_both_gains();
    test_the_albedo_is_learnt_beside_the_gains();
    test_a_shadows_edge_teaches_nothing();
}
