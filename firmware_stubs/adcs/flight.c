#include "flight_handlers.h"

#ifndef FLIGHT_BUILD_ID
#error "FLIGHT_BUILD_ID, the hash of the sources, comes from CMakeLists.txt"
#endif

#define EVENTS_A_STEP 8u /* what is left is told in the next one: a line has only so much room in a period */
#define ESTIMATE_ATTITUDE_UNKNOWN 1u
#define ESTIMATE_ATTITUDE_COARSE 2u

void flight_tell(struct hil_link *link, uint16_t code, float value)
{
    const hil_event event = {.code = code, .value = value};
    uint8_t payload[HIL_EVENT_SIZE];
    hil_link_send(link, HIL_APID_EVENT, payload, hil_event_encode(&event, payload));
}

static void send_events(struct flight *flight)
{
    const uint32_t lost = hil_frame_errors(&flight->link.deframer.counts);
    if (lost != flight->frames_lost_reported) {
        flight_tell(&flight->link, ADCS_EVENT_FRAMES_LOST, (float)lost);
        flight->frames_lost_reported = lost;
    }
    uint16_t code;
    float value;
    for (unsigned i = 0; i < EVENTS_A_STEP && adcs_events_take(&flight->adcs.events, &code, &value); i++) {
        flight_tell(&flight->link, code, value);
    }
}

static void send_sensed(struct flight *flight)
{
    for (unsigned i = 0; i < flight->sensed.count; i++) {
        uint8_t payload[HIL_SENSED_SIZE];
        hil_link_send(&flight->link, HIL_APID_SENSED, payload, hil_sensed_encode(&flight->sensed.entry[i], payload));
    }
    flight->sensed.count = 0;
}

static void note_duration(struct step_timing *timing, uint32_t ns)
{
    timing->steps++;
    timing->told_ns = timing->steps <= timing->turn ? ns : timing->told_ns;
    timing->longest_ns = ns > timing->longest_ns ? ns : timing->longest_ns;
}

static void send_estimate(struct flight *flight)
{
    const struct adcs *adcs = &flight->adcs;
    const struct quat q = adcs->attitude.q_eci_from_body;
    hil_estimate estimate = {
        .q_eci_from_body = {q.x, q.y, q.z, q.w},
        .mode = (uint8_t)adcs->mode,
        .flags = !adcs->attitude.known ? ESTIMATE_ATTITUDE_UNKNOWN : adcs->attitude.coarse ? ESTIMATE_ATTITUDE_COARSE : 0,
    };
    v3_store(adcs->observer.rate_body_rad_s, estimate.rate_body_rad_s);
    v3_store(adcs->attitude.filter.gyro_bias_body_rad_s, estimate.gyro_bias_body_rad_s);
    uint8_t payload[HIL_ESTIMATE_SIZE];
    hil_link_send(&flight->link, HIL_APID_ESTIMATE, payload, hil_estimate_encode(&estimate, payload));
}

/* Only where a valve is to open. */
static void send_thruster_command(struct flight *flight, uint32_t step)
{
    hil_thruster_command message = {.step = step};
    float longest_s = 0.0f;
    for (int i = 0; i < flight->adcs.parameters.thruster_count; i++) {
        message.on_time_s[i] = flight->adcs.thrusters.on_time_s[i];
        longest_s = message.on_time_s[i] > longest_s ? message.on_time_s[i] : longest_s;
    }
    if (longest_s > 0.0f) {
        uint8_t payload[HIL_THRUSTER_COMMAND_SIZE];
        hil_link_send(&flight->link, HIL_APID_THRUSTER_COMMAND, payload, hil_thruster_command_encode(&message, payload));
    }
}

static void send_command(struct flight *flight, uint32_t step)
{
    const struct adcs_command *command = &flight->adcs.command;
    hil_command message = {.step = step};
    memcpy(message.wheel_torque_Nm, command->wheel_torque_Nm, sizeof message.wheel_torque_Nm);
    v3_store(command->dipole_body_A_m2, message.dipole_body_A_m2);
    uint8_t payload[HIL_COMMAND_SIZE];
    hil_link_send(&flight->link, HIL_APID_COMMAND, payload, hil_command_encode(&message, payload));
}

static void timed_step(struct flight *flight, adcs_ticks now)
{
    const struct flight_board *board = flight->board;
    if (board != NULL) {
        board->stopwatch_start(board->context);
    }
    flight_camera_step(flight, now);
    adcs_step(&flight->adcs, now);
    sight_remember(&flight->adcs.sight, &flight->adcs);
    if (board != NULL) {
        note_duration(&flight->timing, board->stopwatch_ns(board->context));
    }
}

/* The time of the step. Samples that came with a time of their own are lost where the clock jumps. */
static adcs_ticks time_of(struct flight *flight, uint32_t step, adcs_ticks told)
{
    const float jump_s = step_clock_note(&flight->clock, step, told);
    if (adcs_abs(jump_s) > 0.0f) {
        adcs_report(&flight->adcs.events, ADCS_EVENT_CLOCK_JUMPED, jump_s);
        flight->adcs.samples.star_tracker_count = 0;
        flight->adcs.samples.gps = false;
    }
    return step_clock_read(&flight->clock, told);
}

static void on_sync(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_sync sync;
    if (!packet->has_time || !hil_sync_decode(packet->payload, packet->payload_size, &sync)) {
        link->unknown++;
        return;
    }
    const adcs_ticks now = time_of(flight, sync.step, packet->time_ticks);
    flight_mend(flight);
    restart_before_step(&flight->restart, &flight->adcs, now);
    timed_step(flight, now);
    step_clock_contradict(&flight->clock, flight->adcs.orbit_filter.rejected);
    restart_after_step(&flight->restart, &flight->adcs, now);
    guards_seal_after_step(&flight->guards, &flight->adcs);
    send_events(flight);
    send_sensed(flight);
    if (flight_housekeeping_is_due(flight, now)) {
        flight_send_housekeeping(flight, now);
        if (flight->adcs.parameters.value[ADCS_TELEMETRY] > 0.5f) {
            flight_send_telemetry(flight, sync.step);
        }
    }
    flight_radio_step(flight, now);
    send_estimate(flight);
    if (flight->adcs.parameters.thruster_count > 0) {
        send_thruster_command(flight, sync.step);
    }
    send_command(flight, sync.step);
}

static void begin(struct flight *flight)
{
    adcs_init(&flight->adcs);
    adcs_use(&flight->adcs, flight->parts);
    flight->frames_lost_reported = 0;
    flight_camera_reset(&flight->camera);
    flight_radio_reset(&flight->radio);
    flight->sensed.count = 0;
    flight->housekept = false;
    flight->timing = (struct step_timing){.turn = 1};
    flight->clock = (struct step_clock){.known = false};
}

static void reset(void *context)
{
    struct flight *flight = context;
    begin(flight);
    restart_anew(&flight->restart);
    guards_seal(&flight->guards, &flight->adcs);
}

/* No sensor is needed by all modes: a mode says itself what it waits for. */
static const struct hil_handler handlers[] = {
    {HIL_APID_GYRO, flight_on_gyro, 0},
    {HIL_APID_STAR_TRACKER, flight_on_star_tracker, 0},
    {HIL_APID_TACHOMETER, flight_on_tachometer, 0},
    {HIL_APID_SYNC, on_sync, 0},
    {HIL_APID_MAGNETOMETER, flight_on_magnetometer, 0},
    {HIL_APID_COARSE_SUN_SENSOR, flight_on_coarse_sun_sensor, 0},
    {HIL_APID_FINE_SUN_SENSOR, flight_on_fine_sun_sensor, 0},
    {HIL_APID_GPS, flight_on_gps, 0},
    {HIL_APID_HORIZON_SENSOR, flight_on_horizon_sensor, 0},
    {HIL_APID_THERMOMETER, flight_on_thermometer, 0},
    {HIL_APID_CAMERA, flight_on_camera, 0},
    {HIL_APID_CAMERA_PIECE, flight_on_camera_piece, 0},
    {HIL_APID_RADIO_STATE, flight_on_radio_state, 0},
    {HIL_APID_RADIO_HEARD, flight_on_radio_heard, 0},
    {HIL_APID_SET_PARAMETER, flight_on_set_parameter, 0},
    {HIL_APID_SET_ORBIT, flight_on_set_orbit, 0},
    {HIL_APID_SET_EARTH, flight_on_set_earth, 0},
    {HIL_APID_SET_TARGET, flight_on_set_target, 0},
    {HIL_APID_SET_ATTITUDE, flight_on_set_attitude, 0},
    {HIL_APID_SET_MODE, flight_on_set_mode, 0},
    {HIL_APID_SET_ACTUATOR, flight_on_set_actuator, 0},
    {HIL_APID_SET_BURN, flight_on_set_burn, 0},
    {HIL_APID_SET_TARGET_ORBIT, flight_on_set_target_orbit, 0},
    {HIL_APID_SET_TARGET_DIRECTION, flight_on_set_target_direction, 0},
};

void flight_init(struct flight *flight, const struct hil_port *port, const struct flight_board *board,
                 const struct boot *boot)
{
    flight->board = board;
#ifdef HIL_OWN_PARTS
    flight->parts = adcs_own_parts();
#else
    flight->parts = NULL;
#endif
    flight->application = (struct hil_application){
        .handlers = handlers,
        .handler_count = sizeof handlers / sizeof handlers[0],
        .reset = reset,
        .context = flight,
        .firmware = "hil-adcs",
        .build = FLIGHT_BUILD_ID,
    };
    hil_link_init(&flight->link, port, &flight->application);
    begin(flight);
    restart_boot(&flight->restart, &flight->adcs, boot, FLIGHT_BUILD_ID);
    guards_seal(&flight->guards, &flight->adcs);
}
