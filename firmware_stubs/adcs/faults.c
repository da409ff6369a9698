#include "faults.h"

#define STALL_PATIENCE_S 3.0f
#define STALL_TORQUE 0.1f /* of the limit: less may be friction's */
#define STALL_GAIN 0.1f   /* of the speed that the torque should have gained */

bool faults_silent(const struct faults *faults, unsigned kind, float longer_than_s)
{
    return !faults->seen[kind] || faults->silent_s[kind] > longer_than_s;
}

void faults_watch_sensors(struct faults *faults, const struct adcs_parameters *parameters, float dt_s,
                          struct adcs_events *events)
{
    static const unsigned watched[] = {HIL_DEVICE_GYRO, HIL_DEVICE_TACHOMETER, HIL_DEVICE_MAGNETOMETER};
    const float limit_s = parameters->value[ADCS_SENSOR_TIMEOUT_S];
    for (unsigned i = 0; i < sizeof watched / sizeof watched[0]; i++) {
        float *silent_s = &faults->silent_s[watched[i]];
        if (faults->seen[watched[i]] && *silent_s <= limit_s) {
            *silent_s += dt_s;
            if (*silent_s > limit_s) {
                adcs_report(events, ADCS_EVENT_SENSOR_SILENT, (float)watched[i]);
            }
        }
    }
}

static bool stalls(const struct adcs_parameters *parameters, const struct wheels *wheels, int wheel, float torque_Nm,
                   float dt_s)
{
    const float due = dt_s * torque_Nm / parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
    const float gained = wheels->speed_change_rad_s[wheel];
    const bool driven = adcs_abs(torque_Nm) > STALL_TORQUE * parameters->value[ADCS_WHEEL_TORQUE_MAX_NM];
    return wheels->known[wheel] && driven && (due > 0.0f ? gained < STALL_GAIN * due : gained > STALL_GAIN * due);
}

void faults_watch_wheels(struct faults *faults, struct adcs_parameters *parameters, const struct wheels *wheels,
                         const float torque_Nm[ADCS_WHEELS_MAX], float dt_s, struct adcs_events *events)
{
    for (int i = 0; i < parameters->wheel_count; i++) {
        const bool driven = adcs_abs(torque_Nm[i]) > STALL_TORQUE * parameters->value[ADCS_WHEEL_TORQUE_MAX_NM];
        if (stalls(parameters, wheels, i, torque_Nm[i], dt_s)) {
            faults->stalled_s[i] += dt_s;
        } else if (driven) {
            faults->stalled_s[i] = 0.0f;
        }
        if (faults->stalled_s[i] > STALL_PATIENCE_S) {
            faults->stalled_s[i] = 0.0f;
            adcs_parameters_drop_wheel(parameters, (unsigned)i);
            adcs_report(events, ADCS_EVENT_WHEEL_STALLED, (float)i);
        }
    }
}
