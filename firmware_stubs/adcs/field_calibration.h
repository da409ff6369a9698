/* What the magnetometer makes of the field: bias, scales, axes that are not at right angles, the spacecraft's iron, and
 * what the rods remember. Learnt while the body turns, without any attitude, from the field's strength alone. How the whole
 * sensor is turned against the body leaves no trace in the strength and stays unknown. */
#ifndef ADCS_FIELD_CALIBRATION_H
#define ADCS_FIELD_CALIBRATION_H

#include "rough_bias.h"

#define FIELD_UNKNOWNS 12

struct field_calibration {
    bool started;
    bool doubted; /* the size is off by more than this filter could learn: the rough one below is at work */
    bool suspected; /* off by what was not there before: learnt anew, it tells no attitude meanwhile */
    unsigned learnt; /* directions, since it began */
    float off_T;     /* of the size, smoothed over a moment */
    struct rough_bias rough;
    struct vec3 bias_body_T;
    struct mat3 stretch;         /* symmetric */
    struct vec3 rods_T_per_A_m2; /* at the sensor, of what each body axis remembers, along that axis */
    struct vec3 along;           /* the field's direction in the body when it last taught something */
    float covariance[FIELD_UNKNOWNS][FIELD_UNKNOWNS];
};

/* The field that a measurement tells of: measured + stretch measured - bias - what the rods remember. */
struct vec3 field_calibration_apply(const struct field_calibration *calibration, struct vec3 measured_body_T,
                                    struct vec3 remanence_body_A_m2);

/* How far off the field's direction may be for what is not learnt yet, 1 sigma in rad, of a field of this size. */
float field_calibration_sigma_rad(const struct field_calibration *calibration, float size_T);

enum field_verdict { FIELD_AS_BEFORE, FIELD_DOUBTED, FIELD_TRUSTED };

/* Use one measurement, `strength_T` being what the model of the field says of its size there; `remanence_body_A_m2` as the
 * rods' account of themselves has it. Tells when the magnetometer is not to be believed any more, and when it is again. */
enum field_verdict field_calibration_update(struct field_calibration *calibration, struct vec3 measured_body_T,
                                            struct vec3 remanence_body_A_m2, float strength_T);

/* The field lies in another direction of the body than that which taught last. */
bool field_calibration_would_learn(const struct field_calibration *calibration, struct vec3 measured_body_T,
                                   struct vec3 remanence_body_A_m2);

#endif
