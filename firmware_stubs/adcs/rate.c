#include "rate.h"

#define UNSEEN_FRICTION_S 20.0f

/* The part of the step that now ends in which the command before the last one ruled still. */
static float late_part(const struct adcs *adcs, float dt_s)
{
    const float delay_s = adcs->parameters.value[ADCS_COMMAND_DELAY_S];
    return delay_s < dt_s ? delay_s / dt_s : 1.0f;
}

static void mean_wheel_torque(const struct adcs *adcs, float dt_s, float torque_Nm[ADCS_WHEELS_MAX])
{
    const float late = late_part(adcs, dt_s);
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        const float sign = adcs->parameters.wheel_reversed[i] ? -1.0f : 1.0f;
        torque_Nm[i] = sign * ((1.0f - late) * adcs->command.wheel_torque_Nm[i]
                               + late * adcs->command_before.wheel_torque_Nm[i]);
    }
}

static struct vec3 mean_rod_torque(const struct adcs *adcs, float dt_s)
{
    const float late = late_part(adcs, dt_s);
    const struct vec3 dipole = v3_add_scaled(v3_scale(1.0f - late, adcs->command.dipole_body_A_m2), late,
                                             adcs->command_before.dipole_body_A_m2);
    return adcs->rods.field_known ? v3_cross(dipole, adcs->rods.field_body_T) : v3(0.0f, 0.0f, 0.0f);
}

/* What is known to have turned the body in the step that now ends, wheels apart. */
static struct vec3 mean_torque(const struct adcs *adcs, float dt_s)
{
    const struct vec3 rods = mean_rod_torque(adcs, dt_s);
    if (adcs->parameters.thruster_count == 0) {
        return rods;
    }
    return v3_add(rods, thrusters_mean_torque(&adcs->thrusters, &adcs->parameters,
                                              adcs->parameters.value[ADCS_COMMAND_DELAY_S], dt_s));
}

/* Body as the gyro tells. */
void rate_watch_wheels(struct adcs *adcs, float dt_s)
{
    float torque_Nm[ADCS_WHEELS_MAX];
    mean_wheel_torque(adcs, dt_s, torque_Nm);
    const struct vec3 bias = adcs->attitude.filter.gyro_bias_body_rad_s;
    const struct body_motion body = {adcs->samples.gyro ? v3_sub(adcs->samples.gyro_rate_body_rad_s, bias)
                                                        : adcs->observer.rate_body_rad_s,
                                     dt_s > 0.0f ? mean_torque(adcs, dt_s) : v3(0.0f, 0.0f, 0.0f)};
    faults_watch_wheels(&adcs->faults, &adcs->parameters, &adcs->wheels, torque_Nm, &body, dt_s, &adcs->events);
}

/* Of what seems external, the part about a wheel without a tachometer is rather its friction. */
static void learn_unseen_friction(struct adcs *adcs, float dt_s)
{
    const float timeout_s = adcs->parameters.value[ADCS_SENSOR_TIMEOUT_S];
    struct vec3 *external = &adcs->observer.external_torque_body_Nm;
    for (unsigned i = 0; i < (unsigned)adcs->parameters.wheel_count; i++) {
        const bool silent = adcs->faults.silent_s[FAULTS_TACHOMETER + i] > timeout_s;
        if (silent || adcs->parameters.tachometer_failed[i]) {
            const struct vec3 axis = adcs->parameters.wheel_axis_body[i];
            const float part_Nm = dt_s / UNSEEN_FRICTION_S * v3_dot(axis, *external);
            adcs->wheels.friction_Nm[i] += part_Nm;
            *external = v3_add_scaled(*external, -part_Nm, axis);
        }
    }
}

/* Against the gyro's own sample, before that is held against the wheels. */
static void check_tachometers(struct adcs *adcs, float dt_s)
{
    const struct gyro_watch *gyro = &adcs->gyros.watch[adcs->gyros.used];
    if (!gyro->fresh || gyro->doubted || !adcs->observer.started || !(dt_s > 0.0f)) {
        return;
    }
    const struct vec3 rate = v3_sub(gyro->rate_body_rad_s, adcs->attitude.filter.gyro_bias_body_rad_s);
    const struct body_motion body = {rate, mean_torque(adcs, dt_s)};
    faults_check_tachometers(&adcs->faults, &adcs->parameters, &adcs->wheels, &body, dt_s, &adcs->events);
}

void rate_predict(struct adcs *adcs, float dt_s)
{
    float torque_Nm[ADCS_WHEELS_MAX];
    mean_wheel_torque(adcs, dt_s, torque_Nm);
    wheels_update(&adcs->wheels, &adcs->parameters, torque_Nm, dt_s);
    check_tachometers(adcs, dt_s);
    if (adcs->observer.started && dt_s > 0.0f) {
        learn_unseen_friction(adcs, dt_s);
        observer_predict(&adcs->observer, &adcs->parameters, &adcs->wheels, mean_torque(adcs, dt_s), dt_s);
    }
}

void rate_correct(struct adcs *adcs, float dt_s)
{
    const struct vec3 bias = adcs->attitude.filter.gyro_bias_body_rad_s;
    const bool fine = adcs->attitude.known && !adcs->attitude.coarse;
    if (adcs->samples.gyro && !(adcs->observer.started && fine)) {
        observer_correct_by_rate(&adcs->observer, &adcs->parameters,
                                 v3_sub(adcs->samples.gyro_rate_body_rad_s, bias), dt_s);
    }
    if (star_trackers_are_new_to_dispute(adcs)) {
        adcs->observer.attitude_known = false; /* else its angle's error of that time would be taken for a rate */
        return;
    }
    if (fine && adcs->observer.started) {
        observer_correct_by_attitude(&adcs->observer, &adcs->parameters, adcs->attitude.q_eci_from_body, dt_s);
    } else {
        adcs->observer.attitude_known = false;
    }
}
