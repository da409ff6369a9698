/* Vectors and 3x3 matrices of float. Frames and units are those of the arguments. */
#ifndef ADCS_VEC3_H
#define ADCS_VEC3_H

#include "fmath.h"

struct vec3 {
    float x, y, z;
};

struct mat3 { /* by rows */
    struct vec3 x, y, z;
};

static inline struct vec3 v3(float x, float y, float z)
{
    return (struct vec3){x, y, z};
}

static inline struct vec3 v3_from(const float a[3])
{
    return v3(a[0], a[1], a[2]);
}

static inline void v3_store(struct vec3 a, float out[3])
{
    out[0] = a.x;
    out[1] = a.y;
    out[2] = a.z;
}

static inline struct vec3 v3_add(struct vec3 a, struct vec3 b)
{
    return v3(a.x + b.x, a.y + b.y, a.z + b.z);
}

static inline struct vec3 v3_sub(struct vec3 a, struct vec3 b)
{
    return v3(a.x - b.x, a.y - b.y, a.z - b.z);
}

static inline struct vec3 v3_scale(float s, struct vec3 a)
{
    return v3(s * a.x, s * a.y, s * a.z);
}

/* a + s b */
static inline struct vec3 v3_add_scaled(struct vec3 a, float s, struct vec3 b)
{
    return v3(a.x + s * b.x, a.y + s * b.y, a.z + s * b.z);
}

static inline float v3_dot(struct vec3 a, struct vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline struct vec3 v3_cross(struct vec3 a, struct vec3 b)
{
    return v3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}

static inline float v3_norm(struct vec3 a)
{
    return adcs_sqrt(v3_dot(a, a));
}

static inline bool v3_finite(struct vec3 a)
{
    return adcs_finite(a.x) && adcs_finite(a.y) && adcs_finite(a.z);
}

/* a shortened to a length of at most `limit`, the direction kept. */
static inline struct vec3 v3_limit(struct vec3 a, float limit)
{
    const float norm = v3_norm(a);
    return norm > limit ? v3_scale(limit / norm, a) : a;
}

static inline struct mat3 m3_diagonal(float s)
{
    return (struct mat3){v3(s, 0, 0), v3(0, s, 0), v3(0, 0, s)};
}

static inline struct vec3 m3_apply(struct mat3 m, struct vec3 a)
{
    return v3(v3_dot(m.x, a), v3_dot(m.y, a), v3_dot(m.z, a));
}

static inline struct mat3 m3_transpose(struct mat3 m)
{
    return (struct mat3){v3(m.x.x, m.y.x, m.z.x), v3(m.x.y, m.y.y, m.z.y), v3(m.x.z, m.y.z, m.z.z)};
}

static inline struct mat3 m3_add(struct mat3 a, struct mat3 b)
{
    return (struct mat3){v3_add(a.x, b.x), v3_add(a.y, b.y), v3_add(a.z, b.z)};
}

/* a + s b */
static inline struct mat3 m3_add_scaled(struct mat3 a, float s, struct mat3 b)
{
    return (struct mat3){v3_add_scaled(a.x, s, b.x), v3_add_scaled(a.y, s, b.y), v3_add_scaled(a.z, s, b.z)};
}

static inline struct mat3 m3_scale(float s, struct mat3 a)
{
    return (struct mat3){v3_scale(s, a.x), v3_scale(s, a.y), v3_scale(s, a.z)};
}

/* a b^T: with symmetric factors, or with the transpose at hand, it needs no column to be gathered. */
static inline struct mat3 m3_times_transpose(struct mat3 a, struct mat3 b)
{
    return (struct mat3){m3_apply(b, a.x), m3_apply(b, a.y), m3_apply(b, a.z)};
}

static inline struct mat3 m3_times(struct mat3 a, struct mat3 b)
{
    return m3_times_transpose(a, m3_transpose(b));
}

/* a b^T of two vectors */
static inline struct mat3 m3_outer(struct vec3 a, struct vec3 b)
{
    return (struct mat3){v3_scale(a.x, b), v3_scale(a.y, b), v3_scale(a.z, b)};
}

/* (m + m^T) / 2 */
static inline struct mat3 m3_symmetric(struct mat3 m)
{
    return m3_scale(0.5f, m3_add(m, m3_transpose(m)));
}

static inline float m3_determinant(struct mat3 m)
{
    return v3_dot(m.x, v3_cross(m.y, m.z));
}

static inline float m3_largest_of_diagonal(struct mat3 m)
{
    return adcs_larger(m.x.x, adcs_larger(m.y.y, m.z.z));
}

/* Inverse by the adjugate; the determinant must not be 0. */
static inline struct mat3 m3_inverse(struct mat3 m)
{
    const struct mat3 columns = {v3_cross(m.y, m.z), v3_cross(m.z, m.x), v3_cross(m.x, m.y)};
    return m3_scale(1.0f / m3_determinant(m), m3_transpose(columns));
}

#endif
