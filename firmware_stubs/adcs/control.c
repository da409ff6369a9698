#include "control.h"

struct error {
    struct vec3 angle_body_rad;
    struct vec3 rate_body_rad_s;
    struct vec3 acceleration_body_rad_s2; /* of the target, seen from the turning body */
};

static struct error error_of(const struct guidance *guidance, struct quat q_eci_from_body, struct vec3 rate_body_rad_s)
{
    const struct quat target_from_body =
        quat_multiply(quat_conjugate(guidance->q_eci_from_target), q_eci_from_body);
    const struct quat body_from_target = quat_conjugate(target_from_body);
    const struct vec3 rate = quat_apply(body_from_target, guidance->rate_target_rad_s);
    const struct vec3 acceleration = quat_apply(body_from_target, guidance->acceleration_target_rad_s2);
    const float twice = target_from_body.w < 0.0f ? -2.0f : 2.0f; /* the shorter way round */
    return (struct error){
        .angle_body_rad = v3_scale(twice, v3(target_from_body.x, target_from_body.y, target_from_body.z)),
        .rate_body_rad_s = v3_sub(rate_body_rad_s, rate),
        .acceleration_body_rad_s2 = v3_sub(acceleration, v3_cross(rate_body_rad_s, rate)),
    };
}

/* Quaternion feedback about the eigenaxis, with the attitude term held at the slew rate limit, gyroscopic torque and
 * estimated external torque cancelled, and the target's motion fed forward (Wie, Space Vehicle Dynamics and Control, section
 * 7.3; Markley and Crassidis, section 7.2). */
struct vec3 control_torque(const struct adcs_parameters *parameters, const struct guidance *guidance,
                           struct quat q_eci_from_body, const struct observer *observer,
                           struct vec3 wheel_momentum_body_Nms)
{
    const struct error error = error_of(guidance, q_eci_from_body, observer->rate_body_rad_s);
    const float bandwidth = parameters->value[ADCS_CONTROL_BANDWIDTH_RAD_S];
    const float damping_rate = 2.0f * parameters->value[ADCS_CONTROL_DAMPING] * bandwidth;
    const struct vec3 wanted_rate = v3_limit(v3_scale(bandwidth * bandwidth / damping_rate, error.angle_body_rad),
                                             parameters->value[ADCS_SLEW_RATE_MAX_RAD_S]);
    const struct vec3 acceleration =
        v3_add_scaled(error.acceleration_body_rad_s2, -damping_rate, v3_add(wanted_rate, error.rate_body_rad_s));
    const struct vec3 torque = v3_add(m3_apply(parameters->inertia_body_kg_m2, acceleration),
                                      gyroscopic_torque(parameters, observer->rate_body_rad_s, wheel_momentum_body_Nms));
    return v3_sub(torque, observer->external_torque_body_Nm);
}
