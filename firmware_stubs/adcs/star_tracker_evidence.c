/* What Sun, field and horizon tell of a star tracker that contradicts the filter. */
#include "adcs.h"

#define EVIDENCE_SHARE 0.2f /* of one step's */
#define RECENT_S 1.0f

/* Squared distance in sigmas of a direction from where an attitude has it. */
static float misfit(const struct direction *seen, struct quat q_eci_from_body)
{
    const struct vec3 off = v3_sub(seen->body, quat_apply(quat_conjugate(q_eci_from_body), seen->eci));
    return v3_dot(off, off) / (seen->sigma_rad * seen->sigma_rad);
}

void star_trackers_weigh(struct adcs *adcs, const struct directions *directions, adcs_ticks now)
{
    const struct attitude *attitude = &adcs->attitude;
    const struct quat by_filter =
        attitude_turned(attitude, attitude->filter.q_eci_from_body, attitude->filter_time, now);
    for (unsigned k = 0; k < STAR_TRACKERS && directions->count > 0; k++) {
        struct star_tracker_watch *watch = &adcs->star_tracker[k];
        if (!star_tracker_disputes(watch) || adcs_seconds(watch->last.time, now) > RECENT_S) {
            continue;
        }
        const struct quat by_tracker = quat_multiply(by_filter, quat_from_rotation_vector(watch->off_body_rad));
        float worse = 0.0f;
        for (unsigned i = 0; i < directions->count; i++) {
            worse += misfit(&directions->seen[i], by_tracker) - misfit(&directions->seen[i], by_filter);
        }
        watch->against += EVIDENCE_SHARE * (worse - watch->against);
    }
}
