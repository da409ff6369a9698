#include "faults.h"


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
    [FAULTS_HORIZON_SENSOR + 1] = {HIL_DEVICE_HORIZON_SENSOR, 1},
    [FAULTS_FINE_SUN_SENSOR] = {HIL_DEVICE_FINE_SUN_SENSOR, 0},
    [FAULTS_FINE_SUN_SENSOR + 1] = {HIL_DEVICE_FINE_SUN_SENSOR, 1},
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
