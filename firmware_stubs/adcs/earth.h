/* How the Earth is turned: told by the ground once, then turning evenly about its axis. */
#ifndef ADCS_EARTH_H
#define ADCS_EARTH_H

#include "quat.h"
#include "ticks.h"

#define EARTH_SPIN_RAD_S 7.2921150e-5f
#define EARTH_RADIUS_M 6378137.0f

/* Of something, in the axes of whoever says so. */
struct motion {
    struct vec3 position_m, velocity_m_s, acceleration_m_s2;
};

struct earth {
    bool known;
    adcs_ticks time;
    struct quat q_eci_from_ecef; /* at that time */
};

/* Take the orientation at a time. Returns false, changing nothing, when q is not a unit quaternion. */
bool earth_set(struct earth *earth, adcs_ticks time, struct quat q_eci_from_ecef);

/* The orientation at another time, before or after: turned on by whole ticks, whatever their number, the pole carried along
 * by precession. Nutation and polar motion change it by some 3 arcsec in a year and by up to 20 in seven (Montenbruck and
 * Gill, Satellite Orbits, sections 5.3 and 5.4). */
struct quat earth_orientation(const struct earth *earth, adcs_ticks time);

/* The velocity against ECI, in ECEF axes, of what is at a place and moves against the Earth. */
struct vec3 earth_carry(struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s);

/* A place near the surface: geodetic latitude and longitude in rad, WGS84; good to a metre, as far as a float holds it
 * (Bowring, The accuracy of geodetic latitude and height equations, Survey Review 28, 1985). */
void earth_geodetic(struct vec3 position_ecef_m, float *latitude_rad, float *longitude_rad);

/* Its height above the ellipsoid in m, to the first order of the flattening, good to a few metres. */
float earth_height(struct vec3 position_ecef_m);

#endif
