#include "control.h"

#define TORQUE_USED 0.75f     /* of the wheels' torque, by feedback; the rest follows the target and beats friction */
#define BRAKING_USED 0.4f     /* of it, in the plan of a slew's end */
#define FIELD_ACROSS_T 1.2e-5f
#define MOMENTUM_USED 0.9f    /* of the wheels' speed limit, in slews */
#define STRIDE_COSINE 0.866f  /* 30 degrees */
#define STRIDE_SINE 0.5f
#define ROD_DAMPING 2.0f      /* of the critical, where rods point the body */
#define SLENDER 0.3f          /* of what a moment of inertia lacks to the largest one is added to it, there */
#define SMALL_ANGLE_RAD 0.02f /* below it no limit of a slew can bind */

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

float control_error(const struct guidance *guidance, struct quat q_eci_from_body)
{
    return v3_norm(
        quat_rotation_vector(quat_multiply(quat_conjugate(guidance->q_eci_from_target), q_eci_from_body)));
}

float control_acceleration_max(const struct adcs_parameters *parameters, struct vec3 axis_body)
{
    const struct vec3 torque = m3_apply(parameters->inertia_body_kg_m2, axis_body);
    float busiest = 0.0f;
    for (int i = 0; i < parameters->wheel_count; i++) {
        const float share = adcs_abs(v3_dot(parameters->wheel_allocation[i], torque));
        busiest = share > busiest ? share : busiest;
    }
    return busiest > 0.0f ? parameters->value[ADCS_WHEEL_TORQUE_MAX_NM] / busiest : 0.0f;
}

/* The momentum of body and wheels together stays, so the wheels hold what the body does not. */
float control_rate_max(const struct adcs_parameters *parameters, struct vec3 axis_body, struct vec3 total_Nms)
{
    const struct vec3 taken = m3_apply(parameters->inertia_body_kg_m2, axis_body);
    const float usual = parameters->value[ADCS_SLEW_RATE_MAX_RAD_S];
    const float careful = parameters->value[ADCS_CAREFUL_SLEW_RATE_MAX_RAD_S];
    float most = parameters->careful && careful < usual ? careful : usual;
    for (int i = 0; i < parameters->wheel_count; i++) {
        const float held = v3_dot(parameters->wheel_allocation[i], total_Nms);
        const float share = v3_dot(parameters->wheel_allocation[i], taken);
        const float full = parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2] * parameters->wheel_limit_rad_s[i];
        const float room = MOMENTUM_USED * full + (share > 0.0f ? held : -held);
        most = most * adcs_abs(share) > room ? room / adcs_abs(share) : most;
    }
    return most > 0.0f ? most : 0.0f;
}

/* The rate back to the target: in proportion to the angle, no faster than braking in time allows, nor than the wheels'
 * momentum (cascade saturation; Wie, Space Vehicle Dynamics and Control, section 7.3). */
static struct vec3 slew_rate(const struct adcs_parameters *parameters, struct vec3 angle_body_rad, float per_second,
                             struct vec3 total_Nms)
{
    const float angle = v3_norm(angle_body_rad);
    if (!(angle > SMALL_ANGLE_RAD)) {
        return v3_scale(per_second, angle_body_rad);
    }
    const struct vec3 axis = v3_scale(1.0f / angle, angle_body_rad);
    const float braking = adcs_sqrt(2.0f * BRAKING_USED * control_acceleration_max(parameters, axis) * angle);
    const float rate = adcs_clamp(per_second * angle, 0.0f, braking);
    return v3_scale(adcs_clamp(rate, 0.0f, control_rate_max(parameters, v3_scale(-1.0f, axis), total_Nms)), axis);
}

/* What is asked of the wheels beyond following the target, held below their torque, its direction kept. */
static struct vec3 held(const struct adcs_parameters *parameters, struct vec3 acceleration_body_rad_s2)
{
    const float size = v3_norm(acceleration_body_rad_s2);
    const struct vec3 axis = size > 0.0f ? v3_scale(1.0f / size, acceleration_body_rad_s2) : acceleration_body_rad_s2;
    return v3_limit(acceleration_body_rad_s2, TORQUE_USED * control_acceleration_max(parameters, axis));
}

/* Of a vector: what wheels are for, and its size along the axis that only rods are left for. */
struct parts {
    struct vec3 by_wheels;
    float by_rods;
};

static struct parts split(const struct adcs_parameters *parameters, struct vec3 vector)
{
    const float along = parameters->pair ? v3_dot(vector, parameters->lacking_axis_body) : 0.0f;
    return (struct parts){parameters->pair ? v3_add_scaled(vector, -along, parameters->lacking_axis_body) : vector, along};
}

static struct vec3 joined(const struct adcs_parameters *parameters, struct vec3 by_wheels, float by_rods)
{
    return parameters->pair ? v3_add_scaled(by_wheels, by_rods, parameters->lacking_axis_body) : by_wheels;
}

/* As slew_rate, by what rods can brake in a field of which half is across. */
static float rod_slew_rate(const struct adcs_parameters *parameters, float angle_rad, float per_second)
{
    const struct vec3 axis = parameters->lacking_axis_body;
    const float moment = v3_dot(axis, m3_apply(parameters->inertia_body_kg_m2, axis));
    if (!parameters->pair || !(moment > 0.0f)) {
        return 0.0f;
    }
    const float torque_Nm = parameters->value[ADCS_ROD_DIPOLE_MAX_A_M2] * FIELD_ACROSS_T;
    const float braking = adcs_sqrt(2.0f * BRAKING_USED * torque_Nm / moment * adcs_abs(angle_rad));
    return adcs_clamp(per_second * angle_rad, -braking, braking);
}

/* Quaternion feedback about the eigenaxis, gyroscopic torque and estimated external torque cancelled, and the target's
 * motion fed forward (Wie, Space Vehicle Dynamics and Control, section 7.3; Markley and Crassidis, section 7.2). */
struct vec3 control_torque(const struct adcs_parameters *parameters, const struct guidance *guidance,
                           struct quat q_eci_from_body, const struct observer *observer,
                           struct vec3 wheel_momentum_body_Nms)
{
    const struct error error = error_of(guidance, q_eci_from_body, observer->rate_body_rad_s);
    const float bandwidth = parameters->value[ADCS_CONTROL_BANDWIDTH_RAD_S];
    const float damping_rate = 2.0f * parameters->value[ADCS_CONTROL_DAMPING] * bandwidth;
    const struct vec3 total = v3_add(m3_apply(parameters->inertia_body_kg_m2, error.rate_body_rad_s),
                                     wheel_momentum_body_Nms); /* less what following the target takes */
    const float per_second = bandwidth * bandwidth / damping_rate;
    const struct parts angle = split(parameters, error.angle_body_rad);
    const struct vec3 back = joined(parameters, slew_rate(parameters, angle.by_wheels, per_second, total),
                                    rod_slew_rate(parameters, angle.by_rods, per_second));
    const struct parts wanted = split(parameters, v3_scale(-damping_rate, v3_add(back, error.rate_body_rad_s)));
    const struct vec3 limited = joined(parameters, held(parameters, wanted.by_wheels), wanted.by_rods);
    const struct vec3 acceleration = v3_add(error.acceleration_body_rad_s2, limited);
    const struct vec3 torque = v3_add(m3_apply(parameters->inertia_body_kg_m2, acceleration),
                                      gyroscopic_torque(parameters, observer->rate_body_rad_s, wheel_momentum_body_Nms));
    return v3_sub(torque, observer->external_torque_body_Nm);
}

struct mat3 control_inertia_by_rods(const struct adcs_parameters *parameters)
{
    struct mat3 inertia = parameters->inertia_body_kg_m2;
    const float most = m3_largest_of_diagonal(inertia);
    inertia.x.x += SLENDER * (most - inertia.x.x);
    inertia.y.y += SLENDER * (most - inertia.y.y);
    inertia.z.z += SLENDER * (most - inertia.z.z);
    return inertia;
}

struct vec3 control_by_rods(const struct adcs_parameters *parameters, const struct guidance *guidance,
                            struct quat q_eci_from_body, struct vec3 rate_body_rad_s)
{
    const struct error error = error_of(guidance, q_eci_from_body, rate_body_rad_s);
    const float bandwidth = parameters->value[ADCS_ROD_POINTING_RAD_S];
    const struct vec3 acceleration = v3_add(v3_scale(-bandwidth * bandwidth, error.angle_body_rad),
                                            v3_scale(-2.0f * ROD_DAMPING * bandwidth, error.rate_body_rad_s));
    return m3_apply(control_inertia_by_rods(parameters), acceleration);
}

/* `towards`, but no further from `axis` than a stride: what is further would take the momentum away from the axis. */
static struct vec3 in_strides(struct vec3 axis, struct vec3 towards)
{
    const float cosine = v3_dot(axis, towards);
    const struct vec3 across = v3_add_scaled(towards, -cosine, axis);
    const float sine = v3_norm(across);
    if (cosine > STRIDE_COSINE || !(sine > 1e-3f)) {
        return cosine > 0.0f ? towards : axis;
    }
    return v3_add_scaled(v3_scale(STRIDE_COSINE, axis), STRIDE_SINE / sine, across);
}

/* Two errors, which are nothing together only when momentum, axis and target are one line: that of the momentum, which
 * stays in space when nothing acts, and that of the rate, which tells the axis in the body (Avanzini, de Angelis and
 * Giulietti, Spin-axis pointing of a magnetically actuated spacecraft, Acta Astronautica 94(1), 2014). */
struct vec3 control_spin(const struct adcs_parameters *parameters, struct vec3 axis_body, struct vec3 towards_body,
                         struct vec3 rate_body_rad_s)
{
    const struct mat3 inertia = parameters->inertia_body_kg_m2;
    const struct vec3 by_rate = m3_apply(inertia, v3_scale(parameters->value[ADCS_SUN_SPIN_RAD_S], axis_body));
    const struct vec3 by_momentum = v3_scale(v3_dot(axis_body, by_rate), in_strides(axis_body, towards_body));
    const struct vec3 present = m3_apply(inertia, rate_body_rad_s);
    return v3_scale(parameters->value[ADCS_SPIN_GAIN_S], v3_add_scaled(v3_add(by_rate, by_momentum), -2.0f, present));
}
