#include "rough_bias.h"

#include "scalar_kalman.h"

#define START_SIGMA_UT 100.0f
#define SQUARE_UNIT_UT2 100.0f
#define START_SIGMA_SQUARE 100.0f /* of those */
#define NOISE_SIGMA_UT 0.5f       /* of the size: a hundredth of stretch, and what is wrong with the model */
#define APART_UT 6.0f             /* of samples that tell something new */
#define KNOWN_SIGMA_UT 1.0f
#define SAMPLES_MIN 8u
#define AGREES 3.0f /* sigma, between the bias and the square of its size, which were learnt apart */

void rough_bias_start(struct rough_bias *rough)
{
    *rough = (struct rough_bias){.samples = 0};
    for (int i = 0; i < ROUGH_BIAS_UNKNOWNS; i++) {
        const float sigma = i < 3 ? START_SIGMA_UT : START_SIGMA_SQUARE;
        rough->covariance[i][i] = sigma * sigma;
    }
}

struct vec3 rough_bias_body_T(const struct rough_bias *rough)
{
    return v3_scale(1e-6f, v3_from(rough->value));
}

static bool is_known(const struct rough_bias *rough)
{
    const struct vec3 bias = v3_from(rough->value);
    const float variance = rough->covariance[0][0] + rough->covariance[1][1] + rough->covariance[2][2];
    const float square_sigma = 2.0f * v3_norm(bias) * KNOWN_SIGMA_UT + SQUARE_UNIT_UT2;
    const float apart = adcs_abs(SQUARE_UNIT_UT2 * rough->value[3] - v3_dot(bias, bias));
    return rough->samples >= SAMPLES_MIN && variance < KNOWN_SIGMA_UT * KNOWN_SIGMA_UT && apart < AGREES * square_sigma;
}

/* |m - b|^2 = B^2 is linear in b and in |b|^2 taken by itself: |m|^2 - B^2 = 2 m . b - |b|^2 (Alonso and Shuster, TWOSTEP: A
 * Fast Robust Algorithm for Attitude-Independent Magnetometer-Bias Determination, J. Astronautical Sciences 50(4), 2002,
 * where the square is centred out instead). */
bool rough_bias_update(struct rough_bias *rough, struct vec3 measured_body_T, float strength_T)
{
    const struct vec3 m = v3_scale(1e6f, measured_body_T);
    const float strength = 1e6f * strength_T;
    if (rough->samples > 0 && !(v3_norm(v3_sub(m, rough->last_uT)) > APART_UT)) {
        return false;
    }
    rough->last_uT = m;
    rough->samples++;
    const float h[ROUGH_BIAS_UNKNOWNS] = {2.0f * m.x, 2.0f * m.y, 2.0f * m.z, -SQUARE_UNIT_UT2};
    const float sigma = 2.0f * strength * NOISE_SIGMA_UT;
    float residual = v3_dot(m, m) - strength * strength, change[ROUGH_BIAS_UNKNOWNS];
    for (int i = 0; i < ROUGH_BIAS_UNKNOWNS; i++) {
        residual -= h[i] * rough->value[i];
    }
    scalar_kalman_update(ROUGH_BIAS_UNKNOWNS, &rough->covariance[0][0], h, sigma * sigma, residual, change);
    for (int i = 0; i < ROUGH_BIAS_UNKNOWNS; i++) {
        rough->value[i] += change[i];
    }
    return is_known(rough);
}
