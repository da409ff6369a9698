#include "slew.h"

/* What is left of the angle, and how that changes. */
struct left {
    float angle, rate, acceleration;
};

static float ramp_s(const struct slew *slew)
{
    return slew->rate_rad_s / slew->acceleration_rad_s2;
}

struct slew slew_plan(adcs_ticks start, struct vec3 error_goal_rad, float acceleration_rad_s2, float rate_rad_s,
                      float period_s)
{
    const float angle = v3_norm(error_goal_rad);
    const float highest = adcs_sqrt(angle * acceleration_rad_s2); /* with no coasting between */
    return (struct slew){
        .planned = angle > 0.0f && acceleration_rad_s2 > 0.0f && rate_rad_s > 0.0f,
        .start = start,
        .axis_goal = v3_scale(angle > 0.0f ? 1.0f / angle : 0.0f, error_goal_rad),
        .angle_rad = angle,
        .acceleration_rad_s2 = acceleration_rad_s2,
        .rate_rad_s = rate_rad_s < highest ? rate_rad_s : highest,
        .period_s = period_s,
    };
}

static float unshaped_s(const struct slew *slew)
{
    return slew->angle_rad / slew->rate_rad_s + ramp_s(slew);
}

float slew_duration_s(const struct slew *slew)
{
    return unshaped_s(slew) + slew->period_s;
}

/* Full acceleration, coasting, full braking (Wie, Space Vehicle Dynamics and Control, section 7.3). */
static struct left unshaped(const struct slew *slew, float t)
{
    const float a = slew->acceleration_rad_s2, ramp = ramp_s(slew), end = unshaped_s(slew);
    if (t <= 0.0f) {
        return (struct left){slew->angle_rad, 0.0f, 0.0f};
    }
    if (t < ramp) {
        return (struct left){slew->angle_rad - 0.5f * a * t * t, -a * t, -a};
    }
    if (t < end - ramp) {
        return (struct left){slew->angle_rad - slew->rate_rad_s * (t - 0.5f * ramp), -slew->rate_rad_s, 0.0f};
    }
    if (t < end) {
        return (struct left){0.5f * a * (end - t) * (end - t), -a * (end - t), a};
    }
    return (struct left){0.0f, 0.0f, 0.0f};
}

/* The sum of three of them, half a period apart and with parts of 1/4, 1/2, 1/4: what each leaves swinging the others
 * take out again, and a period that is a little off matters in the second order only (Singer and Seering, Preshaping
 * Command Inputs to Reduce System Vibration, Journal of Dynamic Systems, Measurement, and Control 112(1), 1990: three
 * impulses, without damping). */
static struct left shaped(const struct slew *slew, float t)
{
    const struct left one = unshaped(slew, t);
    const struct left two = unshaped(slew, t - 0.5f * slew->period_s);
    const struct left three = unshaped(slew, t - slew->period_s);
    return (struct left){0.25f * (one.angle + three.angle) + 0.5f * two.angle,
                         0.25f * (one.rate + three.rate) + 0.5f * two.rate,
                         0.25f * (one.acceleration + three.acceleration) + 0.5f * two.acceleration};
}

struct guidance slew_guidance(const struct slew *slew, const struct guidance *goal, adcs_ticks now)
{
    const struct left left = shaped(slew, adcs_seconds(slew->start, now));
    const struct quat goal_from_way = quat_from_rotation_vector(v3_scale(left.angle, slew->axis_goal));
    const struct quat way_from_goal = quat_conjugate(goal_from_way);
    const struct vec3 carried = quat_apply(way_from_goal, goal->rate_target_rad_s);
    const struct vec3 own = v3_scale(left.rate, slew->axis_goal); /* the axis is the same in both frames */
    const struct vec3 change = v3_add_scaled(quat_apply(way_from_goal, goal->acceleration_target_rad_s2),
                                             left.acceleration, slew->axis_goal);
    return (struct guidance){
        .q_eci_from_target = quat_multiply(goal->q_eci_from_target, goal_from_way),
        .rate_target_rad_s = v3_add(carried, own),
        .acceleration_target_rad_s2 = v3_add(change, v3_cross(carried, own)),
    };
}
