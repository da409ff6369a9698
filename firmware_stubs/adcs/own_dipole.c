#include "own_dipole.h"

#include "adcs.h"

#define OBSERVED_S 400.0f       /* in which the observer's torque tells it */
#define OBSERVED_RAD_S 0.012f   /* of a body that turns no faster: its inertia does not matter */
#define BY_CONTROL 0.5f        /* of the pointing's bandwidth, in which control tells it */

/* While rods point the body, by what control still asks for: that is the integral of the law. Before that, by the torque
 * that the observer finds. */
void own_dipole_learn(struct adcs *adcs, const struct mode *mode, struct vec3 torque_body_Nm, float dt_s)
{
    const struct adcs_parameters *parameters = &adcs->parameters;
    const float bandwidth = parameters->value[ADCS_ROD_POINTING_RAD_S];
    if (!(bandwidth > 0.0f) || !(dt_s > 0.0f) || parameters->usable || rods_are_misled(adcs)) {
        return;
    }
    if (mode_points_by_rods(mode, parameters)) {
        rods_learn_own(&adcs->rods, parameters, torque_body_Nm, -BY_CONTROL * bandwidth * dt_s);
    } else if (adcs->observer.started && v3_norm(adcs->observer.rate_body_rad_s) < OBSERVED_RAD_S) {
        const struct vec3 accounted = v3_cross(adcs->rods.own_body_A_m2, adcs->rods.field_body_T);
        const struct vec3 rest = v3_sub(adcs->observer.external_torque_body_Nm, accounted);
        rods_learn_own(&adcs->rods, parameters, rest, dt_s / OBSERVED_S);
    }
}
