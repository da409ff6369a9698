/* The square root for a core without a floating-point unit, rounded to nearest as IEEE 754 wants it and as the others'
 * instruction does: digit by digit (Knuth, The Art of Computer Programming 2, 4.3.1, exercise 28), on integers. */
#include <stdint.h>
#include <string.h>

float sqrtf(float x);

/* Of a mantissa of 48 bits: the root's 24 bits, rounded. No root of a float lies half-way between two. */
static uint32_t rounded_root(uint64_t square)
{
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 24; bit != 0; bit >>= 1) {
        const uint64_t longer = root | bit;
        root = longer * longer <= square ? longer : root;
    }
    return (uint32_t)((root + 1u) >> 1);
}

float sqrtf(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7FFFFFFFu) == 0 || bits == 0x7F800000u) {
        return x; /* zeros and infinity */
    }
    if (bits > 0x7F800000u) {
        return (bits & 0x7FFFFFFFu) > 0x7F800000u ? x + x : (x - x) / (x - x); /* NaN; below zero */
    }
    int32_t exponent = (int32_t)(bits >> 23);
    uint32_t mantissa = bits & 0x7FFFFFu;
    if (exponent == 0) { /* denormal */
        exponent = 1;
        while ((mantissa & 0x800000u) == 0) {
            mantissa <<= 1;
            exponent--;
        }
    } else {
        mantissa |= 0x800000u;
    }
    exponent -= 127;
    /* One bit more than the mantissa has, to round by: the root of m 2^23 2^2 is of 24 bits and one. */
    const uint64_t square = (uint64_t)mantissa << ((exponent & 1) != 0 ? 26 : 25);
    const uint32_t root = rounded_root(square);
    exponent = (exponent - (exponent & 1)) / 2 + 127;
    bits = ((uint32_t)exponent << 23) + (root - 0x800000u);
    memcpy(&x, &bits, sizeof x);
    return x;
}
