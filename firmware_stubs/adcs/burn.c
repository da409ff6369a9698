#include "burn.h"

#define SWEEPS 80           /* of the descent; twenty are usual */
#define TORQUE_WEIGHT 30.0f /* of a N m against a N */
#define ROUNDING 1e-6f      /* part of a column's size, that keeps on-times short where there is a choice */
#define ALMOST 1e-3f        /* of a whole turn of the timer, is whole */
#define REST 0.01f          /* of a burn, that may be left */
#define USEFUL 0.05f        /* of the strongest thruster's push, along what is wanted, is progress */
#define PUSHES 0.9f         /* part of a step, for the burn; valves that never close could not turn as well */

static struct vec3 force(const struct adcs_parameters *parameters, int thruster)
{
    return v3_from(&parameters->value[ADCS_THRUSTER0_FORCE_X_BODY_N + 3 * (unsigned)thruster]);
}

static struct vec3 torque(const struct adcs_parameters *parameters, int thruster)
{
    return v3_scale(TORQUE_WEIGHT, adcs_parameters_thruster(parameters, (unsigned)thruster));
}

struct vec3 burn_impulse(const struct adcs_parameters *parameters, const float on_time_s[ADCS_THRUSTERS_MAX])
{
    struct vec3 impulse = v3(0.0f, 0.0f, 0.0f);
    for (int i = 0; i < parameters->thruster_count; i++) {
        impulse = v3_add_scaled(impulse, on_time_s[i], force(parameters, i));
    }
    return impulse;
}

/* By how much each thruster pushes along an impulse, N; returns the sum of the squares, N^2. */
static float pushes_along(const struct adcs_parameters *parameters, struct vec3 along, float push_N[ADCS_THRUSTERS_MAX])
{
    float squares = 0.0f;
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        const float push = i < parameters->thruster_count ? v3_dot(force(parameters, i), along) : 0.0f;
        push_N[i] = push > 0.0f ? push : 0.0f;
        squares += push_N[i] * push_N[i];
    }
    return squares;
}

/* The start: those that push along the impulse share it, each by how much it does. */
static void share(const struct adcs_parameters *parameters, struct vec3 impulse_body_N_s,
                  float on_time_s[ADCS_THRUSTERS_MAX])
{
    const float size = v3_norm(impulse_body_N_s);
    const float squares =
        size > 0.0f ? pushes_along(parameters, v3_scale(1.0f / size, impulse_body_N_s), on_time_s) : 0.0f;
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        on_time_s[i] = squares > 0.0f ? on_time_s[i] * size / squares : 0.0f;
    }
}

/* Least squares with t >= 0, one unknown after the other (Lawson and Hanson, Solving Least Squares Problems, chapter 23,
 * by coordinate descent). What is left over shrinks with every step of it. */
void burn_allocate(const struct adcs_parameters *parameters, struct vec3 impulse_body_N_s, struct vec3 torque_body_Nms,
                   float dt_s, float on_time_s[ADCS_THRUSTERS_MAX])
{
    struct vec3 push = impulse_body_N_s, turn = v3_scale(TORQUE_WEIGHT, torque_body_Nms);
    float longest_s = dt_s;
    share(parameters, impulse_body_N_s, on_time_s);
    for (int i = 0; i < parameters->thruster_count; i++) {
        push = v3_add_scaled(push, -on_time_s[i], force(parameters, i));
        turn = v3_add_scaled(turn, -on_time_s[i], torque(parameters, i));
    }
    for (int k = 0; k < SWEEPS * parameters->thruster_count; k++) {
        const int i = k % parameters->thruster_count;
        const struct vec3 f = force(parameters, i), m = torque(parameters, i);
        const float size = (v3_dot(f, f) + v3_dot(m, m)) * (1.0f + ROUNDING);
        if (!(size > 0.0f)) {
            continue;
        }
        const float step = (v3_dot(f, push) + v3_dot(m, turn)) / size;
        const float change = (on_time_s[i] + step > 0.0f ? on_time_s[i] + step : 0.0f) - on_time_s[i];
        on_time_s[i] += change;
        push = v3_add_scaled(push, -change, f);
        turn = v3_add_scaled(turn, -change, m);
    }
    for (int i = 0; i < parameters->thruster_count; i++) {
        longest_s = on_time_s[i] > longest_s ? on_time_s[i] : longest_s;
    }
    for (int i = 0; i < parameters->thruster_count; i++) {
        on_time_s[i] *= dt_s / longest_s;
    }
}

/* Whole turns of the driver's timer; what is too short to open a valve is left for later. */
static void make_possible(const struct adcs_parameters *parameters, float on_time_s[ADCS_THRUSTERS_MAX])
{
    const float least_s = parameters->value[ADCS_THRUSTER_ON_TIME_MIN_S];
    const float turn_s = parameters->value[ADCS_THRUSTER_RESOLUTION_S];
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        const float whole_s = turn_s * (float)(int32_t)(on_time_s[i] / turn_s + ALMOST);
        on_time_s[i] = whole_s < least_s ? 0.0f : whole_s;
    }
}

static float strongest_N(const struct adcs_parameters *parameters)
{
    float strongest = 0.0f;
    for (int i = 0; i < parameters->thruster_count; i++) {
        const float size = v3_norm(force(parameters, i));
        strongest = size > strongest ? size : strongest;
    }
    return strongest;
}

/* What is left of a burn, or as much as a step gives beside a torque. */
static struct vec3 wanted_now(const struct burn *burn, const struct adcs_parameters *parameters, float dt_s)
{
    float push_N[ADCS_THRUSTERS_MAX], all_N = 0.0f;
    const struct vec3 left = burn->left_body_N_s;
    (void)pushes_along(parameters, v3_scale(1.0f / v3_norm(left), left), push_N);
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        all_N += push_N[i];
    }
    return v3_limit(left, PUSHES * all_N * dt_s);
}

enum burn_outcome burn_step(struct burn *burn, const struct adcs_parameters *parameters, struct vec3 torque_body_Nms,
                            float dt_s, float on_time_s[ADCS_THRUSTERS_MAX])
{
    const float left = v3_norm(burn->left_body_N_s), strongest = strongest_N(parameters);
    if (!(left > strongest * parameters->value[ADCS_THRUSTER_ON_TIME_MIN_S])) {
        burn->wanted = false;
        return strongest > 0.0f ? BURN_DONE : BURN_IMPOSSIBLE;
    }
    burn_allocate(parameters, wanted_now(burn, parameters, dt_s), torque_body_Nms, dt_s, on_time_s);
    const struct vec3 ideal = burn_impulse(parameters, on_time_s);
    const float most = strongest * dt_s < left ? strongest * dt_s : left;
    if (!(v3_dot(ideal, burn->left_body_N_s) > USEFUL * most * left)) {
        burn->wanted = false; /* what nothing can push is the rest that the thrusters' askewness leaves, or all of it */
        return left < REST * burn->told_N_s ? BURN_DONE : BURN_IMPOSSIBLE;
    }
    make_possible(parameters, on_time_s);
    burn->left_body_N_s = v3_sub(burn->left_body_N_s, burn_impulse(parameters, on_time_s));
    return BURN_GOES_ON;
}
