#include "valves.h"

#define CLOSE 1e-3f     /* what may be left of the impulse */
#define STEPS_MAX 24    /* of Newton's; two or three are usual */
#define SHORTEST 0.02f  /* part of such a step that is worth trying */
#define ROUNDING 1e-5f  /* on the diagonal: keeps the matrix invertible where too few thrusters push */
#define CAUTION 0.02f   /* the same, in proportion to what is left */

/* The problem in units of the impulse and of the strongest thruster: torques `a`, of which on-times t make the unit vector
 * `wanted`. */
struct problem {
    int count;
    struct vec3 torque[ADCS_THRUSTERS_MAX];
    struct vec3 wanted;
};

/* Where the search is: on-times are max(0, a . multiplier). */
struct point {
    struct vec3 multiplier;
    struct vec3 left;  /* of what is wanted */
    struct mat3 slope; /* sum of a a^T of the open valves */
    float value;       /* to be made least: half the sum of t^2, less multiplier . wanted */
};

static float on_time(const struct problem *problem, struct vec3 multiplier, int thruster)
{
    const float t = v3_dot(problem->torque[thruster], multiplier);
    return t > 0.0f ? t : 0.0f;
}

static struct point point_at(const struct problem *problem, struct vec3 multiplier)
{
    struct point point = {multiplier, problem->wanted, m3_diagonal(ROUNDING), -v3_dot(multiplier, problem->wanted)};
    for (int i = 0; i < problem->count; i++) {
        const float t = on_time(problem, multiplier, i);
        if (t > 0.0f) {
            const struct vec3 a = problem->torque[i];
            point.left = v3_add_scaled(point.left, -t, a);
            point.slope = m3_add(point.slope, m3_outer(a, a));
            point.value += 0.5f * t * t;
        }
    }
    return point;
}

/* A step of Newton's, shortened where the slope says little, and halved until it leads down far enough (Armijo's rule). */
static struct point next_point(const struct problem *problem, const struct point *point)
{
    const struct mat3 slope = m3_add(point->slope, m3_diagonal(CAUTION * v3_norm(point->left)));
    const struct vec3 step = m3_apply(m3_inverse(slope), point->left);
    const float descent = 1e-4f * v3_dot(step, point->left);
    float part = 1.0f;
    struct point next = point_at(problem, v3_add(point->multiplier, step));
    while (next.value > point->value - part * descent && part > SHORTEST) {
        part *= 0.5f;
        next = point_at(problem, v3_add_scaled(point->multiplier, part, step));
    }
    return next;
}

/* The valves all open at once make a start. */
static struct point first_point(const struct problem *problem)
{
    struct mat3 all = m3_diagonal(ROUNDING);
    for (int i = 0; i < problem->count; i++) {
        all = m3_add(all, m3_outer(problem->torque[i], problem->torque[i]));
    }
    return point_at(problem, m3_apply(m3_inverse(all), problem->wanted));
}

/* Least on-times t >= 0 with sum of a t = impulse, by the dual problem, which has three unknowns whatever the number of
 * thrusters: t = max(0, a . multiplier) (Lawson and Hanson, Solving Least Squares Problems, chapter 23, on least distance
 * programming). From torques to activation times: Sidi, Spacecraft Dynamics and Control, section 9.2. */
bool valves_open(const struct adcs_parameters *parameters, struct vec3 impulse_body_Nms,
                 float on_time_s[ADCS_THRUSTERS_MAX])
{
    struct problem problem = {.count = parameters->thruster_count};
    const float size = v3_norm(impulse_body_Nms);
    float strongest = 0.0f;
    for (int i = 0; i < ADCS_THRUSTERS_MAX; i++) {
        on_time_s[i] = 0.0f;
        const float torque = i < problem.count ? v3_norm(adcs_parameters_thruster(parameters, (unsigned)i)) : 0.0f;
        strongest = torque > strongest ? torque : strongest;
    }
    if (!(strongest > 0.0f) || !(size > 0.0f)) {
        return false;
    }
    problem.wanted = v3_scale(1.0f / size, impulse_body_Nms);
    for (int i = 0; i < problem.count; i++) {
        problem.torque[i] = v3_scale(1.0f / strongest, adcs_parameters_thruster(parameters, (unsigned)i));
    }
    struct point point = first_point(&problem);
    for (int i = 0; i < STEPS_MAX && v3_norm(point.left) > CLOSE; i++) {
        point = next_point(&problem, &point);
    }
    if (!(v3_norm(point.left) <= CLOSE)) {
        return false;
    }
    for (int i = 0; i < problem.count; i++) {
        on_time_s[i] = size / strongest * on_time(&problem, point.multiplier, i);
    }
    return true;
}
