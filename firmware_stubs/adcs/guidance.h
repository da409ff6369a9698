/* Where the body shall point, how fast it shall turn, and how the rate shall change. */
#ifndef ADCS_GUIDANCE_H
#define ADCS_GUIDANCE_H

#include "orbit.h"
#include "quat.h"

struct guidance {
    struct quat q_eci_from_target;
    struct vec3 rate_target_rad_s;          /* of the target frame against ECI, in its own axes */
    struct vec3 acceleration_target_rad_s2; /* likewise */
};

/* Nadir: the body's axes on the LVLH frame's, z to the Earth's centre, y against the orbit's normal, x along-track. */
struct guidance guidance_nadir(const struct orbit *orbit);

#endif
