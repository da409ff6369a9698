#include "rod_regulator.h"

#include "field.h"

#define NODES 285u       /* of one orbit */
#define STEP_RAD 0.022046265f
#define NODES_PER_S 10.0f
#define GAINS_AGE_MAX_S 600.0f
#define YAW_WEIGHT 0.03f /* of the angle about the nadir, against the two others */
#define QUICKEST 4.0f    /* times the orbit's rate: beyond it the equation's steps are too long */

/* The body about the nadir, and what rods do there, in units of the orbit's rate. */
struct plant {
    float turn[3][6];       /* angular acceleration by angles and rates */
    float per_torque[3];    /* and by a torque */
    float per_effort[3];    /* and by what the cost counts as 1 */
};

static float moment(const struct adcs_parameters *parameters)
{
    return m3_largest_of_diagonal(parameters->inertia_body_kg_m2);
}

/* Roll, pitch and yaw under the gravity gradient, as on a circle (Wertz, Spacecraft Attitude Determination and Control,
 * section 18.3). A torque as large as the largest moment of inertia times the bandwidth squared costs as much as 1 rad. */
static struct plant plant_of(const struct adcs_parameters *parameters, float rate_rad_s)
{
    const struct mat3 *j = &parameters->inertia_body_kg_m2;
    const float x = j->x.x, y = j->y.y, z = j->z.z, most = moment(parameters);
    const float quick = adcs_clamp(parameters->value[ADCS_ROD_POINTING_RAD_S] / rate_rad_s, 0.0f, QUICKEST);
    const float effort = quick * quick;
    return (struct plant){
        .turn = {{-4.0f * (y - z) / x, 0.0f, 0.0f, 0.0f, 0.0f, 1.0f - (y - z) / x},
                 {0.0f, -3.0f * (x - z) / y, 0.0f, 0.0f, 0.0f, 0.0f},
                 {0.0f, 0.0f, -(y - x) / z, -(1.0f - (y - x) / z), 0.0f, 0.0f}},
        .per_torque = {most / x, most / y, most / z},
        .per_effort = {effort * most / x, effort * most / y, effort * most / z},
    };
}

/* F^T of a column of costs, F being the plant's matrix: the angles change by the rates, the rates by the plant. */
static float carried(const struct plant *plant, const float column[6], int row)
{
    const float by_rates = plant->turn[0][row] * column[3] + plant->turn[1][row] * column[4]
        + plant->turn[2][row] * column[5];
    return by_rates + (row >= 3 ? column[row - 3] : 0.0f);
}

/* What the rods take off a column of costs, in a field of this direction: P B B^T times the column. */
static void saved(const struct plant *plant, const struct rod_cost *cost, struct vec3 field, const float column[6],
                  float out[6])
{
    const float *gain = plant->per_effort;
    const struct vec3 wish = v3(gain[0] * column[3], gain[1] * column[4], gain[2] * column[5]);
    const struct vec3 can = v3_add_scaled(wish, -v3_dot(wish, field), field);
    for (int row = 0; row < 6; row++) {
        const float *p = &cost->state[row][3];
        out[row] = p[0] * gain[0] * can.x + p[1] * gain[1] * can.y + p[2] * gain[2] * can.z;
    }
}

static void column_of_state(const struct rod_cost *cost, int i, float out[6])
{
    for (int row = 0; row < 6; row++) {
        out[row] = cost->state[row][i];
    }
}

static void column_of_torque(const struct rod_cost *cost, int i, float out[6])
{
    for (int row = 0; row < 6; row++) {
        out[row] = cost->torque[row][i];
    }
}

/* One node back: -P' = F^T P + P F - P B B^T P + Q, and -S' = (F - B B^T P)^T S + P D of a torque that stays. */
static void back(struct rod_cost *cost, const struct plant *plant, struct vec3 field)
{
    static const float weight[6] = {1.0f, 1.0f, YAW_WEIGHT, 0.0f, 0.0f, 0.0f};
    const struct rod_cost then = *cost;
    for (int i = 0; i < 6; i++) {
        float column[6], less[6];
        column_of_state(&then, i, column);
        saved(plant, &then, field, column, less);
        for (int row = 0; row < 6; row++) {
            const float by_plant = STEP_RAD * carried(plant, column, row);
            cost->state[row][i] += by_plant + STEP_RAD * ((row == i ? weight[i] : 0.0f) - less[row]);
            cost->state[i][row] += by_plant;
        }
    }
    for (int i = 0; i < 3; i++) {
        float column[6], less[6];
        column_of_torque(&then, i, column);
        saved(plant, &then, field, column, less);
        for (int row = 0; row < 6; row++) {
            const float change = carried(plant, column, row) - less[row] + then.state[row][3 + i] * plant->per_torque[i];
            cost->torque[row][i] += STEP_RAD * change;
        }
    }
}

/* Direction of the field so far ahead, nadir axes. */
static struct vec3 field_ahead(const struct rod_regulator *regulator, const struct adcs_parameters *parameters,
                               const struct earth *earth, float angle_rad)
{
    const adcs_ticks later = (adcs_ticks)(uint32_t)(angle_rad / regulator->rate_rad_s) * ADCS_TICKS_PER_SECOND;
    const struct vec3 place_eci_m = v3_add_scaled(v3_scale(adcs_cos(angle_rad), regulator->out_eci_m),
                                                  adcs_sin(angle_rad), regulator->along_eci_m);
    const struct quat q = earth_orientation(earth, regulator->time + later);
    const struct vec3 field = quat_apply(q, field_ecef_T(&parameters->field, quat_apply(quat_conjugate(q), place_eci_m)));
    const struct vec3 z = v3_scale(-1.0f / v3_norm(place_eci_m), place_eci_m);
    const struct vec3 y = v3_scale(-1.0f, regulator->normal_eci);
    const float size = v3_norm(field);
    const float per = size > 0.0f ? 1.0f / size : 0.0f;
    return v3_scale(per, v3(v3_dot(v3_cross(y, z), field), v3_dot(y, field), v3_dot(z, field)));
}

/* From one orbit ahead, where nothing is to come any more. */
static void begin(struct rod_regulator *regulator, const struct orbit *orbit)
{
    const struct vec3 momentum = v3_cross(orbit->position_eci_m, orbit->velocity_eci_m_s);
    const float radius2 = v3_dot(orbit->position_eci_m, orbit->position_eci_m);
    regulator->normal_eci = v3_scale(1.0f / v3_norm(momentum), momentum);
    regulator->out_eci_m = orbit->position_eci_m;
    regulator->along_eci_m = v3_cross(regulator->normal_eci, orbit->position_eci_m);
    regulator->rate_rad_s = v3_norm(momentum) / radius2;
    regulator->time = orbit->time;
    regulator->coming = (struct rod_cost){.state = {{0.0f}}};
    regulator->nodes_left = NODES;
}

static bool finite(const struct rod_cost *cost)
{
    float sum = 0.0f;
    for (int row = 0; row < 6; row++) {
        for (int i = 0; i < 6; i++) {
            sum += cost->state[row][i] + (i < 3 ? cost->torque[row][i] : 0.0f);
        }
    }
    return adcs_finite(sum);
}

static void node(struct rod_regulator *regulator, const struct adcs_parameters *parameters, const struct orbit *orbit,
                 const struct earth *earth)
{
    if (regulator->nodes_left == 0u || regulator->nodes_left > NODES) {
        begin(regulator, orbit);
    }
    const float angle_rad = STEP_RAD * (float)regulator->nodes_left;
    const struct plant plant = plant_of(parameters, regulator->rate_rad_s);
    back(&regulator->coming, &plant, field_ahead(regulator, parameters, earth, angle_rad));
    regulator->nodes_left--;
    if (regulator->nodes_left == 0u && finite(&regulator->coming)) {
        regulator->present = regulator->coming;
        regulator->known = true;
        regulator->known_time = orbit->time;
    }
}

void rod_regulator_step(struct rod_regulator *regulator, const struct adcs_parameters *parameters,
                        const struct orbit *orbit, const struct earth *earth, float dt_s)
{
    if (!orbit->current || !earth->known || orbit->planet != ORBIT_EARTH) {
        regulator->nodes_left = 0u;
        return;
    }
    const unsigned nodes = (unsigned)(adcs_clamp(dt_s, 0.0f, 10.0f) * NODES_PER_S + 0.5f);
    for (unsigned i = 0; i < nodes || i == 0u; i++) {
        node(regulator, parameters, orbit, earth);
    }
}

bool rod_regulator_ready(const struct rod_regulator *regulator, adcs_ticks now)
{
    const float age_s = adcs_seconds(regulator->known_time, now);
    return regulator->known && age_s >= 0.0f && age_s < GAINS_AGE_MAX_S;
}

/* Two angles by which the axis that looks down is off and one about it, and the rates; nadir axes. */
static void state_of(const struct rod_state *state, const struct guidance *guidance, float rate_rad_s, float out[6])
{
    const struct vec3 down = quat_apply(state->target_from_body, v3(0.0f, 0.0f, 1.0f));
    const struct vec3 ahead = quat_apply(state->target_from_body, v3(1.0f, 0.0f, 0.0f));
    const struct vec3 turning = quat_apply(state->target_from_body, state->rate_body_rad_s);
    const struct vec3 rate = v3_scale(1.0f / rate_rad_s, v3_sub(turning, guidance->rate_target_rad_s));
    out[0] = -down.y;
    out[1] = down.x;
    out[2] = adcs_atan2(ahead.y, ahead.x);
    v3_store(rate, &out[3]);
}

struct vec3 rod_regulator_torque(const struct rod_regulator *regulator, const struct adcs_parameters *parameters,
                                 const struct guidance *guidance, const struct rod_state *state)
{
    const float orbital = -guidance->rate_target_rad_s.y;
    const struct plant plant = plant_of(parameters, orbital);
    const float unit_Nm = moment(parameters) * orbital * orbital;
    const struct vec3 staying = v3_scale(1.0f / unit_Nm, quat_apply(state->target_from_body, state->torque_body_Nm));
    float off[6], torque[3], stays[3];
    state_of(state, guidance, orbital, off);
    v3_store(staying, stays);
    const float effort = plant.per_effort[0] / plant.per_torque[0];
    for (int k = 0; k < 3; k++) {
        float price = 0.0f;
        for (int i = 0; i < 6; i++) {
            price += regulator->present.state[3 + k][i] * off[i];
        }
        for (int i = 0; i < 3; i++) {
            price += regulator->present.torque[3 + k][i] * stays[i];
        }
        torque[k] = -effort * plant.per_effort[k] * unit_Nm * price;
    }
    return quat_apply(quat_conjugate(state->target_from_body), v3_from(torque));
}
