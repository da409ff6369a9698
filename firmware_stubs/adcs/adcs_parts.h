/* Where a team puts a part of its own in the place of the reference software's: estimator, guidance, controller, allocator.
 *
 * A part is a function with the context that it is called with; it keeps its memory there, takes time from `now` alone, and
 * returns finite numbers. What it returns goes the same way as the reference's: a torque or an attitude that is not finite
 * ends in mode idle and the event state_impossible. All runs in the control step, so a part must come to its end in it.
 *
 *     const struct adcs_parts *adcs_own_parts(void)
 *     {
 *         static const struct adcs_controller controller = {torque, NULL};
 *         static const struct adcs_parts parts = {.controller = &controller};
 *         return &parts;
 *     }
 *
 * in a file that the build is told of, -DHIL_OWN_PARTS=FILE, is all that it takes. examples/own_controller shows it. */
#ifndef ADCS_PARTS_H
#define ADCS_PARTS_H

#include "guidance.h"
#include "observer.h"
#include "orbit.h"
#include "parameters.h"
#include "wheels.h"

#ifdef __cplusplus
extern "C" {
#endif

struct adcs;

/* What is believed of the body's attitude and rate at the time of a step. */
struct adcs_estimate {
    bool attitude_known, rate_known;
    struct quat q_eci_from_body; /* unit, scalar last; the identity while not known */
    struct vec3 rate_body_rad_s; /* relative to ECI, free of the gyro's bias */
};

/* Called last in the determination of each step. adcs->samples holds what arrived since the step before; *estimate holds
 * what the reference's filter made of it, and afterwards what guidance, controller and telemetry use. dt_s: since the step
 * before; 0 for the first, and after a jump of time. */
struct adcs_estimator {
    void (*estimate)(void *context, const struct adcs *adcs, adcs_ticks now, float dt_s, struct adcs_estimate *estimate);
    void *context;
};

/* Called in modes that point. `goal` is what the mode points at; returned is where the body shall be now on its way there,
 * with the rate and acceleration of that frame. The reference's plans slews round what an axis must not see. */
struct adcs_guide {
    struct guidance (*guide)(void *context, const struct adcs *adcs, const struct guidance *goal);
    void *context;
};

/* Called in modes that point. Returns the torque on the body in N m, body axes, without regard to the wheels' limits; what
 * rods and thrusters give is taken off it. */
struct adcs_controller {
    struct vec3 (*torque)(void *context, const struct adcs_parameters *parameters, const struct guidance *guidance,
                          struct quat q_eci_from_body, const struct observer *observer,
                          struct vec3 wheel_momentum_body_Nms);
    void *context;
};

/* Called where wheels are driven. Fills in the motor torque of each wheel, in N m about its axis, whose reaction is
 * `torque_body_Nm`; at most the parameter wheel_torque_max_Nm, which is not looked at again. */
struct adcs_allocator {
    void (*allocate)(void *context, const struct wheels *wheels, const struct adcs_parameters *parameters,
                     struct vec3 torque_body_Nm, float torque_Nm[ADCS_WHEELS_MAX]);
    void *context;
};

/* NULL: the reference's. reset, where it is not NULL, is called at the start and at every HELLO: back to the boot state, so
 * that every run starts alike. */
struct adcs_parts {
    const struct adcs_estimator *estimator;
    const struct adcs_guide *guide;
    const struct adcs_controller *controller;
    const struct adcs_allocator *allocator;
    void (*reset)(void);
};

/* A team's: called once at the start, in a build with HIL_OWN_PARTS. */
const struct adcs_parts *adcs_own_parts(void);

/* Use these parts from now on; NULL: the reference's. They stay in use. */
void adcs_use(struct adcs *adcs, const struct adcs_parts *parts);

/* The reference's own calls of them. */
void adcs_parts_estimate(struct adcs *adcs, adcs_ticks now, float dt_s);
struct guidance adcs_parts_guide(struct adcs *adcs, const struct guidance *goal);
struct vec3 adcs_parts_torque(const struct adcs *adcs, const struct guidance *guidance);
void adcs_parts_allocate(const struct adcs *adcs, struct vec3 torque_body_Nm, float torque_Nm[ADCS_WHEELS_MAX]);

#ifdef __cplusplus
}
#endif

#endif
