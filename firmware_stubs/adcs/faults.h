/* Faults of single devices: told by an event each, once. */
#ifndef ADCS_FAULTS_H
#define ADCS_FAULTS_H

#include "events.h"
#include "hil_messages.h"
#include "parameters.h"
#include "wheel_friction.h"
#include "wheel_response.h"
#include "wheels.h"

/* Devices whose silence is watched, each by itself: their places in the arrays below, the first of each kind. */
#define FAULTS_GYRO 0u
#define FAULTS_MAGNETOMETER 2u
#define FAULTS_STAR_TRACKER 4u
#define FAULTS_TACHOMETER 6u
#define FAULTS_GPS (FAULTS_TACHOMETER + ADCS_WHEELS_MAX)
#define FAULTS_COARSE_SUN_SENSOR (FAULTS_GPS + 1u)
#define FAULTS_HORIZON_SENSOR (FAULTS_GPS + 2u)
#define FAULTS_FINE_SUN_SENSOR (FAULTS_HORIZON_SENSOR + 2u)
#define FAULTS_DEVICES (FAULTS_FINE_SUN_SENSOR + 2u)

struct faults {
    bool seen[FAULTS_DEVICES]; /* there was a usable sample */
    float silent_s[FAULTS_DEVICES];
    float stalled_s[ADCS_WHEELS_MAX];  /* for so long a tachometer has not shown what its motor did */
    float driven_Nms[ADCS_WHEELS_MAX]; /* in that time: what the motor gave, */
    float turned_Nms[ADCS_WHEELS_MAX]; /* and what of it the body felt */
    struct vec3 rate_before_body_rad_s;
    struct wheel_response response[ADCS_WHEELS_MAX];
    struct wheel_friction friction[ADCS_WHEELS_MAX];
    unsigned lies[ADCS_WHEELS_MAX];      /* of its tachometer, in a row */
    float dropped_s[ADCS_WHEELS_MAX];    /* for so long it has been out of service */
    float trial_after_s[ADCS_WHEELS_MAX]; /* it is tried again; 0: it was not this software that took it out */
    bool on_trial[ADCS_WHEELS_MAX];
    float speed_from_rad_s[ADCS_WHEELS_MAX], shown_from_rad_s[ADCS_WHEELS_MAX]; /* from which changes are compared */
    unsigned agreed[ADCS_WHEELS_MAX];    /* so often, of a tachometer that failed */
    float shown_before_rad_s[ADCS_WHEELS_MAX]; /* by it in the step before */
    unsigned still[ADCS_WHEELS_MAX];     /* so many steps without another value */
    float well_s[ADCS_WHEELS_MAX];       /* so long it has looked well */
    float listen_after_s[ADCS_WHEELS_MAX]; /* of that it is listened to again */
};

/* How the body turned in the step that now ends. */
struct body_motion {
    struct vec3 rate_body_rad_s;  /* at its end */
    struct vec3 torque_body_Nm;   /* known to have acted, wheels apart */
};

/* The value of an event that is about this device. */
static inline float faults_device(unsigned kind, unsigned instance)
{
    return (float)(kind + 100u * instance);
}

/* A usable sample of this device came. */
static inline void faults_heard(struct faults *faults, unsigned device)
{
    faults->seen[device] = true;
    faults->silent_s[device] = 0.0f;
}

/* Nothing usable for longer than a moment, or never anything. */
static inline bool faults_silent(const struct faults *faults, unsigned device, float longer_than_s)
{
    return !faults->seen[device] || faults->silent_s[device] > longer_than_s;
}

/* A step of dt_s has passed: report devices that fall silent. A star tracker may be blind for long, and has a time of its
 * own; a thermometer speaks when it likes, and is not watched. */
void faults_watch_sensors(struct faults *faults, const struct adcs_parameters *parameters, float dt_s,
                          struct adcs_events *events);

/* A tachometer that shows a jump which the body did not feel is not believed; five in a row, and it has failed. */
void faults_check_tachometers(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels,
                              const struct body_motion *body, float dt_s, struct adcs_events *events);

/* The motors gave `torque_Nm` for dt_s. A tachometer that does not show it is either right, or dead: the body tells, which
 * got the opposite of what the wheel got. A wheel that will not turn is reported and taken out of the allocation; a
 * tachometer that lies is reported and not listened to any more. */
void faults_watch_wheels(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels,
                         const float torque_Nm[ADCS_WHEELS_MAX], const struct body_motion *body, float dt_s,
                         struct adcs_events *events);

#endif
