#include "restart.h"

#include "attitude_filter.h"
#include "hil_crc32c.h"

#include <string.h>

#define EVERY_S 300.0f     /* two sectors of 16 KiB hold 60 such records, and bear 10 000 erasures at least: 6 years */
#define AGE_MAX_S 600.0f   /* of an attitude to begin with */
#define SIGMA_LEAST_RAD 0.02f
#define SIGMA_MAX_RAD 0.3f /* less is worth nothing */
#define RATE_SHARE 0.3f    /* that the rate may have changed by since */

struct settings {
    uint32_t build;
    float value[ADCS_PARAMETERS];
};

static void count_boot(struct restart *restart)
{
    uint32_t before = 0;
    if (store_read(&restart->store, STORE_BOOT, &before, sizeof before)) {
        restart->boots = before + 1u;
        (void)store_write(&restart->store, STORE_BOOT, &restart->boots, sizeof restart->boots);
    }
}

static void take_settings(const struct restart *restart, struct adcs *adcs)
{
    struct settings kept;
    if (store_read(&restart->store, STORE_SETTINGS, &kept, sizeof kept) && kept.build == restart->build) {
        (void)adcs_parameters_load(&adcs->parameters, kept.value);
    }
}

static void take_bias(const struct restart_state *state, struct adcs *adcs)
{
    if (state->gyro_bias_sigma_rad_s > 0.0f && v3_finite(state->gyro_bias_body_rad_s)) {
        attitude_take_bias(&adcs->attitude, state->gyro_bias_body_rad_s, state->gyro_bias_sigma_rad_s);
    }
}

static void take_state(struct restart *restart, struct adcs *adcs)
{
    struct restart_state *state = &restart->state;
    if (!store_read(&restart->store, STORE_STATE, state, sizeof *state) || state->build != restart->build) {
        *state = (struct restart_state){.build = restart->build};
        return;
    }
    restart->resumed = true;
    adcs->orbit = state->orbit;
    adcs->earth = state->earth;
    if (adcs->orbit.known) {
        orbit_filter_uplinked(&adcs->orbit_filter);
    }
    memcpy(adcs->target, state->target, sizeof adcs->target);
    adcs->attitude_wanted = state->attitude_wanted != 0;
    adcs->q_eci_from_body_wanted = state->q_eci_from_body_wanted;
    take_bias(state, adcs);
    adcs->mode_wanted = supervisor_resume(&adcs->supervisor, state->mode_wanted);
}

static void report(const struct restart *restart, struct adcs *adcs, const struct crash *crash)
{
    adcs_report(&adcs->events, ADCS_EVENT_RESTARTED, (float)restart->boots);
    adcs_report(&adcs->events, ADCS_EVENT_RESET_CAUSE, (float)restart->cause);
    if (crash != NULL) {
        adcs_report(&adcs->events, ADCS_EVENT_CRASHED_AT, (float)crash->pc);
        adcs_report(&adcs->events, ADCS_EVENT_CRASHED_FROM, (float)crash->lr);
        adcs_report(&adcs->events, ADCS_EVENT_CRASH_STATUS, (float)crash->status);
        adcs_report(&adcs->events, ADCS_EVENT_CRASH_ADDRESS, (float)crash->address);
    }
}

static uint32_t id_of(const char *build)
{
    size_t n = 0;
    while (build[n] != '\0') {
        n++;
    }
    return hil_crc32c((const uint8_t *)build, n);
}

void restart_boot(struct restart *restart, struct adcs *adcs, const struct boot *boot, const char *build)
{
    const uint32_t id = id_of(build);
    *restart = (struct restart){.build = id, .boots = 1, .settings_changed = true, .state_changed = true};
    restart->state.build = id;
    if (boot == NULL) {
        return;
    }
    store_open(&restart->store, boot->medium);
    restart->cause = boot->cause;
    count_boot(restart);
    if (restart->boots > 1 || boot->crash != NULL) {
        take_settings(restart, adcs);
        take_state(restart, adcs);
        report(restart, adcs, boot->crash);
    }
}

void restart_anew(struct restart *restart)
{
    store_forget(&restart->store);
    restart->boots = 1;
    restart->cause = RESET_UNKNOWN;
    restart->settings_changed = restart->state_changed = true;
    restart->resumed = restart->failure_told = false;
    restart->state = (struct restart_state){.build = restart->build};
}

void restart_reload(struct restart *restart, struct adcs *adcs)
{
    adcs_parameters_init(&adcs->parameters);
    take_settings(restart, adcs);
}

/* Turned on at the rate that it had; coarse, so that the first good measurement overrules it. */
void restart_before_step(struct restart *restart, struct adcs *adcs, adcs_ticks now)
{
    const struct restart_state *state = &restart->state;
    const float age_s = adcs_seconds(state->time, now);
    const struct vec3 turned = v3_scale(age_s, state->rate_body_rad_s);
    const float sigma = SIGMA_LEAST_RAD + RATE_SHARE * v3_norm(turned);
    const bool fit = restart->resumed && state->attitude_known != 0 && age_s >= 0.0f && age_s < AGE_MAX_S
        && sigma < SIGMA_MAX_RAD && quat_is_unit(state->q_eci_from_body);
    restart->resumed = false;
    if (fit) {
        const struct quat q = quat_multiply(state->q_eci_from_body, quat_from_rotation_vector(turned));
        attitude_start(&adcs->attitude, &adcs->parameters, now, quat_normalise(q), m3_diagonal(sigma * sigma));
        adcs->attitude.coarse = true;
    }
}

static void write_settings(struct restart *restart, const struct adcs *adcs)
{
    struct settings settings = {.build = restart->build};
    memcpy(settings.value, adcs->parameters.value, sizeof settings.value);
    (void)store_write(&restart->store, STORE_SETTINGS, &settings, sizeof settings);
}

static void note_attitude(struct restart_state *state, const struct attitude *attitude, struct vec3 rate_body_rad_s)
{
    state->attitude_known = attitude->known;
    if (!attitude->known) {
        return;
    }
    const struct mat3 *bias = &attitude->filter.bias_rad2_s2;
    state->q_eci_from_body = attitude->q_eci_from_body;
    state->rate_body_rad_s = rate_body_rad_s;
    state->gyro_bias_body_rad_s = attitude->filter.gyro_bias_body_rad_s;
    state->gyro_bias_sigma_rad_s = adcs_sqrt(adcs_clamp(bias->x.x + bias->y.y + bias->z.z, 0.0f, 1.0f));
}

/* What is not known at the time stays as it was. */
static void note_state(struct restart_state *state, const struct adcs *adcs, adcs_ticks now)
{
    state->time = now;
    state->mode_wanted = adcs->mode_wanted;
    state->orbit = adcs->orbit.known ? adcs->orbit : state->orbit;
    state->earth = adcs->earth.known ? adcs->earth : state->earth;
    memcpy(state->target, adcs->target, sizeof state->target);
    state->attitude_wanted = adcs->attitude_wanted;
    state->q_eci_from_body_wanted = adcs->q_eci_from_body_wanted;
    note_attitude(state, &adcs->attitude, adcs->observer.rate_body_rad_s);
}

static bool state_is_due(const struct restart *restart, adcs_ticks now)
{
    const float age_s = adcs_seconds(restart->state.time, now);
    return restart->state_changed || !(age_s >= 0.0f && age_s < EVERY_S);
}

void restart_after_step(struct restart *restart, struct adcs *adcs, adcs_ticks now)
{
    if (restart->settings_changed) {
        restart->settings_changed = false;
        (void)store_write(&restart->store, STORE_BOOT, &restart->boots, sizeof restart->boots);
        write_settings(restart, adcs);
    }
    if (state_is_due(restart, now)) {
        restart->state_changed = false;
        note_state(&restart->state, adcs, now);
        (void)store_write(&restart->store, STORE_STATE, &restart->state, sizeof restart->state);
    }
    if (restart->store.failures > 0 && !restart->failure_told) {
        restart->failure_told = true;
        adcs_report(&adcs->events, ADCS_EVENT_STORE_FAILED, (float)restart->store.failures);
    }
}
