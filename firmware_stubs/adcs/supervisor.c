#include "supervisor.h"

#include "adcs.h"
#include "hil_messages.h"
#include "mode_room.h"

#define RATE_MAX_RAD_S 10.0f
#define FAST_PATIENCE_S 0.5f
#define UNREADY_PATIENCE_S 10.0f
#define DIVERGENCE_PATIENCE_S 20.0f
#define TRADED_MOST 0.5f /* of what may be divergence */
#define HOLDS_RAD 0.02f
#define DEGREES 57.29578f
#define FIELD_PATIENCE_S 300.0f /* in which the field turns by 20 to 40 degrees in most orbits, and shows what it hid */
#define FIELD_MEMORY_S 10.0f    /* over which the noise of its change is averaged */

void supervisor_commanded(struct supervisor *supervisor, bool autonomy, bool booting)
{
    const enum supervisor_stage now = booting ? SUPERVISOR_DETUMBLE : supervisor->stage;
    *supervisor = (struct supervisor){.stage = autonomy ? now : SUPERVISOR_WANTED, .careful = supervisor->careful};
}

unsigned supervisor_resume(struct supervisor *supervisor, unsigned mode_wanted)
{
    *supervisor = (struct supervisor){.stage = SUPERVISOR_SAFE, .careful = true};
    const bool whole = mode_find(mode_wanted) != NULL && mode_wanted != HIL_MODE_TEST;
    return whole ? mode_wanted : HIL_MODE_SUN_SAFE;
}

static bool usable(const struct adcs *adcs, const struct mode *mode)
{
    return mode_lacks(mode, adcs) == MODE_LACKS_NOTHING;
}

/* How fast the field turns in the body: the body's rate, but for its part about the field. */
static void follow_field(struct adcs *adcs, float dt_s)
{
    const float field = v3_norm(adcs->rods.field_body_T);
    const float seen = v3_norm(adcs->rods.field_change_body_T_s) / (field > 0.0f ? field : 1.0f);
    float *rate = &adcs->supervisor.field_rate_rad_s;
    *rate += dt_s / (FIELD_MEMORY_S + dt_s) * (adcs_clamp(seen, 0.0f, RATE_MAX_RAD_S) - *rate);
}

/* By the field's change where there is no other rate; negative while neither is known. */
static float find_rate(struct adcs *adcs, float dt_s)
{
    if (adcs->observer.started) {
        adcs->supervisor.field_rate_rad_s = 0.0f;
        return v3_norm(adcs->observer.rate_body_rad_s);
    }
    if (!adcs->rods.change_known) {
        return -1.0f;
    }
    follow_field(adcs, dt_s);
    return adcs->supervisor.field_rate_rad_s;
}

static float held_for(bool condition, float before_s, float dt_s)
{
    return condition ? before_s + dt_s : 0.0f;
}

/* What is not known is neither slow nor fast. */
static bool turns_slowly(struct adcs *adcs, float rate_rad_s, float dt_s)
{
    const bool slow = rate_rad_s >= 0.0f && rate_rad_s < adcs->parameters.value[ADCS_DETUMBLED_RATE_RAD_S];
    adcs->supervisor.slow_s = held_for(slow, adcs->supervisor.slow_s, dt_s);
    return slow && (adcs->observer.started || adcs->supervisor.slow_s > FIELD_PATIENCE_S);
}

static void fall(struct adcs *adcs, enum supervisor_stage stage, enum adcs_event why, float value)
{
    adcs_report(&adcs->events, why, value);
    adcs->supervisor.stage = stage;
    adcs->supervisor.quiet_s = adcs->supervisor.unready_s = 0.0f;
    adcs->supervisor.entered = false;
    adcs->supervisor.careful = true;
}

/* A mode that stops tumbling, or leaves everything alone, is not fallen from. */
static bool guarded(const struct adcs *adcs)
{
    const unsigned wanted = adcs->mode_wanted;
    return wanted != HIL_MODE_IDLE && wanted != HIL_MODE_TEST && wanted != HIL_MODE_DETUMBLE;
}

static void look_for_trouble(struct adcs *adcs, const struct mode *wanted, float rate_rad_s, float dt_s)
{
    struct supervisor *supervisor = &adcs->supervisor;
    const bool fast = rate_rad_s > adcs->parameters.value[ADCS_TUMBLE_RATE_RAD_S];
    supervisor->fast_s = held_for(fast, supervisor->fast_s, dt_s);
    const enum mode_lack lack = mode_lacks(wanted, adcs);
    const bool patient = !(supervisor->unready_s > UNREADY_PATIENCE_S);
    supervisor->unready_s = held_for(lack != MODE_LACKS_NOTHING, supervisor->unready_s, dt_s);
    if (patient && supervisor->unready_s > UNREADY_PATIENCE_S && supervisor->stage == SUPERVISOR_WANTED) {
        adcs_report(&adcs->events, ADCS_EVENT_MODE_WAITS, (float)lack);
    }
    if (supervisor->fast_s > FAST_PATIENCE_S && supervisor->stage != SUPERVISOR_DETUMBLE
        && mode_obstacle(mode_find(HIL_MODE_DETUMBLE), &adcs->parameters) == MODE_LACKS_NOTHING) {
        fall(adcs, SUPERVISOR_DETUMBLE, ADCS_EVENT_TUMBLING, rate_rad_s);
    } else if (supervisor->entered && supervisor->unready_s > UNREADY_PATIENCE_S
               && supervisor->stage == SUPERVISOR_WANTED) {
        fall(adcs, SUPERVISOR_SAFE, ADCS_EVENT_MODE_GIVEN_UP, (float)adcs->mode_wanted);
    }
}

/* Where momentum alone was in the way, there is nothing that the ground would have to find out. */
static void look_for_room(struct adcs *adcs, const struct mode *wanted, float dt_s)
{
    struct supervisor *supervisor = &adcs->supervisor;
    adcs->momentum.full = adcs->momentum.full && supervisor->stage == SUPERVISOR_SAFE;
    if (adcs->momentum.full && usable(adcs, wanted) && mode_room_allows(adcs, dt_s)) {
        adcs_report(&adcs->events, ADCS_EVENT_MOMENTUM_ALLOWS, v3_norm(momentum_total_eci_Nms(adcs)));
        supervisor->stage = SUPERVISOR_WANTED;
    }
}

/* Up again: from detumbling when slow enough, from safe mode after a quiet while. */
static void look_for_calm(struct adcs *adcs, const struct mode *wanted, float rate_rad_s, float dt_s)
{
    struct supervisor *supervisor = &adcs->supervisor;
    const float *value = adcs->parameters.value;
    const bool slow = turns_slowly(adcs, rate_rad_s, dt_s);
    if (supervisor->stage == SUPERVISOR_DETUMBLE && slow && usable(adcs, mode_find(HIL_MODE_DETUMBLE))) {
        supervisor->stage = SUPERVISOR_SAFE;
        supervisor->quiet_s = 0.0f;
    }
    supervisor->quiet_s = held_for(supervisor->stage == SUPERVISOR_SAFE && slow, supervisor->quiet_s, dt_s);
    const bool autonomy = value[ADCS_AUTONOMY] > 0.0f;
    if (autonomy && supervisor->quiet_s > value[ADCS_SAFE_DWELL_S] && usable(adcs, wanted)) {
        supervisor->stage = SUPERVISOR_WANTED;
    }
}

void supervisor_aim_changed(struct supervisor *supervisor)
{
    supervisor->off_mode = HIL_MODE_IDLE; /* which points nowhere */
}

void supervisor_watch_pointing(struct adcs *adcs, unsigned mode, float off_rad, float dt_s)
{
    struct supervisor *supervisor = &adcs->supervisor;
    const float limit = adcs->parameters.value[ADCS_DIVERGENCE_MAX_RAD];
    if (mode != supervisor->off_mode || off_rad < supervisor->off_least_rad) {
        supervisor->off_mode = mode;
        supervisor->off_least_rad = off_rad;
    }
    const bool too_much = limit > 0.0f && momentum_is_too_much(adcs, TRADED_MOST * limit);
    supervisor->traded_s = held_for(too_much, supervisor->traded_s, dt_s);
    const bool holds = supervisor->stage == SUPERVISOR_WANTED && mode == adcs->mode_wanted && off_rad < HOLDS_RAD;
    supervisor->careful = supervisor->careful && !holds;
    const bool grown = limit > 0.0f && off_rad > supervisor->off_least_rad + limit;
    supervisor->off_most_s = held_for(grown, supervisor->off_most_s, dt_s);
    if (supervisor->stage != SUPERVISOR_WANTED || !guarded(adcs)) {
        return;
    }
    const bool diverged = supervisor->off_most_s > DIVERGENCE_PATIENCE_S;
    if (supervisor->traded_s > DIVERGENCE_PATIENCE_S || (diverged && momentum_is_tight(adcs))) {
        fall(adcs, SUPERVISOR_SAFE, ADCS_EVENT_MOMENTUM_FULL, v3_norm(momentum_total_eci_Nms(adcs)));
        adcs->momentum.full = true;
        adcs->momentum.fits_s = supervisor->traded_s = 0.0f;
    } else if (diverged) {
        fall(adcs, SUPERVISOR_SAFE, ADCS_EVENT_POINTING_DIVERGED, DEGREES * off_rad);
    }
    supervisor->off_most_s = diverged ? 0.0f : supervisor->off_most_s;
}

static const struct mode *first_usable(const struct adcs *adcs, const struct mode *mode, const struct mode *otherwise)
{
    return usable(adcs, mode) ? mode : otherwise;
}

/* By the field's change, where nothing else tells the rate. */
static const struct mode *damped(const struct adcs *adcs)
{
    return first_usable(adcs, mode_find(HIL_MODE_DETUMBLE), mode_find(HIL_MODE_IDLE));
}

static const struct mode *safe(const struct adcs *adcs)
{
    const struct mode *to_sun = mode_find(HIL_MODE_SUN_SAFE);
    return usable(adcs, to_sun) ? to_sun : damped(adcs);
}

const struct mode *supervisor_choose(struct adcs *adcs, float dt_s)
{
    struct supervisor *supervisor = &adcs->supervisor;
    const struct mode *idle = mode_find(HIL_MODE_IDLE), *wanted = mode_find(adcs->mode_wanted);
    if (!guarded(adcs)) {
        return first_usable(adcs, wanted, idle);
    }
    const float rate = find_rate(adcs, dt_s);
    coasting_follow(adcs, dt_s);
    look_for_trouble(adcs, wanted, rate, dt_s);
    look_for_calm(adcs, wanted, rate, dt_s);
    look_for_room(adcs, wanted, dt_s);
    if (supervisor->stage != SUPERVISOR_WANTED) {
        return supervisor->stage == SUPERVISOR_DETUMBLE ? damped(adcs) : safe(adcs);
    }
    const bool ready = usable(adcs, wanted);
    supervisor->entered = supervisor->entered || ready;
    return ready ? wanted : adcs->parameters.value[ADCS_AUTONOMY] > 0.0f ? safe(adcs) : idle;
}
