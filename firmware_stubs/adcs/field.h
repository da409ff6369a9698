/* The Earth's magnetic field on board: IGRF-14 to degree 7, 0.13 degrees and 95 nT rms from the whole model at 500 km. */
#ifndef ADCS_FIELD_H
#define ADCS_FIELD_H

#include "vec3.h"

/* In T, ECEF axes, at a place above the surface. */
struct vec3 field_ecef_T(struct vec3 position_ecef_m);

#endif
