#include "own_dipole.h"

#include "adcs.h"
#include "control.h"

#define OBSERVED_RAD_S 0.012f /* of a body that turns no faster: its inertia does not matter */
#define NEAR_COSINE 0.7f      /* of the axis that looks down to the nadir, where the regulator's equations hold */
#define OWN_PART 0.5f         /* of the rods' dipole, is the most that the spacecraft's own is taken for */
#define AIR_PART 0.1f         /* likewise of what they can make, the air's torque */

static bool is_for_it(const struct adcs *adcs, float dt_s)
{
    const struct adcs_parameters *parameters = &adcs->parameters;
    return parameters->value[ADCS_ROD_POINTING_RAD_S] > 0.0f && dt_s > 0.0f && !parameters->usable && adcs->orbit.current
        && adcs->attitude.known && adcs->rods.field_known && !rods_are_misled(adcs);
}

static struct vec3 in_body(const struct adcs *adcs, struct vec3 eci)
{
    return quat_apply(quat_conjugate(adcs->attitude.q_eci_from_body), eci);
}

/* Direction in which the body goes through the air, which turns with the Earth. */
static struct vec3 ahead(const struct adcs *adcs)
{
    const struct vec3 air = v3_cross(v3(0.0f, 0.0f, EARTH_SPIN_RAD_S), adcs->orbit.position_eci_m);
    const struct vec3 flow = v3_sub(adcs->orbit.velocity_eci_m_s, air);
    const float speed = v3_norm(flow);
    return speed > 0.0f ? in_body(adcs, v3_scale(1.0f / speed, flow)) : flow;
}

/* Markley and Crassidis, equation 3.155. */
static struct vec3 gravity_gradient(const struct adcs *adcs)
{
    const struct vec3 r = adcs->orbit.position_eci_m, v = adcs->orbit.velocity_eci_m_s;
    const float radius = v3_norm(r);
    const float rate = v3_norm(v3_cross(r, v)) / radius / radius;
    const struct vec3 up = in_body(adcs, v3_scale(1.0f / radius, r));
    return v3_scale(3.0f * rate * rate, v3_cross(up, m3_apply(adcs->parameters.inertia_body_kg_m2, up)));
}

/* Of the torque that the observer finds beside that of the commanded dipole, what neither the cores' memory nor the gravity
 * gradient explains. */
static void learn(struct adcs *adcs, float dt_s)
{
    const struct vec3 commanded = adcs->command.dipole_body_A_m2;
    const struct vec3 kept = v3_sub(rods_given(&adcs->rods, &adcs->parameters, commanded), commanded);
    const struct vec3 rest =
        v3_sub(adcs->observer.external_torque_body_Nm, v3_cross(kept, adcs->rods.field_body_T));
    const struct vec3 unknown = v3_sub(rest, gravity_gradient(adcs));
    disturbances_learn(&adcs->disturbances, unknown, adcs->rods.field_body_T, ahead(adcs), dt_s);
}

void own_dipole_learn(struct adcs *adcs, const struct mode *mode, float dt_s)
{
    if (!is_for_it(adcs, dt_s)) {
        return;
    }
    if (adcs->observer.started && v3_norm(adcs->observer.rate_body_rad_s) < OBSERVED_RAD_S) {
        learn(adcs, dt_s);
    }
    if (mode_points_by_rods(mode, &adcs->parameters)) {
        rod_regulator_step(&adcs->rod_regulator, &adcs->parameters, &adcs->orbit, &adcs->earth, dt_s);
    }
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

/* Near the nadir as the regulator wants it, elsewhere as control does. */
static struct vec3 wanted_torque(const struct adcs *adcs, const struct mode_demand *demand)
{
    const struct vec3 field = adcs->rods.field_body_T;
    const float most_Nm = AIR_PART * adcs->parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2] * v3_norm(field);
    const struct rod_state state = {
        quat_multiply(quat_conjugate(demand->guidance.q_eci_from_target), adcs->attitude.q_eci_from_body),
        adcs->observer.rate_body_rad_s,
        v3_limit(v3_cross(adcs->disturbances.air_body_Nm, ahead(adcs)), most_Nm),
    };
    const bool is_near = quat_apply(state.target_from_body, v3(0.0f, 0.0f, 1.0f)).z > NEAR_COSINE;
    return is_near && rod_regulator_ready(&adcs->rod_regulator, adcs->last_time)
        ? rod_regulator_torque(&adcs->rod_regulator, &adcs->parameters, &demand->guidance, &state)
        : feasible(adcs, demand->torque_body_Nm);
}

struct vec3 own_dipole_with(const struct adcs *adcs, const struct mode_demand *demand)
{
    const float most_A_m2 = OWN_PART * adcs->parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2];
    const struct vec3 dipole = rods_torque(&adcs->rods, wanted_torque(adcs, demand));
    return v3_sub(dipole, v3_limit(adcs->disturbances.dipole_body_A_m2, most_A_m2));
}
