/* Thrusters that unload the wheels where there is no field for rods: which valves open in a step, and for how long. */
#ifndef ADCS_THRUSTERS_H
#define ADCS_THRUSTERS_H

#include "events.h"
#include "parameters.h"

struct thrusters {
    bool unloading, given_up;           /* given up: until thrusters_reset */
    float unloading_s, began_Nms;       /* for how long; the momentum that it began with */
    struct vec3 owed_body_Nms;          /* angular impulse that is still to come: no valve opens for less than its minimum */
    float on_time_s[ADCS_THRUSTERS_MAX]; /* commanded in the last step */
    float on_time_before_s[ADCS_THRUSTERS_MAX]; /* and in the one before */
    float test_s[ADCS_THRUSTERS_MAX];   /* what mode test commands */
    float jolt_rad_s; /* by which pulses turn the body within a step, until the wheels have taken it: the most of late */
};

/* A mode was commanded: nothing is under way, nothing given up. */
void thrusters_reset(struct thrusters *thrusters);

/* A step begins: what was commanded becomes the command before, and all valves stay shut unless told otherwise. */
void thrusters_begin(struct thrusters *thrusters);

/* Begin to take momentum out when the spacecraft has too much of it, and go on, on average by the torque that the
 * parameters say, until it is little enough. A momentum that does not get less is reported and left alone. */
void thrusters_unload(struct thrusters *thrusters, const struct adcs_parameters *parameters, struct vec3 momentum_body_Nms,
                      float dt_s, struct adcs_events *events);

/* Angular impulse in N m s about the centre of mass of valves that are open for so long. */
struct vec3 thrusters_impulse(const struct adcs_parameters *parameters, const float on_time_s[ADCS_THRUSTERS_MAX]);

/* A gyro that is sampled once a step, always as long after the pulses, shows their jolt as a bias, which a filter learns. */
void thrusters_note_jolt(struct thrusters *thrusters, const struct adcs_parameters *parameters, float dt_s);

/* Mean torque in N m over the step of dt_s that now ends, commands taking effect after a delay. */
struct vec3 thrusters_mean_torque(const struct thrusters *thrusters, const struct adcs_parameters *parameters,
                                  float delay_s, float dt_s);

#endif
