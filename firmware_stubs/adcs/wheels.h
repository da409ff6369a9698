/* Reaction wheels: how fast they turn, what their friction takes, and the share of each in a body torque. */
#ifndef ADCS_WHEELS_H
#define ADCS_WHEELS_H

#include "parameters.h"

struct wheels {
    bool known[ADCS_WHEELS_MAX];    /* there was a tachometer sample */
    bool measured[ADCS_WHEELS_MAX]; /* there was one since the last update */
    float sample_rad_s[ADCS_WHEELS_MAX]; /* the last one */
    float speed_rad_s[ADCS_WHEELS_MAX];
    float speed_change_rad_s[ADCS_WHEELS_MAX]; /* in the last update */
    float surprise_rad_s[ADCS_WHEELS_MAX]; /* by which the last update's sample was off what was expected; 0 without one */
    bool near_limit[ADCS_WHEELS_MAX]; /* of its speed, and not yet well below */
    bool saturated[ADCS_WHEELS_MAX]; /* at its speed limit, and not yet well below it */
    float friction_Nm[ADCS_WHEELS_MAX]; /* motor torque that does not arrive; estimated */
    float friction_before_Nm[ADCS_WHEELS_MAX]; /* the last update */
    struct vec3 momentum_body_Nms;      /* of the spin relative to the body */
    struct vec3 momentum_change_body_Nms; /* in the last update: the body got its opposite */
};

/* Take a tachometer sample of wheel 0..ADCS_WHEELS_MAX - 1. */
void wheels_measure(struct wheels *wheels, unsigned wheel, float speed_rad_s);

/* To the end of a step of dt_s, through which the motors gave `torque_Nm`. A wheel without a sample, or with a tachometer
 * that failed, is predicted; one with
 * a sample shows its friction by the speed that it failed to gain. With dt_s of 0 the samples are only taken over. */
void wheels_update(struct wheels *wheels, const struct adcs_parameters *parameters,
                   const float torque_Nm[ADCS_WHEELS_MAX], float dt_s);

/* The wheel turned by so much momentum more than its tachometer has told: what it told, speed and friction, is not true. */
void wheels_correct(struct wheels *wheels, const struct adcs_parameters *parameters, int wheel, float momentum_Nms);

/* At least one is at its speed limit. */
bool wheels_are_saturated(const struct wheels *wheels);

/* The last update's sample of this wheel was false: as if it had not come. */
void wheels_disbelieve(struct wheels *wheels, const struct adcs_parameters *parameters, int wheel);

/* Motor torques whose reaction is `torque_body_Nm`, friction added. Scaled down together, so that the direction stays, when
 * a motor cannot give its share. A wheel at its speed limit is not driven further: of four, the other three give the torque
 * instead; of three, the torque about its axis is missing, and the other two go on, for none at all would be worse. With
 * four wheels what turns all of them and nothing else is led to the parameter wheel_bias_rad_s, which keeps their speeds
 * off zero. */
void wheels_allocate(const struct wheels *wheels, const struct adcs_parameters *parameters, struct vec3 torque_body_Nm,
                     float torque_Nm[ADCS_WHEELS_MAX]);

#endif
