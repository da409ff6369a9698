/* Where the body shall point, how fast it shall turn, and how the rate shall change. */
#ifndef ADCS_GUIDANCE_H
#define ADCS_GUIDANCE_H

#include "orbit.h"
#include "quat.h"
#include "target.h"

struct guidance {
    struct quat q_eci_from_target;
    struct vec3 rate_target_rad_s;          /* of the target frame against ECI, in its own axes */
    struct vec3 acceleration_target_rad_s2; /* likewise */
};

/* Nadir: the body's axes on the LVLH frame's, z to the Earth's centre, y against the orbit's normal, x along-track. */
struct guidance guidance_nadir(const struct orbit *orbit);

/* An attitude that stays. */
struct guidance guidance_inertial(struct quat q_eci_from_body);

/* Seconds that light takes on a way. */
float guidance_light_time_s(struct vec3 way_m);

/* By how many metres the air raises what is seen from `from_target_m` of it, along its zenith `up`; `lift_m` from straight
 * above. */
float guidance_raised_m(struct vec3 from_target_m, struct vec3 up, float lift_m);

/* A place, moving as `target` in ECI: the body's axis `axis_body` at it, the body turned about that axis so that it follows
 * by pitching alone, as at nadir. `apparent`: at where its light comes from, against stars without aberration.
 * `lift_m`: so much higher it appears for the air when seen from straight above; 0 for none. */
struct guidance guidance_target(const struct orbit *orbit, const struct motion *target, struct vec3 axis_body,
                                bool apparent, float lift_m);

#endif
