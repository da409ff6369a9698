/* Orbit from an uplinked state, about the Earth or the Moon: two-body motion with J2. */
#ifndef ADCS_ORBIT_H
#define ADCS_ORBIT_H

#include "ticks.h"
#include "vec3.h"

enum orbit_planet { ORBIT_EARTH, ORBIT_MOON, ORBIT_PLANETS };

/* Position and velocity as sums high + low: a float alone loses half a metre at every step. */
struct orbit {
    struct vec3 position_eci_m, position_low_m;
    struct vec3 velocity_eci_m_s, velocity_low_m_s;
    adcs_ticks time;
    unsigned planet; /* enum orbit_planet */
    bool known;   /* there is a state */
    bool current; /* and it is of the time that was last asked for */
};

/* A measured state, relative to the turning Earth. */
struct orbit_fix {
    adcs_ticks time;
    struct vec3 position_ecef_m, velocity_ecef_m_s;
};

/* Gravity of the planet with J2, in m/s2. */
struct vec3 orbit_acceleration(unsigned planet, struct vec3 position_eci_m);

/* Radius of the planet's equator in m. */
float orbit_radius_m(unsigned planet);

/* Can be an orbit about the Earth: finite, radius 6 400..100 000 km, velocity below 12 km/s. */
bool orbit_plausible(struct vec3 position_m, struct vec3 velocity_m_s);

/* Take a state at a time, about the orbit's planet. Returns false, changing nothing, when it is not plausible. */
bool orbit_set(struct orbit *orbit, adcs_ticks time, struct vec3 position_eci_m, struct vec3 velocity_eci_m_s);

/* Move a known orbit by a small correction. */
void orbit_correct(struct orbit *orbit, struct vec3 position_m, struct vec3 velocity_m_s);

/* Propagate towards a time, forth or back, in a bounded number of Runge-Kutta steps: after an uplink hours old it takes
 * several calls until orbit->current. Forgets an orbit that has left every possible range. */
void orbit_propagate(struct orbit *orbit, adcs_ticks time);

#endif
