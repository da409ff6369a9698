#include "quat.h"

struct quat quat_multiply(struct quat a, struct quat b)
{
    return (struct quat){
        a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
        a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
        a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
        a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
    };
}

struct vec3 quat_apply(struct quat a_from_b, struct vec3 v_b)
{
    const struct vec3 axis = v3(a_from_b.x, a_from_b.y, a_from_b.z);
    const struct vec3 t = v3_scale(2.0f, v3_cross(axis, v_b));
    return v3_add(v3_add_scaled(v_b, a_from_b.w, t), v3_cross(axis, t));
}

struct quat quat_normalise(struct quat q)
{
    const float s = 1.0f / adcs_sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
    return (struct quat){s * q.x, s * q.y, s * q.z, s * q.w};
}

bool quat_is_unit(struct quat q)
{
    const float norm2 = q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w;
    return norm2 > 0.999f && norm2 < 1.001f;
}

struct quat quat_between(struct vec3 from, struct vec3 to)
{
    const float cosine = v3_dot(from, to);
    if (cosine < -0.9999f) { /* half a turn, about any axis across */
        const struct vec3 across = adcs_abs(from.x) < 0.8f ? v3(1.0f, 0.0f, 0.0f) : v3(0.0f, 1.0f, 0.0f);
        const struct vec3 axis = v3_cross(from, across);
        return quat_normalise((struct quat){axis.x, axis.y, axis.z, 0.0f});
    }
    const struct vec3 axis = v3_cross(from, to);
    return quat_normalise((struct quat){axis.x, axis.y, axis.z, 1.0f + cosine});
}

struct quat quat_from_rotation_vector(struct vec3 rotation_rad)
{
    const float angle = v3_norm(rotation_rad);
    /* Below 1 mrad, sin(x/2)/x and cos(x/2) are their series' first terms to the last bit. */
    const float s = angle < 1e-3f ? 0.5f - angle * angle / 48.0f : adcs_sin(0.5f * angle) / angle;
    const float w = angle < 1e-3f ? 1.0f - angle * angle / 8.0f : adcs_cos(0.5f * angle);
    return (struct quat){s * rotation_rad.x, s * rotation_rad.y, s * rotation_rad.z, w};
}

struct vec3 quat_rotation_vector(struct quat q)
{
    const float sign = q.w < 0.0f ? -1.0f : 1.0f; /* q and -q are the same rotation */
    const struct vec3 axis = v3_scale(sign, v3(q.x, q.y, q.z));
    const float sine = v3_norm(axis);
    const float scale = sine < 1e-6f ? 2.0f : 2.0f * adcs_atan2(sine, sign * q.w) / sine;
    return v3_scale(scale, axis);
}

/* Shepperd's method (Markley and Crassidis, section 2.9.3): divide by the largest of the four components. */
struct quat quat_from_axes(struct vec3 x_a, struct vec3 y_a, struct vec3 z_a)
{
    const float trace = x_a.x + y_a.y + z_a.z;
    struct quat q;
    if (trace >= x_a.x && trace >= y_a.y && trace >= z_a.z) {
        q = (struct quat){y_a.z - z_a.y, z_a.x - x_a.z, x_a.y - y_a.x, 1.0f + trace};
    } else if (x_a.x >= y_a.y && x_a.x >= z_a.z) {
        q = (struct quat){1.0f + 2.0f * x_a.x - trace, x_a.y + y_a.x, z_a.x + x_a.z, y_a.z - z_a.y};
    } else if (y_a.y >= z_a.z) {
        q = (struct quat){x_a.y + y_a.x, 1.0f + 2.0f * y_a.y - trace, y_a.z + z_a.y, z_a.x - x_a.z};
    } else {
        q = (struct quat){z_a.x + x_a.z, y_a.z + z_a.y, 1.0f + 2.0f * z_a.z - trace, x_a.y - y_a.x};
    }
    return quat_normalise(q);
}
