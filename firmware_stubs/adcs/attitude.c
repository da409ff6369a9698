#include "attitude_filter.h"

#define AHEAD_MAX_S 10.0f
#define REJECTED_COUNTED 100000u
#define RESTARTS_MAX 4u
#define CALM 25u /* measurements in a row within the gate: what the filter restarted with was right */
#define BIAS_SIGMA_DOUBTED 0.02f /* rad/s, 1.1 deg/s */
#define BIAS_SIGMA_GROWTH 4.0f
#define BIAS_SIGMA_MAX 1.0f
#define SCALE_SIGMA_STOOD_IN 0.03f /* of a rate that no gyro measured: as inertia's */

void attitude_init(struct attitude *attitude)
{
    *attitude = (struct attitude){.q_eci_from_body = QUAT_IDENTITY};
}

void attitude_forget(struct attitude *attitude)
{
    const struct vec3 bias = attitude->filter.gyro_bias_body_rad_s;
    const struct mat3 covariance = attitude->filter.bias_rad2_s2;
    const unsigned restarts = attitude->restarts;
    attitude_init(attitude);
    attitude->filter.gyro_bias_body_rad_s = bias;
    attitude->filter.bias_rad2_s2 = covariance;
    attitude->restarts = restarts;
}

struct quat attitude_turned(const struct attitude *attitude, struct quat q_eci_from_body, adcs_ticks from, adcs_ticks to)
{
    while (from < to) {
        struct vec3 rate;
        const adcs_ticks end = gyro_history_mean(&attitude->gyro, from, to, &rate);
        q_eci_from_body = mekf_predict(&attitude->filter, q_eci_from_body, rate, adcs_seconds(from, end));
        from = end;
    }
    return q_eci_from_body;
}

void attitude_propagate(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks to)
{
    const struct gyro_noise noise = {parameters->value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S],
                                     parameters->value[ADCS_GYRO_RATE_RANDOM_WALK_RAD_S_SQRT_S],
                                     attitude->stood_in ? SCALE_SIGMA_STOOD_IN
                                                        : parameters->value[ADCS_GYRO_SCALE_SIGMA]};
    while (attitude->filter_time < to) {
        struct vec3 rate;
        const adcs_ticks end = gyro_history_mean(&attitude->gyro, attitude->filter_time, to, &rate);
        mekf_propagate(&attitude->filter, rate, adcs_seconds(attitude->filter_time, end), &noise);
        attitude->filter_time = end;
    }
}

/* The parameters tell only the first star tracker's boresight: another is as blurred about every axis as at its worst. */
static struct mat3 covariance_of(const struct adcs_parameters *parameters, const struct attitude_measurement *measurement)
{
    if (measurement->instance == 0) {
        return parameters->star_tracker_covariance_rad2;
    }
    const float across = parameters->value[ADCS_STAR_TRACKER_SIGMA_RAD];
    const float roll = parameters->value[ADCS_STAR_TRACKER_ROLL_SIGMA_RAD];
    const float worse = roll > across ? roll : across;
    return m3_diagonal(worse * worse);
}

/* As at switch-on, or less if less is known of it. After the gate was shut all the time it is the first suspect, the more
 * the oftener: a filter that claimed to know it would shut the gate again, and for ever. */
static float bias_sigma(const struct attitude *attitude, const struct adcs_parameters *parameters)
{
    const float known = adcs_sqrt(m3_largest_of_diagonal(attitude->filter.bias_rad2_s2));
    float sigma = adcs_larger(parameters->value[ADCS_GYRO_BIAS_SIGMA_RAD_S], known);
    for (unsigned i = 0; i < attitude->restarts; i++) {
        sigma = i == 0 ? adcs_larger(sigma, BIAS_SIGMA_DOUBTED) : BIAS_SIGMA_GROWTH * sigma;
    }
    return sigma < BIAS_SIGMA_MAX ? sigma : BIAS_SIGMA_MAX;
}

void attitude_start(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks time, struct quat q,
                  struct mat3 covariance_rad2)
{
    const struct vec3 bias = attitude->filter.gyro_bias_body_rad_s; /* the best that there is, if there is one */
    mekf_init(&attitude->filter, q, covariance_rad2, bias_sigma(attitude, parameters));
    attitude->filter.gyro_bias_body_rad_s = bias;
    attitude->filter_time = time;
    attitude->known = true;
    attitude->rejected = 0;
}

static void acquire(struct attitude *attitude, const struct adcs_parameters *parameters,
                    const struct attitude_measurement *measurement, struct adcs_events *events)
{
    attitude_start(attitude, parameters, measurement->time, measurement->q_eci_from_body,
          covariance_of(parameters, measurement));
    attitude->coarse = false;
    attitude->star_tracker_time = measurement->time;
    adcs_report(events, ADCS_EVENT_ATTITUDE_ACQUIRED, 0.0f);
}

void attitude_give_up(struct attitude *attitude, struct adcs_events *events)
{
    adcs_report(events, ADCS_EVENT_ATTITUDE_LOST, (float)attitude->rejected);
    attitude->known = false;
    attitude->rejected = 0;
    attitude->q_eci_from_body = QUAT_IDENTITY;
    for (unsigned i = 0; i < DIRECTIONS_MAX; i++) {
        attitude->mismatch[i] = 0.0f;
    }
}

void attitude_doubt_bias(struct attitude *attitude)
{
    attitude->restarts += attitude->restarts < RESTARTS_MAX;
    attitude->accepted = 0;
}

void attitude_accept(struct attitude *attitude)
{
    attitude->rejected = 0;
    attitude->accepted += attitude->accepted < CALM;
    attitude->restarts = attitude->accepted < CALM ? attitude->restarts : 0u;
}

void attitude_restart(struct attitude *attitude, const struct adcs_parameters *parameters,
                      const struct attitude_measurement *measurement, struct adcs_events *events)
{
    adcs_report(events, ADCS_EVENT_ATTITUDE_LOST, (float)attitude->rejected);
    attitude_doubt_bias(attitude);
    acquire(attitude, parameters, measurement, events);
}

void attitude_go_back(struct attitude *attitude, adcs_ticks time, const struct mekf *filter)
{
    attitude->filter = *filter;
    attitude->filter_time = time;
    attitude->rejected = 0;
    attitude->drift.since = 0;
}

void attitude_take_bias(struct attitude *attitude, struct vec3 bias_body_rad_s, float sigma_rad_s)
{
    gyro_history_shift(&attitude->gyro, v3_sub(bias_body_rad_s, attitude->filter.gyro_bias_body_rad_s));
    attitude->filter.gyro_bias_body_rad_s = bias_body_rad_s;
    attitude->filter.bias_rad2_s2 = m3_diagonal(sigma_rad_s * sigma_rad_s);
    attitude->filter.attitude_bias = m3_diagonal(0.0f);
}

bool attitude_is_settled(const struct attitude *attitude)
{
    return attitude->known && attitude->accepted >= CALM;
}

/* Too many in a row: the filter is wrong, not they, unless there is a reason to believe it. */
static void refuse(struct attitude *attitude, const struct adcs_parameters *parameters,
                   const struct attitude_measurement *measurement, float distance, struct adcs_events *events)
{
    adcs_report(events, ADCS_EVENT_STAR_TRACKER_OUTLIER, distance);
    attitude->rejected += attitude->rejected < REJECTED_COUNTED;
    if (attitude->rejected >= ATTITUDE_REJECTED_MAX && !attitude->held) {
        attitude_restart(attitude, parameters, measurement, events);
    }
}

struct observed {
    struct quat q_eci_from_body;
    struct mat3 covariance_rad2;
};

/* Filter and measurement brought to one time, the later of theirs. */
static struct observed meet(struct attitude *attitude, const struct adcs_parameters *parameters,
                            const struct attitude_measurement *measurement)
{
    struct observed observed = {measurement->q_eci_from_body, covariance_of(parameters, measurement)};
    if (measurement->time < attitude->filter_time) {
        const float walk = parameters->value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S];
        const float age_s = adcs_seconds(measurement->time, attitude->filter_time);
        observed.q_eci_from_body =
            attitude_turned(attitude, observed.q_eci_from_body, measurement->time, attitude->filter_time);
        observed.covariance_rad2 = m3_add(observed.covariance_rad2, m3_diagonal(walk * walk * age_s));
    }
    attitude_propagate(attitude, parameters, measurement->time);
    return observed;
}

bool attitude_measure(struct attitude *attitude, const struct adcs_parameters *parameters,
                      const struct attitude_measurement *measurement, struct adcs_events *events)
{
    if (!attitude->known || attitude->coarse) {
        acquire(attitude, parameters, measurement, events);
        return true;
    }
    const struct observed observed = meet(attitude, parameters, measurement);
    const float gate = parameters->value[ADCS_STAR_TRACKER_GATE];
    const struct quat before = attitude->filter.q_eci_from_body;
    const float distance =
        mekf_update(&attitude->filter, observed.q_eci_from_body, observed.covariance_rad2, gate);
    if (!(distance <= gate)) {
        refuse(attitude, parameters, measurement, distance, events);
        return false;
    }
    attitude_accept(attitude);
    attitude->corrected_body_rad =
        quat_rotation_vector(quat_multiply(quat_conjugate(before), attitude->filter.q_eci_from_body));
    attitude->star_tracker_time = measurement->time;
    return true;
}

float attitude_distance(struct attitude *attitude, const struct adcs_parameters *parameters,
                        const struct attitude_measurement *measurement, struct vec3 *off_body_rad)
{
    const struct observed observed = meet(attitude, parameters, measurement);
    const struct mat3 spread = m3_add(attitude->filter.attitude_rad2, observed.covariance_rad2);
    *off_body_rad = quat_rotation_vector(
        quat_multiply(quat_conjugate(attitude->filter.q_eci_from_body), observed.q_eci_from_body));
    return v3_dot(*off_body_rad, m3_apply(m3_inverse(spread), *off_body_rad));
}

/* As mekf_propagate grows it, without the turn. */
struct mat3 attitude_covariance(const struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks now)
{
    const float walk = parameters->value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S];
    const float ahead_s = adcs_clamp(adcs_seconds(attitude->filter_time, now), 0.0f, AHEAD_MAX_S);
    const struct mekf *filter = &attitude->filter;
    const struct mat3 cross = m3_add(filter->attitude_bias, m3_transpose(filter->attitude_bias));
    struct mat3 covariance = m3_add_scaled(filter->attitude_rad2, -ahead_s, cross);
    covariance = m3_add_scaled(covariance, ahead_s * ahead_s, filter->bias_rad2_s2);
    return m3_add(covariance, m3_diagonal(walk * walk * ahead_s));
}

void attitude_predict(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks now)
{
    if (!attitude->known) {
        return;
    }
    const float lag_s = parameters->value[ADCS_STAR_TRACKER_AGE_MAX_S];
    const adcs_ticks lag = (adcs_ticks)(uint32_t)(lag_s * 16777216.0f);
    if (now > lag && attitude->filter_time < now - lag) {
        attitude_propagate(attitude, parameters, now - lag);
    }
    attitude->q_eci_from_body = attitude_turned(attitude, attitude->filter.q_eci_from_body, attitude->filter_time, now);
}
