/* Attitude determination: star trackers, late by their processing, joined with the gyro.
 *
 * The filter lives at the time of the newest star tracker measurement, where nothing about lateness has to be
 * approximated; the attitude of now is predicted from there through the gyro's history. A measurement older than the
 * filter (a second, slower tracker) is carried forward through the same history, with the gyro's noise added. */
#ifndef ADCS_ATTITUDE_H
#define ADCS_ATTITUDE_H

#include "directions.h"
#include "drift.h"
#include "events.h"
#include "gyro_history.h"
#include "mekf.h"
#include "parameters.h"

#define ATTITUDE_REJECTED_MAX 10u /* measurements in a row beyond the gate before the filter restarts */

struct attitude_measurement {
    adcs_ticks time;
    struct quat q_eci_from_body;
    unsigned instance; /* of the star tracker */
};

struct attitude {
    bool known;
    bool coarse;              /* from directions, since the last star tracker measurement or without one */
    adcs_ticks star_tracker_time; /* of the last measurement that was used */
    struct mekf filter;
    adcs_ticks filter_time;
    unsigned rejected; /* in a row */
    unsigned accepted; /* since the last restart, as far as they are counted */
    unsigned restarts; /* by the gate, and since then the filter has not been calm */
    adcs_ticks direction_time[DIRECTIONS_MAX]; /* of the last that was used, by its kind */
    float mismatch[DIRECTIONS_MAX]; /* mean squared distance of late, by kind; some 2 when all is well */
    struct vec3 corrected_body_rad; /* by the last measurement that was used */
    struct drift drift;
    bool held;         /* the filter is believed for now: what contradicts it for long does not restart it */
    bool stood_in;     /* the rates below are computed, with inertia and wheels as they are believed to be */
    struct gyro_history gyro;
    struct quat q_eci_from_body; /* now; the identity while not known */
};

void attitude_init(struct attitude *attitude);

/* The attitude is not known any more; reported. */
void attitude_give_up(struct attitude *attitude, struct adcs_events *events);

/* Forget everything but the gyro's bias, and how well that is known. */
void attitude_forget(struct attitude *attitude);

/* Use one measurement; false, reported, when it was not used. Measurements are best given in the order of their times. */
bool attitude_measure(struct attitude *attitude, const struct adcs_parameters *parameters,
                      const struct attitude_measurement *measurement, struct adcs_events *events);

/* How far a measurement is from what the filter expects at its time: squared Mahalanobis distance, and the rotation vector
 * in body axes. It is not used. */
float attitude_distance(struct attitude *attitude, const struct adcs_parameters *parameters,
                        const struct attitude_measurement *measurement, struct vec3 *off_body_rad);

/* The filter was led astray since `time`, or for longer: this is what it would be. */
void attitude_go_back(struct attitude *attitude, adcs_ticks time, const struct mekf *filter);

/* Another gyro is used from now on, or it has another bias. */
void attitude_take_bias(struct attitude *attitude, struct vec3 bias_body_rad_s, float sigma_rad_s);

/* The filter was wrong: begin afresh with this measurement; reported. */
void attitude_restart(struct attitude *attitude, const struct adcs_parameters *parameters,
                      const struct attitude_measurement *measurement, struct adcs_events *events);

/* The attitude at `to` of a body that had the given one at `from`, as the gyro tells. */
struct quat attitude_turned(const struct attitude *attitude, struct quat q_eci_from_body, adcs_ticks from, adcs_ticks to);

/* Whether so many measurements fitted since the filter began that it has settled. */
bool attitude_is_settled(const struct attitude *attitude);

/* Use the directions of a time: start from two of them, or improve what is known. Only for want of a star tracker: while it
 * measures they would only add their errors. */
void attitude_use_directions(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks time,
                             const struct directions *directions, struct adcs_events *events);

/* Of the attitude of now, which is predicted from the filter's time; rad2, body axes. */
struct mat3 attitude_covariance(const struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks now);

/* After the step's measurements: predict the attitude of now. */
void attitude_predict(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks now);

#endif
