#include "triad.h"

#define APART_SIGMAS 4.0f
#define APART_MORE_RAD 0.05f /* of what is not yet learnt of either */
#define SINE_MIN 0.25f /* 15 degrees apart, or half a turn less that */

static struct quat frame_of(struct vec3 first, struct vec3 normal)
{
    return quat_from_axes(first, normal, v3_cross(first, normal));
}

bool triad(const struct direction *first, const struct direction *second, struct quat *q_eci_from_body)
{
    const struct vec3 body = v3_cross(first->body, second->body);
    const struct vec3 eci = v3_cross(first->eci, second->eci);
    const float body_sine = v3_norm(body), eci_sine = v3_norm(eci);
    if (!(body_sine > SINE_MIN && eci_sine > SINE_MIN)) {
        return false;
    }
    const float body_apart = adcs_atan2(body_sine, v3_dot(first->body, second->body));
    const float eci_apart = adcs_atan2(eci_sine, v3_dot(first->eci, second->eci));
    const float sigma2 = first->sigma_rad * first->sigma_rad + second->sigma_rad * second->sigma_rad;
    if (adcs_abs(body_apart - eci_apart) > APART_SIGMAS * adcs_sqrt(sigma2) + APART_MORE_RAD) {
        return false;
    }
    const struct quat body_from_frame = frame_of(first->body, v3_scale(1.0f / body_sine, body));
    const struct quat eci_from_frame = frame_of(first->eci, v3_scale(1.0f / eci_sine, eci));
    *q_eci_from_body = quat_multiply(eci_from_frame, quat_conjugate(body_from_frame));
    return true;
}

static struct mat3 information(const struct direction *seen)
{
    const struct mat3 across = m3_add_scaled(m3_diagonal(1.0f), -1.0f, m3_outer(seen->body, seen->body));
    return m3_scale(1.0f / (seen->sigma_rad * seen->sigma_rad), across);
}

struct mat3 triad_covariance(const struct direction *first, const struct direction *second)
{
    return m3_inverse(m3_add(information(first), information(second)));
}
