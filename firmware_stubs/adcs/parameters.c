#include "parameters.h"

#include <string.h>

struct limits {
    float initial, minimum, maximum;
};

#define LIMITS(id, initial, minimum, maximum) [id] = {initial, minimum, maximum},
static const struct limits limits[ADCS_PARAMETERS] = {ADCS_PARAMETER_LIMITS(LIMITS)};

static struct vec3 triple(const struct adcs_parameters *parameters, unsigned first_id)
{
    return v3_from(&parameters->value[first_id]);
}

static struct vec3 unit(struct vec3 a)
{
    const float norm = v3_norm(a);
    return norm > 0.0f ? v3_scale(1.0f / norm, a) : a;
}

struct vec3 adcs_parameters_axis(const struct adcs_parameters *parameters, unsigned first_id)
{
    return unit(triple(parameters, first_id));
}

static struct mat3 inertia(const struct adcs_parameters *parameters)
{
    const struct vec3 moments = triple(parameters, ADCS_INERTIA_XX_BODY_KG_M2);
    const struct vec3 products = triple(parameters, ADCS_INERTIA_XY_BODY_KG_M2); /* xy, xz, yz */
    return (struct mat3){v3(moments.x, products.x, products.y), v3(products.x, moments.y, products.z),
                         v3(products.y, products.z, moments.z)};
}

/* Sylvester's criterion */
static bool positive_definite(struct mat3 m)
{
    return m.x.x > 0.0f && m.x.x * m.y.y - m.x.y * m.y.x > 0.0f && m3_determinant(m) > 0.0f;
}

/* The null space of four axes: by Cramer's rule, each wheel's part is the determinant of the other three. */
static void find_idle(struct adcs_parameters *parameters, const struct vec3 axis[ADCS_WHEELS_MAX])
{
    const float part[ADCS_WHEELS_MAX] = {
        v3_dot(axis[1], v3_cross(axis[2], axis[3])), -v3_dot(axis[0], v3_cross(axis[2], axis[3])),
        v3_dot(axis[0], v3_cross(axis[1], axis[3])), -v3_dot(axis[0], v3_cross(axis[1], axis[2]))};
    const float norm = adcs_sqrt(part[0] * part[0] + part[1] * part[1] + part[2] * part[2] + part[3] * part[3]);
    const bool four = parameters->wheel_count == ADCS_WHEELS_MAX && norm > 1e-3f
        && !(parameters->wheel_dropped[0] || parameters->wheel_dropped[1] || parameters->wheel_dropped[2]
             || parameters->wheel_dropped[3]);
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        parameters->wheel_idle[i] = four ? part[i] / norm : 0.0f;
    }
}

/* About which axis the wheels that are left give nothing: across the two of them that are furthest apart. */
static struct vec3 lacking_axis(const struct vec3 driven[ADCS_WHEELS_MAX])
{
    struct vec3 widest = v3(0.0f, 0.0f, 0.0f);
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        for (int j = i + 1; j < ADCS_WHEELS_MAX; j++) {
            const struct vec3 across = v3_cross(driven[i], driven[j]);
            widest = v3_dot(across, across) > v3_dot(widest, widest) ? across : widest;
        }
    }
    const float size = v3_norm(widest);
    return size > 0.3f ? v3_scale(1.0f / size, widest) : v3(0.0f, 0.0f, 0.0f);
}

static bool some_are_dropped(const struct adcs_parameters *parameters)
{
    bool dropped = false;
    for (int i = 0; i < parameters->wheel_count; i++) {
        dropped = dropped || parameters->wheel_dropped[i];
    }
    return dropped;
}

/* Rows of A^T (A A^T)^-1, A's columns being the wheel axes: least torque in the wheels for a body torque (Markley and
 * Crassidis, section 7.3.4). Returns false when the axes do not span three dimensions. */
static bool allocate(struct adcs_parameters *parameters)
{
    struct mat3 gram = m3_diagonal(0.0f);
    parameters->wheel_count = (int)parameters->value[ADCS_WHEEL_COUNT];
    struct vec3 driven[ADCS_WHEELS_MAX];
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        const struct vec3 axis = adcs_parameters_axis(parameters, ADCS_WHEEL0_AXIS_X_BODY + 3 * (unsigned)i);
        parameters->wheel_axis_body[i] = i < parameters->wheel_count ? axis : v3(0.0f, 0.0f, 0.0f);
        driven[i] = parameters->wheel_dropped[i] ? v3(0.0f, 0.0f, 0.0f) : parameters->wheel_axis_body[i];
        gram = m3_add(gram, m3_outer(driven[i], driven[i]));
    }
    const bool spanning = m3_determinant(gram) > 1e-3f;
    const struct vec3 lacking =
        spanning || !some_are_dropped(parameters) ? v3(0.0f, 0.0f, 0.0f) : lacking_axis(driven);
    parameters->lacking_axis_body = lacking;
    const struct mat3 whole = m3_add(gram, m3_outer(lacking, lacking)); /* rows that have no part in that axis */
    const struct mat3 inverse = m3_determinant(whole) > 1e-3f ? m3_inverse(whole) : m3_diagonal(0.0f);
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        parameters->wheel_allocation[i] = m3_apply(inverse, driven[i]);
    }
    find_idle(parameters, driven);
    return spanning;
}

static struct mat3 star_tracker_covariance(const struct adcs_parameters *parameters)
{
    const float across = parameters->value[ADCS_STAR_TRACKER_SIGMA_RAD];
    const float roll = parameters->value[ADCS_STAR_TRACKER_ROLL_SIGMA_RAD];
    const struct vec3 boresight = adcs_parameters_axis(parameters, ADCS_STAR_TRACKER_BORESIGHT_X_BODY);
    return m3_add_scaled(m3_diagonal(across * across), roll * roll - across * across,
                         m3_outer(boresight, boresight));
}

static void derive(struct adcs_parameters *parameters)
{
    parameters->inertia_body_kg_m2 = inertia(parameters);
    parameters->definite = positive_definite(parameters->inertia_body_kg_m2);
    parameters->inertia_inverse = parameters->definite ? m3_inverse(parameters->inertia_body_kg_m2) : m3_diagonal(0.0f);
    parameters->usable = allocate(parameters) && parameters->definite;
    parameters->pair = parameters->definite && v3_norm(parameters->lacking_axis_body) > 0.0f
        && parameters->value[ADCS_ROD_DIPOLE_MAX_A_M2] > 0.0f;
    parameters->star_tracker_covariance_rad2 = star_tracker_covariance(parameters);
    parameters->thruster_count = (int)parameters->value[ADCS_THRUSTER_COUNT];
}

/* A date that is not known, 0, is taken for one of these years. */
#define DAY_OTHERWISE 9862.0f
#define MONTH_D 30.0f

float adcs_parameters_day(const struct adcs_parameters *parameters, adcs_ticks now)
{
    const float epoch_day = parameters->value[ADCS_EPOCH_DAY];
    return (adcs_abs(epoch_day) > 0.0f ? epoch_day : DAY_OTHERWISE) + adcs_seconds(0, now) * (1.0f / 86400.0f);
}

static void derive_field(struct adcs_parameters *parameters, float day)
{
    parameters->field = field_model_at(day);
    parameters->field_day = day;
}

void adcs_parameters_date_field(struct adcs_parameters *parameters, adcs_ticks now)
{
    const float day = adcs_parameters_day(parameters, now);
    if (adcs_abs(day - parameters->field_day) > MONTH_D) {
        derive_field(parameters, day);
    }
}

void adcs_parameters_init(struct adcs_parameters *parameters)
{
    for (unsigned i = 0; i < ADCS_PARAMETERS; i++) {
        parameters->value[i] = limits[i].initial;
    }
    parameters->careful = false;
    adcs_parameters_restore_wheels(parameters);
    derive_field(parameters, adcs_parameters_day(parameters, 0));
}

static bool within_limits(unsigned id, float value)
{
    return value >= limits[id].minimum && value <= limits[id].maximum;
}

bool adcs_parameters_load(struct adcs_parameters *parameters, const float value[ADCS_PARAMETERS])
{
    for (unsigned i = 0; i < ADCS_PARAMETERS; i++) {
        if (!within_limits(i, value[i])) {
            return false;
        }
    }
    memcpy(parameters->value, value, sizeof parameters->value);
    adcs_parameters_restore_wheels(parameters);
    derive_field(parameters, adcs_parameters_day(parameters, 0));
    return true;
}

void adcs_parameters_drop_wheel(struct adcs_parameters *parameters, unsigned wheel)
{
    parameters->wheel_dropped[wheel] = true;
    derive(parameters);
}

void adcs_parameters_take_wheel(struct adcs_parameters *parameters, unsigned wheel)
{
    parameters->wheel_dropped[wheel] = false;
    derive(parameters);
}

void adcs_parameters_restore_wheels(struct adcs_parameters *parameters)
{
    for (unsigned i = 0; i < ADCS_WHEELS_MAX; i++) {
        parameters->wheel_dropped[i] = parameters->tachometer_failed[i] = parameters->wheel_reversed[i] = false;
        parameters->wheel_limit_rad_s[i] = parameters->value[ADCS_WHEEL_SPEED_MAX_RAD_S];
    }
    derive(parameters);
}

enum adcs_set_result adcs_parameters_set(struct adcs_parameters *parameters, unsigned id, float value)
{
    if (id >= ADCS_PARAMETERS) {
        return ADCS_SET_UNKNOWN_ID;
    }
    if (!within_limits(id, value)) {
        return ADCS_SET_OUT_OF_RANGE;
    }
    parameters->value[id] = value;
    if (id == ADCS_WHEEL_COUNT) {
        adcs_parameters_restore_wheels(parameters);
    }
    for (int i = 0; i < ADCS_WHEELS_MAX && id == ADCS_WHEEL_SPEED_MAX_RAD_S; i++) {
        parameters->wheel_limit_rad_s[i] = value;
    }
    derive(parameters);
    if (id == ADCS_EPOCH_DAY) {
        derive_field(parameters, adcs_parameters_day(parameters, 0));
    }
    return ADCS_SET_DONE;
}
