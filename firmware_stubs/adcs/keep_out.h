/* Directions that an axis of the body must stay away from, and a way round them. */
#ifndef ADCS_KEEP_OUT_H
#define ADCS_KEEP_OUT_H

#include "quat.h"

#define KEEP_OUT_CONES_MAX 5u

/* The angle between the axis and the direction stays above the cone's, by a margin where that can be. */
struct cone {
    struct vec3 axis_body;     /* unit vectors */
    struct vec3 direction_eci;
    float cosine, cautious_cosine; /* of the cone's angle, and of it with the margin */
};

struct cones {
    unsigned count;
    struct cone cone[KEEP_OUT_CONES_MAX];
};

/* What becomes of a slew: straight on, by way of an attitude, or not at all because the goal itself is in a cone. */
enum way { WAY_STRAIGHT, WAY_ROUND, WAY_BARRED };

/* A cone around a direction; angles in rad. */
struct cone cone_around(struct vec3 axis_body, struct vec3 direction_eci, float angle_rad, float margin_rad);

/* Whether a turn about one axis from an attitude to another enters no cone. */
bool keep_out_clear(const struct cones *cones, struct quat q_eci_from_start, struct quat q_eci_from_end);

/* How to turn from an attitude to a goal; `by` is where to turn to first. */
enum way keep_out_way(const struct cones *cones, struct quat q_eci_from_body, struct quat q_eci_from_goal, struct quat *by);

#endif
