#include "guards.h"

static struct ground_settings gather(const struct adcs *adcs)
{
    return (struct ground_settings){
        .earth_time = adcs->earth.time,
        .earth_known = adcs->earth.known,
        .mode_wanted = adcs->mode_wanted,
        .attitude_wanted = adcs->attitude_wanted,
        .q_eci_from_ecef = adcs->earth.q_eci_from_ecef,
        .q_eci_from_body_wanted = adcs->q_eci_from_body_wanted,
    };
}

static void scatter(const struct ground_settings *settings, struct adcs *adcs)
{
    adcs->earth = (struct earth){settings->earth_known != 0, settings->earth_time, settings->q_eci_from_ecef};
    adcs->mode_wanted = settings->mode_wanted;
    adcs->attitude_wanted = settings->attitude_wanted != 0;
    adcs->q_eci_from_body_wanted = settings->q_eci_from_body_wanted;
}

static bool tell(struct guards *guards, struct adcs *adcs, enum guard_verdict verdict, enum guarded what)
{
    if (verdict == GUARD_MENDED) {
        guards->mended++;
        adcs_report(&adcs->events, ADCS_EVENT_MEMORY_MENDED, (float)what);
    } else if (verdict == GUARD_LOST) {
        adcs_report(&adcs->events, ADCS_EVENT_MEMORY_LOST, (float)what);
    }
    return verdict != GUARD_LOST;
}

bool guards_check(struct guards *guards, struct adcs *adcs)
{
    struct ground_settings settings = gather(adcs);
    const enum guard_verdict of_settings =
        guard_check(&settings, &guards->settings, sizeof settings, guards->settings_checksum);
    if (of_settings == GUARD_MENDED) {
        scatter(&settings, adcs);
    }
    (void)tell(guards, adcs, of_settings, GUARDED_SETTINGS);
    const enum guard_verdict of_parameters = guard_check(&adcs->parameters, &guards->parameters,
                                                         sizeof adcs->parameters, guards->parameters_checksum);
    return tell(guards, adcs, of_parameters, GUARDED_PARAMETERS);
}

static void seal_settings(struct guards *guards, const struct adcs *adcs)
{
    const struct ground_settings settings = gather(adcs);
    guards->settings_checksum =
        guard_seal(&settings, &guards->settings, sizeof settings, guards->settings_checksum);
}

static void seal_parameters(struct guards *guards, const struct adcs *adcs)
{
    guards->parameters_checksum = guard_seal(&adcs->parameters, &guards->parameters, sizeof adcs->parameters,
                                             guards->parameters_checksum);
}

void guards_seal(struct guards *guards, const struct adcs *adcs)
{
    seal_settings(guards, adcs);
    seal_parameters(guards, adcs);
}

#define AFTER_VALUES offsetof(struct adcs_parameters, inertia_body_kg_m2)
#define FIELD offsetof(struct adcs_parameters, field)
#define AFTER_FIELD offsetof(struct adcs_parameters, field_day)

void guards_seal_after_step(struct guards *guards, const struct adcs *adcs)
{
    const uint8_t *const now = (const uint8_t *)&adcs->parameters;
    const uint8_t *const sealed = (const uint8_t *)&guards->parameters;
    seal_settings(guards, adcs);
    if (!guard_same(now + AFTER_VALUES, sealed + AFTER_VALUES, FIELD - AFTER_VALUES)
        || !guard_same(now + AFTER_FIELD, sealed + AFTER_FIELD, sizeof adcs->parameters - AFTER_FIELD)) {
        seal_parameters(guards, adcs);
    }
}
