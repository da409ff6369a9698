#include "diode_gains.h"

#define START_SIGMA 0.05f
#define NOISE_SIGMA 0.1f /* the Earth's light is known to per cents, and its error lasts */
#define WALK_VARIANCE 1e-10f
#define DOUBTFUL 0.2f
#define GAIN_MIN 0.5f
#define GAIN_MAX 2.0f

void diode_gains_init(struct diode_gains *gains)
{
    for (int i = 0; i < DIODES; i++) {
        gains->gain[i] = 1.0f;
        for (int j = 0; j < DIODES; j++) {
            gains->covariance[i][j] = i == j ? START_SIGMA * START_SIGMA : 0.0f;
        }
    }
}

/* What a relative change of each gain makes of the light's size: only the lit diode of each pair has a say. */
static void sensitivity(struct vec3 light, float size, float h[DIODES])
{
    const float component[3] = {light.x, light.y, light.z};
    for (int i = 0; i < DIODES; i++) {
        const float along = component[i / 2];
        const bool lit = (i % 2 == 0) == (along > 0.0f);
        h[i] = lit ? along * along / size : 0.0f;
    }
}

static void correct(struct diode_gains *gains, const float spread[DIODES], float variance, float residual)
{
    for (int i = 0; i < DIODES; i++) {
        const float k = spread[i] / variance;
        gains->gain[i] = adcs_clamp(gains->gain[i] * (1.0f + k * residual), GAIN_MIN, GAIN_MAX);
        for (int j = 0; j < DIODES; j++) {
            gains->covariance[i][j] -= k * spread[j];
        }
        gains->covariance[i][i] += WALK_VARIANCE;
    }
}

/* A Kalman filter with a scalar measurement, as field_bias.c's. */
void diode_gains_update(struct diode_gains *gains, struct vec3 light_body, float strength)
{
    const float size = v3_norm(light_body);
    if (!(adcs_abs(size - strength) < DOUBTFUL)) {
        return;
    }
    float h[DIODES], spread[DIODES], variance = NOISE_SIGMA * NOISE_SIGMA;
    sensitivity(light_body, size, h);
    for (int i = 0; i < DIODES; i++) {
        spread[i] = 0.0f;
        for (int j = 0; j < DIODES; j++) {
            spread[i] += gains->covariance[i][j] * h[j];
        }
        variance += h[i] * spread[i];
    }
    correct(gains, spread, variance, size - strength);
}
