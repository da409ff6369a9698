/* How the Earth is turned, from the GPS time that a receiver says: nobody has to tell it. */
#ifndef EARTH_DATE_H
#define EARTH_DATE_H

#include <stdint.h>

#include "quat.h"

/* Seconds that GPS time is ahead of UTC since 2017 (IERS Bulletin C 52). */
#define GPS_LEAP_SECONDS 18

/* q_eci_from_ecef, GCRS, at a GPS time: within 2 arcsec where UT1 is UTC (0.1 s between the two are 1.5 arcsec more).
 * Earth rotation angle: IERS Conventions 2010, equation 5.15; pole: 5.16, and the four largest terms of nutation
 * (Seidelmann, Explanatory Supplement, table 3.222.1); without polar motion. */
struct quat earth_at_gps_time(unsigned week, uint32_t ms_of_week);

/* Days since J2000, UTC, of a GPS time. */
float days_at_gps_time(unsigned week, uint32_t ms_of_week);

#endif
