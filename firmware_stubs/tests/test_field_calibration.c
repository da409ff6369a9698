/* The magnetometer's errors, told apart by nothing but the field's strength. */
#include "adcs.h"
#include "check.h"
#include "field_calibration.h"
#include "magnetometry.h"

static const struct vec3 none = {0.0f, 0.0f, 0.0f};

static struct vec3 random_direction(struct random *random)
{
    const float x = (float)random_normal(random), y = (float)random_normal(random), z = (float)random_normal(random);
    return v3_scale(1.0f / v3_norm(v3(x, y, z)), v3(x, y, z));
}

/* A sensor that is wrong in every way that the filter knows of. */
struct sensor {
    struct mat3 stretch; /* measured + stretch measured - bias - rods = field */
    struct vec3 bias_body_T, rods_T_per_A_m2;
};

static const struct sensor wrong = {
    {{-0.006f, 0.002f, -0.004f}, {0.002f, 0.003f, 0.001f}, {-0.004f, 0.001f, 0.005f}},
    {4e-7f, -2.5e-7f, 3e-7f},
    {-6e-5f, -5.5e-5f, 1.2e-4f},
};

static struct vec3 along_axes(struct vec3 a, struct vec3 b)
{
    return v3(a.x * b.x, a.y * b.y, a.z * b.z);
}

static struct vec3 measure(const struct sensor *sensor, struct vec3 field_body_T, struct vec3 remanence_body_A_m2)
{
    const struct mat3 squeeze = m3_inverse(m3_add(m3_diagonal(1.0f), sensor->stretch));
    const struct vec3 rods = along_axes(sensor->rods_T_per_A_m2, remanence_body_A_m2);
    return m3_apply(squeeze, v3_add(field_body_T, v3_add(sensor->bias_body_T, rods)));
}

/* One sample in a body that turns, under a field that changes along the orbit, its rods as the last command left them. */
static void learn(struct field_calibration *calibration, struct random *random, int i)
{
    const float strength_T = 3e-5f + 1e-5f * (float)sin(0.01 * i);
    const struct vec3 field = v3_scale(strength_T, random_direction(random));
    const struct vec3 way = random_direction(random);
    const struct vec3 remanence =
        v3(way.x > 0.0f ? 2e-3f : -2e-3f, way.y > 0.0f ? 2e-3f : -2e-3f, way.z > 0.0f ? 2e-3f : -2e-3f);
    const struct vec3 noise = v3_scale(5e-8f * (float)random_normal(random), random_direction(random));
    (void)field_calibration_update(calibration, v3_add(measure(&wrong, field, remanence), noise), remanence, strength_T);
}

static void test_every_error_is_learnt_from_the_strength_alone(void)
{
    struct random random = {61};
    struct field_calibration calibration = {.started = false};
    for (int i = 0; i < 4000; i++) {
        learn(&calibration, &random, i);
    }
    CHECK_NEAR(v3_norm(v3_sub(calibration.bias_body_T, wrong.bias_body_T)), 0.0, 2e-8);
    CHECK_NEAR(calibration.stretch.x.x, wrong.stretch.x.x, 7e-4);
    CHECK_NEAR(calibration.stretch.y.z, wrong.stretch.y.z, 7e-4);
    CHECK_NEAR(calibration.stretch.z.x, wrong.stretch.z.x, 7e-4);
    CHECK_NEAR(calibration.rods_T_per_A_m2.z, wrong.rods_T_per_A_m2.z, 1e-5);
    CHECK_NEAR(calibration.rods_T_per_A_m2.x, wrong.rods_T_per_A_m2.x, 1e-5);
    const struct vec3 field = v3(2e-5f, -1e-5f, 3e-5f), remanence = v3(2e-3f, -2e-3f, -2e-3f);
    const struct vec3 found = field_calibration_apply(&calibration, measure(&wrong, field, remanence), remanence);
    CHECK_NEAR(v3_norm(v3_sub(found, field)), 0.0, 4e-8);
}

/* A body that stands: what the model is off there is not taken for the sensor's, however long it lasts. */
static void test_the_same_direction_teaches_once(void)
{
    struct random random = {62};
    struct field_calibration calibration = {.started = false};
    for (int i = 0; i < 1000; i++) {
        learn(&calibration, &random, i);
    }
    const struct vec3 field = v3(0.0f, 2.4e-5f, 1.8e-5f);
    field_calibration_update(&calibration, measure(&wrong, field, none), none, 3.02e-5f);
    const struct vec3 bias = calibration.bias_body_T;
    for (int i = 0; i < 10000; i++) {
        const struct vec3 wobbling = v3_add(field, v3(2e-6f * (float)sin(0.1 * i), 0.0f, 0.0f));
        field_calibration_update(&calibration, measure(&wrong, wobbling, none), none, 3.02e-5f);
    }
    CHECK(v3_norm(v3_sub(calibration.bias_body_T, bias)) == 0.0f);
}

static void test_no_field_teaches_nothing(void)
{
    struct field_calibration calibration = {.started = false};
    field_calibration_update(&calibration, none, none, 3e-5f);
    field_calibration_update(&calibration, v3(3e-5f, 0, 0), none, 0.0f);
    CHECK(v3_norm(calibration.bias_body_T) == 0.0f);
    CHECK(v3_norm(field_calibration_apply(&calibration, v3(3e-5f, 0, 0), none)) == 3e-5f);
}

/* Hard iron up to twice the field, and the sensor's other errors besides: doubted soon, found, and then refined. */
static void check_hard_iron(struct random *random, float size_T)
{
    struct sensor sensor = wrong;
    sensor.bias_body_T = v3_scale(size_T, random_direction(random));
    struct field_calibration calibration = {.started = false};
    unsigned doubted = 0, trusted = 0;
    for (int i = 0; i < 400; i++) {
        const float strength_T = 3.5e-5f + 1e-5f * (float)sin(0.01 * i);
        const struct vec3 field = v3_scale(strength_T, random_direction(random));
        const enum field_verdict verdict =
            field_calibration_update(&calibration, measure(&sensor, field, none), none, strength_T);
        doubted += verdict == FIELD_DOUBTED;
        trusted += verdict == FIELD_TRUSTED;
    }
    const struct vec3 field = v3(2e-5f, -1e-5f, 3e-5f);
    const struct vec3 found = field_calibration_apply(&calibration, measure(&sensor, field, none), none);
    CHECK(doubted >= 1 && trusted == doubted && !calibration.doubted);
    CHECK_NEAR(v3_norm(v3_sub(found, field)), 0.0, 3e-7);
}

static void test_hard_iron_larger_than_the_field_is_doubted_and_found(void)
{
    struct random random = {63};
    for (float size_T = 1e-5f; size_T < 1e-4f; size_T += 5e-6f) {
        check_hard_iron(&random, size_T);
    }
}

/* In doubt, a body that hardly turns teaches nothing, however long it lasts. */
static void test_doubt_stays_while_nothing_new_is_seen(void)
{
    struct field_calibration calibration = {.started = false};
    for (int i = 0; i < 10000; i++) {
        const struct vec3 measured = v3_add(v3(6e-5f, 0.0f, 0.0f), v3(0.0f, 1e-6f * (float)sin(0.1 * i), 0.0f));
        CHECK(field_calibration_update(&calibration, measured, none, 3e-5f) != FIELD_TRUSTED);
    }
    CHECK(calibration.doubted);
}

/* A field that is measured goes to the attitude with the model's; without a model, or without need, nothing does. */
static void test_the_models_field_is_asked_for_where_it_serves(void)
{
    static struct adcs adcs;
    for (unsigned i = 0; i < 16; i++) {
        const bool earth = i % 2u == 0, orbit = i / 2u % 2u == 0, attitude = i / 4u % 2u == 0, news = i / 8u == 0;
        adcs = (struct adcs){.earth = {earth, 1 << 24, {0.0f, 0.0f, 0.0f, 1.0f}}};
        adcs_parameters_init(&adcs.parameters);
        (void)adcs_parameters_set(&adcs.parameters, ADCS_EPOCH_DAY, 6255.0f);
        adcs.orbit = (struct orbit){.known = orbit, .current = orbit, .time = 1 << 24};
        adcs.orbit.position_eci_m = v3(6.9e6f, 0.0f, 0.0f);
        adcs.samples.magnetometer = true;
        adcs_parameters_date_field(&adcs.parameters, 1 << 24);
        const float size_T = v3_norm(field_ecef_T(&adcs.parameters.field, adcs.orbit.position_eci_m));
        adcs.samples.field_body_T = v3_scale(size_T / 3.0f, v3(2.0f, 1.0f, -2.0f));
        if (!news) { /* the same again, of the size that it should have */
            (void)field_calibration_update(&adcs.field_calibration, adcs.samples.field_body_T, none, size_T);
        }
        const struct vec3 field_eci_T = magnetometry_take(&adcs, 1 << 24, attitude);
        const bool wanted = earth && orbit && (attitude || news);
        CHECK(wanted ? v3_norm(field_eci_T) > 0.9f * size_T : v3_norm(field_eci_T) == 0.0f);
        CHECK(adcs.rods.field_known);
    }
    adcs.samples.magnetometer = false;
    adcs.orbit.current = adcs.earth.known = true;
    CHECK(v3_norm(magnetometry_take(&adcs, 1 << 24, true)) == 0.0f);
}

void test_field_calibration(void)
{
    test_the_models_field_is_asked_for_where_it_serves();
    test_every_error_is_learnt_from_the_strength_alone();
    test_the_same_direction_teaches_once();
    test_no_field_teaches_nothing();
    test_hard_iron_larger_than_the_field_is_doubted_and_found();
    test_doubt_stays_while_nothing_new_is_seen();
}
