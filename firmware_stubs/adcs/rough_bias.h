/* A magnetometer's bias when it may be larger than the field: hard iron, which no filter about a small one would find. */
#ifndef ADCS_ROUGH_BIAS_H
#define ADCS_ROUGH_BIAS_H

#include "vec3.h"

#define ROUGH_BIAS_UNKNOWNS 4

struct rough_bias {
    unsigned samples; /* that taught something */
    struct vec3 last_uT;
    float value[ROUGH_BIAS_UNKNOWNS]; /* bias in uT; the square of its size in hundreds of uT2 */
    float covariance[ROUGH_BIAS_UNKNOWNS][ROUGH_BIAS_UNKNOWNS];
};

/* Begin, with nothing known. */
void rough_bias_start(struct rough_bias *rough);

/* Use one measurement, the field being of a size that is known. True when the bias is now known to about 1 uT. */
bool rough_bias_update(struct rough_bias *rough, struct vec3 measured_body_T, float strength_T);

struct vec3 rough_bias_body_T(const struct rough_bias *rough);

#endif
