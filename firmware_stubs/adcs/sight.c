#include "sight_inner.h"

#include "hil_messages.h"

#define CHOOSING 8u           /* pictures: what is nearest may be recognised later than another thing */
#define HIDDEN_AFTER 2u       /* pictures in a row without it */
#define LOST_AFTER 25u        /* pictures in a row */
#define KEPT_M 300.0f         /* 1 sigma of where a lost one is: beyond 3 of these the told place is as good a guess */
#define SEARCH_AFTER_S 12.0f  /* with the told place in view, and nothing to follow */
#define SEARCH_STEP_S 5.0f    /* at each place of the pattern */
#define SEARCH_PLACES 8u
#define IN_VIEW 0.6f          /* of the angle from the middle of a picture to its upper edge */
#define ROWS_HALF 60.0f
#define ELSEWHERE_M 5000.0f   /* a told place that moves by so much is another target */
#define PICTURE_GAP_S 10.0f   /* after which the tracks are too old */
#define LOWEST_SINE 0.34f     /* of the spacecraft's elevation at the told place: lower, all is drawn out and far away */

static const struct track_noise noise = {
    .acceleration_m_s2 = 0.08f, .speed_m_s = 12.0f, .missed_most = LOST_AFTER, .kept_m = KEPT_M};

void sight_remember(struct sight *sight, const struct adcs *adcs)
{
    if (!adcs->attitude.known || !adcs->orbit.current) {
        return;
    }
    const unsigned before = (sight->next + SIGHT_HISTORY - 1u) % SIGHT_HISTORY;
    if (sight->kept > 0 && sight->history[before].time == adcs->last_time) {
        return;
    }
    sight->history[sight->next] =
        (struct sight_moment){adcs->last_time, adcs->attitude.q_eci_from_body, adcs->orbit.position_eci_m,
                              adcs->orbit.position_low_m, adcs->orbit.velocity_eci_m_s};
    sight->next = (sight->next + 1u) % SIGHT_HISTORY;
    sight->kept = sight->kept < SIGHT_HISTORY ? sight->kept + 1u : SIGHT_HISTORY;
}

const struct sight_moment *sight_moment_of(const struct sight *sight, adcs_ticks time)
{
    for (unsigned i = 0; i < sight->kept; i++) {
        if (sight->history[i].time == time) {
            return &sight->history[i];
        }
    }
    return time != 0 && sight->taken.time == time ? &sight->taken : NULL;
}

void sight_keep(struct sight *sight, adcs_ticks time)
{
    const struct sight_moment *moment = sight_moment_of(sight, time);
    sight->taken = moment != NULL ? *moment : sight->taken;
}

/* Once for all pictures in a row that come too late, or in the step that takes them. */
static void tell_unplaced(struct adcs *adcs, adcs_ticks time, bool unplaced)
{
    if (unplaced && !adcs->sight.unplaced && adcs->sight.kept == SIGHT_HISTORY) {
        adcs_report(&adcs->events, ADCS_EVENT_PICTURE_UNPLACED, adcs_seconds(time, adcs->last_time));
    }
    adcs->sight.unplaced = unplaced;
}

/* The told target changes from time to time: then what was seen near the last one does not matter any more. */
static void notice_other_target(struct sight *sight, const struct target *told)
{
    const bool same = sight->told.known && sight->told.time == told->time
        && v3_norm(v3_sub(sight->told.position_ecef_m, told->position_ecef_m)) < 1.0f;
    if (!same) {
        tracker_forget(&sight->tracker);
        sight->told = *told;
        sight->locked = 0;
        sight->hidden = sight->lost = sight->active = sight->had_picture = false;
        sight->unseen_s = 0.0f;
        sight->looked = 0;
    }
}

/* Of the tracks that were seen often enough and are of a wanted kind, the one nearest to the told place; or of those ships
 * alone that were seen to move. */
static const struct track *best_track(const struct adcs *adcs, unsigned kinds, bool moving)
{
    const struct tracker *tracker = &adcs->sight.tracker;
    const struct track *best = NULL;
    float least = ELSEWHERE_M * ELSEWHERE_M;
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        const struct track *track = &tracker->track[i];
        const float away = track->x_m * track->x_m + track->y_m * track->y_m;
        const bool wanted = track->id != 0 && track->seen >= SIGHT_SEEN_TO_LOCK && (kinds >> track_kind(track)) % 2u == 1u;
        if (wanted && away < least && (!moving || (track->missed == 0 && sight_moves(adcs, track)))) {
            least = away;
            best = track;
        }
    }
    return best;
}

/* What is to be followed in place of a track, or NULL. At first what is nearer to the told place; later, in place of what
 * stands still as an island does, a ship that moves. */
static const struct track *better_than(const struct adcs *adcs, const struct track *track, unsigned kinds)
{
    if (adcs->sight.chosen < CHOOSING) {
        return best_track(adcs, kinds, false);
    }
    return track != NULL && track->missed == 0 && sight_stands(adcs, track) ? best_track(adcs, kinds, true) : NULL;
}

/* What was lost stays followed, blindly, for as long as it is known where it leads: it is looked for there. */
static const struct track *followed(struct adcs *adcs)
{
    struct sight *sight = &adcs->sight;
    const struct track *track = tracker_find(&sight->tracker, sight->locked);
    const bool lost = sight->locked != 0 && (track == NULL || track->missed > LOST_AFTER);
    if (lost && !sight->lost) {
        adcs_report(&adcs->events, ADCS_EVENT_OBJECT_LOST, (float)sight->locked);
    }
    sight->lost = lost && track != NULL;
    sight->locked = track != NULL ? sight->locked : 0;
    return track;
}

static void choose(struct adcs *adcs, unsigned kinds)
{
    struct sight *sight = &adcs->sight;
    const struct track *track = followed(adcs);
    sight->chosen = sight->locked != 0 ? sight->chosen + 1u : 0u;
    const struct track *best = better_than(adcs, track, kinds);
    if (best != NULL && best->id != sight->locked) {
        track = best;
        sight->locked = track->id;
        sight->hidden = false;
        adcs_report(&adcs->events, ADCS_EVENT_OBJECT_LOCKED, (float)track->id);
    }
    if (track != NULL && sight->hidden != (track->missed >= HIDDEN_AFTER)) {
        sight->hidden = !sight->hidden;
        adcs_report(&adcs->events, sight->hidden ? ADCS_EVENT_OBJECT_HIDDEN : ADCS_EVENT_OBJECT_SEEN_AGAIN,
                    (float)track->id);
    }
}

/* The square about the told place, as wide as a picture is high: its offset in heights. */
static struct vec3 search_offset(unsigned looked)
{
    static const int8_t pattern[SEARCH_PLACES][2] = {{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}};
    const int8_t *at = pattern[(looked - 1u) % SEARCH_PLACES];
    return v3((float)at[0], (float)at[1], 0.0f);
}

/* Seconds until the next place of the pattern are counted only while the camera looks where it should. */
static void count_unseen(struct adcs *adcs, float dt_s, bool in_view)
{
    struct sight *sight = &adcs->sight;
    if (sight->locked != 0) {
        sight->unseen_s = 0.0f;
        sight->looked = 0;
        return;
    }
    sight->unseen_s += in_view ? dt_s : 0.0f;
    const float patience_s = sight->looked == 0 ? SEARCH_AFTER_S : SEARCH_STEP_S;
    if (sight->unseen_s >= patience_s) {
        if (sight->looked == 0) {
            adcs_report(&adcs->events, ADCS_EVENT_SEARCH_BEGAN, sight->unseen_s);
        }
        sight->looked = (sight->looked + 1u) % (SEARCH_PLACES + 1u);
        sight->unseen_s = 0.0f;
    }
}

/* The target in place of the told one: offset and velocity on the level at it. */
static void stand_in(struct adcs *adcs, adcs_ticks time, const struct motion *told, const struct level *level,
                     struct vec3 offset_m, struct vec3 velocity_m_s)
{
    const struct quat ecef_from_eci = quat_conjugate(earth_orientation(&adcs->earth, time));
    const struct vec3 place =
        v3_add_scaled(v3_add_scaled(told->position_m, offset_m.x, level->east), offset_m.y, level->north);
    const struct vec3 extra = v3_add_scaled(v3_scale(velocity_m_s.x, level->east), velocity_m_s.y, level->north);
    const struct vec3 position = quat_apply(ecef_from_eci, place);
    const struct vec3 carried = earth_carry(position, v3(0.0f, 0.0f, 0.0f));
    const struct vec3 moving = quat_apply(ecef_from_eci, v3_add(told->velocity_m_s, extra));
    adcs->sight.active = target_set(&adcs->sight.target, time, position, v3_sub(moving, carried));
}

void sight_picture(struct adcs *adcs, adcs_ticks time, struct sight_point *points, unsigned n)
{
    struct sight *sight = &adcs->sight;
    const struct target *target = &adcs->target[HIL_SLOT_TARGET];
    const struct sight_moment *moment = sight_moment_of(sight, time);
    const unsigned kinds = sight_wanted_kinds(adcs);
    tell_unplaced(adcs, time, moment == NULL && kinds != 0);
    if (kinds == 0 || !target->known || target->kind != TARGET_ON_EARTH || !adcs->earth.known || moment == NULL) {
        sight->active = false;
        return;
    }
    const struct motion told = target_motion(target, &adcs->earth, time);
    const struct vec3 to_told = sight_way_to(adcs, moment, target, &told);
    const struct level level = sight_level_at(&adcs->earth, time, told.position_m);
    if (-v3_dot(to_told, level.up) < LOWEST_SINE * v3_norm(to_told)) {
        sight->told.known = sight->active = false;
        return;
    }
    notice_other_target(sight, target);
    const struct mat3 attitude_rad2 = attitude_covariance(&adcs->attitude, &adcs->parameters, adcs->last_time);
    const struct sight_eye eye = {moment, to_told, &level, attitude_rad2};
    struct track_point places[TRACK_POINTS_MAX];
    unsigned which[TRACK_POINTS_MAX], count = 0;
    for (unsigned i = 0; i < n && count < TRACK_POINTS_MAX; i++) {
        points[i].track = 0;
        which[count] = i;
        count += sight_place_of(adcs, &eye, &points[i], &places[count]);
    }
    const float dt_s = sight->had_picture ? adcs_seconds(sight->picture_time, time) : 0.0f;
    if (!(dt_s >= 0.0f && dt_s <= PICTURE_GAP_S)) {
        tracker_forget(&sight->tracker);
    }
    sight->had_picture = true;
    sight->picture_time = time;
    sight->tracker.kept = sight->locked;
    tracker_update(&sight->tracker, dt_s, places, count, kinds, &noise);
    for (unsigned i = 0; i < count; i++) {
        points[which[i]].track = places[i].track;
    }
    choose(adcs, kinds);
    const float distance = v3_norm(to_told), half = ROWS_HALF * adcs->parameters.value[ADCS_CAMERA_PIXEL_RAD];
    const struct vec3 forward =
        quat_apply(moment->q_eci_from_body, adcs_parameters_axis(&adcs->parameters, ADCS_PAYLOAD_AXIS_X_BODY));
    const struct vec3 off = v3_sub(v3_scale(1.0f / distance, to_told), forward);
    count_unseen(adcs, dt_s, sight->looked > 0 || v3_norm(off) < IN_VIEW * half);
    const struct track *track = tracker_find(&sight->tracker, sight->locked);
    if (track != NULL) {
        stand_in(adcs, time, &told, &level, v3(track->x_m, track->y_m, 0.0f), v3(track->vx_m_s, track->vy_m_s, 0.0f));
    } else if (sight->looked > 0) {
        const struct vec3 offset = v3_scale(1.6f * half * distance, search_offset(sight->looked));
        stand_in(adcs, time, &told, &level, offset, v3(0.0f, 0.0f, 0.0f));
    } else {
        sight->active = false;
    }
}
