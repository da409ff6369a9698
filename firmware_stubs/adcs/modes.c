#include "modes.h"

#include <stddef.h>

#include "adcs.h"
#include "control.h"
#include "hil_messages.h"

static bool always(const struct adcs *adcs)
{
    (void)adcs;
    return true;
}

static struct mode_demand idle(const struct adcs *adcs)
{
    (void)adcs;
    return (struct mode_demand){{0.0f, 0.0f, 0.0f}, {0.0f, 0.0f, 0.0f}};
}

static bool attitude_and_orbit(const struct adcs *adcs)
{
    return adcs->attitude.known && adcs->observer.started && adcs->orbit.current;
}

static struct mode_demand follow(const struct adcs *adcs, struct guidance guidance)
{
    struct mode_demand demand = idle(adcs);
    demand.torque_body_Nm = control_torque(&adcs->parameters, &guidance, adcs->attitude.q_eci_from_body,
                                           &adcs->observer, adcs->wheels.momentum_body_Nms);
    return demand;
}

static struct mode_demand nadir(const struct adcs *adcs)
{
    return follow(adcs, guidance_nadir(&adcs->orbit));
}

static bool attitude_to_hold(const struct adcs *adcs)
{
    return adcs->attitude.known && adcs->observer.started && adcs->attitude_wanted;
}

static struct mode_demand inertial(const struct adcs *adcs)
{
    return follow(adcs, guidance_inertial(adcs->q_eci_from_body_wanted));
}

static struct mode_demand point(const struct adcs *adcs, unsigned slot, unsigned axis_id)
{
    const struct motion motion = target_motion(&adcs->target[slot], &adcs->earth, adcs->orbit.time);
    return follow(adcs, guidance_target(&adcs->orbit, &motion, adcs_parameters_axis(&adcs->parameters, axis_id)));
}

static bool target_known(const struct adcs *adcs)
{
    return attitude_and_orbit(adcs) && adcs->earth.known && adcs->target[HIL_SLOT_TARGET].known;
}

static struct mode_demand target(const struct adcs *adcs)
{
    return point(adcs, HIL_SLOT_TARGET, ADCS_PAYLOAD_AXIS_X_BODY);
}

static bool station_known(const struct adcs *adcs)
{
    return attitude_and_orbit(adcs) && adcs->earth.known && adcs->target[HIL_SLOT_STATION].known;
}

static struct mode_demand station(const struct adcs *adcs)
{
    return point(adcs, HIL_SLOT_STATION, ADCS_ANTENNA_AXIS_X_BODY);
}

static bool field_known(const struct adcs *adcs)
{
    return adcs->rods.field_known;
}

/* By the gyro, where there is one, what the body's turning alone makes of the field: its own change along the orbit would
 * keep the body turning after it. */
static struct vec3 field_change(const struct adcs *adcs)
{
    return adcs->observer.started ? v3_cross(adcs->rods.field_body_T, adcs->observer.rate_body_rad_s)
                                  : adcs->rods.field_change_body_T_s;
}

static struct mode_demand detumble(const struct adcs *adcs)
{
    struct mode_demand demand = idle(adcs);
    demand.dipole_body_A_m2 = rods_detumble(&adcs->rods, &adcs->parameters, field_change(adcs));
    return demand;
}

static bool rate_known(const struct adcs *adcs)
{
    return adcs->observer.started;
}

/* The Sun in body axes: by the attitude where there is one, else as it is seen; false when neither tells. */
static bool find_sun(const struct adcs *adcs, struct vec3 *sun_body)
{
    struct vec3 sun_eci;
    if (adcs->attitude.known && directions_sun(adcs, &sun_eci)) {
        *sun_body = quat_apply(quat_conjugate(adcs->attitude.q_eci_from_body), sun_eci);
        return true;
    }
    *sun_body = adcs->sun_seen_body;
    return adcs->sun_seen;
}

/* Wheels: towards the Sun by the shortest way, and no turning about that; without the Sun, no turning at all. Rods alone,
 * whose torque is no match for what disturbs a body at rest: spinning about the axis that faces the Sun. */
static struct mode_demand sun_safe(const struct adcs *adcs)
{
    const struct vec3 axis = adcs_parameters_axis(&adcs->parameters, ADCS_SUN_AXIS_X_BODY);
    struct vec3 sun_body;
    const bool found = find_sun(adcs, &sun_body);
    if (adcs->parameters.usable) {
        const struct quat way = found ? quat_between(axis, sun_body) : QUAT_IDENTITY;
        return follow(adcs, guidance_inertial(quat_multiply(adcs->attitude.q_eci_from_body, way)));
    }
    struct mode_demand demand = idle(adcs);
    demand.torque_body_Nm =
        control_spin(&adcs->parameters, axis, found ? sun_body : axis, adcs->observer.rate_body_rad_s);
    return demand;
}

static const struct mode modes[] = {
    {HIL_MODE_IDLE, MODE_DRIVES_NOTHING, always, idle},
    {HIL_MODE_NADIR, MODE_DRIVES_WHEELS, attitude_and_orbit, nadir},
    {HIL_MODE_DETUMBLE, MODE_DRIVES_RODS, field_known, detumble},
    {HIL_MODE_SUN_SAFE, MODE_DRIVES_WHEELS_OR_RODS, rate_known, sun_safe},
    {HIL_MODE_INERTIAL, MODE_DRIVES_WHEELS, attitude_to_hold, inertial},
    {HIL_MODE_TARGET, MODE_DRIVES_WHEELS, target_known, target},
    {HIL_MODE_STATION, MODE_DRIVES_WHEELS, station_known, station},
    {HIL_MODE_TEST, MODE_DRIVES_NOTHING, always, idle},
};

const struct mode *mode_find(unsigned id)
{
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (modes[i].id == id) {
            return &modes[i];
        }
    }
    return NULL;
}

bool mode_possible(const struct mode *mode, const struct adcs_parameters *parameters)
{
    const bool rods = parameters->value[ADCS_ROD_DIPOLE_MAX_A_M2] > 0.0f;
    switch (mode->drive) {
    case MODE_DRIVES_NOTHING: return true;
    case MODE_DRIVES_RODS: return rods;
    case MODE_DRIVES_WHEELS: return parameters->usable;
    case MODE_DRIVES_WHEELS_OR_RODS: return parameters->usable || (rods && parameters->definite);
    }
    return false;
}
