/* Attitude from two directions at once. */
#ifndef ADCS_TRIAD_H
#define ADCS_TRIAD_H

#include "quat.h"

/* A direction seen in the body and known in ECI: unit vectors. */
struct direction {
    struct vec3 body, eci;
    float sigma_rad; /* 1 sigma an axis across it */
    unsigned kind;   /* of sensor: the errors of one kind last */
};

/* The attitude that fits `first` whole and `second` as far as the angle between them lets it (Markley and Crassidis,
 * section 5.1). Returns false when they are too near to one line, or not as far apart in the body as they must be. */
bool triad(const struct direction *first, const struct direction *second, struct quat *q_eci_from_body);

/* Covariance of an attitude from two directions, in rad2, body axes: each tells what is across it (Markley and Crassidis,
 * chapter 5, of Wahba's problem). */
struct mat3 triad_covariance(const struct direction *first, const struct direction *second);

#endif
