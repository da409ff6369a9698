#include "star_tracker_pair.h"

#include "adcs.h"

#define RECENT_S 1.0f
#define SHARE 0.2f           /* of one measurement in the average */
#define SIGMAS 8.0f          /* of that average */
#define MORE_RAD 1.5e-5f     /* errors that are slow, or fixed in the field of view */
#define LATE_S 0.02f         /* errors of their time stamps */
#define AGREE 0.5f           /* of the limit */
#define MOUNTING_SHARE 5e-4f /* of one measurement in what is learnt of it: some minutes */
#define MOUNTING_MAX_RAD 2e-3f
#define RENEWED_S 2.0f
#define EVIDENCE 16.0f       /* squared sigmas by which one is worse than the other: 3 000 to 1 */
#define EVIDENCE_LATER 8.0f  /* when that does not come: following the mean of both is no better than one of them */
#define DIRECTION_EVIDENCE 8.0f
#define BLAMED_S 30.0f
#define TOLD_S 10.0f

static float worst_sigma(const struct adcs_parameters *parameters)
{
    return adcs_larger(parameters->value[ADCS_STAR_TRACKER_SIGMA_RAD], parameters->value[ADCS_STAR_TRACKER_ROLL_SIGMA_RAD]);
}

/* Of the average: two trackers, a measurement's share of it, and the gyro's walk from one to the other. */
static float limit_of(const struct adcs *adcs, float dt_s)
{
    const float walk = adcs->parameters.value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S];
    const float sigma = worst_sigma(&adcs->parameters);
    const float spread = adcs_sqrt((2.0f * sigma * sigma + walk * walk * dt_s) * SHARE / (2.0f - SHARE));
    return SIGMAS * spread + MORE_RAD + LATE_S * v3_norm(adcs->observer.rate_body_rad_s);
}

/* Gyro and filter are as they should be, so that what they carry on can be believed. */
static bool is_sound(const struct adcs *adcs)
{
    const struct attitude *attitude = &adcs->attitude;
    return attitude_is_settled(attitude) && !attitude->coarse && !attitude->stood_in
        && !gyros_were_blamed(&adcs->gyros, adcs->last_time, BLAMED_S);
}

static void carry_from_here(struct adcs *adcs)
{
    struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    const struct mekf *filter = &adcs->attitude.filter;
    pair->carried = true;
    pair->agreed_time = pair->time = adcs->attitude.filter_time;
    pair->gyro = adcs->gyros.used;
    pair->q_eci_from_body = filter->q_eci_from_body;
    pair->agreed_rad2 = filter->attitude_rad2;
    pair->bias_body_rad_s = filter->gyro_bias_body_rad_s;
    pair->bias_sigma_rad_s = adcs_sqrt(m3_largest_of_diagonal(filter->bias_rad2_s2));
}

/* On to a time, by the gyro with the bias of then. */
static void carry(struct adcs *adcs, adcs_ticks to)
{
    struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    const struct attitude *attitude = &adcs->attitude;
    const float dt_s = adcs_seconds(pair->time, to);
    pair->carried = pair->carried && pair->gyro == adcs->gyros.used && !attitude->stood_in && dt_s < RECENT_S;
    if (!pair->carried || !(dt_s > 0.0f)) {
        return;
    }
    const struct vec3 bias = v3_sub(attitude->filter.gyro_bias_body_rad_s, pair->bias_body_rad_s);
    const struct quat turned = attitude_turned(attitude, pair->q_eci_from_body, pair->time, to);
    pair->q_eci_from_body = quat_normalise(quat_multiply(turned, quat_from_rotation_vector(v3_scale(dt_s, bias))));
    pair->time = to;
}

static struct mat3 carried_rad2(const struct adcs *adcs)
{
    const struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    const float *value = adcs->parameters.value;
    const float over_s = adcs_seconds(pair->agreed_time, pair->time), walk = value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S];
    const float scale_rad_s = value[ADCS_GYRO_SCALE_SIGMA] * adcs->gyros.recent_rad_s;
    const float rate2 = pair->bias_sigma_rad_s * pair->bias_sigma_rad_s + scale_rad_s * scale_rad_s;
    return m3_add(pair->agreed_rad2, m3_diagonal(over_s * (walk * walk + over_s * rate2)));
}

/* Where a tracker has the body at a time that is not before its measurement. */
static struct quat shown_at(const struct adcs *adcs, unsigned instance, adcs_ticks to)
{
    const struct attitude_measurement *last = &adcs->star_tracker[instance].last;
    return attitude_turned(&adcs->attitude, last->q_eci_from_body, last->time, to);
}

static struct vec3 apart_by(struct quat a, struct quat b)
{
    return quat_rotation_vector(quat_multiply(quat_conjugate(a), b));
}

static void compare_with_carried(struct adcs *adcs, unsigned instance)
{
    struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    const float sigma = worst_sigma(&adcs->parameters), half = 0.5f * v3_norm(pair->mounting_rad);
    const struct mat3 spread = m3_add(carried_rad2(adcs), m3_diagonal(sigma * sigma + half * half));
    const struct vec3 off = apart_by(pair->q_eci_from_body, shown_at(adcs, instance, pair->time));
    pair->off2[instance] = v3_dot(off, m3_apply(m3_inverse(spread), off));
}

static void return_to_carried(struct adcs *adcs)
{
    struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    if (pair->carried) {
        const struct mekf agreed = {.q_eci_from_body = pair->q_eci_from_body, .attitude_rad2 = carried_rad2(adcs),
                                    .gyro_bias_body_rad_s = pair->bias_body_rad_s,
                                    .bias_rad2_s2 = m3_diagonal(pair->bias_sigma_rad_s * pair->bias_sigma_rad_s)};
        attitude_go_back(&adcs->attitude, pair->time, &agreed);
        adcs->observer.attitude_known = false; /* what the attitude jumps by is no rate */
    }
    pair->carried = false;
}

static int find_wrong(const struct adcs *adcs)
{
    const struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    const float evidence = pair->told ? EVIDENCE_LATER : EVIDENCE;
    const float by_gyro = pair->carried ? pair->off2[0] - pair->off2[1] : 0.0f;
    const float by_directions = pair->carried ? 0.0f : directions_tell(&pair->against);
    if (by_gyro > evidence || by_directions > DIRECTION_EVIDENCE) {
        return 0;
    }
    return by_gyro < -evidence || by_directions < -DIRECTION_EVIDENCE ? 1 : -1;
}

static void begin_apart(struct star_tracker_pair *pair, adcs_ticks now)
{
    pair->apart = true;
    pair->apart_since = now;
    pair->off2[0] = pair->off2[1] = 0.0f;
    pair->against = (struct direction_evidence){{0.0f}};
}

static bool both_are_believed(const struct adcs *adcs)
{
    return !adcs->star_tracker[0].doubted && !adcs->star_tracker[1].doubted;
}

static void note_agreement(struct adcs *adcs)
{
    struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    const adcs_ticks now = adcs->attitude.filter_time;
    pair->apart = pair->told = false;
    if (!both_are_believed(adcs)) {
        return;
    }
    pair->mounting_rad = v3_limit(v3_add_scaled(pair->mounting_rad, MOUNTING_SHARE, pair->away_rad), MOUNTING_MAX_RAD);
    if (is_sound(adcs) && !(pair->carried && adcs_seconds(pair->agreed_time, now) < RENEWED_S)) {
        carry_from_here(adcs);
    }
}

/* Nobody knows yet which of the two it is. */
static void tell(struct adcs *adcs, adcs_ticks now)
{
    struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    if (!pair->told && adcs_seconds(pair->apart_since, now) > TOLD_S) {
        pair->told = true;
        adcs_report(&adcs->events, ADCS_EVENT_STAR_TRACKERS_APART, v3_norm(pair->away_rad));
    }
}

/* Both speak, and neither repeats itself. */
static bool can_be_compared(const struct adcs *adcs)
{
    const struct star_tracker_watch *watch = adcs->star_tracker;
    return watch[0].known && watch[1].known && !watch[0].frozen && !watch[1].frozen && adcs->attitude.gyro.count > 0
        && adcs_abs(adcs_seconds(watch[0].last.time, watch[1].last.time)) < RECENT_S;
}

/* Before it has been learnt, it is what it is. */
static void average(struct star_tracker_pair *pair, struct vec3 from_0_to_1_rad, float limit)
{
    if (!pair->compared) {
        pair->compared = true;
        pair->mounting_rad = v3_limit(from_0_to_1_rad, MOUNTING_MAX_RAD);
        pair->away_rad = v3_sub(from_0_to_1_rad, pair->mounting_rad);
    }
    const struct vec3 away = v3_limit(v3_sub(from_0_to_1_rad, pair->mounting_rad), 3.0f * limit);
    pair->away_rad = v3_add_scaled(pair->away_rad, SHARE, v3_sub(away, pair->away_rad));
}

static adcs_ticks later(adcs_ticks a, adcs_ticks b)
{
    return a > b ? a : b;
}

static int hold_apart(struct adcs *adcs, unsigned instance, adcs_ticks now)
{
    if (adcs->star_tracker_pair.carried) {
        compare_with_carried(adcs, instance);
    }
    const int wrong = both_are_believed(adcs) ? find_wrong(adcs) : -1;
    if (wrong >= 0) {
        return_to_carried(adcs);
    } else if (both_are_believed(adcs)) {
        tell(adcs, now);
    }
    return wrong;
}

int star_tracker_pair_step(struct adcs *adcs, unsigned instance)
{
    struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    const adcs_ticks times[2] = {adcs->star_tracker[0].last.time, adcs->star_tracker[1].last.time};
    carry(adcs, times[instance]);
    if (!can_be_compared(adcs)) {
        pair->apart = false;
        return -1;
    }
    const adcs_ticks last = later(times[0], times[1]);
    const float limit = limit_of(adcs, adcs_abs(adcs_seconds(times[0], times[1])));
    average(pair, apart_by(shown_at(adcs, 0, last), shown_at(adcs, 1, last)), limit);
    const float away = v3_norm(pair->away_rad);
    if (away < AGREE * limit) {
        note_agreement(adcs);
    } else if (!pair->apart && !(away < limit)) {
        begin_apart(pair, last);
    }
    return pair->apart ? hold_apart(adcs, instance, last) : -1;
}

void star_tracker_pair_weigh(struct adcs *adcs, const struct directions *directions, adcs_ticks now)
{
    struct star_tracker_pair *pair = &adcs->star_tracker_pair;
    if (pair->apart) {
        directions_weigh(&pair->against, directions, shown_at(adcs, 0, now), shown_at(adcs, 1, now));
    }
}
