#include "keep_out.h"

#define BEARINGS 12 /* in which a way round a cone is looked for */
#define RINGS 4     /* and how far outside of it */
#define RING_RAD 0.12f
#define ROUNDING 1e-4f /* of a cosine */

struct cone cone_around(struct vec3 axis_body, struct vec3 direction_eci, float angle_rad, float margin_rad)
{
    const float wide = adcs_clamp(angle_rad + margin_rad, 0.0f, ADCS_PI);
    return (struct cone){axis_body, direction_eci, adcs_cos(angle_rad), adcs_cos(wide)};
}

static float cosine_at(const struct cone *cone, struct quat q_eci_from_body)
{
    return v3_dot(quat_apply(q_eci_from_body, cone->axis_body), cone->direction_eci);
}

/* The largest cosine between axis and direction in a turn about a unit vector: it is a sine of the angle turned. */
static float nearest(const struct cone *cone, struct quat q_eci_from_start, struct vec3 about_eci, float angle_rad)
{
    const struct vec3 axis = quat_apply(q_eci_from_start, cone->axis_body);
    const float still = v3_dot(about_eci, axis) * v3_dot(about_eci, cone->direction_eci);
    const float cosine = v3_dot(axis, cone->direction_eci) - still;
    const float sine = v3_dot(cone->direction_eci, v3_cross(about_eci, axis));
    const float peak = adcs_atan2(sine, cosine);
    if (peak > 0.0f && peak < angle_rad) {
        return still + adcs_sqrt(cosine * cosine + sine * sine);
    }
    const float end = still + cosine * adcs_cos(angle_rad) + sine * adcs_sin(angle_rad);
    return still + cosine > end ? still + cosine : end;
}

/* With the margin, but where start or end have less, no nearer than they are. */
static float allowed(const struct cone *cone, struct quat q_eci_from_start, struct quat q_eci_from_end)
{
    const float start = cosine_at(cone, q_eci_from_start), end = cosine_at(cone, q_eci_from_end);
    const float ends = start > end ? start : end;
    return (ends > cone->cautious_cosine ? ends : cone->cautious_cosine) + ROUNDING;
}

bool keep_out_clear(const struct cones *cones, struct quat q_eci_from_start, struct quat q_eci_from_end)
{
    const struct vec3 turn = quat_rotation_vector(quat_multiply(q_eci_from_end, quat_conjugate(q_eci_from_start)));
    const float angle = v3_norm(turn);
    if (!(angle > 0.0f)) {
        return true;
    }
    const struct vec3 about = v3_scale(1.0f / angle, turn);
    for (unsigned i = 0; i < cones->count; i++) {
        const struct cone *cone = &cones->cone[i];
        if (nearest(cone, q_eci_from_start, about, angle) > allowed(cone, q_eci_from_start, q_eci_from_end)) {
            return false;
        }
    }
    return true;
}

static bool barred(const struct cones *cones, struct quat q_eci_from_goal)
{
    for (unsigned i = 0; i < cones->count; i++) {
        if (cosine_at(&cones->cone[i], q_eci_from_goal) > cones->cone[i].cosine) {
            return true;
        }
    }
    return false;
}

/* The attitude nearest to the present one whose axis stands beside a cone, at a bearing about it. */
static struct quat beside(const struct cone *cone, struct quat q_eci_from_body, float out_rad, float bearing_rad)
{
    const struct vec3 d = cone->direction_eci;
    const struct vec3 side = v3_cross(d, adcs_abs(d.x) < 0.8f ? v3(1.0f, 0.0f, 0.0f) : v3(0.0f, 1.0f, 0.0f));
    const struct vec3 u = v3_scale(1.0f / v3_norm(side), side), w = v3_cross(d, u);
    const float sine = adcs_sqrt(adcs_clamp(1.0f - cone->cautious_cosine * cone->cautious_cosine, 0.0f, 1.0f));
    const float edge = adcs_clamp(adcs_atan2(sine, cone->cautious_cosine) + out_rad, 0.0f, ADCS_PI);
    const struct vec3 across = v3_add_scaled(v3_scale(adcs_cos(bearing_rad), u), adcs_sin(bearing_rad), w);
    const struct vec3 axis = v3_add_scaled(v3_scale(adcs_cos(edge), d), adcs_sin(edge), across);
    return quat_multiply(quat_between(quat_apply(q_eci_from_body, cone->axis_body), axis), q_eci_from_body);
}

static float turn_rad(struct quat a, struct quat b)
{
    return v3_norm(quat_rotation_vector(quat_multiply(b, quat_conjugate(a))));
}

/* The shortest way of two turns that are both clear; else a clear first one that leaves least to be done. */
enum way keep_out_way(const struct cones *cones, struct quat q_eci_from_body, struct quat q_eci_from_goal, struct quat *by)
{
    if (barred(cones, q_eci_from_goal)) {
        return WAY_BARRED;
    }
    if (keep_out_clear(cones, q_eci_from_body, q_eci_from_goal)) {
        return WAY_STRAIGHT;
    }
    const float detour = 10.0f * ADCS_PI; /* more than any two turns: those that are both clear go first */
    float least = 3.0f * detour;
    for (unsigned i = 0; i < cones->count * RINGS * BEARINGS; i++) {
        const struct cone *cone = &cones->cone[i / (RINGS * BEARINGS)];
        const float out = RING_RAD * (float)(1u + i / BEARINGS % RINGS);
        const struct quat q = beside(cone, q_eci_from_body, out, 2.0f * ADCS_PI / BEARINGS * (float)(i % BEARINGS));
        if (!keep_out_clear(cones, q_eci_from_body, q)) {
            continue;
        }
        const bool both = keep_out_clear(cones, q, q_eci_from_goal);
        const float cost = (both ? 0.0f : detour) + turn_rad(q_eci_from_body, q) + turn_rad(q, q_eci_from_goal);
        if (cost < least && turn_rad(q_eci_from_body, q) > RING_RAD) {
            least = cost;
            *by = q;
        }
    }
    return least < 3.0f * detour ? WAY_ROUND : WAY_BARRED;
}
