#include "adcs.h"

#include "control.h"
#include "determination.h"
#include "firing.h"
#include "own_dipole.h"

#include <stddef.h>

#include "hil_messages.h"

#define STEP_MAX_S 10.0f
#define ON_TIME_MAX_S 1.0f

void adcs_init(struct adcs *adcs)
{
    *adcs = (struct adcs){.mode = 0};
    adcs_parameters_init(&adcs->parameters);
    attitude_init(&adcs->attitude);
    diode_gains_init(&adcs->diodes);
}

bool adcs_set_orbit(struct adcs *adcs, adcs_ticks time, struct vec3 position_eci_m, struct vec3 velocity_eci_m_s)
{
    adcs->orbit.planet = (unsigned)adcs->parameters.value[ADCS_CENTRAL_BODY];
    if (!orbit_set(&adcs->orbit, time, position_eci_m, velocity_eci_m_s)) {
        return false;
    }
    orbit_filter_uplinked(&adcs->orbit_filter);
    return true;
}

bool adcs_set_attitude(struct adcs *adcs, struct quat q_eci_from_body)
{
    if (!quat_is_unit(q_eci_from_body)) {
        return false;
    }
    adcs->attitude_wanted = true;
    supervisor_aim_changed(&adcs->supervisor);
    adcs->q_eci_from_body_wanted = quat_normalise(q_eci_from_body);
    return true;
}

enum adcs_mode_result adcs_set_mode(struct adcs *adcs, unsigned mode)
{
    const struct mode *found = mode_find(mode);
    if (found == NULL) {
        return ADCS_MODE_UNKNOWN;
    }
    if (mode_obstacle(found, &adcs->parameters) != MODE_LACKS_NOTHING) {
        return ADCS_MODE_IMPOSSIBLE;
    }
    adcs->mode_wanted = mode;
    supervisor_aim_changed(&adcs->supervisor);
    supervisor_commanded(&adcs->supervisor, adcs->parameters.value[ADCS_AUTONOMY] > 0.0f, !adcs->stepped);
    adcs->coasting = (struct coasting){.spins = false};
    adcs->test = (struct adcs_command){{0.0f, 0.0f, 0.0f, 0.0f}, {0.0f, 0.0f, 0.0f}};
    thrusters_reset(&adcs->thrusters);
    return ADCS_MODE_TAKEN;
}

static enum adcs_actuator_result drive(const struct adcs *adcs, float value, float limit, bool exists, float *actuator)
{
    if (adcs->mode_wanted != HIL_MODE_TEST) {
        return ADCS_ACTUATOR_NOT_IN_TEST;
    }
    if (!exists || !(adcs_abs(value) <= limit)) {
        return ADCS_ACTUATOR_OUT_OF_RANGE;
    }
    *actuator = value;
    return ADCS_ACTUATOR_TAKEN;
}

enum adcs_actuator_result adcs_set_wheel(struct adcs *adcs, unsigned wheel, float torque_Nm)
{
    const bool exists = wheel < (unsigned)adcs->parameters.wheel_count;
    const float limit_Nm = adcs->parameters.value[ADCS_WHEEL_TORQUE_MAX_NM];
    return drive(adcs, torque_Nm, limit_Nm, exists, &adcs->test.wheel_torque_Nm[exists ? wheel : 0]);
}

enum adcs_actuator_result adcs_set_rod(struct adcs *adcs, unsigned axis, float dipole_A_m2)
{
    struct vec3 *dipole = &adcs->test.dipole_body_A_m2;
    float *const along = axis == 0 ? &dipole->x : axis == 1 ? &dipole->y : &dipole->z;
    return drive(adcs, dipole_A_m2, adcs->parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2], axis < 3, along);
}

enum adcs_actuator_result adcs_set_thruster(struct adcs *adcs, unsigned thruster, float on_time_s)
{
    const bool exists = thruster < (unsigned)adcs->parameters.thruster_count && on_time_s >= 0.0f;
    return drive(adcs, on_time_s, ON_TIME_MAX_S, exists, &adcs->thrusters.test_s[exists ? thruster : 0]);
}

/* Seconds since the step before; 0 for the first one and after a jump, which makes the filters start afresh. */
static float step_length(struct adcs *adcs, adcs_ticks now)
{
    const float dt_s = adcs->stepped ? adcs_seconds(adcs->last_time, now) : 0.0f;
    const bool jumped = adcs->stepped && !(dt_s > 0.0f && dt_s <= STEP_MAX_S);
    adcs->stepped = true;
    adcs->last_time = now;
    if (!jumped) {
        return dt_s;
    }
    adcs_report(&adcs->events, ADCS_EVENT_TIME_JUMPED, dt_s);
    attitude_forget(&adcs->attitude);
    adcs->observer = (struct observer){.started = false};
    return 0.0f;
}

static const struct mode *choose_mode(struct adcs *adcs, float dt_s)
{
    const struct mode *mode = supervisor_choose(adcs, dt_s);
    if (mode->id != adcs->mode) {
        adcs_report(&adcs->events, ADCS_EVENT_MODE_ENTERED, (float)mode->id);
        steering_reset(&adcs->steering);
    }
    adcs->mode = mode->id;
    return mode;
}

/* What the rods shall do: the mode's own dipole, its torque, or unloading the wheels. */
static struct vec3 wanted_dipole(const struct adcs *adcs, const struct mode *mode, const struct mode_demand *demand)
{
    const float gain = -adcs->parameters.value[ADCS_MOMENTUM_GAIN_S];
    if (mode->drive == MODE_DRIVES_NOTHING || mode->drive == MODE_DRIVES_RODS) {
        return demand->dipole_body_A_m2;
    }
    if (rods_are_misled(adcs)) {
        return v3(0.0f, 0.0f, 0.0f);
    }
    const struct vec3 unloading = v3_scale(gain, adcs->wheels.momentum_body_Nms);
    const struct vec3 lacking = adcs->parameters.lacking_axis_body, wanted = demand->torque_body_Nm;
    if (adcs->parameters.pair) { /* what the wheels cannot, and unloading of those that are left */
        const struct vec3 left = v3_add_scaled(unloading, -v3_dot(unloading, lacking), lacking);
        return rods_torque(&adcs->rods, v3_add_scaled(left, v3_dot(wanted, lacking), lacking));
    }
    if (mode_points_by_rods(mode, &adcs->parameters)) {
        return own_dipole_with(adcs, demand);
    }
    return rods_torque(&adcs->rods, adcs->parameters.usable ? unloading : wanted);
}

/* What rods and thrusters do to the body in the next step, which the wheels need not do. */
static struct vec3 torque_of_others(const struct adcs *adcs, struct vec3 dipole_body_A_m2, float dt_s)
{
    const struct vec3 by_rods = v3_cross(dipole_body_A_m2, adcs->rods.field_body_T);
    if (adcs->parameters.thruster_count == 0 || !(dt_s > 0.0f)) {
        return by_rods;
    }
    const struct vec3 impulse = thrusters_impulse(&adcs->parameters, adcs->thrusters.on_time_s);
    return v3_add_scaled(by_rods, 1.0f / dt_s, impulse);
}

static struct adcs_command command_of(struct adcs *adcs, const struct mode *mode, const struct mode_demand *demand,
                                      float dt_s)
{
    struct adcs_command command = {{0.0f, 0.0f, 0.0f, 0.0f}, wanted_dipole(adcs, mode, demand)};
    command.dipole_body_A_m2 = rods_drive(&adcs->rods, &adcs->parameters, command.dipole_body_A_m2,
                                          mode_points_by_rods(mode, &adcs->parameters));
    if (mode->drive >= MODE_DRIVES_WHEELS && adcs_parameters_wheels_hold(&adcs->parameters)) {
        const struct vec3 torque =
            v3_sub(demand->torque_body_Nm, torque_of_others(adcs, command.dipole_body_A_m2, dt_s));
        adcs_parts_allocate(adcs, torque, command.wheel_torque_Nm);
    }
    return command;
}

/* What the mode asks for, with the torque that follows what it points at, or the way there. */
static struct mode_demand demand_of(struct adcs *adcs, const struct mode *mode)
{
    struct mode_demand demand = mode->demand(adcs);
    if (demand.follows) {
        const struct guidance held = momentum_trade(adcs, &demand.guidance);
        const struct guidance guidance = adcs_parts_guide(adcs, &held);
        demand.torque_body_Nm = adcs_parts_torque(adcs, &guidance);
    }
    return demand;
}

static void act(struct adcs *adcs, float dt_s)
{
    const struct mode *mode = choose_mode(adcs, dt_s);
    adcs->parameters.careful = adcs->supervisor.careful;
    struct mode_demand demand = demand_of(adcs, mode);
    if (!v3_finite(demand.torque_body_Nm) || !v3_finite(demand.dipole_body_A_m2)) {
        adcs_report(&adcs->events, ADCS_EVENT_STATE_IMPOSSIBLE, 0.0f);
        mode = mode_find(0);
        demand = demand_of(adcs, mode);
    }
    const float off_rad =
        demand.follows ? control_error(&demand.guidance, adcs->attitude.q_eci_from_body) : 0.0f;
    supervisor_watch_pointing(adcs, mode->id, off_rad, dt_s);
    adcs->command_before = adcs->command;
    if (adcs->parameters.thruster_count > 0) {
        firing_step(adcs, mode, dt_s);
        thrusters_note_jolt(&adcs->thrusters, &adcs->parameters, dt_s);
    }
    own_dipole_learn(adcs, mode, dt_s);
    momentum_learn(adcs, dt_s);
    adcs->command = command_of(adcs, mode, &demand, dt_s);
    if (mode->id == HIL_MODE_TEST) {
        adcs->command = adcs->test;
    }
}

/* The step at hand again, or one before it that comes late: there is nothing new to do. A second one of them that is later
 * than the first is no straggler but a clock that was set back. */
static bool is_stale(struct adcs *adcs, adcs_ticks now)
{
    const bool back = adcs->stepped && now <= adcs->last_time && adcs_seconds(now, adcs->last_time) <= STEP_MAX_S;
    if (!back) {
        adcs->straggled = false;
        return false;
    }
    if (now == adcs->last_time) {
        return true;
    }
    const bool goes_on = adcs->straggled && now > adcs->straggler_time;
    adcs->straggled = !goes_on;
    adcs->straggler_time = now;
    return !goes_on;
}

static void step(struct adcs *adcs, adcs_ticks now)
{
    adcs->events.now = now;
    const float dt_s = step_length(adcs, now);
    determination_step(adcs, now, dt_s);
    faults_watch_sensors(&adcs->faults, &adcs->parameters, dt_s, &adcs->events);
    act(adcs, dt_s);
}

void adcs_step(struct adcs *adcs, adcs_ticks now)
{
    if (!is_stale(adcs, now)) {
        step(adcs, now);
    }
    adcs->samples = (struct adcs_samples){.gyro = false};
    gyros_drop(&adcs->gyros);
}
