/* Observer of body rate and external torque.
 *
 * Momentum is kept: what the wheels gained, by their tachometers, the body lost. That tells changes of rate far better than
 * the gyro, and friction cannot hide in it. What remains, an offset and the slow work of external torques, is learnt from
 * the attitude that the filter found; while there is none, from the gyro. */
#ifndef ADCS_OBSERVER_H
#define ADCS_OBSERVER_H

#include "attitude.h"
#include "wheels.h"

struct observer {
    bool started;        /* there was a rate to start from */
    bool attitude_known; /* the attitude below goes along with the filter's */
    struct quat q_eci_from_body;
    struct vec3 rate_body_rad_s;
    struct vec3 external_torque_body_Nm;
};

/* To the end of a step of dt_s, in which the wheels changed their momentum as wheels_update found and the rods gave a mean
 * torque. */
void observer_predict(struct observer *observer, const struct adcs_parameters *parameters, const struct wheels *wheels,
                      struct vec3 rod_torque_body_Nm, float dt_s);

/* Use the filter's attitude. The first one after a pause is only taken over. */
void observer_correct_by_attitude(struct observer *observer, const struct adcs_parameters *parameters,
                                  struct quat q_eci_from_body, float dt_s);

/* Use a measured rate, free of bias. The first one starts the observer. */
void observer_correct_by_rate(struct observer *observer, const struct adcs_parameters *parameters,
                              struct vec3 rate_body_rad_s, float dt_s);

/* Torque that the rotation itself takes: rate x (inertia rate + wheel momentum), in N m. */
struct vec3 gyroscopic_torque(const struct adcs_parameters *parameters, struct vec3 rate_body_rad_s,
                              struct vec3 wheel_momentum_body_Nms);

#endif
