/* How long each valve must open for an angular impulse. */
#ifndef ADCS_VALVES_H
#define ADCS_VALVES_H

#include "parameters.h"

/* On-times of the thrusters that exist, none of them negative, whose angular impulse is the one wanted, the sum of their
 * squares as small as can be: thrusters of like torque share it. False, all of them 0, when none give it. */
bool valves_open(const struct adcs_parameters *parameters, struct vec3 impulse_body_Nms,
                 float on_time_s[ADCS_THRUSTERS_MAX]);

#endif
