/* Vectors, matrices and quaternions. */
#include "check.h"
#include "quat.h"

static void check_vector(struct vec3 actual, struct vec3 expected, double tolerance)
{
    CHECK_NEAR(actual.x, expected.x, tolerance);
    CHECK_NEAR(actual.y, expected.y, tolerance);
    CHECK_NEAR(actual.z, expected.z, tolerance);
}

static struct vec3 random_vector(struct random *random)
{
    const float x = (float)random_normal(random), y = (float)random_normal(random), z = (float)random_normal(random);
    return v3(x, y, z);
}

/* A body turned by +90 degrees about z carries its x axis to ECI's y: scalar last, v_eci = R(q) v_body. */
static void test_quarter_turn_about_z(void)
{
    const float h = 0.70710678f;
    const struct quat q_eci_from_body = {0.0f, 0.0f, h, h};
    check_vector(quat_apply(q_eci_from_body, v3(1, 0, 0)), v3(0, 1, 0), 1e-6);
    const struct quat made = quat_from_rotation_vector(v3(0, 0, 1.5707964f));
    check_vector(v3(made.x, made.y, made.z), v3(0, 0, h), 1e-6);
    check_vector(quat_rotation_vector(q_eci_from_body), v3(0, 0, 1.5707964f), 1e-6);
}

static void test_product_is_one_rotation_after_the_other(void)
{
    struct random random = {5};
    for (unsigned i = 0; i < 1000; i++) {
        const struct quat a_from_b = quat_from_rotation_vector(random_vector(&random));
        const struct quat b_from_c = quat_from_rotation_vector(random_vector(&random));
        const struct vec3 v = random_vector(&random);
        check_vector(quat_apply(quat_multiply(a_from_b, b_from_c), v), quat_apply(a_from_b, quat_apply(b_from_c, v)),
                     3e-6);
        check_vector(quat_apply(quat_conjugate(a_from_b), quat_apply(a_from_b, v)), v, 3e-6);
    }
}

/* Whole range of sizes, from far below a float's resolution of 1 to half a turn. */
static void test_rotation_vector_round_trip(void)
{
    struct random random = {6};
    for (unsigned i = 0; i < 5000; i++) {
        const float size = (float)pow(10.0, -9.0 + 9.49 * random_below(&random, 1000) / 1000.0);
        const struct vec3 v = random_vector(&random);
        const struct vec3 rotation = v3_scale(size / v3_norm(v), v);
        check_vector(quat_rotation_vector(quat_from_rotation_vector(rotation)), rotation, 1e-6 * (double)size);
    }
}

static void test_axes_give_back_the_rotation(void)
{
    struct random random = {7};
    for (unsigned i = 0; i < 5000; i++) {
        const struct quat q = quat_from_rotation_vector(v3_scale(2.0f, random_vector(&random)));
        const struct quat again =
            quat_from_axes(quat_apply(q, v3(1, 0, 0)), quat_apply(q, v3(0, 1, 0)), quat_apply(q, v3(0, 0, 1)));
        check_vector(quat_rotation_vector(quat_multiply(quat_conjugate(q), again)), v3(0, 0, 0), 3e-6);
    }
}

static void test_matrix_inverse(void)
{
    struct random random = {8};
    for (unsigned i = 0; i < 1000; i++) {
        const struct vec3 a = random_vector(&random);
        const struct mat3 m = m3_add(m3_diagonal(1.0f), m3_outer(a, a));
        const struct vec3 v = random_vector(&random);
        check_vector(m3_apply(m3_inverse(m), m3_apply(m, v)), v, 2e-5);
        check_vector(m3_apply(m3_times(m, m3_inverse(m)), v), v, 2e-5);
    }
}

void test_rotations(void)
{
    test_quarter_turn_about_z();
    test_product_is_one_rotation_after_the_other();
    test_rotation_vector_round_trip();
    test_axes_give_back_the_rotation();
    test_matrix_inverse();
}
