/* The Earth's magnetic field on board: IGRF-14 to degree 7, 0.13 degrees and 95 nT rms from the whole model at 500 km. */
#ifndef ADCS_FIELD_H
#define ADCS_FIELD_H

#include "vec3.h"

#define FIELD_DEGREE 7
#define FIELD_TERMS 35 /* orders 0..n of degrees n from 1 */

/* The field of a date: g, h by degree and order. */
struct field_model {
    float coefficient[FIELD_TERMS][2];
};

/* That of a date, in days from J2000: it changes by 60 nT a year. Before 2015 and after 2030 that of those years. */
struct field_model field_model_at(float epoch_day);

/* In T, ECEF axes, at a place above the surface. */
struct vec3 field_ecef_T(const struct field_model *model, struct vec3 position_ecef_m);

#endif
