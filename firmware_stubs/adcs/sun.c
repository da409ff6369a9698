#include "sun.h"

#define DEGREE (ADCS_PI / 180.0f)
#define OBLIQUITY (23.43929111f * DEGREE)

/* Mean anomaly and longitude in the ecliptic of J2000: Montenbruck and Gill, Satellite Orbits, section 3.3.2, whose century
 * is turned into days here; and the perihelion moves, 0.32 degrees in a century, as in Simon et al., A&A 282 (1994). */
struct vec3 sun_direction(float epoch_day, adcs_ticks now)
{
    const float day = epoch_day + adcs_seconds(0, now) * (1.0f / 86400.0f);
    const float anomaly = (357.5256f + 0.98560026f * day) * DEGREE;
    const float longitude = (282.9373f + 8.85e-6f * day) * DEGREE + anomaly
        + (6892.0f * adcs_sin(anomaly) + 72.0f * adcs_sin(2.0f * anomaly)) * (DEGREE / 3600.0f);
    const float across = adcs_sin(longitude);
    return v3(adcs_cos(longitude), across * adcs_cos(OBLIQUITY), across * adcs_sin(OBLIQUITY));
}
