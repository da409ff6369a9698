/* Orbit determination from GPS: a Kalman filter about the propagated orbit. */
#ifndef ADCS_ORBIT_FILTER_H
#define ADCS_ORBIT_FILTER_H

#include "earth.h"
#include "events.h"
#include "orbit.h"
#include "parameters.h"

/* Covariance of position and velocity along each axis; the three axes have the same, and nothing in common. */
struct orbit_filter {
    float position_m2, cross_m2_s, velocity_m2_s2;
    unsigned rejected;  /* fixes in a row */
    unsigned accepted;  /* since the orbit began, as far as they are counted */
    float without_s;    /* for so long there has been no fix */
    bool doubted;       /* the receiver: it contradicts an orbit that was settled */
    unsigned agreed;    /* in a row, while it is doubted */
    unsigned in_line;   /* rejected ones in a row that are one orbit, */
    struct motion before; /* of which this was the last, */
    adcs_ticks before_time; /* then */
};

/* After an uplink: as uncertain as that may be. */
void orbit_filter_uplinked(struct orbit_filter *filter);

/* Let uncertainty grow over dt_s, in an outage for as long as that lasts. */
void orbit_filter_predict(struct orbit_filter *filter, const struct adcs_parameters *parameters, float dt_s);

/* Use a fix of age_s before the orbit's time, which is now; ECEF. Position and velocity must both be within the gate, or
 * neither is used. With no orbit the fix becomes the orbit, as it does when several in a row are beyond the gate and are one
 * orbit among themselves: five, or five minutes of them where fixes had long agreed with the orbit, which gravity keeps true
 * far longer than a receiver that lies is to be followed. */
void orbit_filter_update(struct orbit_filter *filter, struct orbit *orbit, const struct adcs_parameters *parameters,
                         const struct earth *earth, const struct orbit_fix *fix, struct adcs_events *events);

#endif
