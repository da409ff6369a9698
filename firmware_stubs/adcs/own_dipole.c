#include "own_dipole.h"

#include "adcs.h"
#include "control.h"

#define OBSERVED_S 400.0f       /* in which the observer's torque tells it */
#define OBSERVED_RAD_S 0.012f   /* of a body that turns no faster: its inertia does not matter */
#define NEAR_COSINE 0.7f        /* of the axis that looks down to the target's, where control tells it */
#define BY_CONTROL 0.5f         /* of the pointing's bandwidth, in which it does */
#define EARLY_S 5000.0f         /* near the target, after which it changes what is known ever more slowly */
#define LATE_PART 0.3f          /* of the early pace, is the least */
#define STEADY_BY_CONTROL 0.25f /* likewise of the torque that stays */
#define STEADY_PART 0.1f        /* of what the rods can make, is the most of that */

static struct quat seen_from_target(const struct adcs *adcs, const struct mode_demand *demand)
{
    return quat_multiply(quat_conjugate(demand->guidance.q_eci_from_target), adcs->attitude.q_eci_from_body);
}

/* Of the torques across the field, which rods can make, the one that is nearest to what is asked for when the distance is
 * measured by the inertia that the law goes by. So the law brakes in every field: by Cauchy and Schwarz its power is never
 * positive. The part across the field, taken alone, can drive a slender body. */
static struct vec3 feasible(const struct adcs *adcs, struct vec3 torque_body_Nm)
{
    const struct vec3 field = adcs->rods.field_body_T;
    const struct vec3 along = m3_apply(control_inertia_by_rods(&adcs->parameters), field);
    const float size = v3_dot(field, along);
    return size > 0.0f ? v3_add_scaled(torque_body_Nm, -v3_dot(field, torque_body_Nm) / size, along) : v3(0.0f, 0.0f, 0.0f);
}

/* By what control still asks for: that is the integral of its law. */
static void learn_by_control(struct adcs *adcs, struct vec3 torque_body_Nm, struct quat target_from_body, float share)
{
    struct rods *rods = &adcs->rods;
    const struct vec3 asked_body_Nm = feasible(adcs, torque_body_Nm);
    const float pitch_Nm = quat_apply(target_from_body, asked_body_Nm).y;
    const float most_Nm =
        STEADY_PART * adcs->parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2] * v3_norm(rods->field_body_T);
    rods_learn_own(rods, &adcs->parameters, asked_body_Nm, -BY_CONTROL * share);
    if (rods->field_known && adcs_finite(pitch_Nm)) {
        rods->steady_pitch_Nm =
            adcs_clamp(rods->steady_pitch_Nm + STEADY_BY_CONTROL * share * pitch_Nm, -most_Nm, most_Nm);
    }
}

/* By the torque that the observer finds beside that of the commanded dipole: what the cores remember is in it too. */
static void learn_by_observer(struct adcs *adcs, float share)
{
    const struct vec3 commanded = adcs->command.dipole_body_A_m2;
    const struct vec3 kept = v3_sub(rods_given(&adcs->rods, &adcs->parameters, commanded), commanded);
    const struct vec3 accounted = v3_cross(v3_add(adcs->rods.own_body_A_m2, kept), adcs->rods.field_body_T);
    const struct vec3 rest = v3_sub(adcs->observer.external_torque_body_Nm, accounted);
    rods_learn_own(&adcs->rods, &adcs->parameters, rest, share);
}

void own_dipole_learn(struct adcs *adcs, const struct mode *mode, const struct mode_demand *demand, float dt_s)
{
    const struct adcs_parameters *parameters = &adcs->parameters;
    const float bandwidth = parameters->value[ADCS_ROD_POINTING_RAD_S];
    if (!(bandwidth > 0.0f) || !(dt_s > 0.0f) || parameters->usable || rods_are_misled(adcs)) {
        return;
    }
    const struct quat target_from_body = seen_from_target(adcs, demand);
    if (mode_points_by_rods(mode, parameters) && quat_apply(target_from_body, v3(0.0f, 0.0f, 1.0f)).z > NEAR_COSINE) {
        adcs->rods.near_s += dt_s;
        const float pace = adcs_clamp(EARLY_S / adcs->rods.near_s, LATE_PART, 1.0f);
        learn_by_control(adcs, demand->torque_body_Nm, target_from_body, pace * bandwidth * dt_s);
    } else if (adcs->observer.started && v3_norm(adcs->observer.rate_body_rad_s) < OBSERVED_RAD_S) {
        learn_by_observer(adcs, dt_s / OBSERVED_S);
    }
}

struct vec3 own_dipole_with(const struct adcs *adcs, const struct mode_demand *demand)
{
    const struct quat body_from_target = quat_conjugate(seen_from_target(adcs, demand));
    const struct vec3 steady_body_Nm = quat_apply(body_from_target, v3(0.0f, adcs->rods.steady_pitch_Nm, 0.0f));
    const struct vec3 dipole = rods_torque(&adcs->rods, feasible(adcs, v3_add(demand->torque_body_Nm, steady_body_Nm)));
    return v3_sub(dipole, adcs->rods.own_body_A_m2);
}
