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

static struct mode_demand nadir(const struct adcs *adcs)
{
    const struct guidance guidance = guidance_nadir(&adcs->orbit);
    struct mode_demand demand = idle(adcs);
    demand.torque_body_Nm = control_torque(&adcs->parameters, &guidance, adcs->attitude.q_eci_from_body,
                                           &adcs->observer, adcs->wheels.momentum_body_Nms);
    return demand;
}

static const struct mode modes[] = {
    {HIL_MODE_IDLE, false, always, idle},
    {HIL_MODE_NADIR, true, attitude_and_orbit, nadir},
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
