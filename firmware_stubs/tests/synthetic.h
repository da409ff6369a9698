/* A body turning steadily, its gyro and its star tracker: synthetic data for the filters. */
#ifndef SYNTHETIC_H
#define SYNTHETIC_H

#include "attitude.h"
#include "check.h"

struct synthetic {
    struct random random;
    double rate_body_rad_s[3];
    double gyro_bias_rad_s[3];
    double gyro_noise_rad_s; /* a sample */
    double star_tracker_noise_rad;
};

/* 0.1 deg/s or so, a bias of 30 deg/h, 0.15 deg/sqrt(h) at 10 Hz, 10 arcsec. */
struct synthetic synthetic_start(uint64_t seed);

adcs_ticks synthetic_ticks(double time_s);
struct vec3 synthetic_gyro(struct synthetic *synthetic);
void synthetic_truth(const struct synthetic *synthetic, double time_s, double q_eci_from_body[4]);
struct attitude_measurement synthetic_star_tracker(struct synthetic *synthetic, double time_s);

/* Angle between an estimate and the truth at a time, in rad. */
double synthetic_error(const struct synthetic *synthetic, double time_s, struct quat q_eci_from_body);

#endif
