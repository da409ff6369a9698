/* Which of the things seen in one picture are those of the pictures before: places on a plane, in metres, whatever plane the
 * caller has laid there.
 *
 * A Kalman filter of constant velocity for each (track_filter.h). Points go to the likeliest track, the best pairs first: by
 * the squared distance in sigmas and the logarithm of the covariance's determinant (Blackman and Popoli, Design and Analysis
 * of Modern Tracking Systems, 1999, section 6.4), so that a track whose place is badly known does not take what fits another
 * one, and by brightness and kind. Tracks that were seen often come before new ones. */
#ifndef VISION_TRACK_H
#define VISION_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "mat2.h"

#define TRACKS_MAX 8u
#define TRACK_POINTS_MAX 24u

struct track_point {
    float x_m, y_m;
    uint8_t kind;       /* what it is taken for, of 0..7 */
    uint8_t confidence; /* of 255 */
    float brightness;   /* above its background */
    struct mat2 place_m2; /* covariance */
    uint16_t track;     /* out: the number of its track, or 0 */
};

struct track {
    uint16_t id; /* 0: there is none here */
    uint16_t seen, missed; /* pictures in all, and in a row */
    float x_m, y_m, vx_m_s, vy_m_s;
    struct mat2 place_m2, place_rate_m2_s, rate_m2_s2; /* covariances; rows place, columns rate */
    float brightness;
    float votes[8]; /* sums of confidence by kind */
};

struct tracker {
    uint16_t last_id;
    uint16_t kept; /* number of the track that the caller waits for, or 0 */
    struct track track[TRACKS_MAX];
};

struct track_noise {
    float acceleration_m_s2;  /* 1 sigma of what a track may do in an interval */
    float speed_m_s;          /* 1 sigma of a new track's */
    uint16_t missed_most;     /* pictures in a row; a track that is missed more often ends, */
    float kept_m;             /* but the kept one when 1 sigma of its place, both axes together, is more than this too */
};

/* Forget all tracks; numbers go on. */
void tracker_forget(struct tracker *tracker);

/* Go on by dt_s and take the points of a picture. Points of kinds in `kinds`, a bit each, begin tracks; any can go on with
 * one. */
void tracker_update(struct tracker *tracker, float dt_s, struct track_point *points, unsigned n, unsigned kinds,
                    const struct track_noise *noise);

/* The kind that it was taken for most. */
uint8_t track_kind(const struct track *track);

/* How sure that is: the mean confidence of its points, 0 for those that were taken for something else; of 255. */
uint8_t track_confidence(const struct track *track);

/* The track of this number, or NULL. */
const struct track *tracker_find(const struct tracker *tracker, uint16_t id);

#endif
