/* Attitude control law. */
#ifndef ADCS_CONTROL_H
#define ADCS_CONTROL_H

#include "guidance.h"
#include "observer.h"

/* Body torque in N m that turns the body to the guidance's attitude and keeps it there. */
struct vec3 control_torque(const struct adcs_parameters *parameters, const struct guidance *guidance,
                           struct quat q_eci_from_body, const struct observer *observer,
                           struct vec3 wheel_momentum_body_Nms);

/* Body torque for rods, which give only a part of it and slowly: damping, and towards a turn that is wanted. */
struct vec3 control_by_rods(const struct adcs_parameters *parameters, struct vec3 wanted_turn_rad,
                            struct vec3 rate_body_rad_s);

#endif
