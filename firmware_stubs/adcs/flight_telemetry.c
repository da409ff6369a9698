/* What the flight software believes of itself and its devices, as numbers in message user; README.md lists them. */
#include "flight_handlers.h"

/* A header, the step, 39 numbers and a checksum; what is longer than the link's packets would not be sent. */
#if HIL_PACKET_SIZE_MAX < 6 + 4 + 39 * 4 + 4
#error "HIL_PACKET_SIZE_MAX has no room for the telemetry: compile with -DHIL_PACKET_SIZE_MAX=192u"
#endif

enum health { HEALTH_NOT_SEEN, HEALTH_USED, HEALTH_SPARE, HEALTH_DOUBTED, HEALTH_SILENT };

static float gyro_health(const struct adcs *adcs, unsigned instance)
{
    const struct gyro_watch *watch = &adcs->gyros.watch[instance];
    const bool silent = watch->silent_s > adcs->parameters.value[ADCS_SENSOR_TIMEOUT_S];
    return (float)(!watch->known    ? HEALTH_NOT_SEEN
                   : watch->doubted ? HEALTH_DOUBTED
                   : silent         ? HEALTH_SILENT
                   : instance == adcs->gyros.used ? HEALTH_USED
                                                  : HEALTH_SPARE);
}

static float star_tracker_health(const struct adcs *adcs, unsigned instance)
{
    const struct star_tracker_watch *watch = &adcs->star_tracker[instance];
    const float timeout_s = adcs->parameters.value[ADCS_STAR_TRACKER_TIMEOUT_S];
    const bool silent = faults_silent(&adcs->faults, FAULTS_STAR_TRACKER + instance, timeout_s);
    return (float)(!watch->known    ? HEALTH_NOT_SEEN
                   : watch->doubted ? HEALTH_DOUBTED
                   : silent         ? HEALTH_SILENT
                                    : HEALTH_USED);
}

/* Of a sensor that is checked; `watched` is its place among those whose silence is. */
static enum health checked_health(const struct adcs *adcs, unsigned checked, unsigned watched)
{
    const bool silent = faults_silent(&adcs->faults, watched, adcs->parameters.value[ADCS_SENSOR_TIMEOUT_S]);
    return !adcs->faults.seen[watched]                            ? HEALTH_NOT_SEEN
        : !sensor_checks_believe(&adcs->sensor_checks, checked) ? HEALTH_DOUBTED
        : silent                                                ? HEALTH_SILENT
                                                                : HEALTH_USED;
}

static float magnetometer_health(const struct adcs *adcs, unsigned instance)
{
    const enum health health =
        checked_health(adcs, SENSOR_CHECKS_MAGNETOMETER + instance, FAULTS_MAGNETOMETER + instance);
    const bool used = instance == adcs->magnetometer;
    const struct field_calibration *calibration = &adcs->field_calibration;
    const bool doubted =
        used ? calibration->doubted || calibration->suspected : adcs->magnetometer_spent[instance];
    return (float)(health == HEALTH_NOT_SEEN ? health
                   : doubted                 ? HEALTH_DOUBTED
                   : health == HEALTH_USED   ? (used ? HEALTH_USED : HEALTH_SPARE)
                                             : health);
}

static float gps_health(const struct adcs *adcs)
{
    const bool silent = faults_silent(&adcs->faults, FAULTS_GPS, adcs->parameters.value[ADCS_SENSOR_TIMEOUT_S]);
    return (float)(!adcs->faults.seen[FAULTS_GPS] ? HEALTH_NOT_SEEN
                   : adcs->orbit_filter.doubted   ? HEALTH_DOUBTED
                   : silent                       ? HEALTH_SILENT
                                                  : HEALTH_USED);
}

/* 0 sound, 1 tried again, 2 left out; and 4 when it is turned round, 8 when its tachometer is not listened to. */
static float wheel_health(const struct adcs *adcs, unsigned wheel)
{
    const struct adcs_parameters *parameters = &adcs->parameters;
    const unsigned service = parameters->wheel_dropped[wheel] ? 2u : adcs->faults.on_trial[wheel] ? 1u : 0u;
    return (float)(service + (parameters->wheel_reversed[wheel] ? 4u : 0u)
                   + (parameters->tachometer_failed[wheel] ? 8u : 0u));
}

static void tell(hil_user *user, float value)
{
    user->readings[user->readings_count++].value = value;
}

static void tell_vector(hil_user *user, struct vec3 vector)
{
    tell(user, vector.x);
    tell(user, vector.y);
    tell(user, vector.z);
}

static void tell_health(hil_user *user, const struct adcs *adcs)
{
    for (unsigned i = 0; i < GYROS; i++) {
        tell(user, gyro_health(adcs, i));
    }
    for (unsigned i = 0; i < STAR_TRACKERS; i++) {
        tell(user, star_tracker_health(adcs, i));
    }
    tell(user, magnetometer_health(adcs, 0));
    tell(user, gps_health(adcs));
    for (unsigned i = 0; i < ADCS_WHEELS_MAX; i++) {
        tell(user, wheel_health(adcs, i));
    }
}

static void tell_more_health(hil_user *user, const struct adcs *adcs)
{
    tell(user, magnetometer_health(adcs, 1));
    tell(user, (float)checked_health(adcs, SENSOR_CHECKS_COARSE_SUN, FAULTS_COARSE_SUN_SENSOR));
    for (unsigned i = 0; i < 2; i++) {
        tell(user, (float)checked_health(adcs, SENSOR_CHECKS_FINE_SUN + i, FAULTS_FINE_SUN_SENSOR + i));
    }
    for (unsigned i = 0; i < 2; i++) {
        tell(user, (float)checked_health(adcs, SENSOR_CHECKS_HORIZON + i, FAULTS_HORIZON_SENSOR + i));
    }
}

/* 0 sound, 3 doubted. */
static void tell_rods(hil_user *user, const struct adcs *adcs)
{
    for (unsigned i = 0; i < RODS; i++) {
        tell(user, adcs->rod_checks.failed[i] ? (float)HEALTH_DOUBTED : 0.0f);
    }
}

/* No more than a packet holds: of cmake/flags.cmake's size. */
void flight_send_telemetry(struct flight *flight, uint32_t step)
{
    const struct adcs *adcs = &flight->adcs;
    hil_user user = {.step = step};
    tell(&user, (float)adcs->supervisor.stage);
    tell_health(&user, adcs);
    tell_vector(&user, adcs->wheels.momentum_body_Nms);
    for (unsigned i = 0; i < ADCS_WHEELS_MAX; i++) {
        tell(&user, adcs->wheels.friction_Nm[i]);
    }
    tell_vector(&user, adcs->field_calibration.bias_body_T);
    tell_vector(&user, adcs->observer.external_torque_body_Nm);
    tell(&user, (float)flight->link.commands_accepted);
    tell(&user, (float)flight->link.commands_refused);
    tell(&user, (float)adcs->events.lost);
    tell(&user, (float)adcs->events.repeated);
    tell(&user, (float)flight->restart.boots);
    tell(&user, (float)flight->restart.cause);
    tell_more_health(&user, adcs);
    tell_rods(&user, adcs);
    uint8_t payload[HIL_USER_SIZE_MAX];
    hil_link_send(&flight->link, HIL_APID_USER, payload, hil_user_encode(&user, payload));
}
