#include "fmath.h"

#include <stdint.h>
#include <string.h>

/* Polynomials and the three-part pi/2 after Moshier, Cephes Mathematical Library, single precision (sinf.c, atanf.c). */

struct reduced {
    float angle;      /* -pi/4..pi/4 */
    int32_t quadrant; /* of the whole angle, 0..3 */
};

/* 64 bits of 2 / pi from a place on; the first word stands before the point. */
static uint64_t two_over_pi(unsigned place)
{
    static const uint32_t words[] = {0u,          0xA2F9836Eu, 0x4E441529u, 0xFC2757D1u, 0xF534DDC0u,
                                     0xDB629599u, 0x3C439041u, 0xFE5163ABu, 0xDEBBC561u};
    const unsigned word = place / 32u, shift = place % 32u;
    const uint64_t bits = (uint64_t)words[word] << 32 | words[word + 1u];
    return shift == 0u ? bits : bits << shift | words[word + 2u] >> (32u - shift);
}

/* Of 2 / pi only those bits matter that make less than four quadrants of the angle (Payne and Hanek, Radian Reduction for
 * Trigonometric Functions, SIGNUM Newsletter 18(1), 1983). */
static struct reduced reduce_far(float angle_rad)
{
    uint32_t bits;
    memcpy(&bits, &angle_rad, sizeof bits);
    const uint32_t exponent = bits >> 23 & 0xFFu, mantissa = (bits & 0x7FFFFFu) | 0x800000u;
    const uint64_t quarters = mantissa * two_over_pi(exponent - 120u); /* 2^62 are one */
    const int32_t n = (int32_t)((quarters + ((uint64_t)1 << 61)) >> 62);
    const uint32_t rest = (uint32_t)((quarters - ((uint64_t)n << 62)) >> 32);
    const float angle = (ADCS_PI / 2.0f / 1073741824.0f) * (float)(int32_t)rest;
    const bool back = (bits >> 31) != 0u;
    return (struct reduced){back ? -angle : angle, back ? (4 - n) & 3 : n & 3};
}

static struct reduced reduce(float angle_rad)
{
    if (!adcs_finite(angle_rad)) {
        return (struct reduced){0.0f, 0};
    }
    if (adcs_abs(angle_rad) > 8192.0f) {
        return reduce_far(angle_rad);
    }
    const float turns = angle_rad * 0.636619772367581f; /* 2 / pi */
    const int32_t n = (int32_t)(turns + (turns < 0.0f ? -0.5f : 0.5f));
    const float k = (float)n;
    return (struct reduced){((angle_rad - k * 1.5703125f) - k * 4.837512969970703e-4f) - k * 7.54978995489188e-8f,
                            n & 3};
}

static float sin_core(float x)
{
    const float z = x * x;
    return ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * x + x;
}

static float cos_core(float x)
{
    const float z = x * x;
    return ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
}

static float of_quadrant(struct reduced r, int32_t quadrant)
{
    const float value = (quadrant & 1) ? cos_core(r.angle) : sin_core(r.angle);
    return (quadrant & 2) ? -value : value;
}

float adcs_sin(float angle_rad)
{
    const struct reduced r = reduce(angle_rad);
    return of_quadrant(r, r.quadrant);
}

float adcs_cos(float angle_rad)
{
    const struct reduced r = reduce(angle_rad);
    return of_quadrant(r, r.quadrant + 1);
}

/* Arc tangent of 0..1. */
static float atan_core(float t)
{
    const float offset = t > 0.414213562373095f ? ADCS_PI / 4.0f : 0.0f;
    const float x = t > 0.414213562373095f ? (t - 1.0f) / (t + 1.0f) : t;
    const float z = x * x;
    return offset
        + ((((8.05374449538e-2f * z - 1.38776856032e-1f) * z + 1.99777106478e-1f) * z - 3.33329491539e-1f) * z * x + x);
}

float adcs_atan2(float y, float x)
{
    const float across = adcs_abs(y);
    const float along = adcs_abs(x);
    if (across == 0.0f && along == 0.0f) {
        return 0.0f;
    }
    float angle = across <= along ? atan_core(across / along) : ADCS_PI / 2.0f - atan_core(along / across);
    angle = x < 0.0f ? ADCS_PI - angle : angle;
    return y < 0.0f ? -angle : angle;
}
