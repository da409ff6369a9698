/* What Sun, field and horizon tell of a star tracker that contradicts the filter. */
#include "adcs.h"

#define EVIDENCE_SHARE 0.2f /* of one step's */
#define RECENT_S 1.0f
#define NEW_S 20.0f

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
        const float worse = directions_misfit(directions, by_tracker) - directions_misfit(directions, by_filter);
        watch->against += EVIDENCE_SHARE * (worse - watch->against);
    }
}

bool star_trackers_dispute(const struct adcs *adcs)
{
    const struct star_tracker_watch *watch = adcs->star_tracker;
    return adcs->attitude.known && (star_tracker_disputes(&watch[0]) || star_tracker_disputes(&watch[1]));
}

/* The other one keeps the filter. */
static bool other_fits(const struct adcs *adcs, unsigned instance)
{
    const struct star_tracker_watch *other = &adcs->star_tracker[1u - instance];
    return other->known && !other->doubted && !other->frozen && other->rejected == 0
        && adcs_seconds(other->last.time, adcs->last_time) < RECENT_S;
}

bool star_trackers_are_new_to_dispute(const struct adcs *adcs)
{
    bool is_new = false;
    for (unsigned k = 0; k < STAR_TRACKERS; k++) {
        const struct star_tracker_watch *watch = &adcs->star_tracker[k];
        const bool disputed = watch->rejected > 0 && !watch->frozen && adcs->attitude.held && !other_fits(adcs, k);
        is_new = is_new || (disputed && adcs_seconds(watch->first_time, adcs->last_time) < NEW_S);
    }
    return is_new;
}
