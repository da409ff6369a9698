/* Sensors of Sun, horizon and field, held against an attitude that is better than theirs.
 *
 * While a star tracker keeps the attitude nothing rests on these sensors, and they can be tried: each sample is compared
 * with where attitude, orbit, date and the model of the field have it. One that is off for long is doubted, if no more of
 * them are off than agree: else it is rather the attitude that is wrong. It is used again when it has agreed for a while.
 * Without a star tracker Sun and gyro show a magnetometer that is inverted, or has its axes swapped.
 * One that repeats its value is frozen, whatever the attitude. A doubted or frozen one is not used. */
#ifndef ADCS_SENSOR_CHECKS_H
#define ADCS_SENSOR_CHECKS_H

#include "events.h"
#include "parameters.h"
#include "ticks.h"
#include "vec3.h"

/* Places in the array below, the first of each kind. */
#define SENSOR_CHECKS_FINE_SUN 0u
#define SENSOR_CHECKS_COARSE_SUN 2u
#define SENSOR_CHECKS_HORIZON 3u
#define SENSOR_CHECKS_MAGNETOMETER 5u
#define SENSOR_CHECKS (SENSOR_CHECKS_MAGNETOMETER + 2u)

struct sensor_check {
    bool known;         /* there was a sample ever, */
    bool fresh;         /* and one since the last step: */
    struct vec3 shown;  /* as it came */
    unsigned repeats;   /* of its value, in a row */
    bool frozen, doubted;
    bool weak;          /* it shows less than the field has anywhere, */
    unsigned other;     /* or for so many samples the opposite of that */
    bool compared;      /* the last sample could be, and was */
    bool off;           /* by more than noise and calibration */
    float off_share;    /* of its samples, of late */
    float since_s;      /* the last sample */
};

struct sensor_checks {
    struct sensor_check of[SENSOR_CHECKS];
};

struct adcs;

/* Take a sample, a vector in body axes. Returns false when it is not to be used. Reports a frozen one. */
bool sensor_checks_take(struct sensor_checks *checks, const struct adcs_parameters *parameters, unsigned device,
                        struct vec3 shown, struct adcs_events *events);

/* With the attitude of this step: hold its samples against it. Reports those that are doubted or trusted again. */
void sensor_checks_step(struct adcs *adcs, adcs_ticks now, float dt_s);

/* By a star tracker that nobody contradicts. */
bool sensor_checks_attitude_is_proven(const struct adcs *adcs, adcs_ticks now);

/* It shows a field of this size where none is weaker than some 20 uT. Reports. */
void sensor_checks_weigh(struct sensor_checks *checks, unsigned device, float size_T, struct adcs_events *events);

/* Neither doubted nor frozen nor weak. */
static inline bool sensor_checks_believe(const struct sensor_checks *checks, unsigned device)
{
    return !checks->of[device].frozen && !checks->of[device].doubted && !checks->of[device].weak;
}

#endif
