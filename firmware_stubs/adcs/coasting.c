#include "coasting.h"

#include "adcs.h"
#include "hil_messages.h"

#define SPINS 0.5f              /* of the rate that mode sun_safe gives it; across the axis, less than that half */
#define COAST_MAX_S 900.0f      /* a CubeSat's own dipole turns the axis of such a spin by 1 to 2 deg a minute */

void coasting_follow(struct adcs *adcs, float dt_s)
{
    struct coasting *coasting = &adcs->coasting;
    if (!adcs->observer.started) {
        coasting->coasted_s += coasting->coasted_s < COAST_MAX_S ? dt_s : 0.0f;
        return;
    }
    const struct vec3 axis = adcs_parameters_axis(&adcs->parameters, ADCS_SUN_AXIS_X_BODY);
    const struct vec3 rate = adcs->observer.rate_body_rad_s;
    const float along = v3_dot(axis, rate), least = SPINS * adcs->parameters.value[ADCS_SUN_SPIN_RAD_S];
    coasting->coasted_s = 0.0f;
    coasting->spins = adcs->mode == HIL_MODE_SUN_SAFE && !adcs_parameters_wheels_hold(&adcs->parameters)
        && along > least && v3_norm(v3_add_scaled(rate, -along, axis)) < least;
}

bool coasting_goes_on(const struct adcs *adcs)
{
    return !adcs->observer.started && adcs->coasting.spins && adcs->coasting.coasted_s < COAST_MAX_S;
}
