/* The last rates that the gyro measured, so that a late star tracker sample can be used at the instant it belongs to. */
#ifndef ADCS_GYRO_HISTORY_H
#define ADCS_GYRO_HISTORY_H

#include "ticks.h"
#include "vec3.h"

#define GYRO_HISTORY_SIZE 16u

struct gyro_history {
    adcs_ticks time[GYRO_HISTORY_SIZE]; /* a ring */
    struct vec3 rate_body_rad_s[GYRO_HISTORY_SIZE];
    unsigned count; /* of samples, less a multiple of the ring's size; the newest is at (count - 1) % GYRO_HISTORY_SIZE */
};

/* Add a sample. One that is not newer than the newest is dropped. */
void gyro_history_push(struct gyro_history *history, adcs_ticks time, struct vec3 rate_body_rad_s);

/* Add to all of them: those to come are of a gyro, or of a time, with another bias, and the body turned as it did. */
void gyro_history_shift(struct gyro_history *history, struct vec3 by_body_rad_s);

/* Mean rate between `from` and the returned time, which is `to` or, if earlier, the next sample's: a walk from `from` to
 * `to` takes one call a sample. Linear between samples, constant before the first and after the last. `from` <= `to`. */
adcs_ticks gyro_history_mean(const struct gyro_history *history, adcs_ticks from, adcs_ticks to,
                             struct vec3 *rate_body_rad_s);

#endif
