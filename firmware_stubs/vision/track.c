#include "track.h"

#include <stddef.h>

#define GATE 13.8f           /* of a normal error in two dimensions one in 1000 lies beyond: chi-squared */
#define RATIO_COST 2.0f      /* of a brightness that is another by half */
#define OTHER_KIND_COST 4.0f /* of a point that is taken for another kind than the track */

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

static void predict(struct track *track, float dt_s, const struct track_noise *noise)
{
    const float q = noise->acceleration_m_s2 * noise->acceleration_m_s2, dt2 = dt_s * dt_s;
    track->x_m += dt_s * track->vx_m_s;
    track->y_m += dt_s * track->vy_m_s;
    track->variance_m2 += 2.0f * dt_s * track->covariance_m2_s + dt2 * track->rate_variance_m2_s2 + 0.25f * q * dt2 * dt2;
    track->covariance_m2_s += dt_s * track->rate_variance_m2_s2 + 0.5f * q * dt2 * dt_s;
    track->rate_variance_m2_s2 += q * dt2;
}

static float squared(float x)
{
    return x * x;
}

/* How badly a point fits a track; beyond the gate it does not. */
static float cost(const struct track *track, const struct track_point *point, const struct track_noise *noise)
{
    const float variance = track->variance_m2 + squared(noise->place_m);
    const float distance = (squared(point->x_m - track->x_m) + squared(point->y_m - track->y_m)) / variance;
    if (!(distance <= GATE)) {
        return distance;
    }
    const float sum = point->brightness + track->brightness + 1.0f;
    const float unlike = (point->brightness - track->brightness) / sum; /* 0.2 where one is half more than the other */
    const float kind = track_kind(track) == point->kind ? 0.0f : OTHER_KIND_COST;
    return distance + RATIO_COST * 25.0f * squared(unlike) + kind;
}

static void vote(struct track *track, const struct track_point *point)
{
    for (unsigned kind = 0; kind < 8u; kind++) {
        track->votes[kind] *= VOTES_LAST;
    }
    track->votes[point->kind % 8u] += (float)point->confidence;
}

static void correct(struct track *track, const struct track_point *point, const struct track_noise *noise)
{
    const float innovation = track->variance_m2 + squared(noise->place_m);
    const float gain = track->variance_m2 / innovation, rate_gain = track->covariance_m2_s / innovation;
    const float dx = point->x_m - track->x_m, dy = point->y_m - track->y_m;
    track->x_m += gain * dx;
    track->y_m += gain * dy;
    track->vx_m_s += rate_gain * dx;
    track->vy_m_s += rate_gain * dy;
    track->rate_variance_m2_s2 -= rate_gain * track->covariance_m2_s;
    track->covariance_m2_s *= 1.0f - gain;
    track->variance_m2 *= 1.0f - gain;
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
        track->variance_m2 = squared(noise->place_m);
        track->rate_variance_m2_s2 = squared(noise->speed_m_s);
        track->brightness = point->brightness;
        vote(track, point);
        point->track = track->id;
        return;
    }
}

/* The best pair that is left, joined; false when none is. */
static bool join_best(struct tracker *tracker, bool *taken, struct track_point *points, unsigned n,
                      const struct track_noise *noise)
{
    float least = GATE + 3.0f * OTHER_KIND_COST;
    unsigned track = TRACKS_MAX, point = 0;
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        for (unsigned j = 0; tracker->track[i].id != 0 && !taken[i] && j < n; j++) {
            const float fit = points[j].track == 0 ? cost(&tracker->track[i], &points[j], noise) : least;
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
    correct(&tracker->track[track], &points[point], noise);
    return true;
}

/* Two tracks of one thing: where one is missed and another, seen, is where it should be, the older one goes on. */
static void join_doubles(struct tracker *tracker, struct track_point *points, unsigned n, const struct track_noise *noise)
{
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        for (unsigned j = 0; j < TRACKS_MAX; j++) {
            struct track *missed = &tracker->track[i], *seen = &tracker->track[j];
            if (i == j || missed->id == 0 || seen->id == 0 || missed->missed == 0 || seen->missed > 0
                || missed->seen < seen->seen) {
                continue;
            }
            const float away2 = squared(missed->x_m - seen->x_m) + squared(missed->y_m - seen->y_m);
            if (away2 > squared(4.0f * noise->place_m)) {
                continue;
            }
            for (unsigned k = 0; k < n; k++) {
                points[k].track = points[k].track == seen->id ? missed->id : points[k].track;
            }
            const uint16_t id = missed->id, count = missed->seen;
            *missed = *seen;
            missed->id = id;
            missed->seen = count;
            seen->id = 0;
        }
    }
}

void tracker_update(struct tracker *tracker, float dt_s, struct track_point *points, unsigned n, unsigned kinds,
                    const struct track_noise *noise)
{
    bool taken[TRACKS_MAX] = {false};
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        if (tracker->track[i].id != 0) {
            predict(&tracker->track[i], dt_s, noise);
        }
    }
    for (unsigned j = 0; j < n; j++) {
        points[j].track = 0;
    }
    while (join_best(tracker, taken, points, n, noise)) {
    }
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        struct track *track = &tracker->track[i];
        const unsigned most = track->seen < 3u ? 1u : noise->missed_most;
        if (track->id != 0 && !taken[i] && ++track->missed > most) {
            track->id = 0;
        }
    }
    join_doubles(tracker, points, n, noise);
    for (unsigned j = 0; j < n; j++) {
        if (points[j].track == 0 && (kinds >> points[j].kind) % 2u == 1u) {
            begin(tracker, &points[j], noise);
        }
    }
}
