#include "adcs.h"

#include <stddef.h>

#include "hil_messages.h"

#define RATE_MAX_RAD_S 50.0f
#define STEP_MAX_S 10.0f

void adcs_init(struct adcs *adcs)
{
    *adcs = (struct adcs){.mode = 0};
    adcs_parameters_init(&adcs->parameters);
    attitude_init(&adcs->attitude);
}

bool adcs_set_orbit(struct adcs *adcs, adcs_ticks time, struct vec3 position_eci_m, struct vec3 velocity_eci_m_s)
{
    if (!orbit_set(&adcs->orbit, time, position_eci_m, velocity_eci_m_s)) {
        return false;
    }
    orbit_filter_uplinked(&adcs->orbit_filter);
    return true;
}

bool adcs_set_attitude(struct adcs *adcs, struct quat q_eci_from_body)
{
    if (!quat_is_unit(q_eci_from_body)) {
        return false;
    }
    adcs->attitude_wanted = true;
    adcs->q_eci_from_body_wanted = quat_normalise(q_eci_from_body);
    return true;
}

enum adcs_mode_result adcs_set_mode(struct adcs *adcs, unsigned mode)
{
    const struct mode *found = mode_find(mode);
    if (found == NULL) {
        return ADCS_MODE_UNKNOWN;
    }
    if (found->wheels && !adcs->parameters.usable) {
        return ADCS_MODE_IMPOSSIBLE;
    }
    adcs->mode_wanted = mode;
    adcs->test = (struct adcs_command){{0.0f, 0.0f, 0.0f, 0.0f}, {0.0f, 0.0f, 0.0f}};
    return ADCS_MODE_TAKEN;
}

static enum adcs_actuator_result drive(const struct adcs *adcs, float value, float limit, bool exists, float *actuator)
{
    if (adcs->mode_wanted != HIL_MODE_TEST) {
        return ADCS_ACTUATOR_NOT_IN_TEST;
    }
    if (!exists || !(adcs_abs(value) <= limit)) {
        return ADCS_ACTUATOR_OUT_OF_RANGE;
    }
    *actuator = value;
    return ADCS_ACTUATOR_TAKEN;
}

enum adcs_actuator_result adcs_set_wheel(struct adcs *adcs, unsigned wheel, float torque_Nm)
{
    const bool exists = wheel < (unsigned)adcs->parameters.wheel_count;
    const float limit_Nm = adcs->parameters.value[ADCS_WHEEL_TORQUE_MAX_NM];
    return drive(adcs, torque_Nm, limit_Nm, exists, &adcs->test.wheel_torque_Nm[exists ? wheel : 0]);
}

enum adcs_actuator_result adcs_set_rod(struct adcs *adcs, unsigned axis, float dipole_A_m2)
{
    struct vec3 *dipole = &adcs->test.dipole_body_A_m2;
    float *const along = axis == 0 ? &dipole->x : axis == 1 ? &dipole->y : &dipole->z;
    return drive(adcs, dipole_A_m2, adcs->parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2], axis < 3, along);
}

/* Seconds since the step before; 0 for the first one and after a jump, which makes the filters start afresh. */
static float step_length(struct adcs *adcs, adcs_ticks now)
{
    const float dt_s = adcs->stepped ? adcs_seconds(adcs->last_time, now) : 0.0f;
    const bool jumped = adcs->stepped && !(dt_s > 0.0f && dt_s <= STEP_MAX_S);
    adcs->stepped = true;
    adcs->last_time = now;
    if (!jumped) {
        return dt_s;
    }
    adcs_report(&adcs->events, ADCS_EVENT_TIME_JUMPED, dt_s);
    attitude_init(&adcs->attitude);
    adcs->observer = (struct observer){.started = false};
    return 0.0f;
}

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
    orbit_filter_predict(&adcs->orbit_filter, &adcs->parameters, dt_s);
    use_gps(adcs, now);
}

static void determine_attitude(struct adcs *adcs, adcs_ticks now)
{
    struct adcs_samples *samples = &adcs->samples;
    if (samples->gyro) {
        gyro_history_push(&adcs->attitude.gyro, sample_time(samples->gyro_time, now), samples->gyro_rate_body_rad_s);
    }
    for (unsigned i = 0; i < samples->star_tracker_count; i++) {
        samples->star_tracker[i].time = sample_time(samples->star_tracker[i].time, now);
        attitude_measure(&adcs->attitude, &adcs->parameters, &samples->star_tracker[i], &adcs->events);
    }
    attitude_predict(&adcs->attitude, &adcs->parameters, now);
}

/* The mean torque of the step that now ends: the command before the last one ruled until the delay was over. */
static void mean_wheel_torque(const struct adcs *adcs, float dt_s, float torque_Nm[ADCS_WHEELS_MAX])
{
    const float delay_s = adcs->parameters.value[ADCS_COMMAND_DELAY_S];
    const float late = delay_s < dt_s ? delay_s / dt_s : 1.0f;
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        torque_Nm[i] = (1.0f - late) * adcs->command.wheel_torque_Nm[i]
            + late * adcs->command_before.wheel_torque_Nm[i];
    }
}

static void determine_rate(struct adcs *adcs, float dt_s)
{
    float torque_Nm[ADCS_WHEELS_MAX];
    mean_wheel_torque(adcs, dt_s, torque_Nm);
    wheels_update(&adcs->wheels, &adcs->parameters, torque_Nm, dt_s);
    if (adcs->observer.started && dt_s > 0.0f) {
        observer_predict(&adcs->observer, &adcs->parameters, &adcs->wheels, dt_s);
    }
    const struct vec3 bias = adcs->attitude.filter.gyro_bias_body_rad_s;
    if (adcs->samples.gyro && !(adcs->observer.started && adcs->attitude.known)) {
        observer_correct_by_rate(&adcs->observer, &adcs->parameters,
                                 v3_sub(adcs->samples.gyro_rate_body_rad_s, bias), dt_s);
    }
    if (adcs->attitude.known) {
        observer_correct_by_attitude(&adcs->observer, &adcs->parameters, adcs->attitude.q_eci_from_body, dt_s);
    } else {
        adcs->observer.attitude_known = false;
    }
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

static const struct mode *choose_mode(struct adcs *adcs)
{
    const struct mode *wanted = mode_find(adcs->mode_wanted);
    const bool possible = wanted->ready(adcs) && (adcs->parameters.usable || !wanted->wheels);
    const struct mode *mode = possible ? wanted : mode_find(0);
    if (mode->id != adcs->mode) {
        adcs_report(&adcs->events, ADCS_EVENT_MODE_ENTERED, (float)mode->id);
    }
    adcs->mode = mode->id;
    return mode;
}

static void act(struct adcs *adcs)
{
    const struct mode *mode = choose_mode(adcs);
    struct mode_demand demand = mode->demand(adcs);
    if (!v3_finite(demand.torque_body_Nm) || !v3_finite(demand.dipole_body_A_m2)) {
        adcs_report(&adcs->events, ADCS_EVENT_STATE_IMPOSSIBLE, 0.0f);
        mode = mode_find(0);
        demand = mode->demand(adcs);
    }
    adcs->command_before = adcs->command;
    adcs->command = (struct adcs_command){.dipole_body_A_m2 = demand.dipole_body_A_m2};
    if (mode->id == HIL_MODE_TEST) {
        adcs->command = adcs->test;
    } else if (mode->wheels) {
        wheels_allocate(&adcs->wheels, &adcs->parameters, demand.torque_body_Nm, adcs->command.wheel_torque_Nm);
    }
}

void adcs_step(struct adcs *adcs, adcs_ticks now)
{
    const float dt_s = step_length(adcs, now);
    determine_orbit(adcs, now, dt_s);
    determine_attitude(adcs, now);
    determine_rate(adcs, dt_s);
    drop_the_impossible(adcs);
    act(adcs);
    adcs->samples = (struct adcs_samples){.gyro = false};
}
