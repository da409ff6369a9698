/* Ways round what an axis must not see, and slews that leave a flexible mode still. */
#include "adcs.h"
#include "check.h"
#include "steering.h"

#define SUN_RAD 0.7f
#define MARGIN_RAD 0.1f

static struct quat any_attitude(struct random *random)
{
    return quat_normalise((struct quat){(float)random_normal(random), (float)random_normal(random),
                                        (float)random_normal(random), (float)random_normal(random)});
}

static struct cones one_cone(void)
{
    return (struct cones){1, {cone_around(v3(0, 0, 1), v3(1, 0, 0), SUN_RAD, MARGIN_RAD)}};
}

static float cosine(const struct cone *cone, struct quat q)
{
    return v3_dot(quat_apply(q, cone->axis_body), cone->direction_eci);
}

/* By small steps, what the closed form says: the largest cosine on the way. */
static float largest_on_the_way(const struct cone *cone, struct quat start, struct quat end)
{
    const struct vec3 turn = quat_rotation_vector(quat_multiply(end, quat_conjugate(start)));
    float largest = -1.0f;
    for (int i = 0; i <= 200; i++) {
        const struct quat by = quat_from_rotation_vector(v3_scale((float)i / 200.0f, turn));
        const float here = cosine(cone, quat_multiply(by, start));
        largest = here > largest ? here : largest;
    }
    return largest;
}

static void test_a_clear_turn_enters_no_cone(void)
{
    struct random random = {7};
    const struct cones cones = one_cone();
    unsigned clear = 0;
    for (int i = 0; i < 500; i++) {
        const struct quat start = any_attitude(&random), end = any_attitude(&random);
        const float edge = cones.cone[0].cautious_cosine;
        if (cosine(cones.cone, start) > edge || cosine(cones.cone, end) > edge) {
            continue;
        }
        const bool told = keep_out_clear(&cones, start, end);
        const float largest = largest_on_the_way(cones.cone, start, end);
        CHECK(told ? largest < edge + 1e-3f : largest > edge - 1e-3f);
        clear += told;
    }
    CHECK(clear > 50 && clear < 450);
}

/* Turn by turn as the way says, until it is straight: the axis never sees the Sun. */
static bool arrives(const struct cones *cones, struct quat at, struct quat goal)
{
    for (int turns = 0; turns < 8; turns++) {
        struct quat by = goal;
        const enum way way = keep_out_way(cones, at, goal, &by);
        if (way == WAY_BARRED) {
            return false;
        }
        for (unsigned i = 0; i < cones->count; i++) {
            CHECK(largest_on_the_way(&cones->cone[i], at, by) < cones->cone[i].cosine);
        }
        if (way == WAY_STRAIGHT) {
            return true;
        }
        at = by;
    }
    return false;
}

static void test_every_goal_outside_of_the_cones_is_reached_without_entering_one(void)
{
    struct random random = {11};
    struct cones cones = one_cone();
    cones.cone[cones.count++] = cone_around(v3(0, 0, 1), v3(0, 0.6f, 0.8f), 0.5f, MARGIN_RAD);
    unsigned reached = 0, tried = 0;
    for (int i = 0; i < 300; i++) {
        const struct quat start = any_attitude(&random), goal = any_attitude(&random);
        bool outside = true;
        for (unsigned k = 0; k < cones.count; k++) {
            outside &= cosine(&cones.cone[k], start) < cones.cone[k].cautious_cosine;
            outside &= cosine(&cones.cone[k], goal) < cones.cone[k].cautious_cosine;
        }
        tried += outside;
        reached += outside && arrives(&cones, start, goal);
    }
    CHECK(tried > 100);
    CHECK(reached == tried);
}

static void test_a_goal_in_a_cone_is_barred(void)
{
    const struct cones cones = one_cone();
    struct quat by;
    const struct quat at_sun = quat_between(v3(0, 0, 1), v3(1, 0, 0));
    CHECK(keep_out_way(&cones, QUAT_IDENTITY, at_sun, &by) == WAY_BARRED);
}

/* 30 degrees at 0.01 rad/s2 and 0.05 rad/s: 10.47 s at the rate, 5 s to get there, and the period. */
static void test_a_planned_slew_ends_at_the_goal_and_at_rest(void)
{
    const struct slew slew = slew_plan(0, v3(0.5235988f, 0, 0), 0.01f, 0.05f, 2.0f);
    CHECK_NEAR(slew_duration_s(&slew), 10.4720 + 5.0 + 2.0, 1e-3);
    const struct guidance goal = guidance_inertial(QUAT_IDENTITY);
    struct guidance way = slew_guidance(&slew, &goal, 0);
    CHECK_NEAR(quat_rotation_vector(way.q_eci_from_target).x, 0.5235988, 1e-6);
    CHECK_NEAR(way.rate_target_rad_s.x, 0.0, 1e-9);
    way = slew_guidance(&slew, &goal, (adcs_ticks)(17.5 * ADCS_TICKS_PER_SECOND));
    CHECK_NEAR(quat_rotation_vector(way.q_eci_from_target).x, 0.0, 1e-6);
    CHECK_NEAR(way.rate_target_rad_s.x, 0.0, 1e-9);
}

/* Rate and acceleration are the derivatives of the angle. */
static void test_a_planned_slews_rate_is_what_its_angle_does(void)
{
    const struct slew slew = slew_plan(0, v3(0, 0.4f, 0), 0.01f, 0.05f, 3.0f);
    const struct guidance goal = guidance_inertial(QUAT_IDENTITY);
    for (int i = 3; i < 150; i += 7) {
        const adcs_ticks now = (adcs_ticks)i * ADCS_TICKS_PER_SECOND / 10, later = now + ADCS_TICKS_PER_SECOND / 20;
        const struct guidance a = slew_guidance(&slew, &goal, now), b = slew_guidance(&slew, &goal, later);
        const float moved = quat_rotation_vector(b.q_eci_from_target).y - quat_rotation_vector(a.q_eci_from_target).y;
        CHECK_NEAR(moved / 0.05f, 0.5f * (a.rate_target_rad_s.y + b.rate_target_rad_s.y), 2e-5);
    }
}

/* What a mode of that period is left swinging by, as a share of what a bang-bang slew of the same limits leaves at worst. */
static double left_swinging(float period_s, float planned_for_s)
{
    const struct slew slew = slew_plan(0, v3(0.5f, 0, 0), 0.01f, 0.05f, planned_for_s);
    const struct guidance goal = guidance_inertial(QUAT_IDENTITY);
    const double w = 6.283185307179586 / (double)period_s, h = 0.001;
    double x = 0.0, v = 0.0; /* x'' + w^2 x = acceleration */
    for (int i = 0; i < 40000; i++) {
        const adcs_ticks now = (adcs_ticks)i * ADCS_TICKS_PER_SECOND / 1000;
        v += h * ((double)slew_guidance(&slew, &goal, now).acceleration_target_rad_s2.x - w * w * x);
        x += h * v;
    }
    return sqrt(x * x + v * v / w / w) / (4.0 * 0.01 / w / w);
}

static void test_a_planned_slew_leaves_its_mode_still_and_one_ten_per_cent_off_nearly(void)
{
    CHECK(left_swinging(2.0f, 2.0f) < 0.005);
    CHECK(left_swinging(2.2f, 2.0f) < 0.05);
    CHECK(left_swinging(1.3f, 1e-6f) > 0.2); /* without shaping it swings */
}

/* An axis that must stay within an angle of the Sun, now at a tenth of it: whether a goal at an angle from it is barred. */
static bool is_barred(float within_rad, float off_rad)
{
    static struct adcs adcs;
    adcs = (struct adcs){.attitude.known = true};
    adcs_parameters_init(&adcs.parameters);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_EPOCH_DAY, 9500.0f);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_KEEP_OUT_MARGIN_RAD, 0.0f);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_KEEP_IN_SUN_RAD, within_rad);
    for (unsigned i = 0; i < 3; i++) {
        (void)adcs_parameters_set(&adcs.parameters, ADCS_KEEP_IN_AXIS_X_BODY + i, i == 1 ? 1.0f : 0.0f);
    }
    struct vec3 sun;
    CHECK(directions_sun(&adcs, &sun));
    const struct quat at_sun = quat_between(v3(0, 1, 0), sun);
    adcs.attitude.q_eci_from_body = quat_multiply(at_sun, quat_from_rotation_vector(v3(0.1f * within_rad, 0, 0)));
    const struct quat there = quat_multiply(at_sun, quat_from_rotation_vector(v3(-off_rad, 0, 0)));
    const struct guidance goal = guidance_inertial(there);
    const struct guidance to = steering_guide(&adcs, &goal);
    const bool goes = quat_is_same(to.q_eci_from_target, there);
    CHECK(goes != adcs.steering.barred);
    return adcs.steering.barred;
}

static void test_an_axis_is_kept_within_an_angle_of_the_sun(void)
{
    CHECK(!is_barred(0.5f, 0.48f) && is_barred(0.5f, 0.52f));
    CHECK(!is_barred(1.8f, 1.78f) && is_barred(1.8f, 1.82f));
    CHECK(!is_barred(0.0f, 0.5f) && !is_barred(0.0f, 3.0f)); /* without the parameter it may go anywhere */
}

void test_steering(void)
{
    test_an_axis_is_kept_within_an_angle_of_the_sun();
    test_a_clear_turn_enters_no_cone();
    test_every_goal_outside_of_the_cones_is_reached_without_entering_one();
    test_a_goal_in_a_cone_is_barred();
    test_a_planned_slew_ends_at_the_goal_and_at_rest();
    test_a_planned_slews_rate_is_what_its_angle_does();
    test_a_planned_slew_leaves_its_mode_still_and_one_ten_per_cent_off_nearly();
}
