#include "sensor_checks.h"

#include "adcs.h"
#include "magnetometry.h"

#define SIGMAS 4.0f
#define MORE_RAD 0.02f        /* of mounting, late samples and models */
#define FIELD_SHARE 0.1f      /* of the field's size: 2 to 5 uT */
#define FIELD_LEAST_T 2e-5f   /* and farther out no less than of this: iron and noise do not shrink with the field */
#define ROUGH_SHARE 0.5f      /* the same by Sun and gyro, which may be off by 30 degrees, */
#define ROUGH_WELL 0.25f      /* and until it is believed again */
#define MEMORY_S 3.0f         /* of the share of samples that are off: */
#define OFF_SHARE 0.8f        /* reached after 5 s of nothing else */
#define AGREED_SHARE 0.1f     /* and this 7 s after the last */
#define HEARD_S 2.5f
#define WEAK_T 3e-6f
#define WEAK_MIN 20u          /* samples: iron may cancel the field for a moment */
#define DIRECTION_REPEATS 10u
#define TRACKER_AGE_MAX_S 30.0f
#define BLAMED_S 30.0f

static const struct {
    uint8_t kind, instance;
} named[SENSOR_CHECKS] = {
    [SENSOR_CHECKS_FINE_SUN] = {HIL_DEVICE_FINE_SUN_SENSOR, 0},
    [SENSOR_CHECKS_FINE_SUN + 1] = {HIL_DEVICE_FINE_SUN_SENSOR, 1},
    [SENSOR_CHECKS_COARSE_SUN] = {HIL_DEVICE_COARSE_SUN_SENSOR, 0},
    [SENSOR_CHECKS_HORIZON] = {HIL_DEVICE_HORIZON_SENSOR, 0},
    [SENSOR_CHECKS_HORIZON + 1] = {HIL_DEVICE_HORIZON_SENSOR, 1},
    [SENSOR_CHECKS_MAGNETOMETER] = {HIL_DEVICE_MAGNETOMETER, 0},
    [SENSOR_CHECKS_MAGNETOMETER + 1] = {HIL_DEVICE_MAGNETOMETER, 1},
};

static void tell(struct adcs_events *events, enum adcs_event what, unsigned device)
{
    adcs_report(events, what, faults_device(named[device].kind, named[device].instance));
}

static bool is_same(struct vec3 a, struct vec3 b)
{
    return a.x == b.x && a.y == b.y && a.z == b.z;
}

/* Photodiodes count whole steps of a converter, and may well repeat them. */
static bool repeats(const struct sensor_check *check, const struct adcs_parameters *parameters, unsigned device)
{
    const float most = parameters->value[ADCS_SENSOR_REPEATS_MAX];
    const float limit = device >= SENSOR_CHECKS_MAGNETOMETER || most < (float)DIRECTION_REPEATS ? most
                                                                                                 : (float)DIRECTION_REPEATS;
    return most > 0.0f && device != SENSOR_CHECKS_COARSE_SUN && (float)check->repeats >= limit;
}

void sensor_checks_weigh(struct sensor_checks *checks, unsigned device, float size_T, struct adcs_events *events)
{
    struct sensor_check *check = &checks->of[device];
    const bool weak = size_T < WEAK_T;
    check->other = weak != check->weak ? check->other + 1u : 0u;
    if (check->other >= WEAK_MIN) {
        check->weak = weak;
        check->other = 0;
        if (!check->doubted && !check->frozen) {
            tell(events, weak ? ADCS_EVENT_SENSOR_DOUBTED : ADCS_EVENT_SENSOR_TRUSTED, device);
        }
    }
}

bool sensor_checks_take(struct sensor_checks *checks, const struct adcs_parameters *parameters, unsigned device,
                        struct vec3 shown, struct adcs_events *events)
{
    struct sensor_check *check = &checks->of[device];
    const bool same = check->known && is_same(check->shown, shown);
    check->repeats = same ? check->repeats + (check->repeats < 10000u) : 0u;
    check->known = check->fresh = true;
    check->shown = shown;
    if (!check->frozen && repeats(check, parameters, device)) {
        check->frozen = true;
        tell(events, ADCS_EVENT_SENSOR_FROZEN, device);
    } else if (check->frozen && !same) {
        check->frozen = false;
        tell(events, ADCS_EVENT_SENSOR_TRUSTED, device);
    }
    return sensor_checks_believe(checks, device);
}

bool sensor_checks_attitude_is_proven(const struct adcs *adcs, adcs_ticks now)
{
    const struct attitude *attitude = &adcs->attitude;
    return attitude_is_settled(attitude) && !attitude->coarse && !star_trackers_dispute(adcs)
        && adcs_seconds(attitude->star_tracker_time, now) < TRACKER_AGE_MAX_S
        && !gyros_were_blamed(&adcs->gyros, now, BLAMED_S);
}

/* By Sun and gyro, which need no field: enough for one that is inverted or has its axes swapped. */
static bool attitude_is_rough(const struct adcs *adcs, adcs_ticks now)
{
    const struct attitude *attitude = &adcs->attitude;
    return attitude->coarse && attitude_is_settled(attitude) && !attitude->stood_in
        && !gyros_were_blamed(&adcs->gyros, now, BLAMED_S);
}

static bool is_magnetometer(unsigned device)
{
    return device >= SENSOR_CHECKS_MAGNETOMETER;
}

/* What a sample is held against. */
struct expected {
    struct vec3 vector_body; /* 0 when it is not known */
    float limit;             /* of the difference, over the vector's size */
};

static struct expected expected_direction(struct vec3 eci, struct quat body_from_eci, float sigma_rad)
{
    const float size = v3_norm(eci);
    const struct vec3 along = size > 0.0f ? v3_scale(1.0f / size, eci) : eci;
    return (struct expected){quat_apply(body_from_eci, along), SIGMAS * sigma_rad + MORE_RAD};
}

static struct expected expected_sun(const struct adcs *adcs, struct quat body_from_eci, unsigned device)
{
    const float *value = adcs->parameters.value;
    const bool coarse = device == SENSOR_CHECKS_COARSE_SUN;
    const float sigma_rad = value[coarse ? ADCS_COARSE_SUN_SIGMA_RAD : ADCS_FINE_SUN_SIGMA_RAD];
    struct vec3 sun_eci;
    if (!directions_sun(adcs, &sun_eci) || (coarse && !adcs->orbit.current)) {
        return (struct expected){{0.0f, 0.0f, 0.0f}, 0.0f};
    }
    return expected_direction(coarse ? directions_light_eci(adcs, sun_eci) : sun_eci, body_from_eci, sigma_rad);
}

static struct expected expected_of(struct adcs *adcs, adcs_ticks now, unsigned device)
{
    const struct quat body_from_eci = quat_conjugate(adcs->attitude.q_eci_from_body);
    if (device < SENSOR_CHECKS_HORIZON) {
        return expected_sun(adcs, body_from_eci, device);
    }
    if (is_magnetometer(device)) {
        const bool spoilt = (float)adcs->rods.quiet < adcs->parameters.value[ADCS_ROD_OFF_STEPS];
        const struct vec3 field_eci_T = spoilt ? v3(0.0f, 0.0f, 0.0f) : magnetometry_model_eci_T(adcs, now);
        const float rough = adcs->sensor_checks.of[device].doubted ? ROUGH_WELL : ROUGH_SHARE;
        const float size_T = v3_norm(field_eci_T);
        const float far = size_T > 0.0f && size_T < FIELD_LEAST_T ? FIELD_LEAST_T / size_T : 1.0f;
        return (struct expected){quat_apply(body_from_eci, field_eci_T),
                                 far * (adcs->attitude.coarse ? rough : FIELD_SHARE)};
    }
    const struct vec3 down_eci = v3_scale(adcs->orbit.current ? -1.0f : 0.0f, adcs->orbit.position_eci_m);
    return expected_direction(down_eci, body_from_eci, adcs->parameters.value[ADCS_HORIZON_SIGMA_RAD]);
}

/* As the sensor in use is calibrated. */
static struct vec3 shown_by(const struct adcs *adcs, unsigned device)
{
    const struct vec3 shown = adcs->sensor_checks.of[device].shown;
    return device == SENSOR_CHECKS_MAGNETOMETER + adcs->magnetometer
        ? field_calibration_apply(&adcs->field_calibration, shown, adcs->rods.core_body_A_m2)
        : shown;
}

static void compare(struct adcs *adcs, adcs_ticks now, unsigned device)
{
    struct sensor_check *check = &adcs->sensor_checks.of[device];
    const struct expected expected = expected_of(adcs, now, device);
    const float size = v3_norm(expected.vector_body);
    check->compared = size > 0.0f;
    if (check->compared) {
        const float apart = v3_norm(v3_sub(shown_by(adcs, device), expected.vector_body));
        check->off = !(apart <= expected.limit * size);
    }
    if (check->compared && (!adcs->attitude.coarse || is_magnetometer(device))) {
        check->off_share += check->since_s / (MEMORY_S + check->since_s) * ((check->off ? 1.0f : 0.0f) - check->off_share);
    }
}

/* No more are off than agree, of those that are believed and were heard of late. */
static bool attitude_has_witnesses(const struct sensor_checks *checks)
{
    unsigned heard = 0, off = 0;
    for (unsigned i = 0; i < SENSOR_CHECKS; i++) {
        const struct sensor_check *check = &checks->of[i];
        const bool counts = check->known && check->compared && check->since_s < HEARD_S && sensor_checks_believe(checks, i);
        heard += counts;
        off += counts && check->off;
    }
    return 2u * off <= heard;
}

static void judge(struct adcs *adcs, unsigned device)
{
    struct sensor_check *check = &adcs->sensor_checks.of[device];
    if (!check->doubted && !check->weak && check->off_share > OFF_SHARE && attitude_has_witnesses(&adcs->sensor_checks)) {
        check->doubted = true;
        tell(&adcs->events, ADCS_EVENT_SENSOR_DOUBTED, device);
    } else if (check->doubted && check->off_share < AGREED_SHARE) {
        check->doubted = false;
        tell(&adcs->events, ADCS_EVENT_SENSOR_TRUSTED, device);
    }
}

void sensor_checks_step(struct adcs *adcs, adcs_ticks now, float dt_s)
{
    const bool proven = sensor_checks_attitude_is_proven(adcs, now), rough = !proven && attitude_is_rough(adcs, now);
    for (unsigned i = 0; i < SENSOR_CHECKS; i++) {
        struct sensor_check *check = &adcs->sensor_checks.of[i];
        check->since_s += check->since_s < 1000.0f ? dt_s : 0.0f;
        if (check->fresh && (proven || rough)) {
            compare(adcs, now, i);
        }
        const bool told = check->fresh;
        check->fresh = false;
        check->since_s = told ? 0.0f : check->since_s;
        if (told && check->compared && (proven || (rough && is_magnetometer(i)))) {
            judge(adcs, i);
        }
    }
}
