#include "adcs_parts.h"

#include <stddef.h>

#include "adcs.h"
#include "control.h"

void adcs_use(struct adcs *adcs, const struct adcs_parts *parts)
{
    adcs->parts = parts;
    if (parts != NULL && parts->reset != NULL) {
        parts->reset();
    }
}

void adcs_parts_estimate(struct adcs *adcs, adcs_ticks now, float dt_s)
{
    const struct adcs_estimator *own = adcs->parts != NULL ? adcs->parts->estimator : NULL;
    if (own == NULL) {
        return;
    }
    struct adcs_estimate estimate = {adcs->attitude.known, adcs->observer.started, adcs->attitude.q_eci_from_body,
                                     adcs->observer.rate_body_rad_s};
    own->estimate(own->context, adcs, now, dt_s, &estimate);
    adcs->attitude.known = estimate.attitude_known;
    adcs->attitude.q_eci_from_body = estimate.q_eci_from_body;
    adcs->observer.started = estimate.rate_known;
    adcs->observer.rate_body_rad_s = estimate.rate_body_rad_s;
}

struct guidance adcs_parts_guide(struct adcs *adcs, const struct guidance *goal)
{
    const struct adcs_guide *own = adcs->parts != NULL ? adcs->parts->guide : NULL;
    return own != NULL ? own->guide(own->context, adcs, goal) : steering_guide(adcs, goal);
}

struct vec3 adcs_parts_torque(const struct adcs *adcs, const struct guidance *guidance)
{
    const struct adcs_controller *own = adcs->parts != NULL ? adcs->parts->controller : NULL;
    const struct quat q_eci_from_body = adcs->attitude.q_eci_from_body;
    const struct vec3 momentum = adcs->wheels.momentum_body_Nms;
    return own != NULL
        ? own->torque(own->context, &adcs->parameters, guidance, q_eci_from_body, &adcs->observer, momentum)
        : control_torque(&adcs->parameters, guidance, q_eci_from_body, &adcs->observer, momentum);
}

void adcs_parts_allocate(const struct adcs *adcs, struct vec3 torque_body_Nm, float torque_Nm[ADCS_WHEELS_MAX])
{
    const struct adcs_allocator *own = adcs->parts != NULL ? adcs->parts->allocator : NULL;
    if (own != NULL) {
        own->allocate(own->context, &adcs->wheels, &adcs->parameters, torque_body_Nm, torque_Nm);
    } else {
        wheels_allocate(&adcs->wheels, &adcs->parameters, torque_body_Nm, torque_Nm);
    }
}
