#include "thrusters.h"

#include "valves.h"

#define GROWTH_MAX 1.1f   /* of the momentum while it is being unloaded: a thruster pushes the wrong way */
#define PATIENCE 3.0f     /* times as long as it should take */
#define PATIENCE_S 10.0f  /* and so much longer */
#define ALMOST 1e-3f      /* of a whole turn of the timer, is whole */
#define JOLTED_S 300.0f   /* in which a filter forgets a bias that was none */

void thrusters_reset(struct thrusters *thrusters)
{
    thrusters->unloading = thrusters->given_up = false;
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        thrusters->test_s[i] = 0.0f;
    }
}

void thrusters_begin(struct thrusters *thrusters)
{
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        thrusters->on_time_before_s[i] = thrusters->on_time_s[i];
        thrusters->on_time_s[i] = 0.0f;
    }
}

struct vec3 thrusters_impulse(const struct adcs_parameters *parameters, const float on_time_s[ADCS_THRUSTERS_MAX])
{
    struct vec3 impulse = v3(0.0f, 0.0f, 0.0f);
    for (int i = 0; i < parameters->thruster_count; i++) {
        impulse = v3_add_scaled(impulse, on_time_s[i], adcs_parameters_thruster(parameters, (unsigned)i));
    }
    return impulse;
}

void thrusters_note_jolt(struct thrusters *thrusters, const struct adcs_parameters *parameters, float dt_s)
{
    const struct vec3 impulse = thrusters_impulse(parameters, thrusters->on_time_s);
    const float jolt_rad_s = v3_norm(m3_apply(parameters->inertia_inverse, impulse));
    thrusters->jolt_rad_s -= dt_s / (JOLTED_S + dt_s) * thrusters->jolt_rad_s;
    thrusters->jolt_rad_s = jolt_rad_s > thrusters->jolt_rad_s ? jolt_rad_s : thrusters->jolt_rad_s;
}

struct vec3 thrusters_mean_torque(const struct thrusters *thrusters, const struct adcs_parameters *parameters,
                                  float delay_s, float dt_s)
{
    float within_s[ADCS_THRUSTERS_MAX];
    const float after_s = delay_s < dt_s ? dt_s - delay_s : 0.0f; /* of the step, is left for the last command */
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        const float late_s = thrusters->on_time_before_s[i] - after_s;
        within_s[i] = adcs_clamp(thrusters->on_time_s[i], 0.0f, after_s) + (late_s > 0.0f ? late_s : 0.0f);
    }
    return v3_scale(1.0f / dt_s, thrusters_impulse(parameters, within_s));
}

static void begin_unloading(struct thrusters *thrusters, float momentum_Nms)
{
    thrusters->unloading = true;
    thrusters->unloading_s = 0.0f;
    thrusters->began_Nms = momentum_Nms;
    thrusters->owed_body_Nms = v3(0.0f, 0.0f, 0.0f);
}

static void end_unloading(struct thrusters *thrusters, bool failed, float momentum_Nms, struct adcs_events *events)
{
    thrusters->unloading = false;
    thrusters->given_up = failed;
    adcs_report(events, failed ? ADCS_EVENT_UNLOADING_FAILED : ADCS_EVENT_UNLOADING_ENDED, momentum_Nms);
}

static bool is_failing(const struct thrusters *thrusters, const struct adcs_parameters *parameters, float momentum_Nms)
{
    const float due_s = thrusters->began_Nms / parameters->value[ADCS_UNLOAD_TORQUE_NM];
    return momentum_Nms > GROWTH_MAX * thrusters->began_Nms || thrusters->unloading_s > PATIENCE * due_s + PATIENCE_S;
}

/* Between two limits the wheels are left alone (Sidi, Spacecraft Dynamics and Control, section 7.3.3). */
static void decide(struct thrusters *thrusters, const struct adcs_parameters *parameters, float momentum_Nms,
                   struct adcs_events *events)
{
    const float start_Nms = parameters->value[ADCS_UNLOAD_START_NMS];
    const float stop_Nms = adcs_clamp(parameters->value[ADCS_UNLOAD_STOP_NMS], 0.0f, start_Nms);
    if (thrusters->unloading && momentum_Nms <= stop_Nms) {
        end_unloading(thrusters, false, momentum_Nms, events);
    } else if (thrusters->unloading && is_failing(thrusters, parameters, momentum_Nms)) {
        end_unloading(thrusters, true, momentum_Nms, events);
    } else if (!thrusters->unloading && start_Nms > 0.0f && momentum_Nms > start_Nms) {
        begin_unloading(thrusters, momentum_Nms);
        adcs_report(events, ADCS_EVENT_UNLOADING_BEGAN, momentum_Nms);
    }
}

/* No longer than a step, whole turns of the driver's timer, and what is too short to open a valve waits. Returns false when
 * a step was too short for what was wanted. */
static bool make_possible(float on_time_s[ADCS_THRUSTERS_MAX], const struct adcs_parameters *parameters, float dt_s)
{
    const float least_s = parameters->value[ADCS_THRUSTER_ON_TIME_MIN_S];
    const float turn_s = parameters->value[ADCS_THRUSTER_RESOLUTION_S];
    float longest_s = 0.0f;
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        longest_s = on_time_s[i] > longest_s ? on_time_s[i] : longest_s;
    }
    const float scale = longest_s > dt_s ? dt_s / longest_s : 1.0f;
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        const float whole_s = turn_s * (float)(int32_t)(scale * on_time_s[i] / turn_s + ALMOST);
        on_time_s[i] = whole_s < least_s ? 0.0f : whole_s;
    }
    return scale >= 1.0f;
}

static void open_valves(struct thrusters *thrusters, const struct adcs_parameters *parameters, float dt_s)
{
    if (!valves_open(parameters, thrusters->owed_body_Nms, thrusters->on_time_s)) {
        return;
    }
    const bool all = make_possible(thrusters->on_time_s, parameters, dt_s);
    const struct vec3 given = thrusters_impulse(parameters, thrusters->on_time_s);
    thrusters->owed_body_Nms = all ? v3_sub(thrusters->owed_body_Nms, given) : v3(0.0f, 0.0f, 0.0f);
}

void thrusters_unload(struct thrusters *thrusters, const struct adcs_parameters *parameters, struct vec3 momentum_body_Nms,
                      float dt_s, struct adcs_events *events)
{
    if (thrusters->given_up || !(dt_s > 0.0f) || !v3_finite(momentum_body_Nms)) {
        return;
    }
    decide(thrusters, parameters, v3_norm(momentum_body_Nms), events);
    if (!thrusters->unloading) {
        return;
    }
    thrusters->unloading_s += dt_s;
    const float most_Nms = parameters->value[ADCS_UNLOAD_TORQUE_NM] * dt_s;
    const struct vec3 due_Nms = v3_limit(v3_scale(-1.0f, momentum_body_Nms), most_Nms);
    thrusters->owed_body_Nms = v3_add(thrusters->owed_body_Nms, due_Nms);
    open_valves(thrusters, parameters, dt_s);
}
