#include "determination.h"

#include <stddef.h>

#include "aberration.h"
#include "magnetometry.h"
#include "rate.h"

#define RATE_MAX_RAD_S 50.0f
#define GYRO_PATIENCE_S 0.35f
#define SUN_AGE_MAX_S 2.0f
#define PAIR_APART_MIN_S 0.09f /* of two attitudes that give a rate: noise over time */
#define PAIR_APART_MAX_S 1.1f
#define REJECTED_MAX 5u  /* star tracker measurements in a row without a gyro: it is the rate that is wrong */
#define STAND_IN_S 60.0f /* the observer goes without a star tracker: its torque changes along the orbit */

static adcs_ticks sample_time(adcs_ticks time, adcs_ticks now)
{
    return time < now ? time : now;
}

static void use_gps(struct adcs *adcs, adcs_ticks now)
{
    struct orbit_fix *fix = &adcs->samples.fix;
    if (!adcs->samples.gps || !adcs->earth.known || (adcs->orbit.known && !adcs->orbit.current)) {
        return;
    }
    fix->time = sample_time(fix->time, now);
    adcs->orbit.time = now;
    orbit_filter_update(&adcs->orbit_filter, &adcs->orbit, &adcs->parameters, &adcs->earth, fix, &adcs->events);
}

static void determine_orbit(struct adcs *adcs, adcs_ticks now, float dt_s)
{
    const bool known = adcs->orbit.known;
    orbit_propagate(&adcs->orbit, now);
    if (known && !adcs->orbit.known) {
        adcs_report(&adcs->events, ADCS_EVENT_ORBIT_LOST, 0.0f);
    }
    for (unsigned i = 0; i < ADCS_TARGETS; i++) {
        target_propagate(&adcs->target[i], now);
    }
    orbit_filter_predict(&adcs->orbit_filter, &adcs->parameters, dt_s);
    use_gps(adcs, now);
}

static void look_for_sun(struct adcs *adcs, adcs_ticks now)
{
    const struct adcs_samples *samples = &adcs->samples;
    if (samples->fine_sun || samples->coarse_sun) {
        adcs->sun_seen_body = samples->fine_sun ? samples->fine_sun_body : samples->coarse_sun_body;
        adcs->sun_time = now;
    }
    const float age_s = adcs_seconds(adcs->sun_time, now);
    adcs->sun_seen = v3_norm(adcs->sun_seen_body) > 0.0f && age_s >= 0.0f && age_s < SUN_AGE_MAX_S;
}

/* Not there, or blind for so long. */
static bool star_tracker_is_away(const struct adcs *adcs, adcs_ticks now, float longer_than_s)
{
    const struct attitude *attitude = &adcs->attitude;
    return !attitude->known || attitude->coarse
        || adcs_seconds(attitude->star_tracker_time, now) > longer_than_s;
}

/* For so long that the gyro has drifted further than directions are off. */
static bool directions_are_better(const struct adcs *adcs, adcs_ticks now)
{
    return star_tracker_is_away(adcs, now, adcs->parameters.value[ADCS_STAR_TRACKER_TIMEOUT_S]);
}

/* Compares the diodes with the light that must be there. */
static void learn_diodes(struct adcs *adcs)
{
    struct vec3 sun_eci;
    if (adcs->samples.coarse_sun && adcs->orbit.current && directions_sun(adcs, &sun_eci)) {
        const struct vec3 light = directions_light_eci(adcs, sun_eci);
        const float strength = v3_norm(light);
        const float per_albedo = v3_dot(directions_earthshine_eci(adcs, sun_eci), light) / strength;
        diode_gains_update(&adcs->diodes, adcs->samples.light_body, (struct diode_light){strength, per_albedo});
    }
}

static bool gyro_is_silent(const struct adcs *adcs)
{
    return gyros_silent(&adcs->gyros, GYRO_PATIENCE_S);
}

static bool turning_is_told(const struct adcs *adcs, adcs_ticks now)
{
    return !gyros_silent(&adcs->gyros, adcs->parameters.value[ADCS_SENSOR_TIMEOUT_S])
        || (!star_tracker_is_away(adcs, now, STAND_IN_S) && adcs->attitude.rejected < REJECTED_MAX);
}

/* With neither gyro nor star tracker the equations of motion would run away, the more as directions followed them. */
static void give_up_turning(struct adcs *adcs)
{
    if (adcs->attitude.known) {
        adcs_report(&adcs->events, ADCS_EVENT_ATTITUDE_LOST, (float)adcs->attitude.rejected);
    }
    adcs->attitude.known = false;
    adcs->attitude.q_eci_from_body = QUAT_IDENTITY;
    adcs->observer = (struct observer){.started = false};
}

/* Without a gyro the rate to start from is that between two attitudes of the star tracker; what the gyro told before is of
 * no use any more. */
static void start_by_star_tracker(struct adcs *adcs, const struct attitude_measurement *now)
{
    if (!adcs->attitude.stood_in || adcs->observer.started || now->instance != 0) {
        return;
    }
    const struct attitude_measurement before = adcs->star_tracker_before;
    const float apart_s = adcs_seconds(before.time, now->time);
    adcs->star_tracker_before = *now;
    if (quat_is_unit(before.q_eci_from_body) && apart_s > PAIR_APART_MIN_S && apart_s < PAIR_APART_MAX_S) {
        const struct vec3 turn =
            quat_rotation_vector(quat_multiply(quat_conjugate(before.q_eci_from_body), now->q_eci_from_body));
        observer_correct_by_rate(&adcs->observer, &adcs->parameters, v3_scale(1.0f / apart_s, turn), 0.0f);
        adcs->attitude.gyro.count = 0;
        adcs->attitude.known = false; /* begins anew with this measurement */
    }
}

/* Without a gyro the observer stands in for it: the equations of motion, corrected by the star tracker. */
static void stand_in_for_gyro(struct adcs *adcs, adcs_ticks now)
{
    if (adcs->attitude.stood_in && adcs->observer.started) {
        gyro_history_push(&adcs->attitude.gyro, now,
                          v3_add(adcs->observer.rate_body_rad_s, adcs->attitude.filter.gyro_bias_body_rad_s));
    }
}

/* The sample of the gyro that is believed. */
static void choose_gyro(struct adcs *adcs, adcs_ticks now, float dt_s)
{
    const struct gyro_watch *chosen = gyros_choose(&adcs->gyros, &adcs->parameters, &adcs->observer, &adcs->attitude,
                                                   dt_s, &adcs->events);
    struct adcs_samples *samples = &adcs->samples;
    samples->gyro = chosen != NULL;
    if (chosen != NULL) {
        samples->gyro_time = sample_time(chosen->time, now);
        samples->gyro_rate_body_rad_s = chosen->rate_body_rad_s;
    }
}

/* What the directions say of star trackers that contradict the filter, and for want of any, of the attitude. */
static void use_directions(struct adcs *adcs, adcs_ticks now, struct vec3 field_eci_T, bool told)
{
    const struct directions directions = directions_collect(adcs, field_eci_T);
    if (star_trackers_dispute(adcs)) {
        star_trackers_weigh(adcs, &directions, now);
    }
    star_tracker_pair_weigh(adcs, &directions, now);
    if (directions_are_better(adcs, now) && told) {
        attitude_use_directions(&adcs->attitude, &adcs->parameters, now, &directions, &adcs->events);
    }
}

/* Of one instant and one value: its frame came twice. */
static bool came_twice(const struct adcs *adcs, const struct attitude_measurement *measurement)
{
    const struct star_tracker_watch *watch = &adcs->star_tracker[measurement->instance > 0 ? 1 : 0];
    return watch->known && watch->last.time == measurement->time
        && quat_is_same(watch->shown, measurement->q_eci_from_body);
}

static void determine_attitude(struct adcs *adcs, adcs_ticks now)
{
    struct adcs_samples *samples = &adcs->samples;
    adcs->attitude.stood_in = gyro_is_silent(adcs);
    stand_in_for_gyro(adcs, now);
    if (samples->gyro) {
        gyro_history_push(&adcs->attitude.gyro, samples->gyro_time, samples->gyro_rate_body_rad_s);
    }
    for (unsigned i = 0; i < samples->star_tracker_count; i++) {
        samples->star_tracker[i].time = sample_time(samples->star_tracker[i].time, now);
        if (came_twice(adcs, &samples->star_tracker[i])) {
            continue;
        }
        const struct quat shown = samples->star_tracker[i].q_eci_from_body;
        aberration_take_out(&samples->star_tracker[i], &adcs->parameters, &adcs->orbit);
        start_by_star_tracker(adcs, &samples->star_tracker[i]);
        star_trackers_take(adcs, &samples->star_tracker[i], shown);
    }
    const bool by_directions = directions_are_better(adcs, now);
    const bool wanted = by_directions || star_trackers_dispute(adcs)
        || star_tracker_pair_is_apart(&adcs->star_tracker_pair);
    magnetometry_choose(adcs);
    const struct vec3 field_eci_T = magnetometry_take(adcs, now, wanted);
    rods_forget(&adcs->rods, now);
    const bool told = turning_is_told(adcs, now);
    if (!told) {
        give_up_turning(adcs);
    }
    if (by_directions) {
        learn_diodes(adcs);
    }
    if (wanted) {
        use_directions(adcs, now, field_eci_T, told);
    }
    attitude_predict(&adcs->attitude, &adcs->parameters, now);
    magnetometry_stand_in(adcs, now);
}

/* What no good input brings about, but a wild parameter can; nothing of it stays. A comparison with NaN is false. */
static void drop_the_impossible(struct adcs *adcs)
{
    const struct quat q = adcs->attitude.q_eci_from_body;
    if (v3_finite(v3(q.x, q.y, q.z)) && adcs_finite(q.w)
        && v3_norm(adcs->attitude.filter.gyro_bias_body_rad_s) < RATE_MAX_RAD_S
        && v3_norm(adcs->observer.rate_body_rad_s) < RATE_MAX_RAD_S
        && v3_finite(adcs->observer.external_torque_body_Nm)) {
        return;
    }
    adcs_report(&adcs->events, ADCS_EVENT_STATE_IMPOSSIBLE, 0.0f);
    attitude_init(&adcs->attitude);
    adcs->observer = (struct observer){.started = false};
}

void determination_step(struct adcs *adcs, adcs_ticks now, float dt_s)
{
    determine_orbit(adcs, now, dt_s);
    look_for_sun(adcs, now);
    rate_predict(adcs, dt_s);
    choose_gyro(adcs, now, dt_s);
    rate_watch_wheels(adcs, dt_s);
    determine_attitude(adcs, now);
    rate_correct(adcs, dt_s);
    sensor_checks_step(adcs, now, dt_s);
    rod_checks_step(adcs, now, dt_s);
    adcs_parts_estimate(adcs, now, dt_s);
    drop_the_impossible(adcs);
}
