/* Observer of body rate and disturbance torque: the torque that was commanded says how the rate should have changed, the
 * gyro how it did. The rate is smoother than the gyro's, and wheel friction, which the wheels do not report, shows up as
 * the disturbance that control then cancels: the integral action of the loop. */
#ifndef ADCS_OBSERVER_H
#define ADCS_OBSERVER_H

#include "parameters.h"

struct observer {
    bool started;
    struct vec3 rate_body_rad_s;
    struct vec3 disturbance_body_Nm;
};

/* To the end of a step of dt_s, through which `torque_body_Nm` acted and the wheels held `wheel_momentum_body_Nms`. */
void observer_predict(struct observer *observer, const struct adcs_parameters *parameters, struct vec3 torque_body_Nm,
                      struct vec3 wheel_momentum_body_Nms, float dt_s);

/* Use a measured rate, free of bias; the first one starts the observer. dt_s: since the measurement before. */
void observer_correct(struct observer *observer, const struct adcs_parameters *parameters,
                      struct vec3 measured_rate_body_rad_s, float dt_s);

/* Torque that the rotation itself takes: rate x (inertia rate + wheel momentum), in N m. */
struct vec3 gyroscopic_torque(const struct adcs_parameters *parameters, struct vec3 rate_body_rad_s,
                              struct vec3 wheel_momentum_body_Nms);

#endif
