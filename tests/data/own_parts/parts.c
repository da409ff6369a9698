/* Parts that call the reference's own: nothing changes by them. With TURNED, guidance is 5 degrees off about body x. */

#include <stddef.h>
#include "adcs.h"
#include "adcs_parts.h"
#include "control.h"

static void estimate(void *context, const struct adcs *adcs, adcs_ticks now, float dt_s, struct adcs_estimate *estimate)
{
    (void)context, (void)adcs, (void)now, (void)dt_s, (void)estimate;
}
#ifdef TURNED
static struct guidance guide(void *context, const struct adcs *adcs, const struct guidance *goal)
{
    struct guidance turned = *goal;
    (void)context, (void)adcs;
    turned.q_eci_from_target = quat_multiply(goal->q_eci_from_target, (struct quat){0.0436194f, 0.0f, 0.0f, 0.9990482f});
    return turned;
}
#endif
static struct vec3 torque(void *context, const struct adcs_parameters *parameters, const struct guidance *guidance,
                          struct quat q, const struct observer *observer, struct vec3 momentum)
{
    (void)context;
    return control_torque(parameters, guidance, q, observer, momentum);
}
static void allocate(void *context, const struct wheels *wheels, const struct adcs_parameters *parameters,
                     struct vec3 torque_body_Nm, float torque_Nm[ADCS_WHEELS_MAX])
{
    (void)context;
    wheels_allocate(wheels, parameters, torque_body_Nm, torque_Nm);
}
const struct adcs_parts *adcs_own_parts(void)
{
    static const struct adcs_estimator estimator = {estimate, NULL};
#ifdef TURNED
    static const struct adcs_guide turning = {guide, NULL};
    const struct adcs_guide *const guides = &turning;
#else
    const struct adcs_guide *const guides = NULL;
#endif
    static const struct adcs_controller controller = {torque, NULL};
    static const struct adcs_allocator allocator = {allocate, NULL};
    static struct adcs_parts parts;
    parts = (struct adcs_parts){&estimator, guides, &controller, &allocator, NULL};
    return &parts;
}
