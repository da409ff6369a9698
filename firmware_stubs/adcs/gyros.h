/* Which gyro is believed, and whether one is.
 *
 * What the wheels gained, by their tachometers, the body lost: that tells how its rate must have changed, whatever the gyro
 * shows. Each gyro is held against it while a star tracker keeps the observer true. A sample that jumps off is left
 * out; a gyro that is off for longer while the star tracker contradicts it too, or that repeats itself, is doubted, and the
 * other one is used, or the observer stands in. One that has kept off by the same for a minute has another bias now, and is
 * used again with that. */
#ifndef ADCS_GYROS_H
#define ADCS_GYROS_H

#include "attitude.h"
#include "observer.h"

#define GYROS 2u

struct gyro_watch {
    bool fresh; /* there was a sample since the last step: */
    adcs_ticks time;
    struct vec3 rate_body_rad_s;
    bool known;       /* there was one ever */
    float silent_s;
    unsigned repeats; /* of its value, in a row */
    bool doubted;
    struct vec3 off_rad_s;       /* from the observer, smoothed over a moment */
    struct vec3 off_before_rad_s; /* that of the last sample that was no outlier */
    float outliers;              /* share of samples, of late */
    float wrong_s;               /* for so long it has been off */
    struct vec3 bias_body_rad_s; /* while it is not used, */
    float learnt_s;              /* for so long */
    struct vec3 other_bias_rad_s; /* that a doubted one seems to have now, */
    float steady_s;               /* for so long */
};

struct gyros {
    struct gyro_watch watch[GYROS];
    unsigned used;
    float watched_s;         /* for so long there has been something to hold them against */
    float recent_rad_s;      /* the fastest rate of late: the faster, the larger the errors of inertia and scale */
    struct vec3 rate_before_rad_s;
    bool blamed;             /* one in use was found wrong, at */
    adcs_ticks blamed_time;
    unsigned agreed;         /* star tracker measurements that were used since then */
};

/* Take a sample. */
void gyros_take(struct gyros *gyros, unsigned instance, adcs_ticks time, struct vec3 rate_body_rad_s);

/* Leave the samples that were taken out. */
static inline void gyros_drop(struct gyros *gyros)
{
    gyros->watch[0].fresh = gyros->watch[1].fresh = false;
}

/* Hold the samples of a step of dt_s against the observer, predicted to its end. Returns the sample to use, NULL when there
 * is none. The filter's bias is that of the gyro in use, and changes with it. */
const struct gyro_watch *gyros_choose(struct gyros *gyros, const struct adcs_parameters *parameters,
                                      const struct observer *observer, struct attitude *attitude, float dt_s,
                                      struct adcs_events *events);

/* No gyro has told anything usable for so long. */
static inline bool gyros_silent(const struct gyros *gyros, float longer_than_s)
{
    const struct gyro_watch *watch = &gyros->watch[gyros->used];
    return !watch->known || watch->doubted || watch->silent_s > longer_than_s;
}

/* Others found the one in use wrong. */
void gyros_blame(struct gyros *gyros, struct attitude *attitude, struct adcs_events *events);

/* The wheels' momentum agrees with the gyro in use. */
bool gyros_are_vouched_for(const struct gyros *gyros);

/* One in use was found wrong, less than so long ago. */
static inline bool gyros_were_blamed(const struct gyros *gyros, adcs_ticks now, float ago_s)
{
    return gyros->blamed && adcs_seconds(gyros->blamed_time, now) < ago_s;
}

#endif
