/* How the spacecraft's own dipole takes momentum off the wheels, where there are no rods. */
#include "momentum.h"

#include "adcs.h"

#define UNLOADS 0.3f       /* of a wheel's limit, in safe mode */
#define ROOM 0.75f         /* of a wheel's limit */
#define ROOM_WEIGHT 8.0f
#define SUN_WEIGHT 0.4f
#define STRIDE_GAIN 0.1f
#define OWN_LEAST_A_M2 1e-3f
#define LEARNS_S 150.0f    /* the field turns in the body */
#define LEARNS_RAD_S 0.012f /* of a body that turns no faster: its inertia does not matter */
#define OWN_MAX_A_M2 10.0f

/* Rods or thrusters. */
static bool has_others(const struct adcs *adcs)
{
    return adcs->parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2] > 0.0f || adcs->parameters.thruster_count > 0;
}

void momentum_learn(struct adcs *adcs, float dt_s)
{
    struct momentum *momentum = &adcs->momentum;
    const struct rods *rods = &adcs->rods;
    if (has_others(adcs) || !momentum_can_be_traded(adcs) || !rods->field_known
        || !(v3_norm(adcs->observer.rate_body_rad_s) < LEARNS_RAD_S)) {
        return;
    }
    const struct vec3 accounted_Nm = v3_cross(momentum->own_body_A_m2, rods->field_body_T);
    const struct vec3 rest_Nm = v3_sub(adcs->observer.external_torque_body_Nm, accounted_Nm);
    momentum->learnt_s += momentum->learnt_s > LEARNS_S ? 0.0f : dt_s;
    momentum->own_body_A_m2 = rods_learnt(rods, momentum->own_body_A_m2, rest_Nm, dt_s / LEARNS_S, OWN_MAX_A_M2);
}

bool momentum_has_a_dipole(const struct adcs *adcs)
{
    return !has_others(adcs) && momentum_can_be_traded(adcs) && adcs->rods.field_known
        && adcs->momentum.learnt_s > LEARNS_S && v3_norm(adcs->momentum.own_body_A_m2) > OWN_LEAST_A_M2;
}

bool momentum_unloads_by_own(const struct adcs *adcs)
{
    return adcs->momentum.full && momentum_has_a_dipole(adcs)
        && v3_norm(momentum_total_body_Nms(adcs)) > UNLOADS * momentum_held_anyhow_Nms(&adcs->parameters);
}

static struct vec3 unit(struct vec3 a)
{
    const float size = v3_norm(a);
    return v3_scale(size > 0.0f ? 1.0f / size : 0.0f, a);
}

/* Away from attitudes in which a wheel is near its limit. */
static struct vec3 to_room(const struct adcs_parameters *parameters, struct vec3 total_body_Nms)
{
    struct vec3 turn = v3(0.0f, 0.0f, 0.0f);
    for (int i = 0; i < parameters->wheel_count; i++) {
        const struct vec3 allocation = parameters->wheel_allocation[i];
        const float full = v3_dot(allocation, total_body_Nms) / momentum_wheel_full_Nms(parameters, i);
        const float beyond = adcs_abs(full) - ROOM;
        const struct vec3 less =
            v3_scale(1.0f / momentum_wheel_full_Nms(parameters, i), v3_cross(total_body_Nms, allocation));
        turn = v3_add_scaled(turn, beyond > 0.0f ? ROOM_WEIGHT * beyond * (full > 0.0f ? 1.0f : -1.0f) : 0.0f, less);
    }
    return turn;
}

/* Down the gradient of three costs: of the torque dipole x field along the momentum, which is least with the dipole along
 * momentum x field; of the Sun's angle; and of wheels near their limits. */
struct quat momentum_unloading_turn(const struct adcs *adcs, struct vec3 axis_body, struct vec3 sun_body)
{
    const struct vec3 total = momentum_total_body_Nms(adcs);
    const struct vec3 wanted = unit(v3_cross(total, adcs->rods.field_body_T));
    const struct vec3 by_dipole = v3_cross(unit(adcs->momentum.own_body_A_m2), wanted);
    const struct vec3 to_sun = v3_cross(axis_body, sun_body);
    const struct vec3 turn = v3_add(v3_add_scaled(by_dipole, SUN_WEIGHT, to_sun), to_room(&adcs->parameters, total));
    return quat_from_rotation_vector(v3_limit(v3_scale(STRIDE_GAIN, turn), MOMENTUM_STRIDE_RAD));
}
