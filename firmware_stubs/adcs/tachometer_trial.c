#include "tachometer_trial.h"

#define SHOWN_RAD_S 3.0f  /* of change, by which a tachometer that failed is compared */
#define SHOWN_ALIKE 0.2f
#define SHOWN_MIN 3u      /* times */
#define STILL_MAX 10u     /* samples alike of a tachometer: it stands still */
#define LISTEN_FIRST_S 30.0f
#define LISTEN_LAST_S 480.0f
#define NEAR_RAD_S 20.0f  /* what the wheel's speed is computed to goes astray by less in a while */

void tachometer_trial_begin(struct faults *faults, struct adcs_parameters *parameters, int wheel,
                             struct adcs_events *events)
{
    parameters->tachometer_failed[wheel] = true;
    faults->listen_after_s[wheel] = adcs_clamp(2.0f * faults->listen_after_s[wheel], LISTEN_FIRST_S, LISTEN_LAST_S);
    faults->well_s[wheel] = 0.0f;
    adcs_report(events, ADCS_EVENT_TACHOMETER_FAILED, (float)wheel);
}

/* So long it has shown changes, and none that the wheel cannot have made. */
static void follow_looks(struct faults *faults, const struct wheels *wheels, int wheel, float dt_s)
{
    const float step = wheels->sample_rad_s[wheel] - faults->shown_before_rad_s[wheel];
    faults->shown_before_rad_s[wheel] = wheels->sample_rad_s[wheel];
    faults->still[wheel] = wheels->measured[wheel] && adcs_abs(step) > 0.0f ? 0u : faults->still[wheel] + 1u;
    const bool well = faults->still[wheel] < STILL_MAX && adcs_abs(step - wheels->speed_change_rad_s[wheel]) < SHOWN_RAD_S;
    faults->well_s[wheel] = well ? faults->well_s[wheel] + dt_s : 0.0f;
}

/* Those of its changes that are large, against what the wheel must have done. */
static void compare_changes(struct faults *faults, const struct wheels *wheels, int wheel)
{
    const float sample = wheels->sample_rad_s[wheel], speed = wheels->speed_rad_s[wheel];
    const float due = speed - faults->speed_from_rad_s[wheel], shown = sample - faults->shown_from_rad_s[wheel];
    if (wheels->measured[wheel] && !(adcs_abs(due) < SHOWN_RAD_S)) {
        const bool alike = adcs_abs(shown - due) < SHOWN_ALIKE * adcs_abs(due);
        faults->agreed[wheel] = alike ? faults->agreed[wheel] + 1u : 0u;
        faults->speed_from_rad_s[wheel] = speed;
        faults->shown_from_rad_s[wheel] = sample;
    }
}

/* As its friction goes with the way that it turns, that stays where the way does. */
static void take_shown(const struct adcs_parameters *parameters, struct wheels *wheels, int wheel)
{
    const float sample = wheels->sample_rad_s[wheel], speed = wheels->speed_rad_s[wheel];
    const float friction_Nm = sample * speed > 0.0f ? wheels->friction_Nm[wheel] : 0.0f;
    wheels_correct(wheels, parameters, wheel, parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2] * (sample - speed));
    wheels->friction_Nm[wheel] = friction_Nm;
}

void tachometer_trial_step(struct faults *faults, struct adcs_parameters *parameters, struct wheels *wheels, int wheel,
                           float dt_s, struct adcs_events *events)
{
    follow_looks(faults, wheels, wheel, dt_s);
    compare_changes(faults, wheels, wheel);
    wheels->measured[wheel] = false;
    const bool near = adcs_abs(wheels->sample_rad_s[wheel] - wheels->speed_rad_s[wheel]) < NEAR_RAD_S;
    if (faults->agreed[wheel] >= SHOWN_MIN || (near && faults->well_s[wheel] > faults->listen_after_s[wheel])) {
        faults->agreed[wheel] = 0;
        parameters->tachometer_failed[wheel] = false;
        take_shown(parameters, wheels, wheel);
        wheel_friction_pardon(&faults->friction[wheel]);
        adcs_report(events, ADCS_EVENT_SENSOR_TRUSTED, faults_device(HIL_DEVICE_TACHOMETER, (unsigned)wheel));
    }
}
