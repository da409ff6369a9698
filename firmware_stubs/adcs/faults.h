/* Faults of single devices: told by an event each, once. */
#ifndef ADCS_FAULTS_H
#define ADCS_FAULTS_H

#include "events.h"
#include "hil_messages.h"
#include "parameters.h"
#include "wheels.h"

struct faults {
    bool seen[HIL_DEVICE_KINDS_MAX]; /* a sample of this kind has come */
    float silent_s[HIL_DEVICE_KINDS_MAX];
    float stalled_s[ADCS_WHEELS_MAX];
};

/* A usable sample of this kind came. */
static inline void faults_heard(struct faults *faults, unsigned kind)
{
    faults->seen[kind] = true;
    faults->silent_s[kind] = 0.0f;
}

/* Nothing usable for longer than a moment from a kind that once spoke. */
bool faults_silent(const struct faults *faults, unsigned kind, float longer_than_s);

/* A step of dt_s has passed: report kinds that fall silent. A star tracker may be blind for long, and a thermometer
 * speaks when it likes; neither is watched. */
void faults_watch_sensors(struct faults *faults, const struct adcs_parameters *parameters, float dt_s,
                          struct adcs_events *events);

/* The motors gave `torque_Nm` for dt_s: a wheel that will not turn is reported and taken out of the allocation. */
void faults_watch_wheels(struct faults *faults, struct adcs_parameters *parameters, const struct wheels *wheels,
                         const float torque_Nm[ADCS_WHEELS_MAX], float dt_s, struct adcs_events *events);

#endif
