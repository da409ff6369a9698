/* Which star tracker is believed.
 *
 * A star tracker that fails can go on saying "valid": it repeats one attitude, or shows a false one. Each is watched: what
 * comes again although the gyro has turned is none, and one that contradicts the filter for long is set against the
 * others: the other tracker, the gyro (which the wheels' momentum vouches for), Sun, field and horizon. It is doubted, and
 * the filter coasts on the gyro, or the filter was wrong and begins afresh with it. A doubted one is used again when it has
 * agreed for a while. Where nothing tells which of the two is right, one that keeps to the gyro for minutes is believed. */
#ifndef ADCS_STAR_TRACKERS_H
#define ADCS_STAR_TRACKERS_H

#include "attitude.h"
#include "directions.h"

#define STAR_TRACKERS 2u
#define STAR_TRACKER_DISPUTE 3u /* measurements in a row */
#define STAR_TRACKER_APART_RAD_S 1.5e-4f /* of two rates, over two seconds */

struct star_tracker_watch {
    bool known;
    struct attitude_measurement last;
    struct quat shown;         /* by the device, before any correction */
    unsigned repeats;          /* of its value, in a row */
    struct quat turned;        /* by the gyro, since the first of them, for */
    float turned_s;
    bool frozen, doubted;
    unsigned agreed;           /* in a row, while it is doubted */
    unsigned rejected;         /* in a row */
    struct vec3 off_body_rad;  /* from the filter, the last time */
    struct vec3 first_body_rad;  /* as it was when this began, at */
    adcs_ticks first_time;
    struct vec3 steady_body_rad; /* from which it has not gone far since: */
    adcs_ticks steady_since;
    struct direction_evidence against; /* how much worse than the filter it fits Sun, field and horizon */
};

static inline bool star_tracker_disputes(const struct star_tracker_watch *watch)
{
    return watch->rejected >= STAR_TRACKER_DISPUTE && !watch->frozen;
}

/* Use a measurement, or find out why it cannot be used. `shown`: as the device told it. */
void star_trackers_take(struct adcs *adcs, const struct attitude_measurement *measurement, struct quat shown);

/* One of them contradicts the filter: directions are wanted. */
bool star_trackers_dispute(const struct adcs *adcs);

/* One began to contradict the filter less than moments ago: as long as it is not known who is right, momentum alone is what
 * all are held against. */
bool star_trackers_are_new_to_dispute(const struct adcs *adcs);

/* One contradicts the filter, and it is the gyro that made this wrong. `alone`: no other tracker can be asked. */
bool star_trackers_find_gyro_wrong(const struct adcs *adcs, const struct star_tracker_watch *watch, bool alone);

/* Set those that contradict the filter against the directions of this step. */
void star_trackers_weigh(struct adcs *adcs, const struct directions *directions, adcs_ticks now);

#endif
