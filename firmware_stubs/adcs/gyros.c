#include "gyros.h"

#include <stddef.h>

#include "faults.h"

#define WATCH_AFTER_S 5.0f   /* by then the observer has settled */
#define MOMENT_S 0.5f
#define SHARE_S 2.0f
#define SIGMAS 8.0f          /* of a sample */
#define MEAN_SIGMAS 3.0f     /* of a sample, for the mean over a moment: some nine of its own */
#define OF_RATE 0.1f         /* errors of inertia, scale and mounting */
#define LATE_S 0.1f          /* by so much a sample may be older than the step */
#define RECENT_S 5.0f
#define OUTLIERS_MAX 0.4f
#define WRONG_S 0.25f
#define AGREES_S 10.0f       /* with the bias from before: it is well again */
#define STEADY_S 60.0f       /* about another one */
#define BIAS_MAX_RAD_S 0.02f
#define BIAS_SIGMA_RAD_S 1e-4f
#define SILENT_S 0.35f
#define NEW_S 3.0f
#define OTHER_S 30.0f        /* over which the bias of a gyro that is not used is averaged */

static bool repeats(const struct gyro_watch *watch, const struct adcs_parameters *parameters)
{
    const float most = parameters->value[ADCS_SENSOR_REPEATS_MAX];
    return most > 0.0f && (float)watch->repeats >= most;
}

void gyros_take(struct gyros *gyros, unsigned instance, adcs_ticks time, struct vec3 rate)
{
    struct gyro_watch *watch = &gyros->watch[instance > 0 ? 1 : 0];
    const struct vec3 before = watch->rate_body_rad_s;
    const bool same = watch->known && rate.x == before.x && rate.y == before.y && rate.z == before.z;
    watch->repeats = same ? watch->repeats + (!watch->fresh && watch->repeats < 10000u) : 0u; /* twice in a step is once */
    watch->fresh = watch->known = true;
    watch->time = time;
    watch->rate_body_rad_s = rate;
    watch->silent_s = 0.0f;
}

static struct vec3 *bias_of(struct gyros *gyros, unsigned instance, struct attitude *attitude)
{
    return instance == gyros->used ? &attitude->filter.gyro_bias_body_rad_s : &gyros->watch[instance].bias_body_rad_s;
}

static void follow(struct vec3 *mean, struct vec3 sample, float share)
{
    *mean = v3_add_scaled(*mean, share, v3_sub(sample, *mean));
}

static void doubt(struct gyros *gyros, unsigned instance, struct attitude *attitude, enum adcs_event why,
                  struct adcs_events *events)
{
    struct gyro_watch *watch = &gyros->watch[instance];
    adcs_report(events, why, faults_device(HIL_DEVICE_GYRO, instance));
    watch->bias_body_rad_s = *bias_of(gyros, instance, attitude);
    watch->doubted = true;
    watch->wrong_s = watch->steady_s = watch->outliers = 0.0f;
    watch->off_rad_s = v3(0.0f, 0.0f, 0.0f);
    if (instance == gyros->used) {
        gyros->blamed = true;
        gyros->blamed_time = events->now;
        gyros->agreed = 0;
    }
}

static void trust(struct gyros *gyros, unsigned instance, struct vec3 bias_rad_s, struct attitude *attitude,
                  struct adcs_events *events)
{
    struct gyro_watch *watch = &gyros->watch[instance];
    watch->doubted = false;
    watch->wrong_s = watch->outliers = 0.0f;
    watch->off_rad_s = v3(0.0f, 0.0f, 0.0f);
    watch->bias_body_rad_s = bias_rad_s;
    if (instance == gyros->used) {
        attitude_take_bias(attitude, bias_rad_s, BIAS_SIGMA_RAD_S);
    }
    adcs_report(events, ADCS_EVENT_SENSOR_TRUSTED, faults_device(HIL_DEVICE_GYRO, instance));
}

void gyros_blame(struct gyros *gyros, struct attitude *attitude, struct adcs_events *events)
{
    doubt(gyros, gyros->used, attitude, ADCS_EVENT_SENSOR_DOUBTED, events);
}

struct tolerance {
    float sample_rad_s, mean_rad_s, moving_rad_s; /* the last one: what of them is a moving body's */
};

static struct tolerance tolerance_of(const struct gyros *gyros, const struct adcs_parameters *parameters,
                                     struct vec3 rate_rad_s, float dt_s)
{
    const float sigma = parameters->value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S] / adcs_sqrt(dt_s);
    const float accelerated = v3_norm(v3_sub(rate_rad_s, gyros->rate_before_rad_s)) * LATE_S / dt_s;
    const float moving = OF_RATE * gyros->recent_rad_s + accelerated;
    return (struct tolerance){SIGMAS * sigma + moving, MEAN_SIGMAS * sigma + moving, moving};
}

/* What is off and grows slowly may be the wheels' fault, unless the star tracker, or the other gyro, contradicts it, too.
 * Returns false for a sample to leave out. */
static bool watch_one(struct gyros *gyros, unsigned instance, struct vec3 off_rad_s, struct tolerance tolerance,
                      struct attitude *attitude, float dt_s, struct adcs_events *events)
{
    struct gyro_watch *watch = &gyros->watch[instance];
    const float off = v3_norm(off_rad_s);
    const float jump = v3_norm(v3_sub(off_rad_s, watch->off_before_rad_s));
    const bool outlier = !(off <= tolerance.sample_rad_s) && !(jump <= tolerance.sample_rad_s);
    watch->off_before_rad_s = outlier ? watch->off_before_rad_s : off_rad_s;
    watch->outliers += dt_s / (SHARE_S + dt_s) * ((outlier ? 1.0f : 0.0f) - watch->outliers);
    follow(&watch->off_rad_s, v3_limit(off_rad_s, tolerance.sample_rad_s), dt_s / (MOMENT_S + dt_s));
    const struct vec3 apart = v3_sub(watch->off_rad_s, gyros->watch[gyros->used].off_rad_s);
    const bool contradicted =
        instance == gyros->used ? attitude->rejected > 0 : v3_norm(apart) > tolerance.mean_rad_s;
    const bool wrong = watch->outliers > OUTLIERS_MAX
        || (contradicted && v3_norm(watch->off_rad_s) > tolerance.mean_rad_s);
    watch->wrong_s = wrong ? watch->wrong_s + dt_s : 0.0f;
    if (watch->wrong_s > WRONG_S) {
        doubt(gyros, instance, attitude, ADCS_EVENT_SENSOR_DOUBTED, events);
    } else if (outlier && instance == gyros->used) {
        adcs_report(events, ADCS_EVENT_GYRO_OUTLIER, off);
    }
    return !outlier;
}

/* A doubted one: either as it was before, or steadily off by something else. */
static void reconsider(struct gyros *gyros, unsigned instance, struct vec3 off_rad_s, struct tolerance tolerance,
                       struct attitude *attitude, float dt_s, struct adcs_events *events)
{
    struct gyro_watch *watch = &gyros->watch[instance];
    const struct vec3 around = v3_sub(off_rad_s, watch->other_bias_rad_s);
    if (!(v3_norm(around) < tolerance.sample_rad_s)) {
        watch->other_bias_rad_s = off_rad_s;
        watch->steady_s = 0.0f;
        return;
    }
    watch->steady_s += dt_s;
    follow(&watch->other_bias_rad_s, off_rad_s, dt_s / watch->steady_s); /* their mean */
    const struct vec3 bias = watch->bias_body_rad_s;
    const bool as_before = v3_norm(v3_sub(watch->other_bias_rad_s, bias)) < tolerance.mean_rad_s;
    if (as_before && watch->steady_s > AGREES_S) {
        trust(gyros, instance, bias, attitude, events);
    } else if (watch->steady_s > STEADY_S && v3_norm(watch->other_bias_rad_s) < BIAS_MAX_RAD_S) {
        trust(gyros, instance, watch->other_bias_rad_s, attitude, events);
    }
}

/* Its bias, quicker at first, and at first only of a body at rest. Returns whether it is too new to be held against that. */
static bool learn_other(struct gyro_watch *watch, struct vec3 seen_rad_s, struct tolerance tolerance, float dt_s)
{
    const bool rests = 2.0f * tolerance.moving_rad_s < tolerance.mean_rad_s;
    watch->learnt_s = rests || !(watch->learnt_s < OTHER_S) ? watch->learnt_s : 0.0f;
    const float over_s = adcs_clamp(watch->learnt_s, 0.0f, OTHER_S);
    follow(&watch->bias_body_rad_s, v3_limit(seen_rad_s, BIAS_MAX_RAD_S), dt_s / (over_s + dt_s));
    watch->learnt_s += watch->learnt_s < OTHER_S ? dt_s : 0.0f;
    return watch->learnt_s < NEW_S;
}

static void examine(struct gyros *gyros, unsigned instance, const struct adcs_parameters *parameters,
                    const struct observer *observer, struct attitude *attitude, float dt_s, struct adcs_events *events)
{
    struct gyro_watch *watch = &gyros->watch[instance];
    if (repeats(watch, parameters)) {
        if (!watch->doubted) {
            doubt(gyros, instance, attitude, ADCS_EVENT_SENSOR_FROZEN, events);
        }
        watch->steady_s = 0.0f;
        return;
    }
    if (!(gyros->watched_s > WATCH_AFTER_S)) {
        const bool alone = !gyros_were_blamed(gyros, events->now, STEADY_S); /* nothing but itself to go by */
        if (watch->doubted && watch->repeats == 0 && alone) {
            trust(gyros, instance, watch->bias_body_rad_s, attitude, events);
        }
        return;
    }
    const struct tolerance tolerance = tolerance_of(gyros, parameters, observer->rate_body_rad_s, dt_s);
    const struct vec3 seen = v3_sub(watch->rate_body_rad_s, observer->rate_body_rad_s);
    if (watch->doubted) {
        reconsider(gyros, instance, seen, tolerance, attitude, dt_s, events);
        return;
    }
    if (instance != gyros->used && learn_other(watch, seen, tolerance, dt_s)) {
        return;
    }
    const struct vec3 off = v3_sub(seen, *bias_of(gyros, instance, attitude));
    watch->fresh = watch_one(gyros, instance, off, tolerance, attitude, dt_s, events);
}

static bool is_usable(const struct gyro_watch *watch)
{
    return watch->known && !watch->doubted && watch->silent_s < SILENT_S;
}

static void switch_over(struct gyros *gyros, struct attitude *attitude, struct adcs_events *events)
{
    const unsigned other = 1u - gyros->used;
    if (is_usable(&gyros->watch[gyros->used]) || !is_usable(&gyros->watch[other])) {
        return;
    }
    if (gyros->watch[gyros->used].known) {
        if (!gyros->watch[gyros->used].doubted) {
            gyros->watch[gyros->used].bias_body_rad_s = attitude->filter.gyro_bias_body_rad_s;
        }
        gyros->watch[gyros->used].learnt_s = OTHER_S;
        attitude_take_bias(attitude, gyros->watch[other].bias_body_rad_s, BIAS_SIGMA_RAD_S);
        adcs_report(events, ADCS_EVENT_SENSOR_SWITCHED, faults_device(HIL_DEVICE_GYRO, other));
    }
    gyros->used = other;
}

static void note_motion(struct gyros *gyros, const struct observer *observer, const struct attitude *attitude,
                        float dt_s)
{
    const bool told = observer->started && attitude_is_settled(attitude) && !attitude->coarse && dt_s > 0.0f;
    const float rate = v3_norm(observer->rate_body_rad_s);
    gyros->watched_s = told ? gyros->watched_s + (gyros->watched_s < 1000.0f ? dt_s : 0.0f) : 0.0f;
    const float forgotten = observer->attitude_known ? dt_s / (RECENT_S + dt_s) : 0.0f; /* by momentum alone errors stay */
    gyros->recent_rad_s -= forgotten * gyros->recent_rad_s;
    gyros->recent_rad_s = rate > gyros->recent_rad_s ? rate : gyros->recent_rad_s;
}

const struct gyro_watch *gyros_choose(struct gyros *gyros, const struct adcs_parameters *parameters,
                                      const struct observer *observer, struct attitude *attitude, float dt_s,
                                      struct adcs_events *events)
{
    note_motion(gyros, observer, attitude, dt_s);
    for (unsigned i = 0; i < GYROS; i++) {
        gyros->watch[i].silent_s += gyros->watch[i].fresh ? 0.0f : dt_s;
        if (gyros->watch[i].fresh) {
            examine(gyros, i, parameters, observer, attitude, dt_s, events);
        }
    }
    gyros->rate_before_rad_s = observer->rate_body_rad_s;
    switch_over(gyros, attitude, events);
    struct gyro_watch *chosen = &gyros->watch[gyros->used];
    const bool fresh = chosen->fresh && !chosen->doubted;
    gyros_drop(gyros);
    return fresh ? chosen : NULL;
}

bool gyros_are_vouched_for(const struct gyros *gyros)
{
    const struct gyro_watch *watch = &gyros->watch[gyros->used];
    return gyros->watched_s > WATCH_AFTER_S && is_usable(watch) && !(watch->wrong_s > 0.0f);
}
