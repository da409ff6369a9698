/* Samples on their way in: what is not finite or not plausible is refused. */
#include <stddef.h>

#include "adcs.h"
#include "coarse_sun.h"

#define RATE_MAX_RAD_S 50.0f
#define WHEEL_SPEED_MAX_RAD_S 1e5f
#define FIELD_MAX_T 1e-3f /* the Earth's is below 7e-5 everywhere; rods may add to it */
#define STRONG_FIELD_M 8.5e6f /* there it is 10 uT at least */
#define TEMPERATURE_MAX_K 1000.0f

bool adcs_gyro(struct adcs *adcs, unsigned instance, adcs_ticks time, struct vec3 rate_body_rad_s)
{
    if (!(v3_norm(rate_body_rad_s) < RATE_MAX_RAD_S)) {
        return false;
    }
    faults_heard(&adcs->faults, FAULTS_GYRO + (instance > 0 ? 1u : 0u));
    gyros_take(&adcs->gyros, instance, time, rate_body_rad_s);
    return true;
}

bool adcs_star_tracker(struct adcs *adcs, unsigned instance, adcs_ticks time, struct quat q)
{
    const float norm2 = q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w;
    struct adcs_samples *samples = &adcs->samples;
    if (!(norm2 > 0.9f && norm2 < 1.1f)) {
        return false;
    }
    faults_heard(&adcs->faults, FAULTS_STAR_TRACKER + (instance > 0 ? 1u : 0u));
    if (samples->star_tracker_count < ADCS_MEASUREMENTS_MAX) {
        samples->star_tracker[samples->star_tracker_count++] =
            (struct attitude_measurement){time, quat_normalise(q), instance};
    }
    return true;
}

bool adcs_tachometer(struct adcs *adcs, unsigned wheel, float speed_rad_s)
{
    if (wheel >= ADCS_WHEELS_MAX || !(adcs_abs(speed_rad_s) < WHEEL_SPEED_MAX_RAD_S)) {
        return false;
    }
    faults_heard(&adcs->faults, FAULTS_TACHOMETER + wheel);
    wheels_measure(&adcs->wheels, wheel, speed_rad_s);
    return true;
}

/* Whether a sample of a sensor that is checked is to be used. */
static bool is_believed(struct adcs *adcs, unsigned device, struct vec3 shown)
{
    return sensor_checks_take(&adcs->sensor_checks, &adcs->parameters, device, shown, &adcs->events);
}

/* As far as is known, where the Earth's field is strong: it falls with the third power of the distance. */
static bool field_is_strong(const struct adcs *adcs)
{
    const struct orbit *orbit = &adcs->orbit;
    return !orbit->known || (orbit->planet == ORBIT_EARTH && v3_norm(orbit->position_eci_m) < STRONG_FIELD_M);
}

bool adcs_magnetometer(struct adcs *adcs, unsigned instance, struct vec3 field_body_T)
{
    if (instance >= MAGNETOMETERS || !(v3_norm(field_body_T) < FIELD_MAX_T)) {
        return false;
    }
    faults_heard(&adcs->faults, FAULTS_MAGNETOMETER + instance);
    if (field_is_strong(adcs)) {
        sensor_checks_weigh(&adcs->sensor_checks, SENSOR_CHECKS_MAGNETOMETER + instance, v3_norm(field_body_T),
                            &adcs->events);
    }
    const bool believed = is_believed(adcs, SENSOR_CHECKS_MAGNETOMETER + instance, field_body_T);
    if (believed && instance == adcs->magnetometer) {
        adcs->samples.magnetometer = true;
        adcs->samples.field_body_T = field_body_T;
    }
    return true;
}

bool adcs_coarse_sun_sensor(struct adcs *adcs, const uint16_t illumination_adc[6])
{
    adcs->samples.light_body = coarse_sun_light(&adcs->parameters, &adcs->diodes, illumination_adc);
    adcs->samples.coarse_sun_body = coarse_sun_direction(&adcs->parameters, adcs->samples.light_body);
    const bool sun = v3_norm(adcs->samples.coarse_sun_body) > 0.0f;
    adcs->samples.coarse_sun = sun && is_believed(adcs, SENSOR_CHECKS_COARSE_SUN, adcs->samples.coarse_sun_body);
    return true;
}

/* A sensor that is not checked, the third of its kind, is believed. */
static bool take_direction(struct adcs *adcs, unsigned first, unsigned instance, struct vec3 measured, bool *taken,
                           struct vec3 *direction)
{
    const float norm = v3_norm(measured);
    if (!(norm > 0.9f && norm < 1.1f)) {
        return false;
    }
    const struct vec3 unit = v3_scale(1.0f / norm, measured);
    if (instance > 1 || is_believed(adcs, first + instance, unit)) {
        *taken = true;
        *direction = unit;
    }
    return true;
}

bool adcs_fine_sun_sensor(struct adcs *adcs, unsigned instance, struct vec3 sun_body)
{
    return take_direction(adcs, SENSOR_CHECKS_FINE_SUN, instance, sun_body, &adcs->samples.fine_sun,
                          &adcs->samples.fine_sun_body);
}

bool adcs_horizon_sensor(struct adcs *adcs, unsigned instance, struct vec3 nadir_body)
{
    return take_direction(adcs, SENSOR_CHECKS_HORIZON, instance, nadir_body, &adcs->samples.horizon,
                          &adcs->samples.nadir_body);
}

bool adcs_gps(struct adcs *adcs, adcs_ticks time, struct vec3 position_ecef_m, struct vec3 velocity_ecef_m_s)
{
    if (!orbit_plausible(position_ecef_m, velocity_ecef_m_s)) {
        return false;
    }
    adcs->samples.gps = true;
    adcs->samples.fix = (struct orbit_fix){time, position_ecef_m, velocity_ecef_m_s};
    return true;
}

bool adcs_thermometer(struct adcs *adcs, unsigned instance, float temperature_K)
{
    if (!(temperature_K > 0.0f && temperature_K < TEMPERATURE_MAX_K)) {
        return false;
    }
    if (temperature_K > adcs->parameters.value[ADCS_TEMPERATURE_MAX_K]) {
        adcs_report(&adcs->events, ADCS_EVENT_TOO_HOT, (float)instance);
    }
    return true;
}
