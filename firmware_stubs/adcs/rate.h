/* How body and wheels turn: part of determination. */
#ifndef ADCS_RATE_H
#define ADCS_RATE_H

#include "adcs.h"

/* Wheels and observer to the end of a step of dt_s, from the tachometers and the last commands. */
void rate_predict(struct adcs *adcs, float dt_s);

/* With the gyro's sample: whether the wheels did what they were told. */
void rate_watch_wheels(struct adcs *adcs, float dt_s);

/* With the attitude of now, or the gyro. */
void rate_correct(struct adcs *adcs, float dt_s);

#endif
