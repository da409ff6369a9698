/* A slew as a plan in time: about one axis, from where the body is to a goal that may move, without exciting a
 * flexible mode. */
#ifndef ADCS_SLEW_H
#define ADCS_SLEW_H

#include "guidance.h"
#include "ticks.h"

struct slew {
    bool planned;
    adcs_ticks start;
    struct vec3 axis_goal; /* unit vector in the goal's frame, which the body is turned about */
    float angle_rad;       /* that it is turned at the start */
    float acceleration_rad_s2, rate_rad_s;
    float period_s;        /* of the mode that stays still */
};

/* Plan from rest: `error_goal_rad` is the rotation from the goal to the body, in the goal's frame. */
struct slew slew_plan(adcs_ticks start, struct vec3 error_goal_rad, float acceleration_rad_s2, float rate_rad_s,
                      float period_s);

/* How long it takes, in s. */
float slew_duration_s(const struct slew *slew);

/* Where the body shall be at a time on its way to the goal, and how it shall turn. */
struct guidance slew_guidance(const struct slew *slew, const struct guidance *goal, adcs_ticks now);

#endif
