#include "scalar_kalman.h"

void scalar_kalman_update(int n, float *covariance, const float *h, float variance, float residual, float *change)
{
    float spread[SCALAR_KALMAN_STATES_MAX];
    for (int i = 0; i < n; i++) {
        spread[i] = 0.0f;
        for (int j = 0; j < n; j++) {
            spread[i] += covariance[i * n + j] * h[j];
        }
        variance += h[i] * spread[i];
    }
    for (int i = 0; i < n; i++) {
        const float gain = spread[i] / variance;
        change[i] = gain * residual;
        for (int j = 0; j < n; j++) {
            covariance[i * n + j] -= gain * spread[j];
        }
    }
}
