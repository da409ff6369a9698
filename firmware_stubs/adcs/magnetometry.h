/* The field where the spacecraft is: as the magnetometer has it, calibrated against the model, and as the model has it where
 * no magnetometer is to be believed. */
#ifndef ADCS_MAGNETOMETRY_H
#define ADCS_MAGNETOMETRY_H

#include "adcs.h"

/* Take the magnetometer's sample of this step, if there is one: to the rods, and to the calibration. Returns the model's
 * field for comparison of directions; 0 when there is no clean sample, no model, or no trust in the magnetometer. */
struct vec3 magnetometry_take(struct adcs *adcs, adcs_ticks now, bool for_attitude);

/* The model's field where the orbit is, a second old at the most; 0 where there is no model. */
struct vec3 magnetometry_model_eci_T(struct adcs *adcs, adcs_ticks now);

/* Use the other magnetometer, where the one in use is silent, frozen or not believed. Reports it. */
void magnetometry_choose(struct adcs *adcs);

/* With the attitude of this step: the rods' field from the model, for want of a magnetometer. */
void magnetometry_stand_in(struct adcs *adcs, adcs_ticks now);

#endif
