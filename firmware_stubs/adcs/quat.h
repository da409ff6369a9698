/* Rotations as unit quaternions [x, y, z, w], scalar last. A name a_from_b rotates the components of a vector:
 * v_a = quat_apply(a_from_b, v_b), and a_from_c = quat_multiply(a_from_b, b_from_c) (Hamilton's product). */
#ifndef ADCS_QUAT_H
#define ADCS_QUAT_H

#include "vec3.h"

struct quat {
    float x, y, z, w;
};

#define QUAT_IDENTITY ((struct quat){0.0f, 0.0f, 0.0f, 1.0f})

static inline struct quat quat_from(const float q[4])
{
    return (struct quat){q[0], q[1], q[2], q[3]};
}

struct quat quat_multiply(struct quat a, struct quat b);
struct vec3 quat_apply(struct quat a_from_b, struct vec3 v_b);

static inline struct quat quat_conjugate(struct quat q)
{
    return (struct quat){-q.x, -q.y, -q.z, q.w};
}

/* Of unit length as far as a sender's rounding lets it be; false for NaN. */
bool quat_is_unit(struct quat q);

/* Number for number. */
static inline bool quat_is_same(struct quat a, struct quat b)
{
    return a.x == b.x && a.y == b.y && a.z == b.z && a.w == b.w;
}

/* The shortest rotation that carries unit vector `from` to unit vector `to`. */
struct quat quat_between(struct vec3 from, struct vec3 to);

/* q scaled to unit length; q is finite and not 0. */
struct quat quat_normalise(struct quat q);

/* From and to rotation vectors: axis times angle in rad. The angle that comes back is 0..pi. */
struct quat quat_from_rotation_vector(struct vec3 rotation_rad);
struct vec3 quat_rotation_vector(struct quat q);

/* From the axes of frame b, in components of frame a: orthonormal and right-handed. */
struct quat quat_from_axes(struct vec3 x_a, struct vec3 y_a, struct vec3 z_a);

#endif
