/* The update of a Kalman filter of a few states by one number. */
#ifndef ADCS_SCALAR_KALMAN_H
#define ADCS_SCALAR_KALMAN_H

#define SCALAR_KALMAN_STATES_MAX 12

/* `covariance` is n x n, `h` what a unit of each state makes of the number, `residual` what was measured less what was
 * expected, `variance` its noise's. Puts what to add to each state into `change` (Crassidis and Junkins, Optimal Estimation
 * of Dynamic Systems, section 3.3). */
void scalar_kalman_update(int n, float *covariance, const float *h, float variance, float residual, float *change);

#endif
