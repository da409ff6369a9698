/* What there is to point at, as the ground told it: a place on the Earth, at rest or moving, something in orbit about the
 * same body as the spacecraft, or something far away. */
#ifndef ADCS_TARGET_H
#define ADCS_TARGET_H

#include "earth.h"
#include "orbit.h"
#include "parameters.h"

enum target_kind { TARGET_ON_EARTH, TARGET_IN_ORBIT, TARGET_FAR_AWAY };

struct target {
    bool known;
    enum target_kind kind;
    adcs_ticks time;
    struct vec3 position_ecef_m, velocity_ecef_m_s; /* on Earth, at that time; the velocity against the turning Earth */
    struct orbit orbit;                             /* in orbit */
    struct vec3 direction_eci;                      /* far away: unit vector */
};

/* Take a target at a time. Returns false, changing nothing, when it is below the surface by more than 1 km or higher than
 * 1 000 km, faster than 1 km/s, or not finite. */
bool target_set(struct target *target, adcs_ticks time, struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s);

/* Take one in orbit about `planet` at a time. Returns false, changing nothing, when that cannot be one. */
bool target_set_orbit(struct target *target, unsigned planet, adcs_ticks time, struct vec3 position_eci_m,
                      struct vec3 velocity_eci_m_s);

/* Take one that is far away. Returns false, changing nothing, when the direction is no unit vector. */
bool target_set_direction(struct target *target, struct vec3 direction_eci);

/* Propagate one that is in orbit towards a time. */
void target_propagate(struct target *target, adcs_ticks time);

/* How many metres higher the air lets one on Earth appear, seen from straight above; 0 unless targets are apparent. */
float target_lift_m(const struct target *target, const struct adcs_parameters *parameters);

/* Where one on Earth is at another time, in ECI, and one in orbit at the time to which it is propagated. On Earth: along its
 * great circle at constant speed, its distance from the Earth's centre changing as evenly as it did at first. That is metres
 * off a course of constant height within ten minutes. */
struct motion target_motion(const struct target *target, const struct earth *earth, adcs_ticks time);

#endif
