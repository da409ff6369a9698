/* Whether gyro and star tracker tell the same turn over half a minute. One measurement hides a drift in its noise, and the
 * filter follows it; what the filter had to correct in sum does not hide it. Which of the two drifts it does not show. */
#ifndef ADCS_DRIFT_H
#define ADCS_DRIFT_H

#include "events.h"
#include "vec3.h"

struct drift {
    adcs_ticks since; /* 0: it begins with the next one */
    struct vec3 corrected_body_rad;
    struct vec3 bias_body_rad_s; /* of the gyro, when it began */
    float unsure_rad_s;          /* then */
    bool told;
};

/* The filter was corrected by this at `time`, and holds this bias now. `white_rad_sqrt_s`: the gyro's angle random walk;
 * `unsure_rad_s`: what its rate may be off by besides. Reports when they are apart and when they agree again. */
void drift_note(struct drift *drift, adcs_ticks time, struct vec3 correction_body_rad, struct vec3 bias_body_rad_s,
                float white_rad_sqrt_s, float unsure_rad_s, struct adcs_events *events);

#endif
