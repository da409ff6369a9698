/* Values of the parameters, and what is computed from them once rather than each step. */
#ifndef ADCS_PARAMETERS_STATE_H
#define ADCS_PARAMETERS_STATE_H

#include <stdint.h>

#include "adcs_parameters.h"
#include "field.h"
#include "ticks.h"
#include "vec3.h"

#define ADCS_WHEELS_MAX 4
#define ADCS_THRUSTERS_MAX 8

struct adcs_parameters {
    float value[ADCS_PARAMETERS]; /* by enum adcs_parameter */
    struct mat3 inertia_body_kg_m2;
    struct mat3 inertia_inverse;
    int wheel_count;
    struct vec3 wheel_axis_body[ADCS_WHEELS_MAX];      /* unit vectors; 0 for a wheel that does not exist */
    bool wheel_dropped[ADCS_WHEELS_MAX];               /* taken out of service */
    bool tachometer_failed[ADCS_WHEELS_MAX];           /* not listened to */
    bool wheel_reversed[ADCS_WHEELS_MAX];              /* found to turn against its commands, which are turned round */
    float wheel_limit_rad_s[ADCS_WHEELS_MAX];          /* of its speed: as the parameter says, or as it was found to be */
    struct vec3 wheel_allocation[ADCS_WHEELS_MAX];     /* rows of the pseudo-inverse: dot with a body torque */
    float wheel_idle[ADCS_WHEELS_MAX];                 /* unit vector of torques that cancel; 0 with three wheels */
    struct mat3 star_tracker_covariance_rad2;          /* body axes */
    struct field_model field;                          /* of the date below */
    float field_day;                                   /* since J2000 */
    int thruster_count;
    bool careful;  /* slews keep to the lower of their two rates */
    bool definite; /* the inertia, positive */
    bool usable; /* inertia positive definite and wheels span three axes */
    bool pair;   /* it is, but what was dropped leaves wheels about two axes: rods must do about the third, */
    struct vec3 lacking_axis_body; /* this one; else 0 */
};

/* The unit vector of three parameters, by the id of the first; 0 when they are 0. */
struct vec3 adcs_parameters_axis(const struct adcs_parameters *parameters, unsigned first_id);

enum adcs_set_result { ADCS_SET_DONE, ADCS_SET_UNKNOWN_ID, ADCS_SET_OUT_OF_RANGE };

/* Whether targets are looked at, and looked for in pictures, where their light comes from. */
static inline bool adcs_parameters_apparent(const struct adcs_parameters *parameters)
{
    return parameters->value[ADCS_APPARENT_TARGETS] > 0.5f;
}

/* Wheels hold the attitude, alone or with the rods' help. */
static inline bool adcs_parameters_wheels_hold(const struct adcs_parameters *parameters)
{
    return parameters->usable || parameters->pair;
}

/* Torque in N m of a thruster that exists. */
static inline struct vec3 adcs_parameters_thruster(const struct adcs_parameters *parameters, unsigned thruster)
{
    return v3_from(&parameters->value[ADCS_THRUSTER0_TORQUE_X_BODY_NM + 3 * thruster]);
}

/* All parameters to their defaults. */
void adcs_parameters_init(struct adcs_parameters *parameters);

/* All of them to these values, if each is within its limits; else false, and nothing has changed. */
bool adcs_parameters_load(struct adcs_parameters *parameters, const float value[ADCS_PARAMETERS]);

/* Days since J2000; of a date that is not known, one of these years. */
float adcs_parameters_day(const struct adcs_parameters *parameters, adcs_ticks now);

/* Have the model of the field be of this month: in seven years it changes by a degree. */
void adcs_parameters_date_field(struct adcs_parameters *parameters, adcs_ticks now);

/* Take a wheel out of the allocation, or back, and all of them back, their tachometers and speed limits too. */
void adcs_parameters_drop_wheel(struct adcs_parameters *parameters, unsigned wheel);
void adcs_parameters_take_wheel(struct adcs_parameters *parameters, unsigned wheel);
void adcs_parameters_restore_wheels(struct adcs_parameters *parameters);

/* Set one; wheel_count also brings back the wheels that were taken out. Anything but ADCS_SET_DONE leaves everything as it
 * was. NaN is out of range. */
enum adcs_set_result adcs_parameters_set(struct adcs_parameters *parameters, unsigned id, float value);

#endif
