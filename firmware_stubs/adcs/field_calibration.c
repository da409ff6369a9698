#include "field_calibration.h"

#include "scalar_kalman.h"

#define FIELD_UNIT_T 1e-7f /* the filter's units: they keep a float's exponent near 0 */
#define STRETCH_UNIT 1e-3f
#define RODS_UNIT_T_PER_A_M2 1e-4f
#define BIAS_START_SIGMA 10.0f    /* 1 000 nT */
#define STRETCH_START_SIGMA 10.0f /* a hundredth */
#define RODS_START_SIGMA 2.0f     /* a rod at a decimetre */
#define NOISE_SIGMA 1.0f          /* 100 nT: what is wrong with the orbit and the models of field and rods */
#define WALK_VARIANCE 1e-4f       /* for each sample that is used: currents and temperatures change */
#define TURN_COSINE 0.966f        /* 15 degrees */
#define DOUBTED_T 3e-6f           /* of the size: three sigma of the bias that the filter begins with */
#define LEARNT 40u                /* directions, after which all of them have been seen */
#define SUSPECTED_T 1e-6f         /* of the size: ten sigma of what is wrong with a calibrated one */
#define AGREES_T 3e-7f
#define RELEARNT 8u
#define IRON_SIGMAS 3.0f
#define OFF_SHARE 0.1f            /* of one sample in the mean */

static void start(struct field_calibration *calibration, struct vec3 bias_body_T)
{
    *calibration = (struct field_calibration){.started = true, .bias_body_T = bias_body_T};
    for (int i = 0; i < FIELD_UNKNOWNS; i++) {
        const float sigma = i < 3 ? BIAS_START_SIGMA : i < 9 ? STRETCH_START_SIGMA : RODS_START_SIGMA;
        calibration->covariance[i][i] = sigma * sigma;
    }
}

static struct vec3 each(struct vec3 a, struct vec3 b)
{
    return v3(a.x * b.x, a.y * b.y, a.z * b.z);
}

struct vec3 field_calibration_apply(const struct field_calibration *calibration, struct vec3 measured_body_T,
                                    struct vec3 remanence_body_A_m2)
{
    const struct vec3 stretched = v3_add(measured_body_T, m3_apply(calibration->stretch, measured_body_T));
    return v3_sub(stretched, v3_add(calibration->bias_body_T, each(calibration->rods_T_per_A_m2, remanence_body_A_m2)));
}

/* The filter begins with 1 uT; hard iron that the size alone does not give away is up to some 5 uT, across the field. */
float field_calibration_sigma_rad(const struct field_calibration *calibration, float size_T)
{
    float most = 0.0f;
    for (int i = 0; i < 3; i++) {
        most = calibration->covariance[i][i] > most ? calibration->covariance[i][i] : most;
    }
    return size_T > FIELD_UNIT_T ? IRON_SIGMAS * FIELD_UNIT_T * adcs_sqrt(most) / size_T : 0.0f;
}

/* What one unit more of each unknown makes of the field's size: bias; xx, yy, zz, xy, xz, yz of the stretch; rods. */
static void sensitivity(struct vec3 along, struct vec3 measured_body_T, struct vec3 remanence_body_A_m2,
                        float h[FIELD_UNKNOWNS])
{
    const struct vec3 m = v3_scale(STRETCH_UNIT / FIELD_UNIT_T, measured_body_T);
    const struct vec3 rods = each(along, v3_scale(RODS_UNIT_T_PER_A_M2 / FIELD_UNIT_T, remanence_body_A_m2));
    v3_store(v3_scale(-1.0f, along), h);
    v3_store(each(along, m), h + 3);
    h[6] = along.x * m.y + along.y * m.x;
    h[7] = along.x * m.z + along.z * m.x;
    h[8] = along.y * m.z + along.z * m.y;
    v3_store(v3_scale(-1.0f, rods), h + 9);
}

static void correct(struct field_calibration *calibration, const float change[FIELD_UNKNOWNS])
{
    calibration->bias_body_T = v3_add_scaled(calibration->bias_body_T, FIELD_UNIT_T, v3_from(change));
    const struct mat3 more = {v3(change[3], change[6], change[7]), v3(change[6], change[4], change[8]),
                              v3(change[7], change[8], change[5])};
    calibration->stretch = m3_add_scaled(calibration->stretch, STRETCH_UNIT, more);
    calibration->rods_T_per_A_m2 =
        v3_add_scaled(calibration->rods_T_per_A_m2, RODS_UNIT_T_PER_A_M2, v3_from(change + 9));
}

/* What is wrong with orbit and models lasts for minutes, so more samples of the same direction would say the same error
 * again. */
static bool is_new(const struct field_calibration *calibration, struct vec3 along)
{
    return !(v3_dot(along, calibration->along) > TURN_COSINE);
}

bool field_calibration_would_learn(const struct field_calibration *calibration, struct vec3 measured_body_T,
                                   struct vec3 remanence_body_A_m2)
{
    const struct vec3 field = field_calibration_apply(calibration, measured_body_T, remanence_body_A_m2);
    const float size = v3_norm(field);
    return calibration->doubted || (size > FIELD_UNIT_T && is_new(calibration, v3_scale(1.0f / size, field)));
}

/* |field| = strength: the extended Kalman filter of Crassidis, Lai and Harman, Real-Time Attitude-Independent Three-Axis
 * Magnetometer Calibration, J. Guidance 28(1), 2005, with the size for a measurement instead of its square, and the rods. */
static void learn(struct field_calibration *calibration, struct vec3 measured_body_T, struct vec3 remanence_body_A_m2,
                  float residual_T)
{
    float h[FIELD_UNKNOWNS], change[FIELD_UNKNOWNS];
    sensitivity(calibration->along, measured_body_T, remanence_body_A_m2, h);
    for (int i = 0; i < FIELD_UNKNOWNS; i++) {
        calibration->covariance[i][i] += WALK_VARIANCE;
    }
    scalar_kalman_update(FIELD_UNKNOWNS, &calibration->covariance[0][0], h, NOISE_SIGMA * NOISE_SIGMA,
                         residual_T / FIELD_UNIT_T, change);
    correct(calibration, change);
}

static enum field_verdict learn_roughly(struct field_calibration *calibration, struct vec3 measured_body_T,
                                        float strength_T)
{
    if (!rough_bias_update(&calibration->rough, measured_body_T, strength_T)) {
        return FIELD_AS_BEFORE;
    }
    start(calibration, rough_bias_body_T(&calibration->rough));
    return FIELD_TRUSTED;
}

/* A new bias, of a core or a current that was not there before, is learnt as the first one was. */
static enum field_verdict watch(struct field_calibration *calibration, float residual_T)
{
    calibration->off_T += OFF_SHARE * (residual_T - calibration->off_T);
    if (!calibration->suspected && calibration->learnt >= LEARNT && adcs_abs(calibration->off_T) > SUSPECTED_T) {
        calibration->suspected = true;
        calibration->learnt = 0;
        for (int i = 0; i < 3; i++) {
            calibration->covariance[i][i] += BIAS_START_SIGMA * BIAS_START_SIGMA;
        }
        return FIELD_DOUBTED;
    }
    if (calibration->suspected && calibration->learnt >= RELEARNT && adcs_abs(calibration->off_T) < AGREES_T) {
        calibration->suspected = false;
        return FIELD_TRUSTED;
    }
    return FIELD_AS_BEFORE;
}

enum field_verdict field_calibration_update(struct field_calibration *calibration, struct vec3 measured_body_T,
                                            struct vec3 remanence_body_A_m2, float strength_T)
{
    if (!calibration->started) {
        start(calibration, v3(0.0f, 0.0f, 0.0f));
    }
    if (calibration->doubted) {
        return learn_roughly(calibration, measured_body_T, strength_T);
    }
    const struct vec3 field = field_calibration_apply(calibration, measured_body_T, remanence_body_A_m2);
    const float size = v3_norm(field);
    if (!(strength_T > FIELD_UNIT_T)) {
        return FIELD_AS_BEFORE;
    }
    if (adcs_abs(strength_T - size) > DOUBTED_T) {
        calibration->doubted = true;
        rough_bias_start(&calibration->rough);
        return FIELD_DOUBTED;
    }
    const enum field_verdict verdict = watch(calibration, strength_T - size);
    const struct vec3 along = v3_scale(1.0f / size, field);
    if (is_new(calibration, along)) {
        calibration->along = along;
        calibration->learnt += calibration->learnt < LEARNT;
        learn(calibration, measured_body_T, remanence_body_A_m2, strength_T - size);
    }
    return verdict;
}
