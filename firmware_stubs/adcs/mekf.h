/* Multiplicative extended Kalman filter of attitude and gyro bias: six states (Markley and Crassidis, section 6.2).
 * The attitude error is a small rotation vector in body axes: q_true = q_estimate * exp(error). */
#ifndef ADCS_MEKF_H
#define ADCS_MEKF_H

#include "quat.h"
#include "triad.h"

struct mekf {
    struct quat q_eci_from_body;
    struct vec3 gyro_bias_body_rad_s;
    struct mat3 attitude_rad2;       /* covariance, body axes */
    struct mat3 attitude_bias;       /* rad x rad/s; rows attitude, columns bias */
    struct mat3 bias_rad2_s2;
};

struct gyro_noise {
    float angle_random_walk_rad_sqrt_s;
    float rate_random_walk_rad_s_sqrt_s;
    float scale; /* 1 sigma of scale errors and misalignment, together */
};

/* Start from one attitude measurement and no knowledge of the bias but its sigma. */
void mekf_init(struct mekf *filter, struct quat q_eci_from_body, struct mat3 covariance_rad2, float bias_sigma_rad_s);

/* Attitude after dt_s at a mean measured rate, by the estimated bias; changes nothing. */
struct quat mekf_predict(const struct mekf *filter, struct quat q_eci_from_body, struct vec3 measured_rate_body_rad_s,
                         float dt_s);

/* Propagate state and covariance over dt_s at a mean measured rate. */
void mekf_propagate(struct mekf *filter, struct vec3 measured_rate_body_rad_s, float dt_s,
                    const struct gyro_noise *noise);

/* Use an attitude measurement of this instant. Returns its squared Mahalanobis distance; when that is beyond `gate` the
 * measurement is not used. */
float mekf_update(struct mekf *filter, struct quat q_eci_from_body, struct mat3 covariance_rad2, float gate);

/* The same with a direction, whose error has this sigma about every axis across it. `share`, 0..1: how much of a measurement
 * it is, when its error is much that of the one before; the distance is a whole measurement's. */
float mekf_update_direction(struct mekf *filter, const struct direction *seen, float share, float gate);

#endif
