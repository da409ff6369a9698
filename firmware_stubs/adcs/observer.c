#include "observer.h"

struct vec3 gyroscopic_torque(const struct adcs_parameters *parameters, struct vec3 rate_body_rad_s,
                              struct vec3 wheel_momentum_body_Nms)
{
    const struct vec3 body = m3_apply(parameters->inertia_body_kg_m2, rate_body_rad_s);
    return v3_cross(rate_body_rad_s, v3_add(body, wheel_momentum_body_Nms));
}

/* Euler's equation (Markley and Crassidis, section 3.3), one explicit step: the rate hardly changes within it. */
void observer_predict(struct observer *observer, const struct adcs_parameters *parameters, struct vec3 torque_body_Nm,
                      struct vec3 wheel_momentum_body_Nms, float dt_s)
{
    const struct vec3 gyroscopic = gyroscopic_torque(parameters, observer->rate_body_rad_s, wheel_momentum_body_Nms);
    const struct vec3 torque = v3_sub(v3_add(torque_body_Nm, observer->disturbance_body_Nm), gyroscopic);
    const struct vec3 acceleration = m3_apply(parameters->inertia_inverse, torque);
    observer->rate_body_rad_s = v3_add_scaled(observer->rate_body_rad_s, dt_s, acceleration);
}

/* Gains that put both poles of the error at exp(-bandwidth dt), here to first order of the exponent's rational form, which
 * stays between 0 and 1 (Franklin, Powell and Workman, Digital Control of Dynamic Systems, section 8.2). */
void observer_correct(struct observer *observer, const struct adcs_parameters *parameters,
                      struct vec3 measured_rate_body_rad_s, float dt_s)
{
    if (!observer->started) {
        *observer = (struct observer){.started = true, .rate_body_rad_s = measured_rate_body_rad_s};
        return;
    }
    const float pole = 1.0f / (1.0f + parameters->value[ADCS_OBSERVER_BANDWIDTH_RAD_S] * dt_s);
    const struct vec3 innovation = v3_sub(measured_rate_body_rad_s, observer->rate_body_rad_s);
    const struct vec3 torque = m3_apply(parameters->inertia_body_kg_m2, innovation);
    const float torque_gain = dt_s > 0.0f ? (1.0f - pole) * (1.0f - pole) / dt_s : 0.0f;
    observer->rate_body_rad_s = v3_add_scaled(observer->rate_body_rad_s, 1.0f - pole * pole, innovation);
    observer->disturbance_body_Nm =
        v3_limit(v3_add_scaled(observer->disturbance_body_Nm, torque_gain, torque),
                 parameters->value[ADCS_WHEEL_TORQUE_MAX_NM]);
}
