#include "earth.h"

/* WGS84 (NIMA TR8350.2, table 3.3) */
#define POLAR_RADIUS_M 6356752.3f
#define FLATTENING (1.0f / 298.257223563f)
#define ECCENTRICITY2 6.69437999014e-3f
#define SECOND_ECCENTRICITY2 6.73949674228e-3f

bool earth_set(struct earth *earth, adcs_ticks time, struct quat q_eci_from_ecef)
{
    if (!quat_is_unit(q_eci_from_ecef)) {
        return false;
    }
    *earth = (struct earth){true, time, quat_normalise(q_eci_from_ecef)};
    return true;
}

/* 2^64 times the turns in a second; there are 1.00273781191135448 in a day (IERS Conventions 2010, equation 5.15). */
#define TURNS_A_SECOND 214088516080558u
#define HALF_TURN (ADCS_PI / 4294967296.0f) /* half of 2^-32 turns, in rad */
#define PRECESSION_RAD_S 3.07901e-12f       /* of the pole along ECI x: 2 004.19 arcsec in a century (the same, 5.16) */

/* What is more than a whole turn runs over and is lost, and nothing else: exact after years as after seconds. */
static uint64_t turned(adcs_ticks since)
{
    return (since >> 24) * TURNS_A_SECOND + (since & (ADCS_TICKS_PER_SECOND - 1)) * (TURNS_A_SECOND >> 24);
}

struct quat earth_orientation(const struct earth *earth, adcs_ticks time)
{
    const uint64_t turns = time >= earth->time ? turned(time - earth->time) : (uint64_t)0 - turned(earth->time - time);
    const float half_rad = HALF_TURN * (float)(int32_t)(uint32_t)(turns >> 32);
    const struct quat spun = {0.0f, 0.0f, adcs_sin(half_rad), adcs_cos(half_rad)};
    const struct quat pole = {0.0f, 0.5f * PRECESSION_RAD_S * adcs_seconds(earth->time, time), 0.0f, 1.0f};
    return quat_normalise(quat_multiply(pole, quat_multiply(earth->q_eci_from_ecef, spun)));
}

struct vec3 earth_carry(struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s)
{
    return v3_add(velocity_ecef_m_s, v3_cross(v3(0.0f, 0.0f, EARTH_SPIN_RAD_S), position_ecef_m));
}

void earth_geodetic(struct vec3 position_ecef_m, float *latitude_rad, float *longitude_rad)
{
    const float x = position_ecef_m.x, y = position_ecef_m.y, z = position_ecef_m.z;
    const float from_axis_m = adcs_sqrt(x * x + y * y);
    const float reduced = adcs_atan2(z * EARTH_RADIUS_M, from_axis_m * POLAR_RADIUS_M);
    const float s = adcs_sin(reduced), c = adcs_cos(reduced);
    *latitude_rad = adcs_atan2(z + SECOND_ECCENTRICITY2 * POLAR_RADIUS_M * s * s * s,
                               from_axis_m - ECCENTRICITY2 * EARTH_RADIUS_M * c * c * c);
    *longitude_rad = adcs_atan2(y, x);
}

float earth_height(struct vec3 position_ecef_m)
{
    const float distance_m = v3_norm(position_ecef_m), sine = position_ecef_m.z / distance_m;
    const float flattened = (EARTH_RADIUS_M - POLAR_RADIUS_M) * sine * sine;
    return distance_m - EARTH_RADIUS_M + flattened * (1.0f + 1.5f * FLATTENING * (1.0f - sine * sine));
}
