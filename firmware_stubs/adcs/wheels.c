#include "wheels.h"

struct vec3 wheels_momentum(const struct adcs_parameters *parameters, const float speed_rad_s[ADCS_WHEELS_MAX])
{
    const float spin_inertia = parameters->value[ADCS_WHEEL_SPIN_INERTIA_KG_M2];
    struct vec3 momentum = v3(0.0f, 0.0f, 0.0f);
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        momentum = v3_add_scaled(momentum, spin_inertia * speed_rad_s[i], parameters->wheel_axis_body[i]);
    }
    return momentum;
}

static float largest(const float values[ADCS_WHEELS_MAX])
{
    float most = 0.0f;
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        most = adcs_abs(values[i]) > most ? adcs_abs(values[i]) : most;
    }
    return most;
}

static bool at_limit(const struct adcs_parameters *parameters, float speed_rad_s, float torque_Nm)
{
    const float limit = parameters->value[ADCS_WHEEL_SPEED_MAX_RAD_S];
    return torque_Nm > 0.0f ? speed_rad_s >= limit : speed_rad_s <= -limit;
}

struct vec3 wheels_allocate(const struct adcs_parameters *parameters, const float speed_rad_s[ADCS_WHEELS_MAX],
                            struct vec3 torque_body_Nm, float wheel_torque_Nm[ADCS_WHEELS_MAX])
{
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        wheel_torque_Nm[i] = -v3_dot(parameters->wheel_allocation[i], torque_body_Nm);
    }
    const float limit = parameters->value[ADCS_WHEEL_TORQUE_MAX_NM];
    const float most = largest(wheel_torque_Nm);
    const float scale = most > limit ? limit / most : 1.0f;
    struct vec3 made = v3(0.0f, 0.0f, 0.0f);
    for (int i = 0; i < ADCS_WHEELS_MAX; i++) {
        const float torque = adcs_clamp(scale * wheel_torque_Nm[i], -limit, limit);
        wheel_torque_Nm[i] = at_limit(parameters, speed_rad_s[i], torque) ? 0.0f : torque;
        made = v3_add_scaled(made, -wheel_torque_Nm[i], parameters->wheel_axis_body[i]);
    }
    return made;
}
