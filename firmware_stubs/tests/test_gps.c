/* Orbit determination from GPS fixes: convergence, outage, outliers, restart. */
#include "check.h"
#include "orbit_filter.h"
#include "reference.h"

static const struct earth earth = {true, 0, {0.0f, 0.0f, 0.38268343f, 0.92387953f}};

struct scene {
    struct random random;
    struct reference_orbit truth;
    struct orbit orbit;
    struct orbit_filter filter;
    struct adcs_parameters parameters;
    struct adcs_events events;
    double time_s;
};

static adcs_ticks at(double time_s)
{
    return (adcs_ticks)llround(time_s * 16777216.0);
}

static struct scene start(double off_m)
{
    struct scene scene = {.random = {5}, .truth = reference_orbit_start()};
    const double *r = scene.truth.position_eci_m, *v = scene.truth.velocity_eci_m_s;
    adcs_parameters_init(&scene.parameters);
    if (off_m < 1e6) {
        CHECK(orbit_set(&scene.orbit, 0, v3((float)(r[0] + off_m), (float)r[1], (float)r[2]),
                        v3((float)v[0], (float)v[1], (float)v[2])));
        orbit_filter_uplinked(&scene.filter);
    }
    return scene;
}

static struct vec3 single(const double a[3])
{
    return v3((float)a[0], (float)a[1], (float)a[2]);
}

static struct vec3 noise(struct scene *scene, double sigma)
{
    const double x = random_normal(&scene->random), y = random_normal(&scene->random), z = random_normal(&scene->random);
    return v3((float)(sigma * x), (float)(sigma * y), (float)(sigma * z));
}

/* What the receiver tells of the truth as it was age_s ago, `off` added. */
static struct orbit_fix fix_of(struct scene *scene, double age_s, struct vec3 off_m)
{
    struct reference_orbit then = scene->truth;
    reference_orbit_advance(&then, -age_s);
    const adcs_ticks time = at(scene->time_s - age_s);
    const struct quat ecef_from_eci = quat_conjugate(earth_orientation(&earth, time));
    const struct vec3 r = v3_add(quat_apply(ecef_from_eci, single(then.position_eci_m)), noise(scene, 3.0));
    const struct vec3 spin = v3(0.0f, 0.0f, EARTH_SPIN_RAD_S);
    const struct vec3 v = v3_sub(quat_apply(ecef_from_eci, single(then.velocity_eci_m_s)), v3_cross(spin, r));
    return (struct orbit_fix){time, v3_add(r, off_m), v3_add(v, noise(scene, 0.05))};
}

static void advance(struct scene *scene, double dt_s)
{
    scene->time_s += dt_s;
    reference_orbit_advance(&scene->truth, dt_s);
    orbit_propagate(&scene->orbit, at(scene->time_s));
    scene->orbit.time = at(scene->time_s);
    orbit_filter_predict(&scene->filter, &scene->parameters, (float)dt_s);
}

static void second_with_fix(struct scene *scene, struct vec3 off_m)
{
    advance(scene, 1.0);
    const struct orbit_fix fix = fix_of(scene, 0.1, off_m);
    orbit_filter_update(&scene->filter, &scene->orbit, &scene->parameters, &earth, &fix, &scene->events);
}

static double error_m(const struct scene *scene)
{
    const struct vec3 r = v3_add(v3_sub(scene->orbit.position_eci_m, single(scene->truth.position_eci_m)),
                                 scene->orbit.position_low_m);
    return (double)v3_norm(r);
}

static void seconds_with_fixes(struct scene *scene, int n)
{
    for (int i = 0; i < n; i++) {
        second_with_fix(scene, v3(0, 0, 0));
    }
}

static void test_an_uplinked_orbit_converges_and_coasts_through_an_outage(void)
{
    struct scene scene = start(800.0);
    seconds_with_fixes(&scene, 120);
    printf("gps: %.1f m after two minutes", error_m(&scene));
    CHECK(error_m(&scene) < 5.0 && scene.events.count == 0);
    for (int i = 0; i < 600; i++) {
        advance(&scene, 1.0);
    }
    printf(", %.1f m after ten more without\n", error_m(&scene));
    CHECK(error_m(&scene) < 50.0);
    seconds_with_fixes(&scene, 60);
    CHECK(error_m(&scene) < 5.0 && scene.events.count == 0);
}

static void test_an_outlier_is_refused(void)
{
    struct scene scene = start(0.0);
    seconds_with_fixes(&scene, 60);
    second_with_fix(&scene, v3(3e4f, 0, 0));
    CHECK(scene.events.count == 1 && scene.events.code[0] == ADCS_EVENT_GPS_OUTLIER);
    CHECK(error_m(&scene) < 5.0);
}

/* Its position is as good as ever, and must not be used either. */
static void test_a_fix_with_a_wild_velocity_is_refused(void)
{
    struct scene scene = start(0.0);
    seconds_with_fixes(&scene, 60);
    advance(&scene, 1.0);
    struct orbit_fix fix = fix_of(&scene, 0.0, v3(0, 0, 0)); /* no age, through which it would spoil the position */
    const struct vec3 before = scene.orbit.velocity_eci_m_s;
    fix.velocity_ecef_m_s = v3_add(fix.velocity_ecef_m_s, v3(0.0f, 300.0f, 0.0f));
    orbit_filter_update(&scene.filter, &scene.orbit, &scene.parameters, &earth, &fix, &scene.events);
    CHECK(scene.events.count == 1 && scene.events.code[0] == ADCS_EVENT_GPS_VELOCITY_OUTLIER);
    CHECK_NEAR(scene.events.value[0], 300.0, 1.0);
    CHECK(v3_norm(v3_sub(scene.orbit.velocity_eci_m_s, before)) == 0.0f);
    for (int i = 0; i < 60; i++) {
        advance(&scene, 1.0);
    }
    printf("gps: %.1f m a minute after a fix with 300 m/s too much\n", error_m(&scene));
    CHECK(error_m(&scene) < 20.0);
}

/* The fixes agree with each other and not with the orbit: the orbit was wrong. */
static void test_many_outliers_in_a_row_restart_the_orbit(void)
{
    struct scene scene = start(3e4);
    seconds_with_fixes(&scene, 5);
    CHECK(scene.events.count == 2 && scene.events.code[1] == ADCS_EVENT_ORBIT_FROM_GPS);
    seconds_with_fixes(&scene, 60);
    CHECK(error_m(&scene) < 5.0);
}

static void test_without_an_uplink_the_first_fix_is_the_orbit(void)
{
    struct scene scene = start(1e9);
    seconds_with_fixes(&scene, 60);
    CHECK(scene.orbit.known && error_m(&scene) < 5.0);
    CHECK(scene.events.count == 1 && scene.events.code[0] == ADCS_EVENT_ORBIT_FROM_GPS);
}

void test_gps(void)
{
    test_an_uplinked_orbit_converges_and_coasts_through_an_outage();
    test_an_outlier_is_refused();
    test_a_fix_with_a_wild_velocity_is_refused();
    test_many_outliers_in_a_row_restart_the_orbit();
    test_without_an_uplink_the_first_fix_is_the_orbit();
}
