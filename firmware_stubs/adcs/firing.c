#include "firing.h"

#include <string.h>

#include "hil_messages.h"

#define DELTA_V_MAX_M_S 1e3f
#define BURN_MOMENTUM_S 20.0f /* in which a burn takes the momentum out of the wheels */
#define BURN_TORQUE 0.5f      /* of a wheel's, at the most; the rest of it is for control */

bool adcs_set_burn(struct adcs *adcs, struct vec3 delta_v_body_m_s)
{
    const float size = v3_norm(delta_v_body_m_s);
    if (!(size > 0.0f && size < DELTA_V_MAX_M_S)) {
        return false;
    }
    const float mass = adcs->parameters.value[ADCS_MASS_KG];
    adcs->burn = (struct burn){true, v3_scale(mass, delta_v_body_m_s), mass * size};
    return true;
}

/* The orbit on board is pushed along; what the wheels hold goes out by the thrusters that are open anyway. */
static void fire_burn(struct adcs *adcs, struct vec3 momentum_body_Nms, float dt_s)
{
    struct burn *burn = &adcs->burn;
    const float mass = adcs->parameters.value[ADCS_MASS_KG];
    if (!burn->wanted || !(dt_s > 0.0f)) {
        return;
    }
    const float most_Nms = dt_s * BURN_TORQUE * adcs->parameters.value[ADCS_WHEEL_TORQUE_MAX_NM];
    const struct vec3 out = v3_limit(v3_scale(-dt_s / BURN_MOMENTUM_S, momentum_body_Nms), most_Nms);
    const enum burn_outcome outcome = burn_step(burn, &adcs->parameters, out, dt_s, adcs->thrusters.on_time_s);
    if (outcome != BURN_GOES_ON) {
        const float left_m_s = v3_norm(burn->left_body_N_s) / mass;
        adcs_report(&adcs->events, outcome == BURN_DONE ? ADCS_EVENT_BURN_ENDED : ADCS_EVENT_BURN_FAILED, left_m_s);
        return;
    }
    const struct vec3 gained = v3_scale(1.0f / mass, burn_impulse(&adcs->parameters, adcs->thrusters.on_time_s));
    if (adcs->orbit.known) {
        orbit_correct(&adcs->orbit, v3(0.0f, 0.0f, 0.0f), quat_apply(adcs->attitude.q_eci_from_body, gained));
    }
}

/* All of the spacecraft's momentum, which a slew does not change, tells what there is to unload. */
void firing_step(struct adcs *adcs, const struct mode *mode, float dt_s)
{
    struct thrusters *thrusters = &adcs->thrusters;
    thrusters_begin(thrusters);
    if (mode->id == HIL_MODE_TEST) {
        memcpy(thrusters->on_time_s, thrusters->test_s, sizeof thrusters->on_time_s);
    } else if (mode->drive >= MODE_DRIVES_WHEELS && adcs->parameters.usable) {
        const struct vec3 body = m3_apply(adcs->parameters.inertia_body_kg_m2, adcs->observer.rate_body_rad_s);
        if (mode->id == HIL_MODE_BURN) {
            fire_burn(adcs, v3_add(body, adcs->wheels.momentum_body_Nms), dt_s);
            return;
        }
        thrusters_unload(thrusters, &adcs->parameters, v3_add(body, adcs->wheels.momentum_body_Nms), dt_s, &adcs->events);
    }
}
