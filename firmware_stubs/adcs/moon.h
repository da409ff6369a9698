/* Where the Moon is. */
#ifndef ADCS_MOON_H
#define ADCS_MOON_H

#include "ticks.h"
#include "vec3.h"

/* From the Earth's centre to the Moon's in ECI, in m, within 0.1 degrees between 2000 and 2050. epoch_day: days from
 * 2000-01-01 12:00 to the wire's time 0. */
struct vec3 moon_position_m(float epoch_day, adcs_ticks now);

#endif
