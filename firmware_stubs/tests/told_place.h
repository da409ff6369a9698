/* A spacecraft above the place on the ground that it was told to look at. */
#ifndef TESTS_TOLD_PLACE_H
#define TESTS_TOLD_PLACE_H

#include "adcs.h"
#include "sight_inner.h"

#define RADIUS_M 6378137.0f
#define ABOVE_M 600e3f

/* 600 km above the told place, which lies on the equator of an Earth at rest; the camera looks down, its right is east. */
static inline struct adcs above_the_told_place(float ship_speed_m_s)
{
    struct adcs adcs = {.attitude.known = false};
    adcs_parameters_init(&adcs.parameters);
    for (unsigned i = 0; i < 3; i++) {
        (void)adcs_parameters_set(&adcs.parameters, ADCS_PAYLOAD_AXIS_X_BODY + i, i == 2 ? 1.0f : 0.0f);
    }
    (void)adcs_parameters_set(&adcs.parameters, ADCS_CAMERA_FOLLOW, 1.0f);
    (void)adcs_parameters_set(&adcs.parameters, ADCS_CAMERA_SHIP_SPEED_M_S, ship_speed_m_s);
    (void)target_set(&adcs.target[HIL_SLOT_TARGET], 0, v3(RADIUS_M, 0.0f, 0.0f), v3(0.0f, 0.0f, 0.0f));
    return adcs;
}

static inline struct sight_moment moment_at(adcs_ticks time)
{
    return (struct sight_moment){.time = time,
        .q_eci_from_body = quat_between(v3(0.0f, 0.0f, 1.0f), v3(-1.0f, 0.0f, 0.0f)),
        .position_eci_m = {RADIUS_M + ABOVE_M, 0.0f, 0.0f}};
}

#endif
