/* Where the Sun is. */
#ifndef ADCS_SUN_H
#define ADCS_SUN_H

#include "ticks.h"
#include "vec3.h"

/* Unit vector to the Sun in ECI, within 0.02 degrees between 2000 and 2050. epoch_day: days from 2000-01-01 12:00 to the
 * wire's time 0. */
struct vec3 sun_direction(float epoch_day, adcs_ticks now);

#endif
