/* Tracks that keep their numbers, and how well it is known where on the ground a thing is. */
#include "check.h"
#include "guidance.h"
#include "sight_inner.h"
#include "track_filter.h"

static const struct track_noise noise = {
    .acceleration_m_s2 = 0.05f, .speed_m_s = 12.0f, .missed_most = 12};

static struct track_point point(double x, double y, unsigned kind, double brightness)
{
    return (struct track_point){(float)x, (float)y, (uint8_t)kind, 200, (float)brightness, m2_diagonal(20.0f * 20.0f), 0};
}

static void test_numbers_are_kept_through_a_crossing(void)
{
    struct random random = {9};
    struct tracker tracker = {.last_id = 0};
    uint16_t first = 0, second = 0;
    for (int i = 0; i <= 60; i++) { /* east at 8 m/s and north at 8 m/s, meeting within 30 m after 30 s */
        const double noise_m = 10.0;
        struct track_point points[2] = {
            point(-240.0 + 8.0 * i + noise_m * random_normal(&random), 30.0 + noise_m * random_normal(&random), 1, 900.0),
            point(noise_m * random_normal(&random), -240.0 + 8.0 * i + noise_m * random_normal(&random), 1, 400.0)};
        tracker_update(&tracker, i == 0 ? 0.0f : 1.0f, points, 2, 2u, &noise);
        first = i == 5 ? points[0].track : first;
        second = i == 5 ? points[1].track : second;
        CHECK(i < 5 || (points[0].track == first && points[1].track == second));
    }
    CHECK(first != 0 && second != 0 && first != second);
    const struct track *track = tracker_find(&tracker, first);
    CHECK(track != NULL);
    CHECK_NEAR(track->vx_m_s, 8.0, 2.0);
    CHECK_NEAR(track->vy_m_s, 0.0, 2.0);
    CHECK(track_kind(track) == 1);
}

static void test_a_number_is_kept_through_a_cloud_and_not_for_ever(void)
{
    struct tracker tracker = {.last_id = 0};
    uint16_t id = 0;
    for (int i = 0; i < 60; i++) {
        struct track_point seen = point(9.0 * i, 0.0, 1, 500.0);
        const bool hidden = i >= 20 && i < 30;
        tracker_update(&tracker, i == 0 ? 0.0f : 1.0f, &seen, hidden ? 0 : 1, 2u, &noise);
        id = i == 19 ? seen.track : id;
        CHECK(i <= 30 || seen.track == id);
    }
    for (int i = 0; i < 13; i++) {
        CHECK(tracker_find(&tracker, id) != NULL);
        tracker_update(&tracker, 1.0f, NULL, 0, 2u, &noise);
    }
    CHECK(tracker_find(&tracker, id) == NULL);
}

static void test_what_is_of_no_wanted_kind_begins_no_track(void)
{
    struct tracker tracker = {.last_id = 0};
    struct track_point points[2] = {point(0.0, 0.0, 4, 100.0), point(500.0, 0.0, 2, 100.0)};
    tracker_update(&tracker, 0.0f, points, 2, 1u << 2, &noise);
    CHECK(points[0].track == 0);
    CHECK(points[1].track == 1);
}

/* Low above a thing's horizon the attitude's error is long along the ground, here towards east-north-east. */
static struct mat2 slanted(double along_m, double across_m, double turn_rad)
{
    const double c = cos(turn_rad), s = sin(turn_rad), a = along_m * along_m, b = across_m * across_m;
    return (struct mat2){(float)(a * c * c + b * s * s), (float)((a - b) * c * s), (float)((a - b) * c * s),
                         (float)(a * s * s + b * c * c)};
}

static struct track_point slanted_point(struct random *random, double x, double y, double along_m, double turn_rad)
{
    const double along = along_m * random_normal(random), across = 15.0 * random_normal(random);
    struct track_point seen = point(x + cos(turn_rad) * along - sin(turn_rad) * across,
                                    y + sin(turn_rad) * along + cos(turn_rad) * across, 1, 500.0);
    seen.place_m2 = slanted(along_m, 15.0, turn_rad);
    return seen;
}

static void test_a_ship_low_on_the_horizon_is_one_track(void)
{
    struct random random = {10};
    for (int run = 0; run < 20; run++) {
        struct tracker tracker = {.last_id = 0};
        unsigned missed = 0;
        for (int i = 0; i < 100; i++) { /* from 150 m along the ground to 50 m, as the spacecraft rises */
            struct track_point seen = slanted_point(&random, -3.0 * i, 6.0 * i, 150.0 - i, 0.4 + 0.01 * i);
            tracker_update(&tracker, i == 0 ? 0.0f : 1.0f, &seen, 1, 2u, &noise);
            missed += seen.track != 1;
        }
        CHECK(tracker_find(&tracker, 1) != NULL);
        CHECK(tracker_find(&tracker, 1)->missed == 0);
        CHECK(missed <= 3); /* one in 1000 lies beyond the gate */
    }
}

/* An acceleration that is constant over a step (Bar-Shalom, Li and Kirubarajan, Estimation with Applications, 6.3.2). */
static void test_what_an_acceleration_may_have_done_in_a_step(void)
{
    struct track track = {.x_m = 5.0f, .y_m = 6.0f, .vx_m_s = 3.0f, .vy_m_s = -4.0f};
    track_predict(&track, 2.0f, 0.5f);
    CHECK_NEAR(track.x_m, 11.0, 1e-6);
    CHECK_NEAR(track.y_m, -2.0, 1e-6);
    CHECK_NEAR(track.place_m2.xx, 0.25 * 0.25 * 16.0, 1e-6);
    CHECK_NEAR(track.place_rate_m2_s.yy, 0.5 * 0.25 * 8.0, 1e-6);
    CHECK_NEAR(track.rate_m2_s2.xx, 0.25 * 4.0, 1e-6);
    track_predict(&track, 2.0f, 0.0f);
    CHECK_NEAR(track.place_m2.yy, 1.0 + 2.0 * 2.0 * 1.0 + 4.0 * 1.0, 1e-6);
}

/* The mean of the squared error in sigmas is that of chi-squared, 2 for the two of a place (Bar-Shalom, 5.4.2). */
static void test_a_track_knows_how_well_it_knows(void)
{
    struct random random = {11};
    double place = 0.0;
    const int runs = 400;
    for (int run = 0; run < runs; run++) {
        struct tracker tracker = {.last_id = 0};
        const double vx = 12.0 * random_normal(&random), vy = 12.0 * random_normal(&random);
        for (int i = 0; i <= 30; i++) {
            struct track_point seen = slanted_point(&random, vx * i, vy * i, 120.0, 0.7);
            tracker_update(&tracker, i == 0 ? 0.0f : 1.0f, &seen, 1, 2u, &noise);
        }
        struct track truth = {.x_m = (float)(30.0 * vx), .y_m = (float)(30.0 * vy)};
        place += (double)track_apart2(tracker_find(&tracker, 1), &truth) / runs;
    }
    CHECK_NEAR(place, 2.0, 0.35); /* 3.5 sigmas of the mean of so many, and the ships hold their course */
}

/* A track that was hidden for long may be anywhere and is near everything in sigmas: what fits another one is its own. */
static void test_a_track_that_is_badly_known_leaves_its_neighbour_alone(void)
{
    struct track hidden = {.id = 1, .seen = 30, .missed = 9, .brightness = 500.0f}, known = hidden;
    known.id = 2;
    known.missed = 0;
    hidden.place_m2 = m2_diagonal(300.0f * 300.0f);
    known.place_m2 = m2_diagonal(10.0f * 10.0f);
    hidden.votes[1] = known.votes[1] = 1000.0f;
    struct tracker tracker = {.last_id = 2, .track = {hidden, known}};
    struct track_point seen = point(40.0, 0.0, 1, 500.0);
    float of_hidden, of_known;
    CHECK(track_distance2(&hidden, &seen, &of_hidden) < track_distance2(&known, &seen, &of_known));
    CHECK_NEAR(of_hidden, 1600.0 / 90400.0 + log(226.0 * 226.0), 1e-3);
    CHECK_NEAR(of_known, 1600.0 / 500.0 + log(1.25 * 1.25), 1e-3);
    tracker_update(&tracker, 1.0f, &seen, 1, 2u, &noise);
    CHECK(seen.track == 2);
    CHECK(tracker_find(&tracker, 1)->missed == 10);
}

/* Beyond the gate, and there again: the same ship, whose number stays and which has one track. */
static void test_a_ship_that_is_found_again_beside_its_course_keeps_its_number(void)
{
    struct tracker tracker = {.last_id = 0};
    for (int i = 0; i < 40; i++) {
        struct track_point seen = point(0.0, i < 30 ? 0.0 : 85.0, 1, 500.0);
        tracker_update(&tracker, i == 0 ? 0.0f : 1.0f, &seen, 1, 2u, &noise);
        CHECK(i < 32 || seen.track == 1);
    }
    CHECK(tracker_find(&tracker, 1)->missed == 0);
    CHECK_NEAR(tracker_find(&tracker, 1)->y_m, 85.0, 25.0);
    CHECK(tracker_find(&tracker, 2) == NULL);
}

/* From 20 degrees above the horizon of the place, which lies on the equator: the covariance is that of turns at random. */
static void test_the_covariance_of_a_place_is_that_of_turned_pictures(void)
{
    static struct adcs adcs;
    adcs_parameters_init(&adcs.parameters);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_PAYLOAD_AXIS_X_BODY, 0.0f);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_PAYLOAD_AXIS_X_BODY + 2, 1.0f);
    const struct level level = {{0.0f, 1.0f, 0.0f}, {0.0f, 0.0f, 1.0f}, {1.0f, 0.0f, 0.0f}};
    const struct vec3 to_told = v3(-440e3f, 900e3f, 800e3f);
    const struct quat looks = quat_between(v3(0.0f, 0.0f, 1.0f), v3_scale(1.0f / v3_norm(to_told), to_told));
    const double sigma[3] = {3e-5, 1e-5, 6e-5};
    struct sight_moment moment = {.q_eci_from_body = looks};
    struct sight_eye eye = {&moment, to_told, &level, {v3(9e-10f, 0, 0), v3(0, 1e-10f, 0), v3(0, 0, 3.6e-9f)}};
    const struct sight_point seen = {.right = 2e-3f, .down = -1e-3f};
    struct track_point told, turned;
    CHECK(sight_place_of(&adcs, &eye, &seen, &told));
    struct random random = {12};
    double xx = 0.0, xy = 0.0, yy = 0.0;
    const int n = 20000;
    const double pixel_rad = 0.3 * (double)adcs.parameters.value[ADCS_CAMERA_PIXEL_RAD];
    for (int i = 0; i < n; i++) {
        double turn[3], thing[2];
        for (int k = 0; k < 3; k++) {
            turn[k] = sigma[k] * random_normal(&random) + pixel_rad * random_normal(&random);
        }
        for (int k = 0; k < 2; k++) {
            thing[k] = 10.0 * random_normal(&random);
        }
        const struct quat q = {0.5f * (float)turn[0], 0.5f * (float)turn[1], 0.5f * (float)turn[2], 1.0f};
        moment.q_eci_from_body = quat_multiply(looks, q);
        CHECK(sight_place_of(&adcs, &eye, &seen, &turned));
        const double dx = (double)(turned.x_m - told.x_m) + thing[0], dy = (double)(turned.y_m - told.y_m) + thing[1];
        xx += dx * dx / n;
        xy += dx * dy / n;
        yy += dy * dy / n;
    }
    CHECK_NEAR(told.place_m2.xx, xx, 0.05 * xx);
    CHECK_NEAR(told.place_m2.yy, yy, 0.05 * yy);
    CHECK_NEAR(told.place_m2.xy, xy, 0.03 * sqrt(xx * yy));
    CHECK(told.place_m2.xx > 80.0f * 80.0f); /* 6 arcsec across are drawn out so far */
}

/* Seen from 20 degrees above the horizon of the place: where mode target looks, by its light's way and the air, is the told
 * place in the picture. By the straight line it would be 60 m off for the air alone. */
static void test_what_is_looked_at_is_the_told_place(void)
{
    static struct adcs adcs;
    adcs_parameters_init(&adcs.parameters);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_APPARENT_TARGETS, 1.0f);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_REFRACTION_LIFT_M, 2.34f);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_PAYLOAD_AXIS_X_BODY, 0.0f);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_PAYLOAD_AXIS_X_BODY + 2, 1.0f);
    const struct vec3 axis = {0.0f, 0.0f, 1.0f};
    const struct level level = {{0.0f, 1.0f, 0.0f}, {0.0f, 0.0f, 1.0f}, {1.0f, 0.0f, 0.0f}};
    const struct motion told = {.position_m = {6378137.0f, 0.0f, 0.0f}, .velocity_m_s = {0.0f, 465.0f, 0.0f}};
    const struct target target = {.known = true, .kind = TARGET_ON_EARTH, .position_ecef_m = told.position_m};
    const struct orbit orbit = {
        .known = true, .position_eci_m = {6818137.0f, -900e3f, -800e3f}, .velocity_eci_m_s = {900.0f, 5000.0f, 5600.0f}};
    const float lift_m = target_lift_m(&target, &adcs.parameters);
    for (int straight = 0; straight < 2; straight++) {
        const struct guidance at = guidance_target(&orbit, &told, axis, straight == 0, straight == 0 ? lift_m : 0.0f);
        const struct sight_moment moment = {.q_eci_from_body = at.q_eci_from_target,
                                            .position_eci_m = orbit.position_eci_m,
                                            .velocity_eci_m_s = orbit.velocity_eci_m_s};
        const struct sight_eye eye = {&moment, sight_way_to(&adcs, &moment, &target, &told), &level, m3_diagonal(1e-10f)};
        struct track_point place;
        CHECK(sight_place_of(&adcs, &eye, &(struct sight_point){.right = 0.0f}, &place));
        const double away_m = hypot((double)place.x_m, (double)place.y_m);
        CHECK(straight == 0 ? away_m < 1.5 : away_m > 40.0);
    }
}

void test_tracks(void)
{
    test_what_is_looked_at_is_the_told_place();
    test_numbers_are_kept_through_a_crossing();
    test_a_number_is_kept_through_a_cloud_and_not_for_ever();
    test_what_is_of_no_wanted_kind_begins_no_track();
    test_a_ship_low_on_the_horizon_is_one_track();
    test_what_an_acceleration_may_have_done_in_a_step();
    test_a_track_knows_how_well_it_knows();
    test_a_track_that_is_badly_known_leaves_its_neighbour_alone();
    test_a_ship_that_is_found_again_beside_its_course_keeps_its_number();
    test_the_covariance_of_a_place_is_that_of_turned_pictures();
}
