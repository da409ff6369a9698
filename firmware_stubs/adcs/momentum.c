#include "momentum.h"

#include "adcs.h"

#define ROUNDS 12
#define WITHIN 0.999f      /* so that the rounds end */
#define TRADED 0.95f       /* of a wheel's limit: the rest is for control */
#define MUCH 0.8f          /* of what the wheels hold at best */
#define TOLD_RAD 2e-3f     /* beyond what the payload would notice */
#define NOT_TOLD_RAD 5e-4f
#define ALONG 1e-3f        /* a sine: momentum and wheel axis are one line */

float momentum_wheel_full_Nms(const struct adcs_parameters *parameters, int wheel)
{
    return parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2] * parameters->wheel_limit_rad_s[wheel];
}

struct vec3 momentum_total_body_Nms(const struct adcs *adcs)
{
    return v3_add(m3_apply(adcs->parameters.inertia_body_kg_m2, adcs->observer.rate_body_rad_s),
                  adcs->wheels.momentum_body_Nms);
}

struct vec3 momentum_total_eci_Nms(const struct adcs *adcs)
{
    return quat_apply(adcs->attitude.q_eci_from_body, momentum_total_body_Nms(adcs));
}

/* The wheel that would be furthest beyond the share; -1 when none is. */
static int worst_wheel(const struct adcs_parameters *parameters, struct vec3 wheels_Nms, float share, float *held_Nms)
{
    int worst = -1;
    float most_Nms = 0.0f;
    for (int i = 0; i < parameters->wheel_count; i++) {
        const float held = v3_dot(parameters->wheel_allocation[i], wheels_Nms);
        const float beyond = adcs_abs(held) - share * momentum_wheel_full_Nms(parameters, i);
        if (beyond > most_Nms) {
            most_Nms = beyond;
            worst = i;
            *held_Nms = held;
        }
    }
    return worst;
}

/* An axis across two that are one line: any will do. */
static struct vec3 across_any(struct vec3 a)
{
    const struct vec3 other = adcs_abs(a.x) < 0.6f ? v3(1.0f, 0.0f, 0.0f) : v3(0.0f, 1.0f, 0.0f);
    const struct vec3 across = v3_cross(a, other);
    return v3_scale(1.0f / v3_norm(across), across);
}

/* The body's turn that leaves this wheel with `held_Nms` of the total, by the shortest way: in the plane of the two. */
static struct vec3 relieving_turn(struct vec3 allocation, struct vec3 total_Nms, float held_Nms)
{
    const float size = v3_norm(allocation), amount = v3_norm(total_Nms);
    const struct vec3 axis = v3_scale(1.0f / size, allocation);
    const struct vec3 normal = v3_cross(axis, total_Nms);
    const float along = v3_dot(axis, total_Nms), across = v3_norm(normal);
    const float cosine = adcs_clamp(held_Nms / (size * amount), -1.0f, 1.0f);
    const float angle = adcs_atan2(adcs_sqrt(1.0f - cosine * cosine), cosine) - adcs_atan2(across, along);
    const struct vec3 about = across > ALONG * amount ? v3_scale(1.0f / across, normal) : across_any(axis);
    return v3_scale(-angle, about);
}

struct vec3 momentum_beside_rad(const struct adcs_parameters *parameters, const struct guidance *guidance,
                                struct vec3 total_eci_Nms, float share)
{
    const struct vec3 total = quat_apply(quat_conjugate(guidance->q_eci_from_target), total_eci_Nms);
    struct quat target_from_body = QUAT_IDENTITY;
    for (int round = 0; round < ROUNDS; round++) {
        const struct quat body_from_target = quat_conjugate(target_from_body);
        const struct vec3 turned = quat_apply(body_from_target, total);
        const struct vec3 follows = m3_apply(parameters->inertia_body_kg_m2,
                                             quat_apply(body_from_target, guidance->rate_target_rad_s));
        float held = 0.0f;
        const int wheel = worst_wheel(parameters, v3_sub(turned, follows), share, &held);
        if (wheel < 0) {
            break;
        }
        const struct vec3 allocation = parameters->wheel_allocation[wheel];
        const float most = WITHIN * share * momentum_wheel_full_Nms(parameters, wheel);
        const float wanted = (held > 0.0f ? most : -most) + v3_dot(allocation, follows);
        target_from_body = quat_normalise(quat_multiply(
            target_from_body, quat_from_rotation_vector(relieving_turn(allocation, turned, wanted))));
    }
    return quat_rotation_vector(target_from_body);
}

static void tell(struct adcs *adcs)
{
    struct momentum *momentum = &adcs->momentum;
    if (momentum->full) {
        momentum->traded = false; /* there is no attitude that the mode asks for */
    } else if (!momentum->traded && momentum->traded_rad > TOLD_RAD) {
        momentum->traded = true;
        adcs_report(&adcs->events, ADCS_EVENT_POINTING_TRADED, v3_norm(momentum_total_body_Nms(adcs)));
    } else if (momentum->traded && momentum->traded_rad < NOT_TOLD_RAD) {
        momentum->traded = false;
        adcs_report(&adcs->events, ADCS_EVENT_POINTING_REGAINED, v3_norm(momentum_total_body_Nms(adcs)));
    }
}

bool momentum_can_be_traded(const struct adcs *adcs)
{
    return adcs->parameters.usable && adcs->observer.started;
}

static struct guidance turned(const struct guidance *guidance, struct vec3 rotation_rad)
{
    const struct quat target_from_body = quat_from_rotation_vector(rotation_rad);
    const struct quat body_from_target = quat_conjugate(target_from_body);
    return (struct guidance){
        .q_eci_from_target = quat_normalise(quat_multiply(guidance->q_eci_from_target, target_from_body)),
        .rate_target_rad_s = quat_apply(body_from_target, guidance->rate_target_rad_s),
        .acceleration_target_rad_s2 = quat_apply(body_from_target, guidance->acceleration_target_rad_s2),
    };
}

float momentum_held_anyhow_Nms(const struct adcs_parameters *parameters)
{
    float least = 1e9f;
    for (int i = 0; i < parameters->wheel_count; i++) {
        const float held = momentum_wheel_full_Nms(parameters, i) / v3_norm(parameters->wheel_allocation[i]);
        least = held < least ? held : least;
    }
    return TRADED * least;
}

static struct guidance next_stride(const struct adcs *adcs, const struct guidance *guidance)
{
    const struct quat q = adcs->attitude.q_eci_from_body;
    const struct vec3 way_rad = quat_rotation_vector(quat_multiply(quat_conjugate(q), guidance->q_eci_from_target));
    if (!(v3_norm(way_rad) > MOMENTUM_STRIDE_RAD)) {
        return *guidance;
    }
    const struct quat stride = quat_from_rotation_vector(v3_limit(way_rad, MOMENTUM_STRIDE_RAD));
    return (struct guidance){.q_eci_from_target = quat_normalise(quat_multiply(q, stride))};
}

struct guidance momentum_trade(struct adcs *adcs, const struct guidance *guidance)
{
    const struct adcs_parameters *parameters = &adcs->parameters;
    adcs->momentum.traded_rad = 0.0f;
    struct guidance held = *guidance;
    if (momentum_can_be_traded(adcs)) {
        const struct vec3 total = momentum_total_eci_Nms(adcs);
        adcs->momentum.traded_rad = v3_norm(momentum_beside_rad(parameters, guidance, total, TRADED));
        if (v3_norm(total) > momentum_held_anyhow_Nms(parameters)) {
            held = next_stride(adcs, guidance);
            held = turned(&held, momentum_beside_rad(parameters, &held, total, TRADED));
        }
    }
    tell(adcs);
    return held;
}

bool momentum_is_tight(const struct adcs *adcs)
{
    return adcs->momentum.traded || wheels_are_saturated(&adcs->wheels);
}

/* The most that they hold in any attitude, where their axes are at right angles. */
static float held_at_best_Nms(const struct adcs_parameters *parameters)
{
    float sum2 = 0.0f;
    for (int i = 0; i < parameters->wheel_count; i++) {
        const float held = momentum_wheel_full_Nms(parameters, i) / v3_norm(parameters->wheel_allocation[i]);
        sum2 += held * held;
    }
    return adcs_sqrt(sum2);
}

bool momentum_is_too_much(const struct adcs *adcs, float beside_max_rad)
{
    return adcs->momentum.traded_rad > beside_max_rad
        || (adcs->momentum.traded && momentum_has_a_dipole(adcs)
            && v3_norm(momentum_total_body_Nms(adcs)) > MUCH * held_at_best_Nms(&adcs->parameters));
}
