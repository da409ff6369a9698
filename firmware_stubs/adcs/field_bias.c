#include "field_bias.h"

#define FIELD_UNIT_T 1e-7f
#define START_SIGMA 10.0f /* 1 000 nT */
#define NOISE_SIGMA 10.0f /* 1 000 nT: the model's error lasts for minutes, so a sample of many counts for little */
#define WALK_VARIANCE 1e-5f

static void start(struct field_bias *estimate)
{
    *estimate = (struct field_bias){.started = true, .covariance = m3_diagonal(START_SIGMA * START_SIGMA)};
}

/* |measured - bias| = strength, a scalar measurement along the field (Crassidis, Lai and Harman, Real-Time
 * Attitude-Independent Three-Axis Magnetometer Calibration, J. Guidance 28(1), 2005, with the bias alone). */
void field_bias_update(struct field_bias *estimate, struct vec3 measured_body_T, float strength_T)
{
    if (!estimate->started) {
        start(estimate);
    }
    const struct vec3 field = v3_sub(measured_body_T, estimate->bias_body_T);
    const float size = v3_norm(field);
    if (!(size > FIELD_UNIT_T && strength_T > FIELD_UNIT_T)) {
        return;
    }
    const struct vec3 along = v3_scale(1.0f / size, field);
    estimate->covariance = m3_add(estimate->covariance, m3_diagonal(WALK_VARIANCE));
    const struct vec3 spread = m3_apply(estimate->covariance, along);
    const struct vec3 gain = v3_scale(1.0f / (v3_dot(along, spread) + NOISE_SIGMA * NOISE_SIGMA), spread);
    estimate->bias_body_T = v3_add_scaled(estimate->bias_body_T, size - strength_T, gain);
    estimate->covariance = m3_symmetric(m3_add_scaled(estimate->covariance, -1.0f, m3_outer(gain, spread)));
}
