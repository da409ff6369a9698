/* Burns: what the thrusters add to the velocity, by forces whose torques cancel. */
#ifndef ADCS_BURN_H
#define ADCS_BURN_H

#include "parameters.h"

struct burn {
    bool wanted;
    struct vec3 left_body_N_s; /* of the impulse that was told */
    float told_N_s;            /* how large that was */
};

enum burn_outcome { BURN_GOES_ON, BURN_DONE, BURN_IMPOSSIBLE };

/* Least on-times t >= 0, none longer than the step, for an impulse and a torque's impulse: where both cannot be had the
 * torque goes first. */
void burn_allocate(const struct adcs_parameters *parameters, struct vec3 impulse_body_N_s, struct vec3 torque_body_Nms,
                   float dt_s, float on_time_s[ADCS_THRUSTERS_MAX]);

/* One step of a burn: which valves open, for how long. torque_body_Nms is to be taken out of the wheels beside it. */
enum burn_outcome burn_step(struct burn *burn, const struct adcs_parameters *parameters, struct vec3 torque_body_Nms,
                            float dt_s, float on_time_s[ADCS_THRUSTERS_MAX]);

/* Impulse in N s of valves that are open for so long. */
struct vec3 burn_impulse(const struct adcs_parameters *parameters, const float on_time_s[ADCS_THRUSTERS_MAX]);

#endif
