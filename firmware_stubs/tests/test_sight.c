/* What the camera makes mode target look at: what was lost, and what only looks like a ship. */
#include "adcs.h"
#include "check.h"
#include "hil_messages.h"
#include "sight_inner.h"
#include "told_place.h"

static struct adcs adcs;
static unsigned locked, lost, seen_again, unplaced; /* events so far */

static void begin_above_the_told_place(float ship_speed_m_s)
{
    adcs = above_the_told_place(ship_speed_m_s);
    locked = lost = seen_again = unplaced = 0;
}

static struct sight_point ship(double east_m, double north_m)
{
    return (struct sight_point){.right = (float)east_m / ABOVE_M, .down = -(float)north_m / ABOVE_M,
                                .kind = HIL_SIGHT_SHIP, .confidence = 250, .brightness = 500.0f};
}

static void count_events(void)
{
    uint16_t code;
    float value;
    while (adcs_events_take(&adcs.events, &code, &value)) {
        locked += code == ADCS_EVENT_OBJECT_LOCKED;
        lost += code == ADCS_EVENT_OBJECT_LOST;
        seen_again += code == ADCS_EVENT_OBJECT_SEEN_AGAIN;
        unplaced += code == ADCS_EVENT_PICTURE_UNPLACED;
    }
}

/* A picture a second. Returns the track that is followed after it. */
static uint16_t picture(int second, struct sight_point *points, unsigned n)
{
    const adcs_ticks time = (adcs_ticks)(second + 1) << 24;
    adcs.events.now = adcs.last_time = time;
    adcs.earth = (struct earth){true, time, {0.0f, 0.0f, 0.0f, 1.0f}};
    adcs.sight.kept = 1;
    adcs.sight.history[0] = moment_at(time);
    sight_picture(&adcs, time, points, n);
    count_events();
    return adcs.sight.locked;
}

/* Hidden from 60 s to 105 s. All the while another ship lies where the ground told it to look. */
static void test_what_was_lost_is_looked_for_where_its_motion_led(void)
{
    begin_above_the_told_place(0.0f);
    uint16_t first = 0;
    for (int i = 0; i < 120; i++) {
        const bool hidden = i >= 60 && i < 105;
        struct sight_point points[2] = {ship(800.0, -900.0 + 7.0 * i), ship(0.0, 30.0)};
        const uint16_t followed = hidden ? picture(i, points + 1, 1) : picture(i, points, i < 60 ? 1 : 2);
        first = i == 10 ? followed : first;
        CHECK(i < 10 || followed == first);
        CHECK(lost == (i >= 85));
        CHECK(seen_again == (i >= 105));
    }
    CHECK(first != 0 && locked == 1);
    CHECK_NEAR(adcs.sight.target.position_ecef_m.y, 800.0, 5.0);
    CHECK_NEAR(adcs.sight.target.position_ecef_m.z, -900.0 + 7.0 * 119, 5.0);
    CHECK(v3_norm(v3_sub(adcs.sight.target.velocity_ecef_m_s, v3(0.0f, 0.0f, 7.0f))) < 0.3f);
}

/* Of what was seen four times the speed is hardly known: 7 m/s too fast or slow, in half a minute it may be anywhere. */
static void test_what_is_badly_known_is_given_up_for_the_told_place(void)
{
    begin_above_the_told_place(0.0f);
    for (int i = 0; i < 80; i++) {
        struct sight_point points[1] = {ship(800.0, -900.0 + 7.0 * i)};
        const uint16_t followed = picture(i, points, i < 4 ? 1 : 0);
        CHECK(i < 2 || (followed != 0) == (i < 29));
    }
    CHECK(lost == 1);
    CHECK(adcs.sight.looked > 0); /* the search pattern about the told place */
}

/* An island nearer to the told place than the ship, which is recognised after it. Returns what is followed at last. */
static bool follows_the_ship_at_last(float ship_speed_m_s, double island_m_s, double ship_m_s)
{
    begin_above_the_told_place(ship_speed_m_s);
    uint16_t followed = 0, of_ship = 0;
    for (int i = 0; i < 100; i++) {
        struct sight_point points[2] = {ship(100.0, island_m_s * i), ship(900.0, -400.0 + ship_m_s * i)};
        followed = picture(i, points, i < 15 ? 1 : 2);
        of_ship = points[1].track;
        CHECK(i < 2 || i >= 54 || followed == points[0].track); /* 40 pictures of the ship */
    }
    CHECK(lost == 0 && locked == (followed == of_ship ? 2 : 1));
    return followed == of_ship;
}

static void test_what_stands_is_given_up_for_a_ship_that_moves(void)
{
    CHECK(follows_the_ship_at_last(5.0f, 0.0, 7.0));
    CHECK(!follows_the_ship_at_last(0.0f, 0.0, 7.0)); /* without the parameter it stays */
    CHECK(!follows_the_ship_at_last(5.0f, 3.5, 7.0)); /* for a slow ship it might be the one that is meant */
    CHECK(!follows_the_ship_at_last(5.0f, 0.0, 4.0));
}

/* A picture that takes two seconds to come in, at ten control steps a second: its moment has left the history by then. */
static bool is_followed_two_seconds_late(bool announced)
{
    begin_above_the_told_place(0.0f);
    for (unsigned step = 1; step < 100; step++) {
        const adcs_ticks time = (adcs_ticks)step * (1 << 24) / 10;
        adcs.earth = (struct earth){true, time, {0.0f, 0.0f, 0.0f, 1.0f}};
        adcs.events.now = adcs.last_time = time;
        adcs.sight.history[step % SIGHT_HISTORY] = moment_at(time);
        adcs.sight.kept = step < SIGHT_HISTORY ? step : SIGHT_HISTORY;
        const adcs_ticks taken = (adcs_ticks)(step / 21 * 21 + 1) * (1 << 24) / 10;
        if (announced && step % 21 == 2) {
            sight_keep(&adcs.sight, taken);
        }
        if (step % 21 == 20) {
            struct sight_point points[1] = {ship(0.0, 30.0)};
            sight_picture(&adcs, taken, points, 1);
        }
    }
    count_events();
    return adcs.sight.locked != 0;
}

static void test_a_picture_may_take_longer_than_the_history_lasts(void)
{
    CHECK(is_followed_two_seconds_late(true));
    CHECK(unplaced == 0);
    CHECK(!is_followed_two_seconds_late(false));
    CHECK(unplaced == 1); /* told once */
}

/* Twelve seconds with the told place in view and nothing there; then five at each of eight places around it, east first and
 * by north, 1.6 times half a picture's height of 120 pixels apart; then the told place again. */
static void test_an_empty_view_is_searched_around_the_told_place(void)
{
    static const int pattern[8][2] = {{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}};
    begin_above_the_told_place(0.0f);
    const double step_m = 1.6 * 60.0 * (double)adcs.parameters.value[ADCS_CAMERA_PIXEL_RAD] * (double)ABOVE_M;
    for (int i = 0; i < 12 + 8 * 5 + 12; i++) {
        (void)picture(i, NULL, 0);
        const int place = i < 12 ? -1 : (i - 12) / 5;
        const bool looks_away = place >= 0 && place < 8;
        CHECK(adcs.sight.active == looks_away);
        if (looks_away) {
            CHECK_NEAR(adcs.sight.target.position_ecef_m.x, RADIUS_M, 1.0);
            CHECK_NEAR(adcs.sight.target.position_ecef_m.y, step_m * pattern[place][0], 0.1);
            CHECK_NEAR(adcs.sight.target.position_ecef_m.z, step_m * pattern[place][1], 0.1);
            CHECK(v3_norm(adcs.sight.target.velocity_ecef_m_s) < 1.0f); /* it stands there */
        }
    }
}

void test_sight(void)
{
    test_an_empty_view_is_searched_around_the_told_place();
    test_a_picture_may_take_longer_than_the_history_lasts();
    test_what_was_lost_is_looked_for_where_its_motion_led();
    test_what_is_badly_known_is_given_up_for_the_told_place();
    test_what_stands_is_given_up_for_a_ship_that_moves();
}
