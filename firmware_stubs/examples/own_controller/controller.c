/* A controller of one's own in the reference flight software: quaternion feedback with an integral (Wie, Space Vehicle
 * Dynamics and Control, section 7.3), which finds the disturbing torque by itself.
 *
 *     cmake -S firmware_stubs -B build -DHIL_OWN_PARTS=$PWD/firmware_stubs/examples/own_controller/controller.c
 *     cmake --build build
 *     hil run rigs/dier5_nadir.toml --firmware build/obc-posix
 */
#include <stddef.h>

#include "adcs_parts.h"

#define STEP_S 0.1f
#define BANDWIDTH_RAD_S 0.25f
#define DAMPING 0.9f
#define INTEGRAL_S 40.0f            /* in which the integral takes up an error */
#define INTEGRAL_FROM_RAD 0.01f     /* further off it would only wind up */

struct memory {
    struct vec3 sum_rad_s;
};
static struct memory memory;

static void reset(void)
{
    memory = (struct memory){{0.0f, 0.0f, 0.0f}};
}

static struct vec3 torque(void *context, const struct adcs_parameters *parameters, const struct guidance *guidance,
                          struct quat q_eci_from_body, const struct observer *observer,
                          struct vec3 wheel_momentum_body_Nms)
{
    struct memory *own = context;
    const struct quat target_from_body = quat_multiply(quat_conjugate(guidance->q_eci_from_target), q_eci_from_body);
    const struct quat body_from_target = quat_conjugate(target_from_body);
    const struct vec3 angle = quat_rotation_vector(target_from_body);
    const struct vec3 rate = v3_sub(observer->rate_body_rad_s, quat_apply(body_from_target, guidance->rate_target_rad_s));
    if (v3_norm(angle) < INTEGRAL_FROM_RAD) {
        own->sum_rad_s = v3_add_scaled(own->sum_rad_s, STEP_S, angle);
    }
    const struct vec3 error = v3_add_scaled(v3_limit(angle, 0.1f), 1.0f / INTEGRAL_S, own->sum_rad_s);
    const struct vec3 wanted = v3_add_scaled(v3_scale(-BANDWIDTH_RAD_S * BANDWIDTH_RAD_S, error),
                                             -2.0f * DAMPING * BANDWIDTH_RAD_S, rate);
    return v3_add(m3_apply(parameters->inertia_body_kg_m2, wanted),
                  gyroscopic_torque(parameters, observer->rate_body_rad_s, wheel_momentum_body_Nms));
}

const struct adcs_parts *adcs_own_parts(void)
{
    static const struct adcs_controller controller = {torque, &memory};
    static const struct adcs_parts parts = {.controller = &controller, .reset = reset};
    return &parts;
}
