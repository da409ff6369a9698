#include "observer.h"

struct vec3 gyroscopic_torque(const struct adcs_parameters *parameters, struct vec3 rate_body_rad_s,
                              struct vec3 wheel_momentum_body_Nms)
{
    const struct vec3 body = m3_apply(parameters->inertia_body_kg_m2, rate_body_rad_s);
    return v3_cross(rate_body_rad_s, v3_add(body, wheel_momentum_body_Nms));
}

/* Euler's equation with wheels (Markley and Crassidis, section 3.3.5), integrated over one step: the wheels' part is a
 * difference of momenta, the rest changes so slowly that one explicit step will do. */
void observer_predict(struct observer *observer, const struct adcs_parameters *parameters, const struct wheels *wheels,
                      struct vec3 rod_torque_body_Nm, float dt_s)
{
    const struct vec3 before = observer->rate_body_rad_s;
    const struct vec3 torque = v3_sub(v3_add(observer->external_torque_body_Nm, rod_torque_body_Nm),
                                      gyroscopic_torque(parameters, before, wheels->momentum_body_Nms));
    const struct vec3 impulse = v3_sub(v3_scale(dt_s, torque), wheels->momentum_change_body_Nms);
    observer->rate_body_rad_s = v3_add(before, m3_apply(parameters->inertia_inverse, impulse));
    const struct vec3 rotation = v3_scale(0.5f * dt_s, v3_add(before, observer->rate_body_rad_s));
    observer->q_eci_from_body =
        quat_normalise(quat_multiply(observer->q_eci_from_body, quat_from_rotation_vector(rotation)));
}

/* The filter's memory of one step: all its poles lie here. The rational form stays between 0 and 1 for any step. */
static float pole(const struct adcs_parameters *parameters, float dt_s)
{
    return 1.0f / (1.0f + parameters->value[ADCS_OBSERVER_BANDWIDTH_RAD_S] * dt_s);
}

static void add_acceleration(struct observer *observer, const struct adcs_parameters *parameters,
                             struct vec3 acceleration_rad_s2)
{
    const struct vec3 torque = m3_apply(parameters->inertia_body_kg_m2, acceleration_rad_s2);
    observer->external_torque_body_Nm = v3_limit(v3_add(observer->external_torque_body_Nm, torque),
                                                 parameters->value[ADCS_EXTERNAL_TORQUE_MAX_NM]);
}

/* Fading-memory filter of angle, rate and acceleration (Morrison, Introduction to Sequential Smoothing and Prediction,
 * chapter 13): three equal poles p give the gains 1 - p^3, 3/2 (1 - p)^2 (1 + p) and (1 - p)^3. */
void observer_correct_by_attitude(struct observer *observer, const struct adcs_parameters *parameters,
                                  struct quat q_eci_from_body, float dt_s)
{
    if (!observer->attitude_known || !(dt_s > 0.0f)) {
        observer->attitude_known = true;
        observer->q_eci_from_body = q_eci_from_body;
        return;
    }
    const float p = pole(parameters, dt_s);
    const float q = 1.0f - p;
    const struct vec3 residual =
        quat_rotation_vector(quat_multiply(quat_conjugate(observer->q_eci_from_body), q_eci_from_body));
    const struct quat correction = quat_from_rotation_vector(v3_scale(1.0f - p * p * p, residual));
    observer->q_eci_from_body = quat_multiply(observer->q_eci_from_body, correction);
    observer->rate_body_rad_s =
        v3_add_scaled(observer->rate_body_rad_s, 1.5f * q * q * (1.0f + p) / dt_s, residual);
    add_acceleration(observer, parameters, v3_scale(q * q * q / (dt_s * dt_s), residual));
}

/* The same with two poles, for rate and acceleration: gains 1 - p^2 and (1 - p)^2. */
void observer_correct_by_rate(struct observer *observer, const struct adcs_parameters *parameters,
                              struct vec3 rate_body_rad_s, float dt_s)
{
    if (!observer->started || !(dt_s > 0.0f)) {
        observer->started = true;
        observer->rate_body_rad_s = rate_body_rad_s;
        return;
    }
    const float p = pole(parameters, dt_s);
    const struct vec3 residual = v3_sub(rate_body_rad_s, observer->rate_body_rad_s);
    observer->rate_body_rad_s = v3_add_scaled(observer->rate_body_rad_s, 1.0f - p * p, residual);
    add_acceleration(observer, parameters, v3_scale((1.0f - p) * (1.0f - p) / dt_s, residual));
}
