#include "directions.h"

#include "adcs.h"
#include "field.h"
#include "moon.h"
#include "sun.h"

#define EVIDENCE_SHARE 0.2f /* of one sample */

static void add(struct directions *directions, enum direction_kind kind, struct vec3 body, struct vec3 eci,
                float sigma_rad)
{
    const float body_norm = v3_norm(body), eci_norm = v3_norm(eci);
    if (body_norm > 0.0f && eci_norm > 0.0f) {
        directions->seen[directions->count++] =
            (struct direction){v3_scale(1.0f / body_norm, body), v3_scale(1.0f / eci_norm, eci), sigma_rad, kind};
    }
}

bool directions_sun(const struct adcs *adcs, struct vec3 *sun_eci)
{
    const float epoch_day = adcs->parameters.value[ADCS_EPOCH_DAY];
    *sun_eci = sun_direction(epoch_day, adcs->last_time);
    return adcs_abs(epoch_day) > 0.0f;
}

bool directions_moon(const struct adcs *adcs, struct vec3 *moon_eci_m)
{
    const float epoch_day = adcs->parameters.value[ADCS_EPOCH_DAY];
    const float towards = adcs->orbit.planet == ORBIT_MOON ? -1.0f : 1.0f;
    *moon_eci_m = v3_sub(v3_scale(towards, moon_position_m(epoch_day, adcs->last_time)), adcs->orbit.position_eci_m);
    return adcs_abs(epoch_day) > 0.0f;
}

struct vec3 directions_earthshine_eci(const struct adcs *adcs, struct vec3 sun_eci)
{
    const struct vec3 r = v3_scale(1.0f / EARTH_RADIUS_M, adcs->orbit.position_eci_m);
    const float radius2 = v3_dot(r, r);
    const float height = v3_dot(r, sun_eci) / adcs_sqrt(radius2);
    return v3_scale(height > 0.0f ? -height / (radius2 * adcs_sqrt(radius2)) : 0.0f, r);
}

struct vec3 directions_light_eci(const struct adcs *adcs, struct vec3 sun_eci)
{
    const float albedo = adcs->parameters.value[ADCS_ALBEDO] + adcs->diodes.albedo_change;
    return v3_add_scaled(sun_eci, albedo, directions_earthshine_eci(adcs, sun_eci));
}

struct vec3 directions_field_eci_T(const struct adcs *adcs)
{
    const struct quat q = earth_orientation(&adcs->earth, adcs->last_time);
    return quat_apply(q, field_ecef_T(&adcs->parameters.field, quat_apply(quat_conjugate(q), adcs->orbit.position_eci_m)));
}

struct directions directions_collect(const struct adcs *adcs, struct vec3 field_eci_T)
{
    const struct adcs_samples *samples = &adcs->samples;
    const float *value = adcs->parameters.value;
    struct directions found = {.count = 0};
    struct vec3 sun_eci;
    const bool dated = directions_sun(adcs, &sun_eci);
    if (samples->fine_sun && dated) {
        add(&found, DIRECTION_FINE_SUN, samples->fine_sun_body, sun_eci, value[ADCS_FINE_SUN_SIGMA_RAD]);
    }
    if (!adcs->orbit.current) {
        return found;
    }
    if (samples->horizon) {
        add(&found, DIRECTION_HORIZON, samples->nadir_body, v3_scale(-1.0f, adcs->orbit.position_eci_m),
            value[ADCS_HORIZON_SIGMA_RAD]);
    }
    const struct vec3 field =
        field_calibration_apply(&adcs->field_calibration, samples->field_body_T, adcs->rods.core_body_A_m2);
    const float known_rad = value[ADCS_MAGNETOMETER_SIGMA_RAD];
    const float learnt_rad = field_calibration_sigma_rad(&adcs->field_calibration, v3_norm(field));
    add(&found, DIRECTION_FIELD, field, field_eci_T, adcs_sqrt(known_rad * known_rad + learnt_rad * learnt_rad));
    if (samples->coarse_sun && !samples->fine_sun && dated) {
        add(&found, DIRECTION_COARSE_SUN, samples->coarse_sun_body, directions_light_eci(adcs, sun_eci),
            value[ADCS_COARSE_SUN_SIGMA_RAD]);
    }
    return found;
}

static float misfit(const struct direction *seen, struct quat q_eci_from_body)
{
    const struct vec3 off = v3_sub(seen->body, quat_apply(quat_conjugate(q_eci_from_body), seen->eci));
    return v3_dot(off, off) / (seen->sigma_rad * seen->sigma_rad);
}

void directions_weigh(struct direction_evidence *evidence, const struct directions *directions, struct quat one,
                      struct quat other)
{
    for (unsigned i = 0; i < directions->count; i++) {
        const struct direction *seen = &directions->seen[i];
        float *mean = &evidence->worse[seen->kind];
        *mean += EVIDENCE_SHARE * (misfit(seen, one) - misfit(seen, other) - *mean);
    }
}

float directions_tell(const struct direction_evidence *evidence)
{
    float sum = 0.0f;
    for (unsigned kind = 0; kind < DIRECTIONS_MAX; kind++) {
        sum += evidence->worse[kind];
    }
    return sum;
}
