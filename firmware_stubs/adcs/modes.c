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

static const struct mode modes[] = {
    {HIL_MODE_IDLE, false, always, idle},
    {HIL_MODE_NADIR, true, attitude_and_orbit, nadir},
    {HIL_MODE_INERTIAL, true, attitude_to_hold, inertial},
    {HIL_MODE_TARGET, true, target_known, target},
    {HIL_MODE_STATION, true, station_known, station},
    {HIL_MODE_TEST, false, always, idle},
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
