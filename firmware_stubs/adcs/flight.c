#include "flight.h"

#ifndef FLIGHT_BUILD_ID
#error "FLIGHT_BUILD_ID, the hash of the sources, comes from CMakeLists.txt"
#endif

#define ESTIMATE_ATTITUDE_UNKNOWN 1u

static adcs_ticks sample_time(const struct hil_packet *packet)
{
    return packet->has_time ? packet->time_ticks : ADCS_TIME_OF_STEP;
}

static void check_sample(struct flight *flight, const struct hil_packet *packet, bool taken)
{
    if (!taken) {
        adcs_report(&flight->adcs.events, ADCS_EVENT_SAMPLE_REJECTED, (float)packet->apid);
    }
}

static void on_gyro(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_gyro gyro;
    (void)link;
    if (!hil_gyro_decode(packet->payload, packet->payload_size, &gyro)) {
        check_sample(flight, packet, false);
    } else if (gyro.instance == 0 && (gyro.flags & HIL_FLAG_INVALID) == 0) {
        check_sample(flight, packet, adcs_gyro(&flight->adcs, sample_time(packet), v3_from(gyro.rate_body_rad_s)));
    }
}

static void on_star_tracker(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_star_tracker tracker;
    (void)link;
    if (!hil_star_tracker_decode(packet->payload, packet->payload_size, &tracker)) {
        check_sample(flight, packet, false);
    } else if ((tracker.flags & HIL_FLAG_INVALID) == 0) {
        const float *q = tracker.q_eci_from_body;
        check_sample(flight, packet,
                     adcs_star_tracker(&flight->adcs, sample_time(packet), (struct quat){q[0], q[1], q[2], q[3]}));
    }
}

static void on_tachometer(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_tachometer tachometer;
    (void)link;
    if (!hil_tachometer_decode(packet->payload, packet->payload_size, &tachometer)) {
        check_sample(flight, packet, false);
    } else if ((tachometer.flags & HIL_FLAG_INVALID) == 0) {
        check_sample(flight, packet, adcs_tachometer(&flight->adcs, tachometer.instance, tachometer.speed_rad_s));
    }
}

/* Devices that no mode needs yet: taken off the line without complaint. */
static void on_unused_sample(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    (void)context;
    (void)link;
    (void)packet;
}

static void on_set_parameter(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    static const uint8_t results[] = {[ADCS_SET_DONE] = HIL_ACK_ACCEPTED,
                                      [ADCS_SET_UNKNOWN_ID] = HIL_ACK_UNKNOWN_ID,
                                      [ADCS_SET_OUT_OF_RANGE] = HIL_ACK_OUT_OF_RANGE};
    struct flight *flight = context;
    hil_set_parameter set;
    const bool whole = hil_set_parameter_decode(packet->payload, packet->payload_size, &set);
    hil_link_acknowledge(
        link, packet,
        whole ? results[adcs_parameters_set(&flight->adcs.parameters, set.id, set.value)] : HIL_ACK_MALFORMED);
}

static void on_set_orbit(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_set_orbit set;
    if (!packet->has_time || !hil_set_orbit_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    const bool taken = orbit_set(&flight->adcs.orbit, packet->time_ticks, v3_from(set.position_eci_m),
                                 v3_from(set.velocity_eci_m_s));
    hil_link_acknowledge(link, packet, taken ? HIL_ACK_ACCEPTED : HIL_ACK_OUT_OF_RANGE);
}

static void on_set_mode(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    static const uint8_t results[] = {[ADCS_MODE_TAKEN] = HIL_ACK_ACCEPTED,
                                      [ADCS_MODE_UNKNOWN] = HIL_ACK_UNKNOWN_ID,
                                      [ADCS_MODE_IMPOSSIBLE] = HIL_ACK_WRONG_STATE};
    struct flight *flight = context;
    hil_set_mode set;
    if (!hil_set_mode_decode(packet->payload, packet->payload_size, &set)) {
        hil_link_acknowledge(link, packet, HIL_ACK_MALFORMED);
        return;
    }
    hil_link_acknowledge(link, packet, results[adcs_set_mode(&flight->adcs, set.mode)]);
}

static void send_event(struct hil_link *link, uint16_t code, float value)
{
    const hil_event event = {.code = code, .value = value};
    uint8_t payload[HIL_EVENT_SIZE];
    hil_link_send(link, HIL_APID_EVENT, payload, hil_event_encode(&event, payload));
}

static void send_events(struct flight *flight)
{
    struct adcs_events *events = &flight->adcs.events;
    const uint32_t lost = hil_frame_errors(&flight->link.deframer.counts);
    if (lost != flight->frames_lost_reported) {
        send_event(&flight->link, ADCS_EVENT_FRAMES_LOST, (float)lost);
        flight->frames_lost_reported = lost;
    }
    for (unsigned i = 0; i < events->count; i++) {
        send_event(&flight->link, events->code[i], events->value[i]);
    }
    events->count = 0;
}

static void send_estimate(struct flight *flight)
{
    const struct adcs *adcs = &flight->adcs;
    const struct quat q = adcs->attitude.q_eci_from_body;
    hil_estimate estimate = {
        .q_eci_from_body = {q.x, q.y, q.z, q.w},
        .mode = (uint8_t)adcs->mode,
        .flags = adcs->attitude.known ? 0 : ESTIMATE_ATTITUDE_UNKNOWN,
    };
    v3_store(adcs->observer.rate_body_rad_s, estimate.rate_body_rad_s);
    v3_store(adcs->attitude.filter.gyro_bias_body_rad_s, estimate.gyro_bias_body_rad_s);
    uint8_t payload[HIL_ESTIMATE_SIZE];
    hil_link_send(&flight->link, HIL_APID_ESTIMATE, payload, hil_estimate_encode(&estimate, payload));
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

static void on_sync(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_sync sync;
    if (!packet->has_time || !hil_sync_decode(packet->payload, packet->payload_size, &sync)) {
        link->unknown++;
        return;
    }
    adcs_step(&flight->adcs, packet->time_ticks);
    send_events(flight);
    send_estimate(flight);
    send_command(flight, sync.step);
}

static void reset(void *context)
{
    struct flight *flight = context;
    adcs_init(&flight->adcs);
    flight->frames_lost_reported = 0;
}

static const struct hil_handler handlers[] = {
    {HIL_APID_GYRO, on_gyro},
    {HIL_APID_STAR_TRACKER, on_star_tracker},
    {HIL_APID_TACHOMETER, on_tachometer},
    {HIL_APID_SYNC, on_sync},
    {HIL_APID_MAGNETOMETER, on_unused_sample},
    {HIL_APID_COARSE_SUN_SENSOR, on_unused_sample},
    {HIL_APID_FINE_SUN_SENSOR, on_unused_sample},
    {HIL_APID_GPS, on_unused_sample},
    {HIL_APID_HORIZON_SENSOR, on_unused_sample},
    {HIL_APID_THERMOMETER, on_unused_sample},
    {HIL_APID_SET_PARAMETER, on_set_parameter},
    {HIL_APID_SET_ORBIT, on_set_orbit},
    {HIL_APID_SET_MODE, on_set_mode},
};

void flight_init(struct flight *flight, const struct hil_port *port)
{
    flight->application = (struct hil_application){
        .handlers = handlers,
        .handler_count = sizeof handlers / sizeof handlers[0],
        .reset = reset,
        .context = flight,
        .firmware = "hil-adcs",
        .build = FLIGHT_BUILD_ID,
        /* What pointing needs at least. A rig with more of a kind is fine: what is left over is not used. */
        .device_count = {[HIL_DEVICE_GYRO] = 1, [HIL_DEVICE_STAR_TRACKER] = 1, [HIL_DEVICE_TACHOMETER] = 3},
    };
    hil_link_init(&flight->link, port, &flight->application);
    reset(flight);
}
