/* On-times of valves: against every possible choice of open ones, tried one by one in double. */
#include <string.h>

#include "check.h"
#include "thrusters.h"
#include "valves.h"

struct case_ {
    int count;
    double torque[ADCS_THRUSTERS_MAX][3], impulse[3];
};

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* m x = b by Cramer's rule, m symmetric. Returns how far m is from having no inverse: 1 for a multiple of the identity. */
static double solve(double m[3][3], const double b[3], double x[3])
{
    double yz[3], zx[3], xy[3];
    cross(m[1], m[2], yz);
    cross(m[2], m[0], zx);
    cross(m[0], m[1], xy);
    const double determinant = dot(m[0], yz);
    for (int i = 0; i < 3; i++) {
        x[i] = (b[0] * yz[i] + b[1] * zx[i] + b[2] * xy[i]) / determinant;
    }
    return fabs(determinant) / pow((m[0][0] + m[1][1] + m[2][2]) / 3.0, 3.0);
}

/* The least squares of on-times with just these valves open are optimal when all of them are positive and no shut valve
 * would like to open (Karush, Kuhn and Tucker). Returns 0 when they are not, else how well their torques span all axes. */
static double optimal_with(const struct case_ *c, unsigned open, double on_time[ADCS_THRUSTERS_MAX])
{
    double slope[3][3] = {{0}}, multiplier[3];
    for (int i = 0; i < c->count; i++) {
        for (int j = 0; j < 3 && (open >> i & 1u) != 0; j++) {
            for (int k = 0; k < 3; k++) {
                slope[j][k] += c->torque[i][j] * c->torque[i][k];
            }
        }
    }
    const double span = solve(slope, c->impulse, multiplier);
    for (int i = 0; i < c->count; i++) {
        on_time[i] = (open >> i & 1u) != 0 ? dot(c->torque[i], multiplier) : 0.0;
        if (on_time[i] < 0.0 || ((open >> i & 1u) == 0 && dot(c->torque[i], multiplier) > 0.0)) {
            return 0.0;
        }
    }
    return span > 1e-9 ? span : 0.0;
}

static double find_optimal(const struct case_ *c, double on_time[ADCS_THRUSTERS_MAX])
{
    for (unsigned open = 1; open < 1u << c->count; open++) {
        const double span = optimal_with(c, open, on_time);
        if (span > 0.0) {
            return span;
        }
    }
    return 0.0;
}

static struct adcs_parameters parameters_of(const struct case_ *c, double scale)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    CHECK(adcs_parameters_set(&parameters, ADCS_THRUSTER_COUNT, (float)c->count) == ADCS_SET_DONE);
    for (unsigned i = 0; i < 3u * (unsigned)c->count; i++) {
        const float torque = (float)(scale * c->torque[i / 3][i % 3]);
        CHECK(adcs_parameters_set(&parameters, ADCS_THRUSTER0_TORQUE_X_BODY_NM + i, torque) == ADCS_SET_DONE);
    }
    return parameters;
}

static struct case_ random_case(struct random *random)
{
    struct case_ c = {.count = 1 + (int)random_below(random, ADCS_THRUSTERS_MAX)};
    for (int i = 0; i < c.count; i++) {
        for (int k = 0; k < 3; k++) {
            c.torque[i][k] = random_normal(random);
            c.impulse[k] = random_normal(random);
        }
    }
    return c;
}

static void check_case(const struct case_ *c, double scale, unsigned *possible, unsigned *impossible)
{
    const struct adcs_parameters parameters = parameters_of(c, scale);
    const struct vec3 impulse = v3((float)c->impulse[0], (float)c->impulse[1], (float)c->impulse[2]);
    double expected[ADCS_THRUSTERS_MAX];
    float found[ADCS_THRUSTERS_MAX];
    const double span = find_optimal(c, expected);
    if (span > 0.0 && span < 0.03) {
        return; /* thrusters nearly in one plane */
    }
    const bool given = valves_open(&parameters, v3_scale((float)scale, impulse), found);
    const struct vec3 made = v3_scale(1.0f / (float)scale, thrusters_impulse(&parameters, found));
    CHECK(given || span == 0.0);
    CHECK(v3_norm(v3_sub(made, given ? impulse : v3(0.0f, 0.0f, 0.0f))) <= 1.1e-3f * v3_norm(impulse));
    double largest = 0.0;
    for (int k = 0; k < c->count && span > 0.0; k++) {
        largest = fmax(largest, expected[k]);
    }
    for (int k = 0; k < c->count; k++) {
        CHECK(found[k] >= 0.0f);
        CHECK(span == 0.0 || fabs((double)found[k] - expected[k]) < 0.02 * largest);
    }
    *possible += span > 0.0;
    *impossible += !given;
}

/* Torques from 0.1 N m to those of ten micronewtons on a metre: units must not matter. */
static void test_on_times_are_the_best_there_are(void)
{
    struct random random = {7};
    unsigned possible = 0, impossible = 0;
    for (unsigned i = 0; i < 20000; i++) {
        const struct case_ c = random_case(&random);
        check_case(&c, pow(10.0, -1.0 - random_below(&random, 5)), &possible, &impossible);
    }
    CHECK(possible > 6000 && impossible > 9000);
}

/* Two of four push the same way: each takes half, so that their forces cancel and not only their torques add. */
static void test_thrusters_of_like_torque_share_it(void)
{
    const struct case_ c = {
        8, {{1, 0, 0}, {1, 0, 0}, {-1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}, {0}};
    const struct adcs_parameters parameters = parameters_of(&c, 0.005);
    float on_time_s[ADCS_THRUSTERS_MAX];
    CHECK(valves_open(&parameters, v3(-1e-4f, 2e-4f, 0.0f), on_time_s));
    static const double expected[ADCS_THRUSTERS_MAX] = {0, 0, 0.01, 0.01, 0.04, 0, 0, 0};
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        CHECK_NEAR(on_time_s[i], expected[i], 1e-4);
    }
}

static void test_without_thrusters_or_without_a_wish_nothing_opens(void)
{
    const struct case_ c = {3, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {0}};
    const struct case_ none = {0, {{0}}, {0}};
    const struct adcs_parameters three = parameters_of(&c, 0.01), zero = parameters_of(&none, 1.0);
    const struct vec3 impulses[] = {v3(0.0f, 0.0f, 0.0f), v3(-1e-3f, 0.0f, 0.0f), v3(NAN, 0.0f, 0.0f)};
    for (int i = 0; i < 3; i++) {
        float on_time_s[ADCS_THRUSTERS_MAX] = {9.0f};
        CHECK(!valves_open(&three, impulses[i], on_time_s) && on_time_s[0] == 0.0f);
        on_time_s[0] = 9.0f;
        CHECK(!valves_open(&zero, impulses[i], on_time_s) && on_time_s[0] == 0.0f);
    }
}

void test_valves(void)
{
    test_on_times_are_the_best_there_are();
    test_thrusters_of_like_torque_share_it();
    test_without_thrusters_or_without_a_wish_nothing_opens();
}
