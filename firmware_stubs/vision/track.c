#include "track.h"

#include <stddef.h>

#include "track_filter.h"

#define GATE 13.8f           /* of a normal error in two dimensions one in 1000 lies beyond: chi-squared */
#define RATIO_COST 2.0f      /* of a brightness that is another by half */
#define OTHER_KIND_COST 4.0f /* of a point that is taken for another kind than the track */
#define MOST (GATE + 3.0f * OTHER_KIND_COST)
#define NEVER 1e6f
#define SEEN_OFTEN 3u        /* pictures; before, a track may be of nothing */

void tracker_forget(struct tracker *tracker)
{
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        tracker->track[i].id = 0;
    }
}

uint8_t track_kind(const struct track *track)
{
    uint8_t best = 0;
    for (uint8_t kind = 1; kind < 8u; kind++) {
        best = track->votes[kind] > track->votes[best] ? kind : best;
    }
    return best;
}

#define VOTES_LAST 0.9f /* of the votes so far, at each new one */

uint8_t track_confidence(const struct track *track)
{
    float weight = 0.0f;
    for (unsigned i = 0; i < track->seen && i < 60u; i++) {
        weight = VOTES_LAST * weight + 1.0f;
    }
    return weight > 0.0f ? (uint8_t)(track->votes[track_kind(track)] / weight) : 0;
}

const struct track *tracker_find(const struct tracker *tracker, uint16_t id)
{
    for (unsigned i = 0; id != 0 && i < TRACKS_MAX; i++) {
        if (tracker->track[i].id == id) {
            return &tracker->track[i];
        }
    }
    return NULL;
}

static float squared(float x)
{
    return x * x;
}

static bool often_seen(const struct track *track)
{
    return track->seen >= SEEN_OFTEN;
}

/* How badly a point fits a track; NEVER when it does not. */
static float cost(const struct track *track, const struct track_point *point)
{
    float likelihood;
    const float distance2 = track_distance2(track, point, &likelihood);
    const float sum = point->brightness + track->brightness + 1.0f;
    const float unlike = (point->brightness - track->brightness) / sum; /* 0.2 where one is half more than the other */
    const float kind = track_kind(track) == point->kind ? 0.0f : OTHER_KIND_COST;
    const float looks = RATIO_COST * 25.0f * squared(unlike) + kind;
    return distance2 <= GATE && distance2 + looks <= MOST ? likelihood + looks : NEVER;
}

static void vote(struct track *track, const struct track_point *point)
{
    for (unsigned kind = 0; kind < 8u; kind++) {
        track->votes[kind] *= VOTES_LAST;
    }
    track->votes[point->kind % 8u] += (float)point->confidence;
}

static void take(struct track *track, const struct track_point *point)
{
    track_correct(track, point);
    track->brightness += 0.3f * (point->brightness - track->brightness);
    track->missed = 0;
    track->seen = track->seen < UINT16_MAX ? (uint16_t)(track->seen + 1) : track->seen;
    vote(track, point);
}

static void begin(struct tracker *tracker, struct track_point *point, const struct track_noise *noise)
{
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        struct track *track = &tracker->track[i];
        if (track->id != 0) {
            continue;
        }
        tracker->last_id = tracker->last_id < UINT16_MAX ? (uint16_t)(tracker->last_id + 1) : 1;
        *track = (struct track){.id = tracker->last_id, .seen = 1, .x_m = point->x_m, .y_m = point->y_m};
        track->place_m2 = point->place_m2;
        track->rate_m2_s2 = m2_diagonal(squared(noise->speed_m_s));
        track->brightness = point->brightness;
        vote(track, point);
        point->track = track->id;
        return;
    }
}

/* The best pair that is left, of tracks seen often or of the others, joined; false when none is. */
static bool join_best(struct tracker *tracker, bool often, bool *taken, struct track_point *points, unsigned n)
{
    float least = NEVER;
    unsigned track = TRACKS_MAX, point = 0;
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        const struct track *one = &tracker->track[i];
        for (unsigned j = 0; one->id != 0 && often_seen(one) == often && !taken[i] && j < n; j++) {
            const float fit = points[j].track == 0 ? cost(one, &points[j]) : NEVER;
            if (fit < least) {
                least = fit;
                track = i;
                point = j;
            }
        }
    }
    if (track == TRACKS_MAX) {
        return false;
    }
    taken[track] = true;
    points[point].track = tracker->track[track].id;
    take(&tracker->track[track], &points[point]);
    return true;
}

/* Whether a track is another one's double: it began while that was missed, and is seen where that should be. What began at
 * the first miss began with a point beyond the gate, and may lie farther off. */
static bool is_double(const struct track *track, const struct track *of)
{
    const bool at_first = track->seen + 1u >= of->missed;
    return track->id != 0 && of->id != 0 && of->missed > 0 && track->missed == 0 && often_seen(of)
        && track->seen <= of->missed && track_apart2(track, of) <= (at_first ? 2.0f * GATE : GATE);
}

/* Two tracks of one thing: the older one goes on, with what the other one has seen. */
static void join_doubles(struct tracker *tracker, struct track_point *points, unsigned n)
{
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        for (unsigned j = 0; j < TRACKS_MAX; j++) {
            struct track *missed = &tracker->track[i], *seen = &tracker->track[j];
            if (i == j || !is_double(seen, missed)) {
                continue;
            }
            for (unsigned k = 0; k < n; k++) {
                if (points[k].track == seen->id) {
                    points[k].track = missed->id;
                    take(missed, &points[k]);
                }
            }
            seen->id = 0;
        }
    }
}

/* Whether a track has been missed for too long. Where the kept one leads counts for as long as that is well known. */
static bool is_over(const struct tracker *tracker, const struct track *track, const struct track_noise *noise)
{
    const unsigned most = !often_seen(track) ? 1u : noise->missed_most;
    const bool well_known = track->place_m2.xx + track->place_m2.yy <= squared(noise->kept_m);
    return track->missed > most && !(track->id == tracker->kept && often_seen(track) && well_known);
}

void tracker_update(struct tracker *tracker, float dt_s, struct track_point *points, unsigned n, unsigned kinds,
                    const struct track_noise *noise)
{
    bool taken[TRACKS_MAX] = {false};
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        if (tracker->track[i].id != 0) {
            track_predict(&tracker->track[i], dt_s, noise->acceleration_m_s2);
        }
    }
    for (unsigned j = 0; j < n; j++) {
        points[j].track = 0;
    }
    while (join_best(tracker, true, taken, points, n)) {
    }
    while (join_best(tracker, false, taken, points, n)) {
    }
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        struct track *track = &tracker->track[i];
        if (track->id != 0 && !taken[i]) {
            track->missed = (uint16_t)(track->missed + 1);
            track->id = is_over(tracker, track, noise) ? 0 : track->id;
        }
    }
    join_doubles(tracker, points, n);
    for (unsigned j = 0; j < n; j++) {
        if (points[j].track == 0 && (kinds >> points[j].kind) % 2u == 1u) {
            begin(tracker, &points[j], noise);
        }
    }
}
