#include "mekf.h"

void mekf_init(struct mekf *filter, struct quat q_eci_from_body, struct mat3 covariance_rad2, float bias_sigma_rad_s)
{
    *filter = (struct mekf){
        .q_eci_from_body = q_eci_from_body,
        .attitude_rad2 = covariance_rad2,
        .bias_rad2_s2 = m3_diagonal(bias_sigma_rad_s * bias_sigma_rad_s),
    };
}

struct quat mekf_predict(const struct mekf *filter, struct quat q_eci_from_body, struct vec3 measured_rate_body_rad_s,
                         float dt_s)
{
    const struct vec3 rate = v3_sub(measured_rate_body_rad_s, filter->gyro_bias_body_rad_s);
    return quat_normalise(quat_multiply(q_eci_from_body, quat_from_rotation_vector(v3_scale(dt_s, rate))));
}

/* exp(-[rotation x]), the attitude error's transition, to second order: steps are small against a radian. */
static struct mat3 transition(struct vec3 rotation_rad)
{
    const struct vec3 a = rotation_rad;
    const struct mat3 first = {v3(1.0f, a.z, -a.y), v3(-a.z, 1.0f, a.x), v3(a.y, -a.x, 1.0f)};
    const struct mat3 second = m3_add_scaled(m3_outer(a, a), -v3_dot(a, a), m3_diagonal(1.0f));
    return m3_add_scaled(first, 0.5f, second);
}

/* A scale error is no noise, but in a slew of SLEW_S as much noise would come to the same. */
#define SLEW_S 30.0f

/* P = F P F^T + Q in blocks, F = [transition, -dt; 0, 1]; Q from Crassidis and Junkins, Optimal Estimation of Dynamic
 * Systems, section 7.2.1 (after Farrenkopf; Markley and Crassidis, section 6.3). */
static void propagate_covariance(struct mekf *filter, struct vec3 rotation_rad, float dt_s,
                                 const struct gyro_noise *noise)
{
    const float turned_wrong2 = noise->scale * noise->scale * SLEW_S * v3_dot(rotation_rad, rotation_rad) / (dt_s * dt_s);
    const float white = noise->angle_random_walk_rad_sqrt_s * noise->angle_random_walk_rad_sqrt_s + turned_wrong2;
    const float drift = noise->rate_random_walk_rad_s_sqrt_s * noise->rate_random_walk_rad_s_sqrt_s;
    const struct mat3 f = transition(rotation_rad);
    const struct mat3 cross = m3_times(f, filter->attitude_bias);
    const struct mat3 turned = m3_times(m3_times(f, filter->attitude_rad2), m3_transpose(f));
    struct mat3 attitude = m3_add_scaled(turned, -dt_s, m3_add(cross, m3_transpose(cross)));
    attitude = m3_add_scaled(attitude, dt_s * dt_s, filter->bias_rad2_s2);
    attitude = m3_add(attitude, m3_diagonal(white * dt_s + drift * dt_s * dt_s * dt_s / 3.0f));
    filter->attitude_rad2 = m3_symmetric(attitude);
    filter->attitude_bias = m3_add(m3_add_scaled(cross, -dt_s, filter->bias_rad2_s2),
                                   m3_diagonal(-0.5f * drift * dt_s * dt_s));
    filter->bias_rad2_s2 = m3_add(filter->bias_rad2_s2, m3_diagonal(drift * dt_s));
}

void mekf_propagate(struct mekf *filter, struct vec3 measured_rate_body_rad_s, float dt_s,
                    const struct gyro_noise *noise)
{
    const struct vec3 rate = v3_sub(measured_rate_body_rad_s, filter->gyro_bias_body_rad_s);
    if (!(dt_s > 0.0f)) {
        return;
    }
    filter->q_eci_from_body = mekf_predict(filter, filter->q_eci_from_body, measured_rate_body_rad_s, dt_s);
    propagate_covariance(filter, v3_scale(dt_s, rate), dt_s, noise);
}

/* With H = [1, 0]: (1 - K H) P, its first block written as K R, which stays positive in single precision. */
static void update_covariance(struct mekf *filter, struct mat3 gain_attitude, struct mat3 gain_bias,
                              struct mat3 covariance_rad2)
{
    const struct mat3 bias_attitude = m3_transpose(filter->attitude_bias);
    filter->bias_rad2_s2 = m3_symmetric(
        m3_add_scaled(filter->bias_rad2_s2, -1.0f, m3_times_transpose(gain_bias, bias_attitude)));
    filter->attitude_bias =
        m3_add_scaled(filter->attitude_bias, -1.0f, m3_times_transpose(gain_attitude, bias_attitude));
    filter->attitude_rad2 = m3_symmetric(m3_times(gain_attitude, covariance_rad2));
}

float mekf_update(struct mekf *filter, struct quat q_eci_from_body, struct mat3 covariance_rad2, float gate)
{
    const struct vec3 innovation_rad = quat_rotation_vector(
        quat_multiply(quat_conjugate(filter->q_eci_from_body), q_eci_from_body));
    const struct mat3 weight = m3_inverse(m3_add(filter->attitude_rad2, covariance_rad2));
    const float distance = v3_dot(innovation_rad, m3_apply(weight, innovation_rad));
    if (!(distance <= gate)) {
        return distance;
    }
    const struct mat3 gain_attitude = m3_times(filter->attitude_rad2, weight);
    const struct mat3 gain_bias = m3_times(m3_transpose(filter->attitude_bias), weight);
    const struct vec3 error_rad = m3_apply(gain_attitude, innovation_rad);
    filter->q_eci_from_body =
        quat_normalise(quat_multiply(filter->q_eci_from_body, quat_from_rotation_vector(error_rad)));
    filter->gyro_bias_body_rad_s =
        v3_add(filter->gyro_bias_body_rad_s, m3_apply(gain_bias, innovation_rad));
    update_covariance(filter, gain_attitude, gain_bias, covariance_rad2);
    return distance;
}

static struct mat3 cross_matrix(struct vec3 a)
{
    return (struct mat3){v3(0.0f, -a.z, a.y), v3(a.z, 0.0f, -a.x), v3(-a.y, a.x, 0.0f)};
}

/* With H = [seen x], from the predicted direction (Markley and Crassidis, section 6.2). (1 - K H) P for the whole of P, then
 * made symmetric. */
static void use_direction(struct mekf *filter, struct mat3 h, struct mat3 weight, struct vec3 innovation)
{
    const struct mat3 ph = m3_times_transpose(filter->attitude_rad2, h);
    const struct mat3 bh = m3_times(m3_transpose(filter->attitude_bias), m3_transpose(h));
    const struct mat3 gain_attitude = m3_times(ph, weight), gain_bias = m3_times(bh, weight);
    const struct vec3 error_rad = m3_apply(gain_attitude, innovation);
    filter->q_eci_from_body =
        quat_normalise(quat_multiply(filter->q_eci_from_body, quat_from_rotation_vector(error_rad)));
    filter->gyro_bias_body_rad_s = v3_add(filter->gyro_bias_body_rad_s, m3_apply(gain_bias, innovation));
    filter->bias_rad2_s2 =
        m3_symmetric(m3_add_scaled(filter->bias_rad2_s2, -1.0f, m3_times_transpose(gain_bias, bh)));
    filter->attitude_bias = m3_add_scaled(filter->attitude_bias, -1.0f, m3_times_transpose(gain_attitude, bh));
    filter->attitude_rad2 =
        m3_symmetric(m3_add_scaled(filter->attitude_rad2, -1.0f, m3_times_transpose(gain_attitude, ph)));
}

float mekf_update_direction(struct mekf *filter, const struct direction *seen, float share, float gate)
{
    const struct vec3 predicted = quat_apply(quat_conjugate(filter->q_eci_from_body), seen->eci);
    const struct vec3 innovation = v3_sub(seen->body, predicted);
    const struct mat3 h = cross_matrix(predicted);
    const struct mat3 spread = m3_times_transpose(m3_times(h, filter->attitude_rad2), h);
    const float variance_rad2 = seen->sigma_rad * seen->sigma_rad;
    const struct mat3 whole = m3_inverse(m3_add(spread, m3_diagonal(variance_rad2)));
    const float distance = v3_dot(innovation, m3_apply(whole, innovation));
    if (distance <= gate && share > 0.0f) {
        use_direction(filter, h, m3_inverse(m3_add(spread, m3_diagonal(variance_rad2 / share))), innovation);
    }
    return distance;
}
