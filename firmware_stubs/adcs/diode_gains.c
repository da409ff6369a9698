#include "diode_gains.h"

#include "scalar_kalman.h"

#define START_SIGMA 0.05f
#define ALBEDO_START_SIGMA 0.1f
#define NOISE_SIGMA 0.1f /* the Earth is not evenly bright, and what is wrong with that lasts */
#define WALK_VARIANCE 1e-10f
#define DOUBTFUL 0.2f
#define BRIGHT 0.3f /* less may be a shadow's edge, or the Earth alone */
#define GAIN_MIN 0.5f
#define GAIN_MAX 2.0f
#define ALBEDO_CHANGE_MAX 0.3f

void diode_gains_init(struct diode_gains *gains)
{
    *gains = (struct diode_gains){.albedo_change = 0.0f};
    for (int i = 0; i < DIODES; i++) {
        gains->gain[i] = 1.0f;
        gains->covariance[i][i] = START_SIGMA * START_SIGMA;
    }
    gains->covariance[DIODES][DIODES] = ALBEDO_START_SIGMA * ALBEDO_START_SIGMA;
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

static void correct(struct diode_gains *gains, const float change[DIODE_UNKNOWNS])
{
    for (int i = 0; i < DIODES; i++) {
        gains->gain[i] = adcs_clamp(gains->gain[i] * (1.0f + change[i]), GAIN_MIN, GAIN_MAX);
        gains->covariance[i][i] += WALK_VARIANCE;
    }
    gains->albedo_change =
        adcs_clamp(gains->albedo_change + change[DIODES], -ALBEDO_CHANGE_MAX, ALBEDO_CHANGE_MAX);
    gains->covariance[DIODES][DIODES] += WALK_VARIANCE;
}

/* A Kalman filter with a scalar measurement, as field_calibration.c's. */
void diode_gains_update(struct diode_gains *gains, struct vec3 light_body, struct diode_light expected)
{
    const float size = v3_norm(light_body), residual = size - expected.strength;
    if (!(size > BRIGHT && adcs_abs(residual) < DOUBTFUL)) {
        return;
    }
    float h[DIODE_UNKNOWNS], change[DIODE_UNKNOWNS];
    sensitivity(light_body, size, h);
    h[DIODES] = expected.per_albedo;
    scalar_kalman_update(DIODE_UNKNOWNS, &gains->covariance[0][0], h, NOISE_SIGMA * NOISE_SIGMA, residual, change);
    correct(gains, change);
}
