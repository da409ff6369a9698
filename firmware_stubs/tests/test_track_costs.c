/* Which of the points in a picture a track takes: how far off and how unlike each may be. */
#include "check.h"
#include "track_filter.h"

static const struct track_noise noise = {
    .acceleration_m_s2 = 0.05f, .speed_m_s = 12.0f, .missed_most = 12};

static struct track_point point(double x, double y, unsigned kind, double brightness)
{
    return (struct track_point){(float)x, (float)y, (uint8_t)kind, 200, (float)brightness, m2_diagonal(20.0f * 20.0f), 0};
}

/* One track, well known and at rest at the origin, and two points: which of them it takes, 1 or 2. */
static unsigned taken_of(struct track_point first, struct track_point second)
{
    struct track track = {.id = 1, .seen = 30, .brightness = 1000.0f, .votes = {[1] = 1000.0f}};
    track.place_m2 = m2_diagonal(20.0f * 20.0f);
    track.rate_m2_s2 = m2_diagonal(1e-6f);
    struct tracker tracker = {.last_id = 1, .track = {track}};
    struct track_point points[2] = {first, second};
    tracker_update(&tracker, 0.0f, points, 2, 0, &noise);
    return points[0].track == 1 ? 1 : points[1].track == 1 ? 2 : 0;
}

/* Costs are squared sigmas, of 28.28 m here: a point of another kind costs 4, a brightness of 1500 against 1000 costs 2, for
 * it differs by a fifth of the sum. */
static void test_a_track_takes_what_looks_like_it(void)
{
    const double sigma_m = 20.0 * sqrt(2.0), four_m = 2.0 * sigma_m, two_m = sqrt(2.0) * sigma_m;
    CHECK(taken_of(point(0.0, 0.0, 2, 1000.0), point(0.97 * four_m, 0.0, 1, 1000.0)) == 2);
    CHECK(taken_of(point(0.0, 0.0, 2, 1000.0), point(1.03 * four_m, 0.0, 1, 1000.0)) == 1);
    CHECK(taken_of(point(0.0, 0.0, 1, 1500.0), point(0.97 * two_m, 0.0, 1, 1000.0)) == 2);
    CHECK(taken_of(point(0.0, 0.0, 1, 1500.0), point(1.03 * two_m, 0.0, 1, 1000.0)) == 1);
    CHECK(taken_of(point(0.0, 0.0, 1, 1000.0 / 1.5), point(0.97 * two_m, 0.0, 1, 1000.0)) == 2);
    CHECK(taken_of(point(0.0, 0.0, 1, 1000.0 / 1.5), point(1.03 * two_m, 0.0, 1, 1000.0)) == 1);
    const double gate_m = sqrt(13.8) * sigma_m; /* one in 1000 lies beyond, whatever it looks like; */
    CHECK(taken_of(point(0.99 * gate_m, 0.0, 1, 1000.0), point(1e5, 0.0, 1, 1000.0)) == 1);
    CHECK(taken_of(point(1.01 * gate_m, 0.0, 1, 1000.0), point(1e5, 0.0, 1, 1000.0)) == 0);
    /* and with the looks 25.8: of the same place, a brightness that differs by 0.718 of the sum. */
    CHECK(taken_of(point(0.0, 0.0, 1, 1000.0 * 1.715 / 0.285), point(1e5, 0.0, 1, 1000.0)) == 1);
    CHECK(taken_of(point(0.0, 0.0, 1, 1000.0 * 1.722 / 0.278), point(1e5, 0.0, 1, 1000.0)) == 0);
}

void test_track_costs(void)
{
    test_a_track_takes_what_looks_like_it();
}
