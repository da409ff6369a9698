#include "star_trackers.h"

#include <stddef.h>

#include "adcs.h"

#define REPEATS_MAX 2u         /* of one value, while the body turns */
#define TURNED_RAD 3e-4f       /* by the gyro: more than its noise makes of a moment */
#define BIAS_SIGMAS 4.0f
#define UNSURE_SIGMAS 2.0f     /* of all three axes together */
#define AGREED_MIN 10u         /* in a row, until a doubted one is used again */
#define AGREED_BLIND_MIN 150u  /* the same where no attitude is known to agree with */
#define EVIDENCE 20.0f         /* squared sigmas by which directions tell who is wrong */
#define STEADY_RAD 3e-3f       /* the gyro's drift in that time: */
#define STEADY_S 120.0f
#define EVEN_S 180.0f          /* or as far as a gyro's bias that is wrong lets it go, */
#define EVEN_TOLD_S 30.0f      /* when it is known that one of the two drifted */
#define RECENT_S 1.0f
#define PAIR_S 60.0f
#define BLAMED_S 30.0f         /* since the gyro was found wrong, the filter may be, but not after */
#define OVERCOME 25u           /* measurements that agreed */
#define ALIKE_RAD 2e-3f        /* two trackers that agree */

static void settle(struct adcs *adcs, struct star_tracker_watch *watch)
{
    watch->rejected = watch->agreed = 0;
    watch->against = (struct direction_evidence){{0.0f}};
    if (watch->doubted) {
        watch->doubted = watch->frozen = false;
        adcs_report(&adcs->events, ADCS_EVENT_SENSOR_TRUSTED,
                    faults_device(HIL_DEVICE_STAR_TRACKER, watch->last.instance));
    }
}

static void doubt(struct adcs *adcs, struct star_tracker_watch *watch, enum adcs_event why)
{
    if (!watch->doubted || (why == ADCS_EVENT_SENSOR_FROZEN && !watch->frozen)) {
        adcs_report(&adcs->events, why, faults_device(HIL_DEVICE_STAR_TRACKER, watch->last.instance));
    }
    watch->doubted = true;
    watch->agreed = 0;
}

/* By the gyro, since the value before. */
static struct quat turn_between(const struct attitude *attitude, adcs_ticks from, adcs_ticks to)
{
    return attitude->gyro.count > 0 && to > from && adcs_seconds(from, to) < RECENT_S
        ? attitude_turned(attitude, QUAT_IDENTITY, from, to)
        : QUAT_IDENTITY;
}

static void look_for_repetition(struct adcs *adcs, struct star_tracker_watch *watch,
                                const struct attitude_measurement *measurement, struct quat shown)
{
    const bool same = watch->known && quat_is_same(watch->shown, shown);
    if (!same) {
        watch->repeats = 0;
        watch->turned = QUAT_IDENTITY;
        watch->turned_s = 0.0f;
        watch->frozen = false;
        return;
    }
    watch->repeats += watch->repeats < REPEATS_MAX;
    watch->turned = quat_normalise(
        quat_multiply(watch->turned, turn_between(&adcs->attitude, watch->last.time, measurement->time)));
    watch->turned_s += adcs_clamp(adcs_seconds(watch->last.time, measurement->time), 0.0f, RECENT_S);
    const struct mat3 *bias = &adcs->attitude.filter.bias_rad2_s2;
    const float unsure_rad_s = UNSURE_SIGMAS * adcs_sqrt(bias->x.x + bias->y.y + bias->z.z);
    if (watch->repeats >= REPEATS_MAX
        && v3_norm(quat_rotation_vector(watch->turned)) > TURNED_RAD + unsure_rad_s * watch->turned_s) {
        doubt(adcs, watch, ADCS_EVENT_SENSOR_FROZEN);
        watch->frozen = true;
    }
}

/* The other one, if it can be asked. */
static const struct star_tracker_watch *other_of(const struct adcs *adcs, const struct star_tracker_watch *watch)
{
    const struct star_tracker_watch *other = &adcs->star_tracker[watch == &adcs->star_tracker[0] ? 1 : 0];
    const bool speaks = other->known && !other->doubted
        && adcs_abs(adcs_seconds(other->last.time, watch->last.time)) < RECENT_S;
    return speaks ? other : NULL;
}

static void follow_steadiness(struct star_tracker_watch *watch)
{
    if (!(v3_norm(v3_sub(watch->off_body_rad, watch->steady_body_rad)) < STEADY_RAD) || watch->steady_since == 0) {
        watch->steady_body_rad = watch->off_body_rad;
        watch->steady_since = watch->last.time;
    }
}

static bool gyro_was_blamed(const struct adcs *adcs)
{
    return gyros_were_blamed(&adcs->gyros, adcs->last_time, BLAMED_S) && adcs->gyros.agreed < OVERCOME;
}

/* A tracker that drifted has left its drift in the filter's bias, and then the filter goes away from a true one. */
static bool goes_evenly(const struct adcs *adcs, const struct star_tracker_watch *watch)
{
    const float over_s = adcs_seconds(watch->first_time, watch->last.time);
    const float off_rad = v3_norm(v3_sub(watch->off_body_rad, watch->first_body_rad));
    return over_s > (adcs->attitude.drift.told ? EVEN_TOLD_S : EVEN_S) && off_rad < STAR_TRACKER_APART_RAD_S * over_s;
}

/* It contradicts the filter: is it the filter that is wrong? */
static bool filter_is_wrong(const struct adcs *adcs, const struct star_tracker_watch *watch)
{
    const struct star_tracker_watch *other = other_of(adcs, watch);
    if (other != NULL) {
        return other->rejected >= STAR_TRACKER_DISPUTE
            && v3_norm(v3_sub(other->off_body_rad, watch->off_body_rad)) < ALIKE_RAD;
    }
    const bool keeps_to_gyro =
        adcs_seconds(watch->steady_since, watch->last.time) > STEADY_S || goes_evenly(adcs, watch);
    const float against = directions_tell(&watch->against);
    return against < -EVIDENCE || (keeps_to_gyro && against < EVIDENCE)
        || gyro_was_blamed(adcs);
}

/* Which of the two is wrong is not known, but what one alone says against the filter is not the gyro's. */
static bool other_agrees(const struct adcs *adcs, const struct star_tracker_watch *watch)
{
    const struct star_tracker_watch *other = other_of(adcs, watch);
    return other != NULL && other->rejected == 0 && star_tracker_pair_is_apart(&adcs->star_tracker_pair);
}

/* Held against the other one it is known better who is wrong. Not for ever, when the filter fits neither. */
static bool is_left_to_the_pair(const struct adcs *adcs, const struct star_tracker_watch *watch)
{
    const struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    const struct star_tracker_watch *other = other_of(adcs, watch);
    return !watch->doubted && other != NULL && star_tracker_pair_is_apart(pair)
        && (other_agrees(adcs, watch) || adcs_seconds(pair->apart_since, watch->last.time) < PAIR_S);
}

static void judge(struct adcs *adcs, struct star_tracker_watch *watch)
{
    if (watch->rejected == 0) {
        watch->first_body_rad = watch->off_body_rad;
        watch->first_time = watch->last.time;
    }
    follow_steadiness(watch);
    watch->rejected += watch->rejected < ATTITUDE_REJECTED_MAX;
    if ((watch->rejected < ATTITUDE_REJECTED_MAX && !gyro_was_blamed(adcs)) || is_left_to_the_pair(adcs, watch)) {
        return;
    }
    if (star_trackers_find_gyro_wrong(adcs, watch, other_of(adcs, watch) == NULL)) {
        gyros_blame(&adcs->gyros, &adcs->attitude, &adcs->events);
    }
    if (filter_is_wrong(adcs, watch)) {
        attitude_restart(&adcs->attitude, &adcs->parameters, &watch->last, &adcs->events);
        adcs->observer.attitude_known = false; /* what the attitude jumps by is no rate */
        settle(adcs, watch);
    } else {
        doubt(adcs, watch, ADCS_EVENT_SENSOR_DOUBTED);
    }
}

/* Compared, but not used until it has agreed for a while. */
static void try_again(struct adcs *adcs, struct star_tracker_watch *watch)
{
    struct attitude *attitude = &adcs->attitude;
    const bool blind = !attitude->known;
    const float distance =
        blind ? 0.0f : attitude_distance(attitude, &adcs->parameters, &watch->last, &watch->off_body_rad);
    if (!(distance <= adcs->parameters.value[ADCS_STAR_TRACKER_GATE])) {
        watch->agreed = 0;
        adcs_report(&adcs->events, ADCS_EVENT_STAR_TRACKER_OUTLIER, distance);
        judge(adcs, watch);
        return;
    }
    const bool contradicted = other_of(adcs, watch) != NULL && star_tracker_pair_is_apart(&adcs->star_tracker_pair);
    watch->agreed = contradicted ? 0u : watch->agreed + 1u;
    if (watch->agreed >= (blind ? AGREED_BLIND_MIN : AGREED_MIN)) {
        settle(adcs, watch);
        (void)attitude_measure(attitude, &adcs->parameters, &watch->last, &adcs->events);
    }
}

/* Not while there is another reason for being apart, or the filter is still on its way. */
static void look_for_drift(struct adcs *adcs, adcs_ticks time)
{
    struct attitude *attitude = &adcs->attitude;
    const struct mat3 *bias = &attitude->filter.bias_rad2_s2;
    const float unsure_rad_s = BIAS_SIGMAS * adcs_sqrt(bias->x.x + bias->y.y + bias->z.z)
        + BIAS_SIGMAS * adcs->parameters.value[ADCS_GYRO_SCALE_SIGMA] * adcs->gyros.recent_rad_s
        + adcs->thrusters.jolt_rad_s;
    if (!attitude_is_settled(attitude) || attitude->stood_in || gyros_were_blamed(&adcs->gyros, adcs->last_time, BLAMED_S)) {
        attitude->drift.since = 0;
        return;
    }
    drift_note(&attitude->drift, time, attitude->corrected_body_rad, attitude->filter.gyro_bias_body_rad_s,
               adcs->parameters.value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S], unsure_rad_s, &adcs->events);
}

/* Only a settled filter is worth more than a star tracker. Without wheels, whose momentum vouches for the gyro, the filter
 * begins afresh by itself. */
static void use(struct adcs *adcs, struct star_tracker_watch *watch)
{
    struct attitude *attitude = &adcs->attitude;
    attitude->held = attitude_is_settled(attitude)
        && (gyros_are_vouched_for(&adcs->gyros) || adcs->gyros.watch[adcs->gyros.used].doubted);
    if (attitude_measure(attitude, &adcs->parameters, &watch->last, &adcs->events)) {
        look_for_drift(adcs, watch->last.time);
        adcs->gyros.agreed += adcs->gyros.agreed < OVERCOME;
        watch->rejected = 0;
        watch->against = (struct direction_evidence){{0.0f}};
        watch->steady_since = 0;
    } else if (attitude->rejected == 0) { /* it began afresh */
        adcs->observer.attitude_known = false;
    } else if (attitude->held) {
        attitude->rejected = other_agrees(adcs, watch) ? 0u : attitude->rejected;
        (void)attitude_distance(attitude, &adcs->parameters, &watch->last, &watch->off_body_rad);
        judge(adcs, watch);
    }
}

void star_trackers_take(struct adcs *adcs, const struct attitude_measurement *measurement, struct quat shown)
{
    struct star_tracker_watch *watch = &adcs->star_tracker[measurement->instance > 0 ? 1 : 0];
    look_for_repetition(adcs, watch, measurement, shown);
    watch->known = true;
    watch->last = *measurement;
    watch->shown = shown;
    if (watch->frozen) {
        return;
    }
    const int wrong = star_tracker_pair_step(adcs, measurement->instance > 0 ? 1u : 0u);
    if (wrong >= 0) {
        doubt(adcs, &adcs->star_tracker[wrong], ADCS_EVENT_SENSOR_DOUBTED);
    }
    if (watch->doubted) {
        try_again(adcs, watch);
    } else {
        use(adcs, watch);
    }
}
