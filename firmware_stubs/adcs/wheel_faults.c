#include "faults.h"

#include "observer.h"
#include "saturation.h"
#include "tachometer_trial.h"

#define STALL_PATIENCE_S 3.0f
#define SLOPE_PATIENCE_S 1.0f /* where the response to a torque that varies tells it */
#define STALL_TORQUE 0.1f /* of the limit: less may be friction's */
#define STALL_GAIN 0.1f   /* of the speed that the torque should have gained */
#define TURNED 0.3f       /* of what the motor gave: the body felt it, so the wheel turns */
#define GYRO_SIGMAS 8.0f  /* of a sample: momentum that the body shows */
#define LIES_MAX 5u       /* of a tachometer, in a row */
#define TRIAL_FIRST_S 30.0f
#define TRIAL_LAST_S 480.0f

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

/* What a gyro's noise makes of the body's momentum about the wheel's axis. */
static float noise_Nms(const struct adcs_parameters *parameters, int wheel, float dt_s)
{
    const struct vec3 axis = parameters->wheel_axis_body[wheel];
    const float moment = v3_dot(axis, m3_apply(parameters->inertia_body_kg_m2, axis));
    return moment * parameters->value[ADCS_GYRO_ANGLE_RANDOM_WALK_RAD_SQRT_S] / adcs_sqrt(dt_s);
}

/* The wheel is said to have jumped, and the body felt the opposite of that not at all. */
static bool lies(const struct faults *faults, const struct adcs_parameters *parameters, const struct wheels *wheels,
                 int wheel, const struct body_motion *body, float dt_s)
{
    const float jump_Nms = parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2] * wheels->surprise_rad_s[wheel];
    if (!(adcs_abs(jump_Nms) > GYRO_SIGMAS * noise_Nms(parameters, wheel, dt_s))) {
        return false;
    }
    const float unseen_Nms = unseen_momentum(faults, parameters, wheels, wheel, body, dt_s);
    return -unseen_Nms * jump_Nms > 0.5f * jump_Nms * jump_Nms;
}

void faults_check_tachometers(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels,
                              const struct body_motion *body, float dt_s, struct adcs_events *events)
{
    for (int i = 0; i < parameters->wheel_count; i++) {
        if (parameters->tachometer_failed[i] || !(adcs_abs(wheels->surprise_rad_s[i]) > 0.0f)) {
            continue;
        }
        if (!lies(faults, parameters, wheels, i, body, dt_s)) {
            faults->lies[i] = 0;
            continue;
        }
        wheels_disbelieve(wheels, parameters, i);
        adcs_report(events, ADCS_EVENT_TACHOMETER_OUTLIER, (float)i);
        if (++faults->lies[i] >= LIES_MAX) {
            faults->lies[i] = 0;
            tachometer_trial_begin(faults, parameters, i, events);
        }
    }
}

static void forget(struct faults *faults, int wheel)
{
    faults->stalled_s[wheel] = faults->driven_Nms[wheel] = faults->turned_Nms[wheel] = 0.0f;
}

/* Out of service; to be tried again after a while, each time a longer one. */
static void drop(struct faults *faults, struct adcs_parameters *parameters, int wheel, struct adcs_events *events)
{
    const float before_s = faults->trial_after_s[wheel];
    faults->trial_after_s[wheel] = adcs_clamp(2.0f * before_s, TRIAL_FIRST_S, TRIAL_LAST_S);
    faults->dropped_s[wheel] = 0.0f;
    faults->on_trial[wheel] = false;
    adcs_parameters_drop_wheel(parameters, (unsigned)wheel);
    adcs_report(events, ADCS_EVENT_WHEEL_STALLED, (float)wheel);
    if (parameters->pair) {
        adcs_report(events, ADCS_EVENT_WHEELS_TWO, (float)wheel);
    }
}

static void judge(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels, int wheel,
                  struct adcs_events *events)
{
    const float turned_Nms = faults->turned_Nms[wheel], driven_Nms = faults->driven_Nms[wheel];
    if (turned_Nms * driven_Nms > TURNED * driven_Nms * driven_Nms) {
        tachometer_trial_begin(faults, parameters, wheel, events);
        wheels_correct(wheels, parameters, wheel, turned_Nms);
    } else if (wheel_response_is_reversed(&faults->response[wheel], parameters->value[ADCS_WHEEL_TORQUE_MAX_NM])) {
        parameters->wheel_reversed[wheel] = !parameters->wheel_reversed[wheel];
        wheels->friction_Nm[wheel] = 0.0f; /* what it seemed to be was the torque */
        adcs_report(events, ADCS_EVENT_WHEEL_REVERSED, (float)wheel);
    } else if (saturation_explains(parameters, wheels, wheel, driven_Nms)) {
        saturation_learn(parameters, wheels, wheel, events);
    } else {
        drop(faults, parameters, wheel, events);
    }
    forget(faults, wheel);
    wheel_friction_pardon(&faults->friction[wheel]);
    faults->response[wheel] = (struct wheel_response){.commanded_Nm = 0.0f};
}

/* Its speed does not show what its motor gives: for long, or against a torque that varies. */
static bool is_suspect(const struct faults *faults, const struct adcs_parameters *parameters,
                       const struct wheels *wheels, int wheel, float torque_Nm, float dt_s)
{
    return wheel_response_is_missing(&faults->response[wheel], parameters->value[ADCS_WHEEL_TORQUE_MAX_NM])
        || (driven(parameters, torque_Nm) && stalls(parameters, wheels, wheel, torque_Nm, dt_s));
}

static bool is_proven(const struct faults *faults, const struct adcs_parameters *parameters, int wheel, float dt_s)
{
    const bool by_slope =
        wheel_response_is_missing(&faults->response[wheel], parameters->value[ADCS_WHEEL_TORQUE_MAX_NM]);
    const float least_Nms = GYRO_SIGMAS * noise_Nms(parameters, wheel, dt_s);
    return faults->stalled_s[wheel] > STALL_PATIENCE_S
        || (by_slope && faults->stalled_s[wheel] > SLOPE_PATIENCE_S && adcs_abs(faults->driven_Nms[wheel]) > least_Nms);
}

static void watch_wheel(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels, int wheel,
                        float torque_Nm, const struct body_motion *body, float dt_s, struct adcs_events *events)
{
    const float spin_inertia = parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
    wheel_response_note(&faults->response[wheel], torque_Nm, spin_inertia * wheels->speed_change_rad_s[wheel] / dt_s, dt_s);
    if (!is_suspect(faults, parameters, wheels, wheel, torque_Nm, dt_s)) {
        forget(faults, wheel);
        return;
    }
    faults->stalled_s[wheel] += dt_s;
    faults->driven_Nms[wheel] += dt_s * torque_Nm;
    faults->turned_Nms[wheel] += unseen_momentum(faults, parameters, wheels, wheel, body, dt_s);
    if (is_proven(faults, parameters, wheel, dt_s)) {
        judge(faults, parameters, wheels, wheel, events);
    }
}

/* A wheel that is out of service gets torque again for a trial; one that obeys stays. */
static void try_wheel(struct faults *faults, struct adcs_parameters *parameters, int wheel, float dt_s,
                      struct adcs_events *events)
{
    if (parameters->wheel_dropped[wheel] && faults->trial_after_s[wheel] > 0.0f) {
        faults->dropped_s[wheel] += dt_s;
        if (faults->dropped_s[wheel] > faults->trial_after_s[wheel]) {
            faults->on_trial[wheel] = true;
            faults->response[wheel] = (struct wheel_response){.commanded_Nm = 0.0f};
            adcs_parameters_take_wheel(parameters, (unsigned)wheel);
        }
    } else if (faults->on_trial[wheel]
               && wheel_response_is_good(&faults->response[wheel], parameters->value[ADCS_WHEEL_TORQUE_MAX_NM])) {
        faults->on_trial[wheel] = false;
        faults->trial_after_s[wheel] = 0.0f;
        wheel_friction_pardon(&faults->friction[wheel]);
        adcs_report(events, ADCS_EVENT_WHEEL_RESTORED, (float)wheel);
    }
}

void faults_watch_wheels(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels,
                         const float torque_Nm[ADCS_WHEELS_MAX], const struct body_motion *body, float dt_s,
                         struct adcs_events *events)
{
    for (int i = 0; i < parameters->wheel_count && dt_s > 0.0f; i++) {
        try_wheel(faults, parameters, i, dt_s, events);
        if (parameters->tachometer_failed[i]) {
            tachometer_trial_step(faults, parameters, wheels, i, dt_s, events);
        } else if (!parameters->wheel_dropped[i]) {
            watch_wheel(faults, parameters, wheels, i, torque_Nm[i], body, dt_s, events);
        }
        if (!parameters->tachometer_failed[i] && !parameters->wheel_dropped[i] && !faults->on_trial[i]) {
            wheel_friction_watch(&faults->friction[i], wheels, parameters, i, torque_Nm[i], dt_s, events);
        }
    }
    faults->rate_before_body_rad_s = body->rate_body_rad_s;
    saturation_watch(wheels, parameters, events);
}
