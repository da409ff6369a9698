/* Where what a picture shows is on the ground, and how well that is known. */
#include "guidance.h"
#include "sight_inner.h"

#define FIND_PIXELS 0.3f /* 1 sigma of a find's middle, an axis */
#define THING_M 10.0f    /* 1 sigma of what of a thing is its brightest part, an axis: hull, superstructure, wake */
#define LEAST_SINKING 0.05f

struct level sight_level_at(const struct earth *earth, adcs_ticks time, struct vec3 position_eci_m)
{
    const struct vec3 pole = quat_apply(earth_orientation(earth, time), v3(0.0f, 0.0f, 1.0f));
    const struct vec3 up = v3_scale(1.0f / v3_norm(position_eci_m), position_eci_m);
    const struct vec3 along = v3_cross(pole, up);
    const struct vec3 east = v3_scale(1.0f / v3_norm(along), along);
    return (struct level){east, v3_cross(up, east), up};
}

struct vec3 sight_way_to(const struct adcs *adcs, const struct sight_moment *moment, const struct target *target,
                         const struct motion *told)
{
    const struct vec3 way = v3_sub(v3_sub(told->position_m, moment->position_eci_m), moment->position_low_m);
    if (!adcs_parameters_apparent(&adcs->parameters)) {
        return way;
    }
    const struct vec3 past_m_s = v3_sub(moment->velocity_eci_m_s, told->velocity_m_s);
    const struct vec3 then = v3_add_scaled(way, guidance_light_time_s(way), past_m_s);
    const struct vec3 up = v3_scale(1.0f / v3_norm(told->position_m), told->position_m);
    const float lift_m = target_lift_m(target, &adcs->parameters);
    return v3_add_scaled(then, guidance_raised_m(v3_scale(-1.0f, then), up, lift_m), up);
}

/* A direction in the camera, in body axes and in ECI, and how far off the level is there. */
struct ray {
    struct vec3 body, eci;
    float distance_m;
};

/* By how much a place on the level moves along one of its axes, in m, for a small turn of the body about each of its own:
 * the ray moves by w = turn x ray, and the place, which stays on the level, by distance (w - ray (w . up) / (ray . up)). */
static struct vec3 moved_by_turns(const struct sight_eye *eye, const struct ray *ray, struct vec3 axis)
{
    const struct vec3 up = eye->level->up;
    const struct vec3 slanted = v3_add_scaled(axis, -v3_dot(ray->eci, axis) / v3_dot(ray->eci, up), up);
    const struct vec3 slanted_body = quat_apply(quat_conjugate(eye->moment->q_eci_from_body), slanted);
    return v3_scale(ray->distance_m, v3_cross(ray->body, slanted_body));
}

/* Of the attitude, the find in the picture, and what of the thing that was. */
static struct mat2 covariance_of(const struct sight_eye *eye, const struct ray *ray, float find_rad)
{
    const struct vec3 east = moved_by_turns(eye, ray, eye->level->east);
    const struct vec3 north = moved_by_turns(eye, ray, eye->level->north);
    const struct mat3 turn = m3_add(eye->attitude_rad2, m3_diagonal(find_rad * find_rad));
    const struct vec3 of_east = m3_apply(turn, east), of_north = m3_apply(turn, north);
    const float both = v3_dot(north, of_east), thing = THING_M * THING_M;
    return (struct mat2){v3_dot(east, of_east) + thing, both, both, v3_dot(north, of_north) + thing};
}

bool sight_place_of(const struct adcs *adcs, const struct sight_eye *eye, const struct sight_point *point,
                    struct track_point *place)
{
    const struct level *level = eye->level;
    const struct vec3 forward = adcs_parameters_axis(&adcs->parameters, ADCS_PAYLOAD_AXIS_X_BODY);
    const struct vec3 top = adcs_parameters_axis(&adcs->parameters, ADCS_CAMERA_UP_AXIS_X_BODY);
    const struct vec3 right = v3_cross(forward, top);
    struct ray ray = {.body = v3_add_scaled(v3_add_scaled(forward, point->right, right), -point->down, top)};
    ray.eci = quat_apply(eye->moment->q_eci_from_body, ray.body);
    const float sinking = v3_dot(ray.eci, level->up);
    if (!(sinking < -LEAST_SINKING)) {
        return false;
    }
    ray.distance_m = v3_dot(eye->to_told_m, level->up) / sinking;
    const struct vec3 beside = v3_sub(v3_scale(ray.distance_m, ray.eci), eye->to_told_m);
    const float find_rad = FIND_PIXELS * adcs->parameters.value[ADCS_CAMERA_PIXEL_RAD];
    *place = (struct track_point){.x_m = v3_dot(beside, level->east),
                                  .y_m = v3_dot(beside, level->north),
                                  .kind = point->kind,
                                  .confidence = point->confidence,
                                  .brightness = point->brightness,
                                  .place_m2 = covariance_of(eye, &ray, find_rad)};
    return true;
}
