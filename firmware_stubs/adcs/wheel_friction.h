/* A bearing that goes bad: a wheel's friction is several times what it used to be.
 *
 * It is held against its own average of minutes, at the speed at which that was learnt: viscous friction grows with speed.
 * What a motor gives too much or too little looks like friction, too, while it gives much. */
#ifndef ADCS_WHEEL_FRICTION_H
#define ADCS_WHEEL_FRICTION_H

#include "events.h"
#include "wheels.h"

struct wheel_friction {
    float now_Nm;           /* averaged over a moment */
    float usual_Nm, usual_rad_s; /* over minutes, with the speed */
    float watched_s;
    float other_s;          /* for so long it has been high, or while it is told as that, usual */
    bool high;
    float pardoned_s;       /* so long from now on nothing is made of it */
};

/* The wheel was commanded, or told its speed, in a wrong way until now: what seemed to be friction was that. */
void wheel_friction_pardon(struct wheel_friction *friction);

/* Through dt_s the motor of this wheel gave `torque_Nm`. Reports. */
void wheel_friction_watch(struct wheel_friction *friction, const struct wheels *wheels,
                          const struct adcs_parameters *parameters, int wheel, float torque_Nm, float dt_s,
                          struct adcs_events *events);

#endif
