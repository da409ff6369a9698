/* Rods alone bring a spinning body's axis to a direction in space and keep it there, against a dipole of its own. */
#include "check.h"
#include "control.h"
#include "rods.h"
#include "wire.h"

#define STEP_S 0.25f
#define ORBIT_RAD_S 1.09e-3f

static const struct vec3 sun_eci = {0.8f, 0.6f, 0.0f};
static const struct vec3 own_dipole_A_m2 = {-0.004f, 0.005f, 0.006f};

struct bench {
    struct adcs_parameters parameters;
    struct rods rods;
    struct vec3 axis_body, rate_body_rad_s;
    struct quat q_eci_from_body;
    struct mat3 inertia, inverse;
    float time_s;
};

static void set(struct bench *bench, unsigned id, float value)
{
    CHECK(adcs_parameters_set(&bench->parameters, id, value) == ADCS_SET_DONE);
}

/* A 3U, long in z, that the flight software believes even, tumbling. */
static struct bench start(struct vec3 axis_body, struct quat q_eci_from_body)
{
    struct bench bench = {.axis_body = axis_body, .q_eci_from_body = q_eci_from_body};
    adcs_parameters_init(&bench.parameters);
    set(&bench, ADCS_INERTIA_XX_BODY_KG_M2, 0.0415f);
    set(&bench, ADCS_INERTIA_YY_BODY_KG_M2, 0.0415f);
    set(&bench, ADCS_INERTIA_ZZ_BODY_KG_M2, 0.0068f);
    bench.inertia = (struct mat3){v3(0.0423f, 2.5e-4f, -4e-4f), v3(2.5e-4f, 0.0418f, 3e-4f), v3(-4e-4f, 3e-4f, 0.0067f)};
    bench.inverse = m3_inverse(bench.inertia);
    bench.rate_body_rad_s = v3(0.02f, -0.03f, 0.01f);
    return bench;
}

/* A dipole's field along a polar orbit: 25 uT at the equator, twice that at the poles. */
static struct vec3 field_eci_T(float time_s)
{
    const struct vec3 r = v3(adcs_cos(ORBIT_RAD_S * time_s), 0.0f, adcs_sin(ORBIT_RAD_S * time_s));
    return v3_scale(2.5e-5f, v3_add_scaled(v3(0.0f, 0.0f, 1.0f), -3.0f * r.z, r));
}

static struct vec3 seen(const struct bench *bench, struct vec3 eci)
{
    return quat_apply(quat_conjugate(bench->q_eci_from_body), eci);
}

static struct vec3 acceleration(const struct bench *bench, struct vec3 rate, struct vec3 torque)
{
    return m3_apply(bench->inverse, v3_sub(torque, v3_cross(rate, m3_apply(bench->inertia, rate))));
}

/* Euler's equation by the midpoint. */
static void step(struct bench *bench)
{
    bench->rods.field_known = true;
    bench->rods.field_body_T = seen(bench, field_eci_T(bench->time_s));
    const struct vec3 torque =
        control_spin(&bench->parameters, bench->axis_body, seen(bench, sun_eci), bench->rate_body_rad_s);
    const struct vec3 dipole = rods_drive(&bench->rods, &bench->parameters, rods_torque(&bench->rods, torque), false);
    const struct vec3 given = v3_cross(v3_add(dipole, own_dipole_A_m2), bench->rods.field_body_T);
    const struct vec3 before = bench->rate_body_rad_s;
    const struct vec3 middle = v3_add_scaled(before, 0.5f * STEP_S, acceleration(bench, before, given));
    bench->rate_body_rad_s = v3_add_scaled(before, STEP_S, acceleration(bench, middle, given));
    bench->q_eci_from_body =
        quat_normalise(quat_multiply(bench->q_eci_from_body, quat_from_rotation_vector(v3_scale(STEP_S, middle))));
    bench->time_s += STEP_S;
}

static float off_rad(const struct bench *bench)
{
    const struct vec3 sun_body = seen(bench, sun_eci);
    return adcs_atan2(v3_norm(v3_cross(bench->axis_body, sun_body)), v3_dot(bench->axis_body, sun_body));
}

static float worst_after_orbits(struct bench *bench, float settled_s, float end_s)
{
    float worst = 0.0f;
    while (bench->time_s < end_s) {
        step(bench);
        const float off = bench->time_s > settled_s ? off_rad(bench) : 0.0f;
        worst = off > worst ? off : worst;
    }
    return worst;
}

static void test_the_axis_goes_to_the_sun_and_stays(void)
{
    struct bench bench = start(v3(0.0f, 0.0f, 1.0f), (struct quat){0.6f, 0.0f, 0.0f, 0.8f});
    CHECK(off_rad(&bench) > 2.0f);
    const float worst = worst_after_orbits(&bench, 14400.0f, 23000.0f);
    printf("spin: %.1f deg off the Sun at worst, %.3f rad/s\n", 57.3 * (double)worst, (double)bench.rate_body_rad_s.z);
    CHECK(worst < 0.21f);
    CHECK_NEAR(bench.rate_body_rad_s.z, 0.06, 0.01);
    CHECK(adcs_abs(bench.rate_body_rad_s.x) < 0.01f && adcs_abs(bench.rate_body_rad_s.y) < 0.01f);
}

/* Exactly the wrong way round there is no shortest way: the spin is taken up, and what disturbs does the rest. */
static void test_the_axis_comes_away_from_the_opposite(void)
{
    struct bench bench = start(v3(0.0f, 0.0f, 1.0f), quat_between(v3(0.0f, 0.0f, 1.0f), v3_scale(-1.0f, sun_eci)));
    bench.rate_body_rad_s = v3(0.0f, 0.0f, 0.0f);
    CHECK(off_rad(&bench) > 3.14f);
    CHECK(worst_after_orbits(&bench, 17300.0f, 23000.0f) < 0.21f);
}

/* For how many seconds mode sun_safe goes on when the gyro falls silent, with no dipole once that is told. */
static double seconds_without_gyro(const double rate_rad_s[3])
{
    static struct wire wire;
    wire_start(&wire);
    CHECK(wire_set_parameter(&wire, ADCS_WHEEL_COUNT, 0.0f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_parameter(&wire, ADCS_SUN_AXIS_Y_BODY, 0.0f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_parameter(&wire, ADCS_SUN_AXIS_Z_BODY, 1.0f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_mode(&wire, HIL_MODE_SUN_SAFE) == HIL_ACK_ACCEPTED);
    uint32_t step = 0;
    for (; step < 20000 && (step < 100 || wire.estimate.mode == HIL_MODE_SUN_SAFE); step++) {
        if (step < 100) {
            wire_gyro(&wire, 0, rate_rad_s);
        }
        const double field_T[3] = {2e-5, 1e-5, -2e-5 + 1e-8 * (step % 3)};
        wire_vector(&wire, HIL_APID_MAGNETOMETER, 0, field_T);
        wire_sync(&wire, step, 0.1 * step);
        CHECK(step < 200 || wire.estimate.mode != HIL_MODE_SUN_SAFE || !(fabsf(wire.command.dipole_body_A_m2[0]) > 0.0f));
    }
    CHECK(wire.estimate.mode == HIL_MODE_IDLE); /* and detumble when it is given up */
    return 0.1 * step - 10.0;
}

/* What spins keeps its axis for a while, which the rods would take from it; what turns otherwise is stopped. */
static void test_a_spin_goes_on_without_a_gyro_for_a_while(void)
{
    static const double spinning[3] = {0.005, -0.005, 0.055}, turning[3] = {0.04, 0.0, 0.02};
    CHECK_NEAR(seconds_without_gyro(spinning), 905.0, 2.0);
    CHECK(seconds_without_gyro(turning) < 6.0);
}

void test_spin(void)
{
    test_the_axis_goes_to_the_sun_and_stays();
    test_the_axis_comes_away_from_the_opposite();
    test_a_spin_goes_on_without_a_gyro_for_a_while();
}
