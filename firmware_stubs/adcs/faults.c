#include "faults.h"

#include "observer.h"
#include "saturation.h"

#define STALL_PATIENCE_S 3.0f
#define STALL_TORQUE 0.1f /* of the limit: less may be friction's */
#define STALL_GAIN 0.1f   /* of the speed that the torque should have gained */
#define TURNED 0.3f       /* of what the motor gave: the body felt it, so the wheel turns */

static const struct {
    uint8_t kind, instance;
} watched[FAULTS_DEVICES] = {
    [FAULTS_GYRO] = {HIL_DEVICE_GYRO, 0},
    [FAULTS_GYRO + 1] = {HIL_DEVICE_GYRO, 1},
    [FAULTS_MAGNETOMETER] = {HIL_DEVICE_MAGNETOMETER, 0},
    [FAULTS_MAGNETOMETER + 1] = {HIL_DEVICE_MAGNETOMETER, 1},
    [FAULTS_STAR_TRACKER] = {HIL_DEVICE_STAR_TRACKER, 0},
    [FAULTS_STAR_TRACKER + 1] = {HIL_DEVICE_STAR_TRACKER, 1},
    [FAULTS_TACHOMETER] = {HIL_DEVICE_TACHOMETER, 0},
    [FAULTS_TACHOMETER + 1] = {HIL_DEVICE_TACHOMETER, 1},
    [FAULTS_TACHOMETER + 2] = {HIL_DEVICE_TACHOMETER, 2},
    [FAULTS_TACHOMETER + 3] = {HIL_DEVICE_TACHOMETER, 3},
    [FAULTS_GPS] = {HIL_DEVICE_GPS, 0},
    [FAULTS_COARSE_SUN_SENSOR] = {HIL_DEVICE_COARSE_SUN_SENSOR, 0},
    [FAULTS_HORIZON_SENSOR] = {HIL_DEVICE_HORIZON_SENSOR, 0},
};

void faults_watch_sensors(struct faults *faults, const struct adcs_parameters *parameters, float dt_s,
                          struct adcs_events *events)
{
    const float usual_s = parameters->value[ADCS_SENSOR_TIMEOUT_S];
    const float blind_s = parameters->value[ADCS_STAR_TRACKER_TIMEOUT_S];
    for (unsigned i = 0; i < FAULTS_DEVICES; i++) {
        const float limit_s = i >= FAULTS_STAR_TRACKER && i < FAULTS_TACHOMETER ? blind_s : usual_s;
        if (faults->seen[i] && faults->silent_s[i] <= limit_s) {
            faults->silent_s[i] += dt_s;
            if (faults->silent_s[i] > limit_s) {
                adcs_report(events, ADCS_EVENT_SENSOR_SILENT, faults_device(watched[i].kind, watched[i].instance));
            }
        }
    }
}

static bool driven(const struct adcs_parameters *parameters, float torque_Nm)
{
    return adcs_abs(torque_Nm) > STALL_TORQUE * parameters->value[ADCS_WHEEL_TORQUE_MAX_NM];
}

/* By its tachometer, the wheel did not gain what the motor gave. */
static bool stalls(const struct adcs_parameters *parameters, const struct wheels *wheels, int wheel, float torque_Nm,
                   float dt_s)
{
    const float due = dt_s * torque_Nm / parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
    const float gained = wheels->speed_change_rad_s[wheel];
    return wheels->known[wheel] && (due > 0.0f ? gained < STALL_GAIN * due : gained > STALL_GAIN * due);
}

/* What the body and the other wheels lack of a balance of momentum over the step, which then is this wheel's. */
static float unseen_momentum(const struct faults *faults, const struct adcs_parameters *parameters,
                             const struct wheels *wheels, int wheel, const struct body_motion *body, float dt_s)
{
    const struct vec3 turn = v3_sub(body->rate_body_rad_s, faults->rate_before_body_rad_s);
    const struct vec3 gained =
        v3_add(m3_apply(parameters->inertia_body_kg_m2, turn), wheels->momentum_change_body_Nms);
    const struct vec3 torque = v3_sub(
        body->torque_body_Nm, gyroscopic_torque(parameters, body->rate_body_rad_s, wheels->momentum_body_Nms));
    return v3_dot(parameters->wheel_axis_body[wheel], v3_add_scaled(v3_scale(-1.0f, gained), dt_s, torque));
}

static void forget(struct faults *faults, int wheel)
{
    faults->stalled_s[wheel] = faults->driven_Nms[wheel] = faults->turned_Nms[wheel] = 0.0f;
}

static void judge(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels, int wheel,
                  struct adcs_events *events)
{
    const float turned_Nms = faults->turned_Nms[wheel], driven_Nms = faults->driven_Nms[wheel];
    if (turned_Nms * driven_Nms > TURNED * driven_Nms * driven_Nms) {
        parameters->tachometer_failed[wheel] = true;
        wheels_correct(wheels, parameters, wheel, turned_Nms);
        adcs_report(events, ADCS_EVENT_TACHOMETER_FAILED, (float)wheel);
    } else if (saturation_explains(parameters, wheels, wheel, driven_Nms)) {
        saturation_learn(parameters, wheels, wheel, events);
    } else {
        adcs_parameters_drop_wheel(parameters, (unsigned)wheel);
        adcs_report(events, ADCS_EVENT_WHEEL_STALLED, (float)wheel);
    }
    forget(faults, wheel);
}

void faults_watch_wheels(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels,
                         const float torque_Nm[ADCS_WHEELS_MAX], const struct body_motion *body, float dt_s,
                         struct adcs_events *events)
{
    for (int i = 0; i < parameters->wheel_count; i++) {
        if (parameters->tachometer_failed[i] || !driven(parameters, torque_Nm[i])) {
            continue;
        }
        if (!stalls(parameters, wheels, i, torque_Nm[i], dt_s)) {
            forget(faults, i);
            continue;
        }
        faults->stalled_s[i] += dt_s;
        faults->driven_Nms[i] += dt_s * torque_Nm[i];
        faults->turned_Nms[i] += unseen_momentum(faults, parameters, wheels, i, body, dt_s);
        if (faults->stalled_s[i] > STALL_PATIENCE_S) {
            judge(faults, parameters, wheels, i, events);
        }
    }
    faults->rate_before_body_rad_s = body->rate_body_rad_s;
    saturation_watch(wheels, parameters, events);
}
