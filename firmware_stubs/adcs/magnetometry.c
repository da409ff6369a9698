#include "magnetometry.h"

#define MODEL_AGE_MAX_S 1.0f /* 8 km along the orbit: 0.1 degrees */
#define T_TO_NT 1e9f

static bool model_is_there(const struct adcs *adcs)
{
    return adcs->earth.known && adcs->orbit.current;
}

static struct vec3 model_field_eci_T(struct adcs *adcs, adcs_ticks now)
{
    adcs_parameters_date_field(&adcs->parameters, now);
    return directions_field_eci_T(adcs);
}

/* An attitude by directions was by this one: it goes with it. */
static void doubt(struct adcs *adcs, float off_T)
{
    adcs_report(&adcs->events, ADCS_EVENT_FIELD_DOUBTED, T_TO_NT * off_T);
    if (adcs->attitude.known && adcs->attitude.coarse && adcs->field_calibration.doubted) {
        attitude_give_up(&adcs->attitude, &adcs->events);
    }
}

static void calibrate(struct adcs *adcs, float strength_T)
{
    struct field_calibration *calibration = &adcs->field_calibration;
    const struct vec3 measured = adcs->samples.field_body_T, core = adcs->rods.core_body_A_m2;
    switch (field_calibration_update(calibration, measured, core, strength_T)) {
    case FIELD_DOUBTED:
        doubt(adcs, v3_norm(field_calibration_apply(calibration, measured, core)) - strength_T);
        break;
    case FIELD_TRUSTED:
        adcs_report(&adcs->events, ADCS_EVENT_FIELD_TRUSTED, T_TO_NT * v3_norm(calibration->bias_body_T));
        rods_restart(&adcs->rods); /* no change of the field, but of what is taken for it */
        break;
    case FIELD_AS_BEFORE: break;
    }
}

struct vec3 magnetometry_take(struct adcs *adcs, adcs_ticks now, bool for_attitude)
{
    const struct vec3 none = v3(0.0f, 0.0f, 0.0f);
    const struct vec3 measured = adcs->samples.field_body_T, core = adcs->rods.core_body_A_m2;
    struct field_calibration *calibration = &adcs->field_calibration;
    if (!adcs->samples.magnetometer
        || !rods_measure(&adcs->rods, &adcs->parameters, now, field_calibration_apply(calibration, measured, core))) {
        return none;
    }
    if (!model_is_there(adcs) || !(for_attitude || field_calibration_would_learn(calibration, measured, core))) {
        return none;
    }
    const struct vec3 field_eci_T = model_field_eci_T(adcs, now);
    calibrate(adcs, v3_norm(field_eci_T));
    return calibration->doubted || calibration->suspected ? none : field_eci_T;
}

static bool is_there(const struct adcs *adcs, unsigned instance)
{
    return sensor_checks_believe(&adcs->sensor_checks, SENSOR_CHECKS_MAGNETOMETER + instance)
        && !faults_silent(&adcs->faults, FAULTS_MAGNETOMETER + instance, adcs->parameters.value[ADCS_SENSOR_TIMEOUT_S]);
}

static bool magnetometer_tells(const struct adcs *adcs)
{
    return !adcs->field_calibration.doubted && is_there(adcs, adcs->magnetometer);
}

void magnetometry_choose(struct adcs *adcs)
{
    adcs->magnetometer %= MAGNETOMETERS; /* whatever a particle made of it */
    const unsigned used = adcs->magnetometer, other = 1u - used;
    if (magnetometer_tells(adcs) || adcs->magnetometer_spent[other] || !is_there(adcs, other)) {
        return;
    }
    if (adcs->faults.seen[FAULTS_MAGNETOMETER + used]) {
        adcs_report(&adcs->events, ADCS_EVENT_SENSOR_SWITCHED, faults_device(HIL_DEVICE_MAGNETOMETER, other));
    }
    adcs->magnetometer_spent[used] = adcs->field_calibration.doubted;
    adcs->magnetometer = other;
    adcs->samples.magnetometer = false; /* of the one that was used */
    adcs->field_calibration = (struct field_calibration){.started = false};
    rods_restart(&adcs->rods);
}

struct vec3 magnetometry_model_eci_T(struct adcs *adcs, adcs_ticks now)
{
    if (!model_is_there(adcs)) {
        return v3(0.0f, 0.0f, 0.0f);
    }
    const float age_s = adcs_seconds(adcs->model_field_time, now);
    if (!(age_s >= 0.0f && age_s < MODEL_AGE_MAX_S && v3_norm(adcs->model_field_eci_T) > 0.0f)) {
        adcs->model_field_eci_T = model_field_eci_T(adcs, now);
        adcs->model_field_time = now;
    }
    return adcs->model_field_eci_T;
}

void magnetometry_stand_in(struct adcs *adcs, adcs_ticks now)
{
    if (magnetometer_tells(adcs) || !adcs->attitude.known || !model_is_there(adcs)
        || !(adcs->parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2] > 0.0f)) {
        return;
    }
    const struct vec3 field_eci_T = magnetometry_model_eci_T(adcs, now);
    rods_assume(&adcs->rods, now, quat_apply(quat_conjugate(adcs->attitude.q_eci_from_body), field_eci_T));
}
