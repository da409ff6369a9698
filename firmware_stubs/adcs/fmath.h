/* Single-precision functions of the project's own: the same bits from every compiler and on every machine, which no libm
 * promises. Built with -ffp-contract=off. tests/test_fmath.c
 * says how close each is to the true value. */
#ifndef ADCS_FMATH_H
#define ADCS_FMATH_H

#include <stdbool.h>

#define ADCS_PI 3.14159265358979f

/* Sine and cosine of an angle in rad, of any size; of 0 when it is not finite. */
float adcs_sin(float angle_rad);
float adcs_cos(float angle_rad);

/* Angle of the point (x, y), in rad, -pi..pi; 0 at the origin. Both finite. */
float adcs_atan2(float y, float x);

/* Correctly rounded; an instruction everywhere. NaN below zero. */
static inline float adcs_sqrt(float x)
{
    return __builtin_sqrtf(x);
}

static inline float adcs_abs(float x)
{
    return __builtin_fabsf(x);
}

static inline float adcs_larger(float a, float b)
{
    return a > b ? a : b;
}

/* x held within low..high. */
static inline float adcs_clamp(float x, float low, float high)
{
    return x < low ? low : x > high ? high : x;
}

/* Neither NaN nor infinite. */
static inline bool adcs_finite(float x)
{
    return x - x == 0.0f;
}

#endif
