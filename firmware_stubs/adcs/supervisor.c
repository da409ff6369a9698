#include "supervisor.h"

#include "adcs.h"
#include "hil_messages.h"

#define FAST_PATIENCE_S 0.5f
#define UNREADY_PATIENCE_S 10.0f

void supervisor_commanded(struct supervisor *supervisor, bool autonomy, bool booting)
{
    const enum supervisor_stage now = booting ? SUPERVISOR_DETUMBLE : supervisor->stage;
    *supervisor = (struct supervisor){.stage = autonomy ? now : SUPERVISOR_WANTED};
}

static bool usable(const struct adcs *adcs, const struct mode *mode)
{
    return mode->ready(adcs) && mode_possible(mode, &adcs->parameters);
}

/* How fast the body turns, by the field's change where there is no gyro. */
static float rate_rad_s(const struct adcs *adcs)
{
    if (adcs->observer.started) {
        return v3_norm(adcs->observer.rate_body_rad_s);
    }
    const float field = v3_norm(adcs->rods.field_body_T);
    return adcs->rods.change_known && field > 0.0f ? v3_norm(adcs->rods.field_change_body_T_s) / field : 0.0f;
}

static float held_for(bool condition, float before_s, float dt_s)
{
    return condition ? before_s + dt_s : 0.0f;
}

static void fall(struct adcs *adcs, enum supervisor_stage stage, enum adcs_event why, float value)
{
    adcs_report(&adcs->events, why, value);
    adcs->supervisor.stage = stage;
    adcs->supervisor.quiet_s = adcs->supervisor.unready_s = 0.0f;
    adcs->supervisor.entered = false;
}

/* A mode that stops tumbling, or leaves everything alone, is not fallen from. */
static bool guarded(const struct adcs *adcs)
{
    const unsigned wanted = adcs->mode_wanted;
    return wanted != HIL_MODE_IDLE && wanted != HIL_MODE_TEST && wanted != HIL_MODE_DETUMBLE;
}

static void look_for_trouble(struct adcs *adcs, const struct mode *wanted, float dt_s)
{
    struct supervisor *supervisor = &adcs->supervisor;
    const float rate = rate_rad_s(adcs);
    const bool fast = rate > adcs->parameters.value[ADCS_TUMBLE_RATE_RAD_S];
    supervisor->fast_s = held_for(fast, supervisor->fast_s, dt_s);
    supervisor->unready_s = held_for(supervisor->entered && !usable(adcs, wanted), supervisor->unready_s, dt_s);
    if (supervisor->fast_s > FAST_PATIENCE_S && supervisor->stage != SUPERVISOR_DETUMBLE
        && mode_possible(mode_find(HIL_MODE_DETUMBLE), &adcs->parameters)) {
        fall(adcs, SUPERVISOR_DETUMBLE, ADCS_EVENT_TUMBLING, rate);
    } else if (supervisor->unready_s > UNREADY_PATIENCE_S && supervisor->stage == SUPERVISOR_WANTED) {
        fall(adcs, SUPERVISOR_SAFE, ADCS_EVENT_MODE_GIVEN_UP, (float)adcs->mode_wanted);
    }
}

/* Up again: from detumbling when slow enough, from safe mode after a quiet while. */
static void look_for_calm(struct adcs *adcs, const struct mode *wanted, float dt_s)
{
    struct supervisor *supervisor = &adcs->supervisor;
    const float *value = adcs->parameters.value;
    const bool slow = rate_rad_s(adcs) < value[ADCS_DETUMBLED_RATE_RAD_S];
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

static const struct mode *first_usable(const struct adcs *adcs, const struct mode *mode, const struct mode *otherwise)
{
    return usable(adcs, mode) ? mode : otherwise;
}

const struct mode *supervisor_choose(struct adcs *adcs, float dt_s)
{
    struct supervisor *supervisor = &adcs->supervisor;
    const struct mode *idle = mode_find(HIL_MODE_IDLE), *wanted = mode_find(adcs->mode_wanted);
    const struct mode *safe = first_usable(adcs, mode_find(HIL_MODE_SUN_SAFE), idle);
    if (!guarded(adcs)) {
        return first_usable(adcs, wanted, idle);
    }
    look_for_trouble(adcs, wanted, dt_s);
    look_for_calm(adcs, wanted, dt_s);
    if (supervisor->stage == SUPERVISOR_DETUMBLE) {
        return first_usable(adcs, mode_find(HIL_MODE_DETUMBLE), idle);
    }
    if (supervisor->stage == SUPERVISOR_SAFE) {
        return safe;
    }
    supervisor->entered = supervisor->entered || usable(adcs, wanted);
    return first_usable(adcs, wanted, adcs->parameters.value[ADCS_AUTONOMY] > 0.0f ? safe : idle);
}
