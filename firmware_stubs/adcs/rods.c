#include "rods.h"

#define FIELD_AGE_MAX_S 5.0f
#define OWED_PART 0.1f   /* of the rods' dipole, is the most that is made up for */
#define SWING_WIDTHS 1.2f /* of the cores' remanence, and half a step of the driver */
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

struct vec3 rods_detumble(const struct rods *rods, const struct adcs_parameters *parameters,
                          struct vec3 field_change_body_T_s)
{
    const float field2 = v3_dot(rods->field_body_T, rods->field_body_T);
    if (!rods->field_known || !(field2 > 0.0f)) {
        return zero();
    }
    const float moment = m3_largest_of_diagonal(parameters->inertia_body_kg_m2);
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

struct vec3 rods_learnt(const struct rods *rods, struct vec3 own_body_A_m2, struct vec3 torque_body_Nm, float share,
                        float most_A_m2)
{
    const struct vec3 learnt = v3_add_scaled(own_body_A_m2, share, rods_torque(rods, torque_body_Nm));
    return v3_finite(learnt) ? v3_limit(learnt, most_A_m2) : own_body_A_m2;
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

/* Within the rods' limit, the direction kept; 0 when it is no number. */
static struct vec3 limited(const struct adcs_parameters *parameters, struct vec3 dipole_body_A_m2)
{
    const float limit = parameters->value[ADCS_ROD_DIPOLE_MAX_A_M2];
    const float largest =
        adcs_larger(adcs_abs(dipole_body_A_m2.x), adcs_larger(adcs_abs(dipole_body_A_m2.y), adcs_abs(dipole_body_A_m2.z)));
    if (!(largest > 0.0f) || !(limit > 0.0f)) {
        return zero();
    }
    return largest > limit ? v3_scale(limit / largest, dipole_body_A_m2) : dipole_body_A_m2;
}

/* Whether the rods are on in this step of their cycle. */
static bool drive_now(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 wanted)
{
    const bool pause = paused(rods, parameters) || !(v3_norm(wanted) > 0.0f);
    rods->quiet = pause ? rods->quiet + (rods->quiet < 1000u) : 0u;
    return !pause;
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

static float in_steps(float wanted, float step)
{
    return step > 0.0f ? step * (float)(int32_t)(wanted / step + (wanted < 0.0f ? -0.5f : 0.5f)) : wanted;
}

/* The current swings about what is wanted and still owed, by more than half of the cores' loop: so a loop that is wider than
 * it is taken for is gone round too, and its width does not show in their mean. */
static struct vec3 exactly(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 wanted)
{
    const float remanence = parameters->value[ADCS_ROD_REMANENCE_A_M2];
    const float step = parameters->value[ADCS_ROD_RESOLUTION_A_M2];
    const float width = remanence > 0.0f ? SWING_WIDTHS * remanence + 0.5f * step : 0.0f;
    const float swing = rods->swung ? -width : width;
    const struct vec3 middle = v3_add(wanted, rods->owed_body_A_m2);
    rods->swung = !rods->swung;
    return v3(in_steps(middle.x + swing, step), in_steps(middle.y + swing, step), in_steps(middle.z + swing, step));
}

/* What driver, loop and pauses have left out so far. */
static void owe(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 wanted, struct vec3 given)
{
    const struct vec3 owed = v3_add(rods->owed_body_A_m2, v3_sub(wanted, given));
    rods->owed_body_A_m2 = v3_limit(owed, OWED_PART * parameters->value[ADCS_ROD_DIPOLE_MAX_A_M2]);
}

struct vec3 rods_given(const struct rods *rods, const struct adcs_parameters *parameters, struct vec3 dipole_body_A_m2)
{
    return parameters->value[ADCS_ROD_REMANENCE_A_M2] > 0.0f ? rods->core_body_A_m2 : dipole_body_A_m2;
}

struct vec3 rods_drive(struct rods *rods, const struct adcs_parameters *parameters, struct vec3 dipole_body_A_m2,
                       bool exact)
{
    const float remanence = parameters->value[ADCS_ROD_REMANENCE_A_M2];
    const struct vec3 wanted = limited(parameters, dipole_body_A_m2);
    const bool on = drive_now(rods, parameters, wanted);
    const struct vec3 dipole = !on ? zero() : exact ? exactly(rods, parameters, wanted) : wanted;
    if (remanence > 0.0f) {
        magnetise(rods, remanence, dipole);
    }
    if (exact) {
        owe(rods, parameters, wanted, rods_given(rods, parameters, dipole));
    }
    return dipole;
}
