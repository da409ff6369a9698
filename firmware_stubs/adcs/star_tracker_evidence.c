/* What Sun, field, horizon and the gyro tell of a star tracker that contradicts the filter. */
#include "adcs.h"

#define RECENT_S 1.0f
#define NEW_S 20.0f
#define GREW 5.0f         /* times what it was at first */
#define STANDS_S 30.0f
#define STANDS_RAD_S 5e-5f

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
        directions_weigh(&watch->against, directions, by_tracker, by_filter);
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

/* Gyro and star tracker tell different rates, and the wheels' momentum agrees with the star tracker's. */
static bool rates_tell(const struct adcs *adcs, const struct star_tracker_watch *watch)
{
    const float over_s = adcs_seconds(watch->first_time, watch->last.time);
    if (!(over_s > 0.0f)) {
        return false;
    }
    const struct vec3 apart = v3_scale(1.0f / over_s, v3_sub(watch->off_body_rad, watch->first_body_rad));
    const struct vec3 gyro_off = adcs->gyros.watch[adcs->gyros.used].off_rad_s;
    return v3_norm(apart) > STAR_TRACKER_APART_RAD_S && v3_norm(v3_add(gyro_off, apart)) < 0.5f * v3_norm(gyro_off);
}

/* It went away little by little and now stands still, as what a wrong scale of the gyro makes of a slew. A tracker that lies
 * jumps, or goes on. */
static bool slew_tells(const struct star_tracker_watch *watch)
{
    const float over_s = adcs_seconds(watch->steady_since, watch->last.time);
    return over_s > STANDS_S && v3_norm(watch->off_body_rad) > GREW * v3_norm(watch->first_body_rad)
        && v3_norm(v3_sub(watch->off_body_rad, watch->steady_body_rad)) < STANDS_RAD_S * over_s;
}

bool star_trackers_find_gyro_wrong(const struct adcs *adcs, const struct star_tracker_watch *watch, bool alone)
{
    return gyros_are_vouched_for(&adcs->gyros)
        && ((!watch->doubted && rates_tell(adcs, watch)) || (alone && slew_tells(watch)));
}
