#include "rods.h"

#define FIELD_AGE_MAX_S 5.0f
#define OWN_PART 0.5f    /* of the rods' dipole, is the most that the spacecraft's own is taken for */
#define APART_MIN_S 0.4f /* between the samples that B-dot is made of: noise over time */

static struct vec3 zero(void)
{
    return v3(0.0f, 0.0f, 0.0f);
}

void rods_restart(struct rods *rods)
{
    rods->field_known = rods->change_known = rods->assumed = false;
}

void rods_assume(struct rods *rods, adcs_ticks now, struct vec3 field_body_T)
{
    rods->field_known = rods->assumed = true;
    rods->change_known = false;
    rods->field_time = now;
    rods->field_body_T = field_body_T;
}

bool rods_measure(struct rods *rods, const struct adcs_parameters *parameters, adcs_ticks now, struct vec3 field_body_T)
{
    if ((float)rods->quiet < parameters->value[ADCS_ROD_OFF_STEPS]) {
        return false;
    }
    if (rods->assumed) {
        rods_restart(rods);
    }
    const float apart_s = adcs_seconds(rods->field_time, now);
    if (rods->field_known && apart_s < APART_MIN_S) {
        return true;
    }
    rods->change_known = rods->field_known;
    rods->field_change_body_T_s =
        rods->field_known ? v3_scale(1.0f / apart_s, v3_sub(field_body_T, rods->field_body_T)) : zero();
    rods->field_known = true;
    rods->field_time = now;
    rods->field_body_T = field_body_T;
    return true;
}

void rods_forget(struct rods *rods, adcs_ticks now)
{
    const float age_s = adcs_seconds(rods->field_time, now);
    if (!(age_s >= 0.0f && age_s < FIELD_AGE_MAX_S)) {
        rods_restart(rods);
    }
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

struct vec3 rods_detumble(const struct rods *rods, const struct adcs_parameters *parameters,
                          struct vec3 field_change_body_T_s)
{
    const float field2 = v3_dot(rods->field_body_T, rods->field_body_T);
    if (!rods->field_known || !(field2 > 0.0f)) {
        return zero();
    }
    const struct mat3 *inertia = &parameters->inertia_body_kg_m2;
    const float moment = larger(inertia->x.x, larger(inertia->y.y, inertia->z.z));
    return v3_scale(-parameters->value[ADCS_DETUMBLE_GAIN_S] * moment / field2, field_change_body_T_s);
}

struct vec3 rods_torque(const struct rods *rods, struct vec3 torque_body_Nm)
{
    const float field2 = v3_dot(rods->field_body_T, rods->field_body_T);
    if (!rods->field_known || !(field2 > 0.0f)) {
        return zero();
    }
    return v3_scale(1.0f / field2, v3_cross(rods->field_body_T, torque_body_Nm));
}

void rods_learn_own(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 torque_body_Nm, float share)
{
    const struct vec3 learnt = v3_add_scaled(rods->own_body_A_m2, share, rods_torque(rods, torque_body_Nm));
    if (v3_finite(learnt)) {
        rods->own_body_A_m2 = v3_limit(learnt, OWN_PART * parameters->value[ADCS_ROD_DIPOLE_MAX_A_M2]);
    }
}

/* On for so many steps, then off for so many; without pauses when off is 0. */
static bool paused(struct rods *rods, const struct adcs_parameters *parameters)
{
    const unsigned on = (unsigned)parameters->value[ADCS_ROD_ON_STEPS];
    const unsigned off = (unsigned)parameters->value[ADCS_ROD_OFF_STEPS];
    const unsigned place = rods->turn % (on + off);
    rods->turn = place + 1u;
    return place >= on;
}

/* What the cycle and the limit leave of a dipole. */
static struct vec3 allowed(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 dipole_body_A_m2)
{
    const float limit = parameters->value[ADCS_ROD_DIPOLE_MAX_A_M2];
    const float largest =
        larger(adcs_abs(dipole_body_A_m2.x), larger(adcs_abs(dipole_body_A_m2.y), adcs_abs(dipole_body_A_m2.z)));
    const bool off = !(largest > 0.0f) || !(limit > 0.0f);
    const bool pause = paused(rods, parameters) || off;
    rods->quiet = pause ? rods->quiet + (rods->quiet < 1000u) : 0u;
    if (pause) {
        return zero();
    }
    return largest > limit ? v3_scale(limit / largest, dipole_body_A_m2) : dipole_body_A_m2;
}

static float pulled(float core, float current, float width)
{
    return adcs_clamp(core, current - width, current + width);
}

/* A core follows its current at a distance, half of its loop's width: the play operator (Visintin, Differential Models of
 * Hysteresis, chapter III). */
static void magnetise(struct rods *rods, float remanence, struct vec3 current)
{
    const struct vec3 core = rods->core_body_A_m2;
    rods->core_body_A_m2 = v3(pulled(core.x, current.x, remanence), pulled(core.y, current.y, remanence),
                              pulled(core.z, current.z, remanence));
}

static float in_steps(float wanted, float step, float *owed)
{
    const float sum = wanted + *owed;
    const float given = step * (float)(int32_t)(sum / step + (sum < 0.0f ? -0.5f : 0.5f));
    *owed = sum - given;
    return given;
}

/* The current that brings a core to what is wanted: beyond it by half of its loop's width, on the side it comes from. */
static float beyond(float wanted, float core, float width)
{
    return wanted > core ? wanted + width : wanted < core ? wanted - width : wanted;
}

/* Whole steps of the driver, what is left over going into the next one, and the cores' memory made up for. */
static struct vec3 exactly(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 dipole)
{
    const float step = parameters->value[ADCS_ROD_RESOLUTION_A_M2], width = parameters->value[ADCS_ROD_REMANENCE_A_M2];
    const struct vec3 core = rods->core_body_A_m2;
    const struct vec3 current =
        v3(beyond(dipole.x, core.x, width), beyond(dipole.y, core.y, width), beyond(dipole.z, core.z, width));
    struct vec3 *owed = &rods->owed_body_A_m2;
    return step > 0.0f ? v3(in_steps(current.x, step, &owed->x), in_steps(current.y, step, &owed->y),
                            in_steps(current.z, step, &owed->z))
                       : current;
}

struct vec3 rods_drive(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 dipole_body_A_m2,
                       bool exact)
{
    const float remanence = parameters->value[ADCS_ROD_REMANENCE_A_M2];
    const struct vec3 wanted = allowed(rods, parameters, dipole_body_A_m2);
    const struct vec3 dipole = exact && rods->quiet == 0u ? exactly(rods, parameters, wanted) : wanted;
    if (remanence > 0.0f) {
        magnetise(rods, remanence, dipole);
    }
    return dipole;
}
