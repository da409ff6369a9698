/* Two star trackers held against each other.
 *
 * One that drifts is followed by the filter, and then the true one is what contradicts it. But where both are good, nothing
 * that the filter believes comes between them: their turn from one to the other is that of their mounting, and noise. So it
 * is averaged over a second, and when it changes, the gyro tells who of the two it was: it has carried on the attitude, with
 * the bias, of the last moment at which they agreed. Where there was none, or the gyro has failed, Sun, field and horizon
 * do, as far as they are sharp enough. The filter then goes back to what the gyro carried on. */
#ifndef ADCS_STAR_TRACKER_PAIR_H
#define ADCS_STAR_TRACKER_PAIR_H

#include "attitude.h"
#include "directions.h"

struct star_tracker_pair {
    bool compared;              /* of late, and the next ones are known */
    struct vec3 mounting_rad;   /* from tracker 0 to 1, body axes: as it was while they agreed, */
    struct vec3 away_rad;       /* and how far it is from that, averaged over a moment */
    bool apart, told;
    adcs_ticks apart_since;
    bool carried;               /* the gyro carries on the attitude from when they agreed last: */
    adcs_ticks agreed_time, time;
    unsigned gyro;
    struct quat q_eci_from_body;
    struct mat3 agreed_rad2;
    struct vec3 bias_body_rad_s;
    float bias_sigma_rad_s;
    float off2[2];              /* of each from that, squared sigmas */
    struct direction_evidence against; /* how much worse than 1 tracker 0 fits Sun, field and horizon */
};

struct adcs;

/* With a new measurement of star tracker 0 or 1. Returns the one that is found wrong; -1: none. */
int star_tracker_pair_step(struct adcs *adcs, unsigned instance);

/* They tell different attitudes. */
static inline bool star_tracker_pair_is_apart(const struct star_tracker_pair *pair)
{
    return pair->apart;
}

/* With the directions of this step, which are wanted while they are apart. */
void star_tracker_pair_weigh(struct adcs *adcs, const struct directions *directions, adcs_ticks now);

#endif
