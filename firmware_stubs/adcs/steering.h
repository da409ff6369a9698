/* Between where the body shall point and what it does now: ways round what an axis must not see, and slews that leave a
 * flexible mode still. */
#ifndef ADCS_STEERING_H
#define ADCS_STEERING_H

#include "keep_out.h"
#include "slew.h"

struct adcs;

struct steering {
    bool round, barred;              /* round: turning to the next one first; barred: told that the goal is in a cone */
    struct quat q_eci_from_waypoint; /* when barred, the attitude that is held */
    struct slew slew;                /* towards the waypoint, or the goal */
};

/* A mode begins: nothing is planned. */
void steering_reset(struct steering *steering);

/* What the body is to follow now on its way to a goal. Without cones and without a mode that must stay still, the goal. */
struct guidance steering_guide(struct adcs *adcs, const struct guidance *goal);

#endif
