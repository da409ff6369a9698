#include "orbit_filter.h"

#include "faults.h"

#define UPLINK_SIGMA_M 1000.0f
#define UPLINK_SIGMA_M_S 1.0f
#define SIGMA_MAX_M 1e5f /* an outage of days: keeps the gate's sums finite */
#define GATE 30.0f       /* squared distance in three dimensions: 1 in 700 000 good fixes is lost */
#define REJECTED_MAX 5u
#define SETTLED 60u      /* fixes: an orbit that is better known than one receiver's word */
#define OUTAGE_S 60.0f
#define IN_LINE_MAX 300u /* until even that is given up */
#define AGREED_MIN 5u
#define APART_MAX_S 30.0f /* of two fixes that are held against each other */
#define LINE_SIGMAS 5.0f

static void start(struct orbit_filter *filter, float position_sigma_m, float velocity_sigma_m_s)
{
    *filter = (struct orbit_filter){.position_m2 = position_sigma_m * position_sigma_m,
                                    .velocity_m2_s2 = velocity_sigma_m_s * velocity_sigma_m_s};
}

void orbit_filter_uplinked(struct orbit_filter *filter)
{
    start(filter, UPLINK_SIGMA_M, UPLINK_SIGMA_M_S);
}

/* Kinematics with white acceleration for what the model of forces lacks (Markley and Crassidis, section 12.3, has the
 * discrete noise; gravity's gradient is left out of the covariance, where fixes come by the second). */
void orbit_filter_predict(struct orbit_filter *filter, const struct adcs_parameters *parameters, float dt_s)
{
    const float walk = parameters->value[ADCS_ORBIT_RANDOM_WALK_M_S_SQRT_S];
    const float q = walk * walk;
    filter->without_s += dt_s;
    filter->position_m2 += dt_s * (2.0f * filter->cross_m2_s + dt_s * (filter->velocity_m2_s2 + dt_s * q / 3.0f));
    filter->cross_m2_s += dt_s * (filter->velocity_m2_s2 + 0.5f * dt_s * q);
    filter->velocity_m2_s2 += dt_s * q;
    if (filter->position_m2 > SIGMA_MAX_M * SIGMA_MAX_M) {
        start(filter, SIGMA_MAX_M, SIGMA_MAX_M * 1e-3f);
    }
}

/* The fix in ECI, moved on by its age under gravity. */
static struct motion now_of(const struct earth *earth, const struct orbit_fix *fix, adcs_ticks now)
{
    const struct quat q = earth_orientation(earth, fix->time);
    const float age_s = adcs_seconds(fix->time, now);
    const struct vec3 r = quat_apply(q, fix->position_ecef_m);
    const struct vec3 v = quat_apply(q, earth_carry(fix->position_ecef_m, fix->velocity_ecef_m_s));
    const struct vec3 a = orbit_acceleration(ORBIT_EARTH, r);
    return (struct motion){v3_add(r, v3_scale(age_s, v3_add_scaled(v, 0.5f * age_s, a))),
                           v3_add_scaled(v, age_s, a), a};
}

static void correct_by_position(struct orbit_filter *filter, struct orbit *orbit, struct vec3 residual_m, float noise_m2)
{
    const float gain = filter->position_m2 / (filter->position_m2 + noise_m2);
    const float velocity_gain = filter->cross_m2_s / (filter->position_m2 + noise_m2);
    orbit_correct(orbit, v3_scale(gain, residual_m), v3_scale(velocity_gain, residual_m));
    filter->velocity_m2_s2 -= velocity_gain * filter->cross_m2_s;
    filter->cross_m2_s *= 1.0f - gain;
    filter->position_m2 = gain * noise_m2;
}

static void correct_by_velocity(struct orbit_filter *filter, struct orbit *orbit, struct vec3 residual_m_s,
                                float noise_m2_s2)
{
    const float gain = filter->velocity_m2_s2 / (filter->velocity_m2_s2 + noise_m2_s2);
    const float position_gain = filter->cross_m2_s / (filter->velocity_m2_s2 + noise_m2_s2);
    orbit_correct(orbit, v3_scale(position_gain, residual_m_s), v3_scale(gain, residual_m_s));
    filter->position_m2 -= position_gain * filter->cross_m2_s;
    filter->cross_m2_s *= 1.0f - gain;
    filter->velocity_m2_s2 = gain * noise_m2_s2;
}

static void restart(struct orbit_filter *filter, struct orbit *orbit, const struct adcs_parameters *parameters,
                    struct motion fix, struct adcs_events *events)
{
    const adcs_ticks now = orbit->time;
    if (orbit_set(orbit, now, fix.position_m, fix.velocity_m_s)) {
        orbit->current = true;
        start(filter, parameters->value[ADCS_GPS_POSITION_SIGMA_M], parameters->value[ADCS_GPS_VELOCITY_SIGMA_M_S]);
        adcs_report(events, ADCS_EVENT_ORBIT_FROM_GPS, 0.0f);
    }
}

/* The fix is where the one before it would be by now. */
static bool follows(const struct orbit_filter *filter, const struct adcs_parameters *parameters, struct motion fix,
                    adcs_ticks now)
{
    const float apart_s = adcs_seconds(filter->before_time, now);
    if (!(apart_s > 0.0f && apart_s < APART_MAX_S)) {
        return false;
    }
    const struct motion before = filter->before;
    const struct vec3 due = v3_add_scaled(v3_add_scaled(before.position_m, apart_s, before.velocity_m_s),
                                          0.5f * apart_s * apart_s, before.acceleration_m_s2);
    const float sigma_m_s = parameters->value[ADCS_GPS_VELOCITY_SIGMA_M_S];
    const float sigma_m = parameters->value[ADCS_GPS_POSITION_SIGMA_M] + apart_s * sigma_m_s;
    return v3_norm(v3_sub(fix.position_m, due)) < LINE_SIGMAS * sigma_m + 0.05f * apart_s * apart_s;
}

static void doubt(struct orbit_filter *filter, struct adcs_events *events)
{
    if (!filter->doubted) {
        filter->doubted = true;
        adcs_report(events, ADCS_EVENT_SENSOR_DOUBTED, faults_device(HIL_DEVICE_GPS, 0));
    }
}

static void trust(struct orbit_filter *filter, struct adcs_events *events)
{
    if (filter->doubted) {
        filter->doubted = false;
        adcs_report(events, ADCS_EVENT_SENSOR_TRUSTED, faults_device(HIL_DEVICE_GPS, 0));
    }
}

static void refuse(struct orbit_filter *filter, struct orbit *orbit, const struct adcs_parameters *parameters,
                   struct motion fix, struct adcs_events *events)
{
    filter->in_line = filter->rejected > 0 && follows(filter, parameters, fix, orbit->time) ? filter->in_line + 1u : 1u;
    filter->before = fix;
    filter->before_time = orbit->time;
    filter->agreed = 0;
    filter->rejected += filter->rejected < IN_LINE_MAX;
    const bool settled = filter->accepted >= SETTLED;
    if (filter->in_line >= (settled ? IN_LINE_MAX : REJECTED_MAX)) {
        trust(filter, events);
        restart(filter, orbit, parameters, fix, events);
    } else if (filter->rejected >= REJECTED_MAX) {
        doubt(filter, events);
    }
}

/* A receiver that was doubted must agree for a while. */
static bool is_believed(struct orbit_filter *filter, struct adcs_events *events)
{
    filter->rejected = 0;
    filter->agreed += filter->agreed < AGREED_MIN;
    if (filter->agreed >= AGREED_MIN) {
        trust(filter, events);
    }
    filter->accepted += !filter->doubted && filter->accepted < SETTLED;
    return !filter->doubted;
}

static bool is_beyond(struct vec3 residual, float variance)
{
    return !(v3_dot(residual, residual) <= GATE * variance);
}

void orbit_filter_update(struct orbit_filter *filter, struct orbit *orbit, const struct adcs_parameters *parameters,
                         const struct earth *earth, const struct orbit_fix *fix, struct adcs_events *events)
{
    const float noise_m2 = parameters->value[ADCS_GPS_POSITION_SIGMA_M] * parameters->value[ADCS_GPS_POSITION_SIGMA_M];
    const float noise_m2_s2 =
        parameters->value[ADCS_GPS_VELOCITY_SIGMA_M_S] * parameters->value[ADCS_GPS_VELOCITY_SIGMA_M_S];
    const struct motion measured = now_of(earth, fix, orbit->time);
    filter->accepted = filter->without_s < OUTAGE_S ? filter->accepted : 0u; /* what coasted is not settled */
    filter->without_s = 0.0f;
    if (!orbit->known) {
        restart(filter, orbit, parameters, measured, events);
        return;
    }
    const struct vec3 residual =
        v3_sub(v3_sub(measured.position_m, orbit->position_eci_m), orbit->position_low_m);
    const struct vec3 residual_m_s = v3_sub(measured.velocity_m_s, orbit->velocity_eci_m_s);
    const bool far = is_beyond(residual, filter->position_m2 + noise_m2);
    if (far || is_beyond(residual_m_s, filter->velocity_m2_s2 + noise_m2_s2)) {
        adcs_report(events, far ? ADCS_EVENT_GPS_OUTLIER : ADCS_EVENT_GPS_VELOCITY_OUTLIER,
                    v3_norm(far ? residual : residual_m_s));
        refuse(filter, orbit, parameters, measured, events);
        return;
    }
    if (!is_believed(filter, events)) {
        return;
    }
    correct_by_position(filter, orbit, residual, noise_m2);
    correct_by_velocity(filter, orbit, v3_sub(measured.velocity_m_s, orbit->velocity_eci_m_s), noise_m2_s2);
}
