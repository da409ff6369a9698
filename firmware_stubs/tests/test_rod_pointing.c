/* Rods that point at the nadir: what disturbs is told apart, and the regulator holds a body that nothing else holds. */
#include <string.h>

#include "check.h"
#include "disturbances.h"
#include "rod_regulator.h"

#define ORBIT_RAD_S 1.1e-3f
#define RADIUS_M 6.9e6f
#define DT_S 10.0f

/* About what it is on a polar orbit, nadir axes, with the part across the orbit that makes roll and yaw one problem. */
static struct vec3 field_T(float t_s)
{
    const float angle = ORBIT_RAD_S * t_s;
    return v3(2.5e-5f * adcs_cos(angle), 6e-6f, 4.5e-5f * adcs_sin(angle));
}

static void test_dipole_and_air_are_told_apart_within_two_orbits(void)
{
    const struct vec3 dipole = v3(0.002f, -0.003f, 0.004f), air = v3(2e-9f, -1e-9f, 6e-9f);
    struct disturbances disturbances = {.told_Nm = {0.0f}};
    for (float t_s = 0.0f; t_s < 11400.0f; t_s += DT_S) {
        const float yaw = 0.5f * adcs_sin(2.3f * ORBIT_RAD_S * t_s);
        const struct vec3 ahead = v3(adcs_cos(yaw), adcs_sin(yaw), 0.0f);
        const struct vec3 torque = v3_add(v3_cross(dipole, field_T(t_s)), v3_cross(air, ahead));
        disturbances_learn(&disturbances, torque, field_T(t_s), ahead, DT_S);
    }
    CHECK_NEAR(v3_norm(v3_sub(disturbances.dipole_body_A_m2, dipole)), 0.0, 3e-5);
    CHECK_NEAR(v3_norm(v3_sub(disturbances.air_body_Nm, air)), 0.0, 5e-11);
    const struct disturbances before = disturbances;
    disturbances_learn(&disturbances, v3(NAN, 0.0f, 0.0f), field_T(0.0f), v3(1.0f, 0.0f, 0.0f), DT_S);
    CHECK(memcmp(&before, &disturbances, sizeof before) == 0);
}

static struct adcs_parameters slender(void)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    CHECK(adcs_parameters_set(&parameters, ADCS_INERTIA_XX_BODY_KG_M2, 0.0087f) == ADCS_SET_DONE);
    CHECK(adcs_parameters_set(&parameters, ADCS_INERTIA_YY_BODY_KG_M2, 0.0086f) == ADCS_SET_DONE);
    CHECK(adcs_parameters_set(&parameters, ADCS_INERTIA_ZZ_BODY_KG_M2, 0.0028f) == ADCS_SET_DONE);
    CHECK(adcs_parameters_set(&parameters, ADCS_ROD_POINTING_RAD_S, 2.5e-3f) == ADCS_SET_DONE);
    CHECK(adcs_parameters_set(&parameters, ADCS_EPOCH_DAY, 6255.0f) == ADCS_SET_DONE);
    return parameters;
}

/* Over the pole and back, about an Earth whose axes are those of ECI. */
static struct orbit polar(float t_s)
{
    const float angle = ORBIT_RAD_S * t_s, speed = ORBIT_RAD_S * RADIUS_M;
    return (struct orbit){
        .position_eci_m = v3_scale(RADIUS_M, v3(adcs_cos(angle), 0.0f, adcs_sin(angle))),
        .velocity_eci_m_s = v3_scale(speed, v3(-adcs_sin(angle), 0.0f, adcs_cos(angle))),
        .time = (adcs_ticks)(t_s * 16777216.0f),
        .known = true,
        .current = true,
    };
}

struct body {
    struct vec3 angle_rad, rate_rad_s; /* against the nadir's axes, in them */
};

/* The linear equations of a body about the nadir (Wertz, section 18.3), moments as in slender(). */
static void turn(struct body *body, struct vec3 torque_Nm)
{
    const float n = ORBIT_RAD_S, x = 0.0087f, y = 0.0086f, z = 0.0028f;
    const struct vec3 a = body->angle_rad, w = body->rate_rad_s;
    const struct vec3 change = v3(-4.0f * n * n * (y - z) / x * a.x + n * (1.0f - (y - z) / x) * w.z + torque_Nm.x / x,
                                  -3.0f * n * n * (x - z) / y * a.y + torque_Nm.y / y,
                                  -n * n * (y - x) / z * a.z - n * (1.0f - (y - x) / z) * w.x + torque_Nm.z / z);
    body->rate_rad_s = v3_add_scaled(w, DT_S, change);
    body->angle_rad = v3_add_scaled(a, DT_S, body->rate_rad_s);
}

/* Body and rods over so many seconds; the torque that stays is told to the regulator or not. Returns how far the axis that
 * looks down was off at most in the last orbit. */
static float worst_off(const struct adcs_parameters *parameters, struct vec3 staying_Nm, bool told, float until_s)
{
    const struct earth earth = {.known = true, .q_eci_from_ecef = QUAT_IDENTITY};
    struct rod_regulator regulator = {.nodes_left = 0};
    struct body body = {v3(0.3f, -0.2f, 0.4f), v3(0.0f, 0.0f, 0.0f)};
    float worst = 0.0f;
    for (float t_s = 0.0f; t_s < until_s; t_s += DT_S) {
        const struct orbit orbit = polar(t_s);
        const struct guidance guidance = guidance_nadir(&orbit);
        const struct quat q = earth_orientation(&earth, orbit.time);
        const struct vec3 field_eci = quat_apply(
            q, field_ecef_T(&parameters->field, quat_apply(quat_conjugate(q), orbit.position_eci_m)));
        const struct vec3 field = quat_apply(quat_conjugate(guidance.q_eci_from_target), field_eci);
        rod_regulator_step(&regulator, parameters, &orbit, &earth, DT_S);
        struct vec3 torque = staying_Nm;
        if (rod_regulator_ready(&regulator, orbit.time)) {
            const struct rod_state state = {QUAT_IDENTITY, v3_add(body.rate_rad_s, guidance.rate_target_rad_s),
                                            told ? staying_Nm : v3(0.0f, 0.0f, 0.0f)};
            struct rod_state turned = state;
            turned.target_from_body = quat_from_rotation_vector(body.angle_rad);
            turned.rate_body_rad_s = quat_apply(quat_conjugate(turned.target_from_body), state.rate_body_rad_s);
            turned.torque_body_Nm = quat_apply(quat_conjugate(turned.target_from_body), state.torque_body_Nm);
            const struct vec3 wanted = quat_apply(turned.target_from_body,
                                                  rod_regulator_torque(&regulator, parameters, &guidance, &turned));
            const float along = v3_dot(wanted, field) / v3_dot(field, field);
            torque = v3_add(torque, v3_add_scaled(wanted, -along, field));
        }
        turn(&body, torque);
        const float off = adcs_sqrt(body.angle_rad.x * body.angle_rad.x + body.angle_rad.y * body.angle_rad.y);
        worst = t_s > until_s - 5700.0f && !(off <= worst) ? off : worst;
    }
    return worst;
}

/* Undamped, 20 degrees would stay 20 degrees; a wrong sign of one term leaves thirty times as much as it does. */
static void test_a_body_comes_to_rest_at_the_nadir(void)
{
    const struct adcs_parameters parameters = slender();
    CHECK(worst_off(&parameters, v3(0.0f, 0.0f, 0.0f), false, 17100.0f) < 1e-5f);
}

/* 6 nN m about the orbit's normal are 17 degrees against the gravity gradient alone. */
static void test_a_torque_that_stays_is_made_up_for(void)
{
    const struct adcs_parameters parameters = slender();
    const struct vec3 staying_Nm = v3(0.0f, 6e-9f, 1e-9f);
    const float told = worst_off(&parameters, staying_Nm, true, 22800.0f);
    CHECK(told < 0.1f);
    CHECK(told < 0.6f * worst_off(&parameters, staying_Nm, false, 22800.0f));
}

static void test_without_an_orbit_there_are_no_gains(void)
{
    const struct adcs_parameters parameters = slender();
    const struct earth earth = {.known = true, .q_eci_from_ecef = QUAT_IDENTITY};
    struct rod_regulator regulator = {.nodes_left = 0};
    struct orbit orbit = polar(0.0f);
    orbit.current = false;
    for (int i = 0; i < 100; i++) {
        rod_regulator_step(&regulator, &parameters, &orbit, &earth, DT_S);
    }
    CHECK(!rod_regulator_ready(&regulator, orbit.time));
    orbit.current = true;
    for (int i = 0; i < 100; i++) {
        rod_regulator_step(&regulator, &parameters, &orbit, &earth, DT_S);
    }
    CHECK(rod_regulator_ready(&regulator, orbit.time));
    CHECK(!rod_regulator_ready(&regulator, orbit.time + 700u * ADCS_TICKS_PER_SECOND));
}

/* One node back of the Riccati equation, P and S by full matrices in double: F and B as its docstring has them, Q of the
 * two angles that tilt the axis as 1 and of that about it as 0.03. `b`: unit direction of the field, nadir axes. */
static void node_back(double p[6][6], double s[6][3], const double b[3])
{
    const double j[3] = {0.0087, 0.0086, 0.0028}, step = 2.0 * 3.14159265358979 / 285.0;
    const double quick = 2.5e-3 / (double)ORBIT_RAD_S, weight[6] = {1.0, 1.0, 0.03, 0.0, 0.0, 0.0};
    double f[6][6] = {{0.0}}, bb[6][6] = {{0.0}}, d[6][3] = {{0.0}}, dp[6][6], ds[6][3];
    f[0][3] = f[1][4] = f[2][5] = 1.0;
    f[3][0] = -4.0 * (j[1] - j[2]) / j[0];
    f[3][5] = 1.0 - (j[1] - j[2]) / j[0];
    f[4][1] = -3.0 * (j[0] - j[2]) / j[1];
    f[5][2] = -(j[1] - j[0]) / j[2];
    f[5][3] = -(1.0 - (j[1] - j[0]) / j[2]);
    for (int i = 0; i < 3; i++) {
        d[3 + i][i] = j[0] / j[i];
        for (int k = 0; k < 3; k++) {
            bb[3 + i][3 + k] = pow(quick, 4.0) * j[0] / j[i] * j[0] / j[k] * ((i == k) - b[i] * b[k]);
        }
    }
    for (int i = 0; i < 6; i++) {
        for (int k = 0; k < 6; k++) {
            dp[i][k] = i == k ? weight[i] : 0.0;
            for (int m = 0; m < 6; m++) {
                dp[i][k] += f[m][i] * p[m][k] + p[i][m] * f[m][k];
                for (int n = 0; n < 6; n++) {
                    dp[i][k] -= p[i][m] * bb[m][n] * p[n][k];
                }
            }
        }
        for (int k = 0; k < 3; k++) {
            ds[i][k] = 0.0;
            for (int m = 0; m < 6; m++) {
                ds[i][k] += f[m][i] * s[m][k] + p[i][m] * d[m][k];
                for (int n = 0; n < 6; n++) {
                    ds[i][k] -= p[i][m] * bb[m][n] * s[n][k];
                }
            }
        }
    }
    for (int i = 0; i < 6; i++) {
        for (int k = 0; k < 6; k++) {
            p[i][k] += step * dp[i][k];
        }
        for (int k = 0; k < 3; k++) {
            s[i][k] += step * ds[i][k];
        }
    }
}

static void test_the_costs_are_those_of_the_riccati_equation(void)
{
    const struct adcs_parameters parameters = slender();
    const struct earth earth = {.known = true, .q_eci_from_ecef = QUAT_IDENTITY};
    const struct orbit start = polar(0.0f);
    double p[6][6] = {{0.0}}, s[6][3] = {{0.0}};
    for (int node = 285; node > 0; node--) {
        const double angle = 2.0 * 3.14159265358979 / 285.0 * node;
        const struct orbit there = polar((float)(angle / (double)ORBIT_RAD_S));
        const struct quat q = earth_orientation(&earth, there.time);
        const struct vec3 field_eci = quat_apply(
            q, field_ecef_T(&parameters.field, quat_apply(quat_conjugate(q), there.position_eci_m)));
        const struct vec3 field = quat_apply(quat_conjugate(guidance_nadir(&there).q_eci_from_target), field_eci);
        const double size = (double)v3_norm(field);
        node_back(p, s, (const double[3]){(double)field.x / size, (double)field.y / size, (double)field.z / size});
    }
    struct rod_regulator regulator = {.nodes_left = 0};
    for (int i = 0; i < 3; i++) { /* a hundred nodes each, of which 285 are one orbit */
        rod_regulator_step(&regulator, &parameters, &start, &earth, DT_S);
    }
    double largest = 0.0;
    for (int i = 0; i < 36; i++) {
        largest = fmax(largest, fabs(p[i / 6][i % 6]));
    }
    CHECK(regulator.known && largest > 0.1);
    for (int i = 0; i < 6; i++) {
        for (int k = 0; k < 6; k++) {
            CHECK_NEAR(regulator.present.state[i][k], p[i][k], 1e-3 * largest);
        }
        for (int k = 0; k < 3; k++) {
            CHECK_NEAR(regulator.present.torque[i][k], s[i][k], 1e-3 * largest);
        }
    }
}

void test_rod_pointing(void)
{
    test_the_costs_are_those_of_the_riccati_equation();
    test_dipole_and_air_are_told_apart_within_two_orbits();
    test_a_body_comes_to_rest_at_the_nadir();
    test_a_torque_that_stays_is_made_up_for();
    test_without_an_orbit_there_are_no_gains();
}
