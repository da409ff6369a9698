/* Matrices of two rows and columns. */
#ifndef VISION_MAT2_H
#define VISION_MAT2_H

struct mat2 { /* by rows */
    float xx, xy, yx, yy;
};

static inline struct mat2 m2_diagonal(float s)
{
    return (struct mat2){s, 0.0f, 0.0f, s};
}

/* a + s b */
static inline struct mat2 m2_add_scaled(struct mat2 a, float s, struct mat2 b)
{
    return (struct mat2){a.xx + s * b.xx, a.xy + s * b.xy, a.yx + s * b.yx, a.yy + s * b.yy};
}

static inline struct mat2 m2_transpose(struct mat2 m)
{
    return (struct mat2){m.xx, m.yx, m.xy, m.yy};
}

static inline struct mat2 m2_times(struct mat2 a, struct mat2 b)
{
    return (struct mat2){a.xx * b.xx + a.xy * b.yx, a.xx * b.xy + a.xy * b.yy,
                         a.yx * b.xx + a.yy * b.yx, a.yx * b.xy + a.yy * b.yy};
}

static inline float m2_determinant(struct mat2 m)
{
    return m.xx * m.yy - m.xy * m.yx;
}

/* The determinant must not be 0. */
static inline struct mat2 m2_inverse(struct mat2 m)
{
    const float s = 1.0f / m2_determinant(m);
    return (struct mat2){s * m.yy, -s * m.xy, -s * m.yx, s * m.xx};
}

/* (m + m^T) / 2 */
static inline struct mat2 m2_symmetric(struct mat2 m)
{
    const float xy = 0.5f * (m.xy + m.yx);
    return (struct mat2){m.xx, xy, xy, m.yy};
}

#endif
