#include "modes.h"

#include <stddef.h>

#include "adcs.h"
#include "control.h"
#include "hil_messages.h"

static enum mode_lack nothing(const struct adcs *adcs)
{
    (void)adcs;
    return MODE_LACKS_NOTHING;
}

static struct mode_demand idle(const struct adcs *adcs)
{
    (void)adcs;
    return (struct mode_demand){.follows = false};
}

static enum mode_lack rate(const struct adcs *adcs)
{
    return adcs->observer.started ? MODE_LACKS_NOTHING : MODE_LACKS_RATE;
}

static enum mode_lack rate_or_spin(const struct adcs *adcs)
{
    return coasting_goes_on(adcs) ? MODE_LACKS_NOTHING : rate(adcs);
}

static enum mode_lack attitude(const struct adcs *adcs)
{
    return adcs->attitude.known ? rate(adcs) : MODE_LACKS_ATTITUDE;
}

static enum mode_lack attitude_and_orbit(const struct adcs *adcs)
{
    return adcs->orbit.current ? attitude(adcs) : MODE_LACKS_ORBIT;
}

static struct mode_demand follow(struct guidance guidance)
{
    return (struct mode_demand){.follows = true, .guidance = guidance};
}

static struct mode_demand nadir(const struct adcs *adcs)
{
    const struct guidance guidance = guidance_nadir(&adcs->orbit);
    if (adcs_parameters_wheels_hold(&adcs->parameters)) {
        return follow(guidance);
    }
    struct mode_demand demand = idle(adcs);
    demand.guidance = guidance;
    demand.torque_body_Nm =
        control_by_rods(&adcs->parameters, &guidance, adcs->attitude.q_eci_from_body, adcs->observer.rate_body_rad_s);
    return demand;
}

static enum mode_lack attitude_to_hold(const struct adcs *adcs)
{
    return adcs->attitude_wanted ? attitude(adcs) : MODE_LACKS_ATTITUDE_TO_HOLD;
}

static struct mode_demand inertial(const struct adcs *adcs)
{
    return follow(guidance_inertial(adcs->q_eci_from_body_wanted));
}

static struct mode_demand point(const struct adcs *adcs, unsigned slot, unsigned axis_id)
{
    const bool seen = slot == HIL_SLOT_TARGET && adcs->sight.active;
    const struct target *target = seen ? &adcs->sight.target : &adcs->target[slot];
    const struct vec3 axis = adcs_parameters_axis(&adcs->parameters, axis_id);
    if (target->kind == TARGET_FAR_AWAY) { /* by the shortest way, and no turning about that */
        const struct quat q = adcs->attitude.q_eci_from_body;
        const struct quat way = quat_between(axis, quat_apply(quat_conjugate(q), target->direction_eci));
        return follow(guidance_inertial(quat_multiply(q, way)));
    }
    const struct motion motion = target_motion(target, &adcs->earth, adcs->orbit.time);
    const bool apparent = adcs_parameters_apparent(&adcs->parameters);
    return follow(guidance_target(&adcs->orbit, &motion, axis, apparent, target_lift_m(target, &adcs->parameters)));
}

static enum mode_lack place(const struct adcs *adcs, unsigned slot)
{
    const struct target *target = &adcs->target[slot];
    if (!target->known || (target->kind == TARGET_IN_ORBIT && !target->orbit.current)) {
        return MODE_LACKS_TARGET;
    }
    if (target->kind == TARGET_FAR_AWAY) {
        return attitude(adcs);
    }
    return target->kind == TARGET_IN_ORBIT || adcs->earth.known ? attitude_and_orbit(adcs) : MODE_LACKS_EARTH;
}

static enum mode_lack target_place(const struct adcs *adcs)
{
    return place(adcs, HIL_SLOT_TARGET);
}

static struct mode_demand target(const struct adcs *adcs)
{
    return point(adcs, HIL_SLOT_TARGET, ADCS_PAYLOAD_AXIS_X_BODY);
}

static enum mode_lack station_place(const struct adcs *adcs)
{
    return place(adcs, HIL_SLOT_STATION);
}

static struct mode_demand station(const struct adcs *adcs)
{
    return point(adcs, HIL_SLOT_STATION, ADCS_ANTENNA_AXIS_X_BODY);
}

bool rods_are_misled(const struct adcs *adcs)
{
    return adcs->field_calibration.doubted && !adcs->rods.assumed;
}

static enum mode_lack field(const struct adcs *adcs)
{
    return adcs->rods.field_known ? MODE_LACKS_NOTHING : MODE_LACKS_FIELD;
}

/* By the gyro, where there is one, what the body's turning alone makes of the field: its own change along the orbit would
 * keep the body turning after it. A magnetometer that is not believed still shows changes. */
static struct vec3 field_change(const struct adcs *adcs)
{
    const bool by_rate = adcs->observer.started && !rods_are_misled(adcs);
    return by_rate ? v3_cross(adcs->rods.field_body_T, adcs->observer.rate_body_rad_s) : adcs->rods.field_change_body_T_s;
}

static struct mode_demand detumble(const struct adcs *adcs)
{
    struct mode_demand demand = idle(adcs);
    demand.dipole_body_A_m2 = rods_detumble(&adcs->rods, &adcs->parameters, field_change(adcs));
    return demand;
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
    if (adcs_parameters_wheels_hold(&adcs->parameters)) {
        const struct quat way = momentum_unloads_by_own(adcs) ? momentum_unloading_turn(adcs, axis, sun_body)
            : found ? quat_between(axis, sun_body) : QUAT_IDENTITY;
        return follow(guidance_inertial(quat_multiply(adcs->attitude.q_eci_from_body, way)));
    }
    struct mode_demand demand = idle(adcs);
    if (!adcs->observer.started) {
        return demand; /* it coasts */
    }
    demand.torque_body_Nm =
        control_spin(&adcs->parameters, axis, found ? sun_body : axis, adcs->observer.rate_body_rad_s);
    return demand;
}

/* Points as mode inertial does where it was told an attitude, else as at nadir, and goes on so when the burn is over. */
static enum mode_lack burn_told(const struct adcs *adcs)
{
    if (!(adcs->parameters.thruster_count > 0)) {
        return MODE_LACKS_BURN;
    }
    return adcs->attitude_wanted ? attitude(adcs) : attitude_and_orbit(adcs);
}

static struct mode_demand burn(const struct adcs *adcs)
{
    return adcs->attitude_wanted ? inertial(adcs) : nadir(adcs);
}

static const struct mode modes[] = {
    {HIL_MODE_IDLE, MODE_DRIVES_NOTHING, nothing, idle},
    {HIL_MODE_NADIR, MODE_POINTS_BY_RODS_TOO, attitude_and_orbit, nadir},
    {HIL_MODE_DETUMBLE, MODE_DRIVES_RODS, field, detumble},
    {HIL_MODE_SUN_SAFE, MODE_DRIVES_WHEELS_OR_RODS, rate_or_spin, sun_safe},
    {HIL_MODE_INERTIAL, MODE_DRIVES_WHEELS, attitude_to_hold, inertial},
    {HIL_MODE_TARGET, MODE_DRIVES_WHEELS, target_place, target},
    {HIL_MODE_STATION, MODE_DRIVES_WHEELS, station_place, station},
    {HIL_MODE_BURN, MODE_DRIVES_WHEELS, burn_told, burn},
    {HIL_MODE_TEST, MODE_DRIVES_NOTHING, nothing, idle},
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

enum mode_lack mode_obstacle(const struct mode *mode, const struct adcs_parameters *parameters)
{
    const bool has_rods = parameters->value[ADCS_ROD_DIPOLE_MAX_A_M2] > 0.0f;
    const enum mode_lack rods = has_rods ? MODE_LACKS_NOTHING : MODE_LACKS_RODS;
    const enum mode_lack wheels = adcs_parameters_wheels_hold(parameters) ? MODE_LACKS_NOTHING
        : parameters->definite                                            ? MODE_LACKS_WHEELS
                                                                          : MODE_LACKS_INERTIA;
    switch (mode->drive) {
    case MODE_DRIVES_NOTHING: return MODE_LACKS_NOTHING;
    case MODE_DRIVES_RODS: return rods;
    case MODE_DRIVES_WHEELS: return wheels;
    case MODE_DRIVES_WHEELS_OR_RODS: return wheels == MODE_LACKS_WHEELS ? rods : wheels;
    case MODE_POINTS_BY_RODS_TOO:
        return has_rods && parameters->value[ADCS_ROD_POINTING_RAD_S] > 0.0f && wheels == MODE_LACKS_WHEELS
            ? MODE_LACKS_NOTHING
            : wheels;
    }
    return MODE_LACKS_NOTHING;
}

bool mode_points_by_rods(const struct mode *mode, const struct adcs_parameters *parameters)
{
    return mode->drive == MODE_POINTS_BY_RODS_TOO && !adcs_parameters_wheels_hold(parameters);
}

enum mode_lack mode_lacks(const struct mode *mode, const struct adcs *adcs)
{
    const enum mode_lack obstacle = mode_obstacle(mode, &adcs->parameters);
    return obstacle == MODE_LACKS_NOTHING ? mode->lacks(adcs) : obstacle;
}
