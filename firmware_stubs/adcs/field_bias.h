/* What the magnetometer shows where there is no field: its own bias and the spacecraft's iron. Learnt while the body turns,
 * without any attitude, from the field's strength alone. */
#ifndef ADCS_FIELD_BIAS_H
#define ADCS_FIELD_BIAS_H

#include "vec3.h"

struct field_bias {
    bool started;
    struct vec3 bias_body_T;
    struct mat3 covariance; /* in units of FIELD_UNIT_T squared, which keep a float's exponent near 0 */
};

/* Use one measurement, `strength_T` being what the model of the field says of its size there. */
void field_bias_update(struct field_bias *estimate, struct vec3 measured_body_T, float strength_T);

#endif
