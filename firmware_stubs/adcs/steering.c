#include "steering.h"

#include "adcs.h"
#include "control.h"
#include "directions.h"

#define LARGE_RAD 0.05f     /* of an error: a slew */
#define ARRIVED_RAD 0.03f   /* at a waypoint */
#define AT_REST_RAD_S 0.02f /* relative to the goal: a slew can be planned */
#define TORQUE_USED 0.4f    /* of the wheels', by a planned slew; the rest is the feedback's */

void steering_reset(struct steering *steering)
{
    *steering = (struct steering){.round = false};
}

static void add(struct cones *cones, const struct adcs_parameters *parameters, unsigned axis_id, struct vec3 direction_eci,
                float angle_rad)
{
    const float size = v3_norm(direction_eci);
    if (angle_rad > 0.0f && size > 0.0f) {
        cones->cone[cones->count++] =
            cone_around(adcs_parameters_axis(parameters, axis_id), v3_scale(1.0f / size, direction_eci), angle_rad,
                        parameters->value[ADCS_KEEP_OUT_MARGIN_RAD]);
    }
}

/* Half the angle that the planet fills. */
static float half_angle_rad(float radius_m, float distance_m)
{
    const float sine = radius_m < distance_m ? radius_m / distance_m : 1.0f;
    return adcs_atan2(sine, adcs_sqrt(1.0f - sine * sine));
}

/* To keep an axis within an angle of the Sun is to keep it away from where the Sun is not. */
static struct cones cones_now(const struct adcs *adcs)
{
    const struct adcs_parameters *parameters = &adcs->parameters;
    const float *value = parameters->value;
    struct cones cones = {.count = 0};
    struct vec3 sun_eci;
    if (directions_sun(adcs, &sun_eci)) {
        const float within = value[ADCS_KEEP_IN_SUN_RAD];
        add(&cones, parameters, ADCS_KEEP_OUT_AXIS_X_BODY, sun_eci, value[ADCS_KEEP_OUT_SUN_RAD]);
        add(&cones, parameters, ADCS_KEEP_IN_AXIS_X_BODY, v3_scale(-1.0f, sun_eci), within > 0.0f ? ADCS_PI - within : 0.0f);
    }
    if (adcs->orbit.current) {
        const struct vec3 nadir = v3_scale(-1.0f, adcs->orbit.position_eci_m);
        struct vec3 moon_eci;
        if (value[ADCS_KEEP_OUT_MOON_RAD] > 0.0f && directions_moon(adcs, &moon_eci)) {
            add(&cones, parameters, ADCS_KEEP_OUT_AXIS_X_BODY, moon_eci, value[ADCS_KEEP_OUT_MOON_RAD]);
        }
        const float limb = value[ADCS_KEEP_OUT_LIMB_RAD], ahead = value[ADCS_KEEP_OUT_VELOCITY_RAD];
        const float planet = half_angle_rad(orbit_radius_m(adcs->orbit.planet), v3_norm(nadir));
        add(&cones, parameters, ADCS_KEEP_OUT_AXIS_X_BODY, nadir, limb > 0.0f ? limb + planet : 0.0f);
        add(&cones, parameters, ADCS_KEEP_OUT_AXIS_X_BODY, adcs->orbit.velocity_eci_m_s, ahead);
    }
    return cones;
}

/* From the goal to the body, in the goal's frame. */
static struct vec3 error_goal_rad(const struct adcs *adcs, const struct guidance *goal)
{
    return quat_rotation_vector(
        quat_multiply(quat_conjugate(goal->q_eci_from_target), adcs->attitude.q_eci_from_body));
}

static void hold(struct adcs *adcs, bool barred)
{
    struct steering *steering = &adcs->steering;
    if (barred && !steering->barred) {
        adcs_report(&adcs->events, ADCS_EVENT_GOAL_BARRED, 0.0f);
        steering->q_eci_from_waypoint = adcs->attitude.q_eci_from_body;
        steering->slew.planned = false;
    }
    steering->barred = barred;
}

/* The goal, or what to turn to first. A way round is kept until it has been gone, or is no longer needed. */
static struct guidance next_goal(struct adcs *adcs, const struct guidance *goal)
{
    struct steering *steering = &adcs->steering;
    const struct cones cones = cones_now(adcs);
    const struct guidance waypoint = guidance_inertial(steering->q_eci_from_waypoint);
    if (cones.count == 0 || !(v3_norm(error_goal_rad(adcs, goal)) > LARGE_RAD)) {
        steering->round = false;
        return *goal;
    }
    if (steering->round && v3_norm(error_goal_rad(adcs, &waypoint)) > ARRIVED_RAD
        && keep_out_clear(&cones, adcs->attitude.q_eci_from_body, steering->q_eci_from_waypoint)) {
        return waypoint;
    }
    struct quat by;
    const enum way way = keep_out_way(&cones, adcs->attitude.q_eci_from_body, goal->q_eci_from_target, &by);
    hold(adcs, way == WAY_BARRED);
    if (way == WAY_STRAIGHT) {
        steering->slew.planned = steering->slew.planned && !steering->round;
        steering->round = false;
        return *goal;
    }
    if (way == WAY_ROUND) {
        steering->round = true;
        steering->slew.planned = false;
        steering->q_eci_from_waypoint = by;
    }
    return guidance_inertial(steering->q_eci_from_waypoint);
}

static struct slew plan(const struct adcs *adcs, struct vec3 error_rad, float period_s)
{
    const struct adcs_parameters *parameters = &adcs->parameters;
    const struct vec3 axis = v3_scale(-1.0f / v3_norm(error_rad), error_rad); /* the same in body and goal */
    const struct vec3 total = v3_add(m3_apply(parameters->inertia_body_kg_m2, adcs->observer.rate_body_rad_s),
                                     adcs->wheels.momentum_body_Nms);
    const float acceleration = TORQUE_USED * control_acceleration_max(parameters, axis);
    return slew_plan(adcs->last_time, error_rad, acceleration, control_rate_max(parameters, axis, total), period_s);
}

static struct guidance planned(struct adcs *adcs, const struct guidance *goal, float period_s)
{
    struct slew *slew = &adcs->steering.slew;
    const struct vec3 error = error_goal_rad(adcs, goal);
    if (!slew->planned && v3_norm(error) > LARGE_RAD) {
        const struct quat goal_from_body =
            quat_multiply(quat_conjugate(goal->q_eci_from_target), adcs->attitude.q_eci_from_body);
        const struct vec3 turning =
            v3_sub(quat_apply(goal_from_body, adcs->observer.rate_body_rad_s), goal->rate_target_rad_s);
        if (v3_norm(turning) > AT_REST_RAD_S) {
            return guidance_inertial(adcs->attitude.q_eci_from_body); /* stop first */
        }
        *slew = plan(adcs, error, period_s);
    }
    if (!slew->planned || adcs_seconds(slew->start, adcs->last_time) > slew_duration_s(slew)) {
        slew->planned = false;
        return *goal;
    }
    const struct guidance way = slew_guidance(slew, goal, adcs->last_time);
    slew->planned = !(v3_norm(error_goal_rad(adcs, &way)) > LARGE_RAD); /* else the goal has jumped */
    return way;
}

struct guidance steering_guide(struct adcs *adcs, const struct guidance *goal)
{
    const struct guidance next = next_goal(adcs, goal);
    const float period_s = adcs->parameters.value[ADCS_FLEXIBLE_PERIOD_S];
    return period_s > 0.0f ? planned(adcs, &next, period_s) : next;
}
