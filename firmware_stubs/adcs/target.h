/* A place on the Earth to point at, at rest or moving, as the ground told it. */
#ifndef ADCS_TARGET_H
#define ADCS_TARGET_H

#include "earth.h"

struct target {
    bool known;
    adcs_ticks time;
    struct vec3 position_ecef_m, velocity_ecef_m_s; /* at that time; the velocity against the turning Earth */
};

/* Take a target at a time. Returns false, changing nothing, when it is below the surface by more than 1 km or higher than
 * 1 000 km, faster than 1 km/s, or not finite. */
bool target_set(struct target *target, adcs_ticks time, struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s);

/* Where it is at another time, in ECI: along its great circle at constant speed, its distance from the Earth's centre
 * changing as evenly as it did at first. That is metres off a course of constant height within ten minutes. */
struct motion target_motion(const struct target *target, const struct earth *earth, adcs_ticks time);

#endif
