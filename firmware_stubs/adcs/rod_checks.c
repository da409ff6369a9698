#include "rod_checks.h"

#include "adcs.h"

#define RATE_MAX_RAD_S 0.01f
#define MOTOR_SHARE 0.1f      /* of the wheels' torque: more is a slew */
#define QUIET_S 30.0f         /* by then the observer has settled */
#define OFF_SHARE 0.4f        /* of the largest dipole; the surroundings are below half of that */
#define ACROSS_SHARE 0.06f    /* of the field, squared: else it shows next to nothing of this rod */
#define LEAST_SHARE 0.25f     /* of the torque of the largest dipole across the field */
#define FITS 0.3f             /* of the torque, that one rod leaves unexplained */
#define MISFITS 0.5f
#define PATIENCE_S 10.0f
#define SMALL_SHARE 0.2f
#define WELL_S 60.0f

static bool is_quiet(const struct adcs *adcs)
{
    const struct adcs_parameters *parameters = &adcs->parameters;
    float motor_Nm = 0.0f;
    bool known = adcs_parameters_wheels_hold(parameters) && adcs->rods.field_known
        && v3_norm(adcs->observer.rate_body_rad_s) < RATE_MAX_RAD_S;
    for (int i = 0; i < parameters->wheel_count; i++) {
        motor_Nm += adcs_abs(adcs->command.wheel_torque_Nm[i]);
        known = known && !parameters->tachometer_failed[i];
    }
    return known && motor_Nm < MOTOR_SHARE * parameters->value[ADCS_WHEEL_TORQUE_MAX_NM]
        && parameters->thruster_count == 0;
}

/* The torque of 1 A m2 of a rod. */
static struct vec3 torque_of(unsigned rod, struct vec3 field_body_T)
{
    const struct vec3 axis = v3(rod == 0 ? 1.0f : 0.0f, rod == 1 ? 1.0f : 0.0f, rod == 2 ? 1.0f : 0.0f);
    return v3_cross(axis, field_body_T);
}

/* What a rod that gives so much more than it was told to leaves of the torque, over its size; 1 where it cannot be told. */
static float unexplained(struct vec3 torque_Nm, struct vec3 field_body_T, unsigned rod, float *off_A_m2)
{
    const struct vec3 unit_Nm = torque_of(rod, field_body_T);
    const float across2 = v3_dot(unit_Nm, unit_Nm), size = v3_norm(torque_Nm);
    *off_A_m2 = across2 > 0.0f ? v3_dot(torque_Nm, unit_Nm) / across2 : 0.0f;
    const bool shows = across2 > ACROSS_SHARE * v3_dot(field_body_T, field_body_T) && size > 0.0f;
    return shows ? v3_norm(v3_add_scaled(torque_Nm, -*off_A_m2, unit_Nm)) / size : 1.0f;
}

/* The one rod that explains the torque; RODS when none does, or more than one. */
static unsigned suspect(struct rod_checks *checks, struct vec3 torque_Nm, struct vec3 field_body_T, float most_A_m2)
{
    unsigned found = RODS, fitting = 0;
    for (unsigned i = 0; i < RODS; i++) {
        const float rest = unexplained(torque_Nm, field_body_T, i, &checks->off_A_m2[i]);
        fitting += rest < MISFITS;
        found = rest < FITS && adcs_abs(checks->off_A_m2[i]) > OFF_SHARE * most_A_m2 ? i : found;
    }
    return fitting == 1 ? found : RODS;
}

static void blame(struct adcs *adcs, unsigned rod)
{
    struct rod_checks *checks = &adcs->rod_checks;
    if (!checks->failed[rod]) {
        checks->failed[rod] = true;
        adcs_report(&adcs->events, ADCS_EVENT_ROD_FAILED, (float)rod);
    }
}

static void clear(struct adcs *adcs)
{
    struct rod_checks *checks = &adcs->rod_checks;
    for (unsigned i = 0; i < RODS; i++) {
        if (checks->failed[i]) {
            checks->failed[i] = false;
            adcs_report(&adcs->events, ADCS_EVENT_ROD_RESTORED, (float)i);
        }
    }
}

void rod_checks_step(struct adcs *adcs, adcs_ticks now, float dt_s)
{
    struct rod_checks *checks = &adcs->rod_checks;
    const float most_A_m2 = adcs->parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2];
    const bool tells = most_A_m2 > 0.0f && sensor_checks_attitude_is_proven(adcs, now) && is_quiet(adcs);
    checks->quiet_s = tells ? checks->quiet_s + (checks->quiet_s < 1000.0f ? dt_s : 0.0f) : 0.0f;
    if (!(checks->quiet_s > QUIET_S)) {
        checks->small_s = 0.0f;
        return;
    }
    const struct vec3 torque_Nm = adcs->observer.external_torque_body_Nm, field_T = adcs->rods.field_body_T;
    const float largest_Nm = most_A_m2 * v3_norm(field_T);
    const bool large = v3_norm(torque_Nm) > LEAST_SHARE * largest_Nm;
    const unsigned rod = large ? suspect(checks, torque_Nm, field_T, most_A_m2) : RODS;
    for (unsigned i = 0; i < RODS; i++) {
        checks->off_s[i] = i == rod ? checks->off_s[i] + dt_s : 0.0f;
    }
    if (rod < RODS && checks->off_s[rod] > PATIENCE_S) {
        blame(adcs, rod);
    }
    const bool small = v3_norm(torque_Nm) < SMALL_SHARE * largest_Nm;
    checks->small_s = small ? checks->small_s + dt_s : 0.0f;
    if (checks->small_s > WELL_S) {
        clear(adcs);
    }
}
