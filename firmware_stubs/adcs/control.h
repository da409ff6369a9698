/* Attitude control law. */
#ifndef ADCS_CONTROL_H
#define ADCS_CONTROL_H

#include "guidance.h"
#include "observer.h"

/* Body torque in N m that turns the body to the guidance's attitude and keeps it there. */
struct vec3 control_torque(const struct adcs_parameters *parameters, const struct guidance *guidance,
                           struct quat q_eci_from_body, const struct observer *observer,
                           struct vec3 wheel_momentum_body_Nms);

#endif
