#include "wheels.h"

#define IDLE_GAIN_S 0.05f
#define IDLE_LEAST 0.1f /* of the unit vector: less than that, three others are nearly in one plane */

void wheels_measure(struct wheels *wheels, unsigned wheel, float speed_rad_s)
{
    wheels->measured[wheel] = true;
    if (!wheels->known[wheel]) {
        wheels->known[wheel] = true;
        wheels->speed_rad_s[wheel] = speed_rad_s;
    }
    wheels->sample_rad_s[wheel] = speed_rad_s;
}

/* First-order, by the torque that would explain the speed's error; held within half of what a motor can give. */
static void learn_friction(struct wheels *wheels, const struct adcs_parameters *parameters, int wheel, float missing_Nm,
                           float dt_s)
{
    const float bandwidth = parameters->value[ADCS_WHEEL_FRICTION_BANDWIDTH_RAD_S];
    const float gain = bandwidth * dt_s / (1.0f + bandwidth * dt_s);
    const float most = 0.5f * parameters->value[ADCS_WHEEL_TORQUE_MAX_NM];
    wheels->friction_Nm[wheel] = adcs_clamp(wheels->friction_Nm[wheel] + gain * missing_Nm, -most, most);
}

/* Dry friction turns round with the wheel, at once: to learn that anew at each zero crossing would cost tens of arcsec. */
static void turn_friction(struct wheels *wheels, int wheel)
{
    const float before = wheels->speed_rad_s[wheel], after = wheels->sample_rad_s[wheel];
    if (before * after < 0.0f && wheels->friction_Nm[wheel] * before > 0.0f) {
        wheels->friction_Nm[wheel] = -wheels->friction_Nm[wheel];
    }
}

static void update_one(struct wheels *wheels, const struct adcs_parameters *parameters, int wheel, float torque_Nm,
                       float dt_s)
{
    const float spin_inertia = parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
    const float net_Nm = torque_Nm - wheels->friction_Nm[wheel];
    const float predicted = wheels->speed_rad_s[wheel] + dt_s / spin_inertia * net_Nm;
    wheels->surprise_rad_s[wheel] = 0.0f;
    if (!wheels->measured[wheel] || parameters->tachometer_failed[wheel]) {
        wheels->speed_rad_s[wheel] = wheels->known[wheel] ? predicted : 0.0f;
        return;
    }
    wheels->surprise_rad_s[wheel] = wheels->sample_rad_s[wheel] - predicted;
    if (dt_s > 0.0f) {
        const float missing_Nm = spin_inertia * (predicted - wheels->sample_rad_s[wheel]) / dt_s;
        learn_friction(wheels, parameters, wheel, missing_Nm, dt_s);
    }
    turn_friction(wheels, wheel);
    wheels->speed_rad_s[wheel] = wheels->sample_rad_s[wheel];
    wheels->measured[wheel] = false;
}

void wheels_update(struct wheels *wheels, const struct adcs_parameters *parameters,
                   const float torque_Nm[ADCS_WHEELS_MAX], float dt_s)
{
    const float spin_inertia = parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
    const struct vec3 before = wheels->momentum_body_Nms;
    wheels->momentum_body_Nms = v3(0.0f, 0.0f, 0.0f);
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        const float speed_before = wheels->speed_rad_s[i];
        wheels->friction_before_Nm[i] = wheels->friction_Nm[i];
        update_one(wheels, parameters, i, torque_Nm[i], dt_s);
        wheels->speed_change_rad_s[i] = wheels->speed_rad_s[i] - speed_before;
        wheels->momentum_body_Nms = v3_add_scaled(
            wheels->momentum_body_Nms, spin_inertia * wheels->speed_rad_s[i], parameters->wheel_axis_body[i]);
    }
    wheels->momentum_change_body_Nms = v3_sub(wheels->momentum_body_Nms, before);
}

void wheels_correct(struct wheels *wheels, const struct adcs_parameters *parameters, int wheel, float momentum_Nms)
{
    wheels->speed_rad_s[wheel] += momentum_Nms / parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
    wheels->friction_Nm[wheel] = 0.0f;
    wheels->momentum_body_Nms =
        v3_add_scaled(wheels->momentum_body_Nms, momentum_Nms, parameters->wheel_axis_body[wheel]);
}

bool wheels_are_saturated(const struct wheels *wheels)
{
    bool saturated = false;
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        saturated = saturated || wheels->saturated[i];
    }
    return saturated;
}

void wheels_disbelieve(struct wheels *wheels, const struct adcs_parameters *parameters, int wheel)
{
    const float off_rad_s = wheels->surprise_rad_s[wheel];
    const float momentum_Nms = -off_rad_s * parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
    const struct vec3 axis = parameters->wheel_axis_body[wheel];
    wheels->speed_rad_s[wheel] -= off_rad_s;
    wheels->speed_change_rad_s[wheel] -= off_rad_s;
    wheels->momentum_body_Nms = v3_add_scaled(wheels->momentum_body_Nms, momentum_Nms, axis);
    wheels->momentum_change_body_Nms = v3_add_scaled(wheels->momentum_change_body_Nms, momentum_Nms, axis);
    wheels->friction_Nm[wheel] = wheels->friction_before_Nm[wheel];
}

/* By how much all shares must shrink so that each fits beside its wheel's friction; 1 when they do. */
static float scale_to_fit(const struct wheels *wheels, float limit_Nm, const float share_Nm[ADCS_WHEELS_MAX])
{
    float scale = 1.0f;
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        const float room = adcs_clamp(limit_Nm - adcs_abs(wheels->friction_Nm[i]), 0.0f, limit_Nm);
        const float wanted = adcs_abs(share_Nm[i]);
        scale = scale * wanted > room ? room / wanted : scale;
    }
    return scale;
}

/* Asked to go faster than it can. */
static bool at_speed_limit(const struct wheels *wheels, const struct adcs_parameters *parameters, int wheel, float torque_Nm)
{
    const float limit = parameters->wheel_limit_rad_s[wheel], speed = wheels->speed_rad_s[wheel];
    return torque_Nm > 0.0f ? speed >= limit : speed <= -limit;
}

/* Torque along the null space: first-order towards the bias, a tenth of the limit at most (Markley and Crassidis, chapter 7,
 * on redundant wheels). */
static float idle_torque(const struct wheels *wheels, const struct adcs_parameters *parameters)
{
    float along = -2.0f * parameters->value[ADCS_WHEEL_BIAS_RAD_S]; /* each of four alike has half of the unit vector */
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        along += parameters->wheel_idle[i] * wheels->speed_rad_s[i];
    }
    const float most = 0.1f * parameters->value[ADCS_WHEEL_TORQUE_MAX_NM];
    return adcs_clamp(-IDLE_GAIN_S * parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2] * along, -most, most);
}

/* One of four at its speed limit: what turns all four and nothing else takes its share off it, and the other three give
 * the torque alone. Its motor is off then, and its friction acts on the body. */
static void relieve(const struct wheels *wheels, const struct adcs_parameters *parameters, float torque_Nm[ADCS_WHEELS_MAX])
{
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        const float friction_Nm = wheels->friction_Nm[i], part = parameters->wheel_idle[i];
        if (adcs_abs(part) > IDLE_LEAST && at_speed_limit(wheels, parameters, i, torque_Nm[i] + friction_Nm)) {
            const float along = -(torque_Nm[i] + friction_Nm) / part;
            for (int j = 0; j < ADCS_WHEELS_MAX; j++) {
                torque_Nm[j] += along * parameters->wheel_idle[j];
            }
            return;
        }
    }
}

void wheels_allocate(const struct wheels *wheels, const struct adcs_parameters *parameters, struct vec3 torque_body_Nm,
                     float torque_Nm[ADCS_WHEELS_MAX])
{
    const float limit_Nm = parameters->value[ADCS_WHEEL_TORQUE_MAX_NM];
    const float idle_Nm = idle_torque(wheels, parameters);
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        torque_Nm[i] = -v3_dot(parameters->wheel_allocation[i], torque_body_Nm) + idle_Nm * parameters->wheel_idle[i];
    }
    if (parameters->wheel_count == ADCS_WHEELS_MAX) {
        relieve(wheels, parameters, torque_Nm);
    }
    const float scale = scale_to_fit(wheels, limit_Nm, torque_Nm);
    for (int i = 0; i < parameters->wheel_count; i++) {
        const float wanted = adcs_clamp(scale * torque_Nm[i] + wheels->friction_Nm[i], -limit_Nm, limit_Nm);
        const bool out = parameters->wheel_dropped[i] || at_speed_limit(wheels, parameters, i, wanted);
        torque_Nm[i] = out ? 0.0f : parameters->wheel_reversed[i] ? -wanted : wanted;
    }
}
