#include "synthetic.h"

#include "reference.h"

struct synthetic synthetic_start(uint64_t seed)
{
    return (struct synthetic){
        .random = {seed},
        .rate_body_rad_s = {1e-3, -2e-3, 5e-4},
        .gyro_bias_rad_s = {1.4e-4, -1.5e-4, 0.8e-4},
        .gyro_noise_rad_s = 1.39e-4,
        .star_tracker_noise_rad = 4.85e-5,
    };
}

adcs_ticks synthetic_ticks(double time_s)
{
    return (adcs_ticks)llround(time_s * 16777216.0);
}

static double noisy(struct synthetic *synthetic, int axis)
{
    return synthetic->rate_body_rad_s[axis] + synthetic->gyro_bias_rad_s[axis]
        + synthetic->gyro_noise_rad_s * random_normal(&synthetic->random);
}

struct vec3 synthetic_gyro(struct synthetic *synthetic)
{
    const float x = (float)noisy(synthetic, 0), y = (float)noisy(synthetic, 1), z = (float)noisy(synthetic, 2);
    return v3(x, y, z);
}

void synthetic_truth(const struct synthetic *synthetic, double time_s, double q_eci_from_body[4])
{
    double rotation[3];
    for (int i = 0; i < 3; i++) {
        rotation[i] = time_s * synthetic->rate_body_rad_s[i];
    }
    reference_exponential(rotation, q_eci_from_body);
}

struct attitude_measurement synthetic_star_tracker(struct synthetic *synthetic, double time_s)
{
    double truth[4], noise[3], turn[4], q[4];
    for (int i = 0; i < 3; i++) {
        noise[i] = synthetic->star_tracker_noise_rad * random_normal(&synthetic->random);
    }
    synthetic_truth(synthetic, time_s, truth);
    reference_exponential(noise, turn);
    reference_multiply(truth, turn, q);
    return (struct attitude_measurement){synthetic_ticks(time_s),
                                         {(float)q[0], (float)q[1], (float)q[2], (float)q[3]}, 0};
}

double synthetic_error(const struct synthetic *synthetic, double time_s, struct quat q)
{
    double truth[4], off[3];
    synthetic_truth(synthetic, time_s, truth);
    reference_difference((const double[4]){(double)q.x, (double)q.y, (double)q.z, (double)q.w}, truth, off);
    return sqrt(off[0] * off[0] + off[1] * off[1] + off[2] * off[2]);
}
