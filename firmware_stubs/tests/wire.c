#include "wire.h"

#include <string.h>

static size_t read_nothing(void *context, uint8_t *data, size_t capacity)
{
    (void)context;
    (void)data;
    (void)capacity;
    return 0;
}

static void take_sensed(struct wire *wire, const uint8_t *p, size_t n)
{
    CHECK(!wire->has_estimate && !wire->has_command && wire->sensed_count < SENSED_MAX);
    CHECK(hil_sensed_decode(p, n, &wire->sensed[wire->sensed_count++]));
}

static void take(struct wire *wire, const struct hil_packet *packet)
{
    const uint8_t *p = packet->payload;
    const size_t n = packet->payload_size;
    wire->replies++;
    CHECK(!packet->to_obc);
    switch (packet->apid) {
    case HIL_APID_HELLO: wire->has_hello = hil_hello_decode(p, n, &wire->hello); break;
    case HIL_APID_ACK: wire->has_ack = hil_ack_decode(p, n, &wire->ack); break;
    case HIL_APID_ESTIMATE: wire->has_estimate = hil_estimate_decode(p, n, &wire->estimate); break;
    case HIL_APID_COMMAND: wire->has_command = hil_command_decode(p, n, &wire->command); break;
    case HIL_APID_EVENT:
        wire->events += hil_event_decode(p, n, &wire->event);
        wire->told[wire->event.code % 128u]++;
        break;
    case HIL_APID_HOUSEKEEPING: wire->has_housekeeping = hil_housekeeping_decode(p, n, &wire->housekeeping); break;
    case HIL_APID_SENSED: take_sensed(wire, p, n); break;
    case HIL_APID_THRUSTER_COMMAND:
        CHECK(!wire->has_command);
        wire->has_thruster_command = hil_thruster_command_decode(p, n, &wire->thruster_command);
        break;
    case HIL_APID_USER: break; /* fuzzed parameters may ask for it */
    default: CHECK(false);
    }
}

static void receive(void *context, const uint8_t *data, size_t n)
{
    struct wire *wire = context;
    struct hil_packet packet;
    for (size_t i = 0; i < n; i++) {
        if (wire->size < WIRE_REPLIES_MAX) {
            wire->bytes[wire->size++] = data[i];
        }
        if (hil_deframer_push(&wire->deframer, data[i], &packet)) {
            take(wire, &packet);
        }
    }
    CHECK(hil_frame_errors(&wire->deframer.counts) == 0);
}

void wire_start(struct wire *wire)
{
    const struct flight_board *board = wire->board;
    const struct boot *boot = wire->boot;
    memset(wire, 0, sizeof *wire);
    wire->board = board;
    wire->boot = boot;
    wire->port = (struct hil_port){read_nothing, receive, wire};
    flight_init(&wire->flight, &wire->port, wire->board, wire->boot);
}

void wire_clear(struct wire *wire)
{
    wire->replies = wire->events = 0;
    wire->has_hello = wire->has_ack = wire->has_estimate = wire->has_command = wire->has_housekeeping = false;
    wire->has_thruster_command = false;
    wire->sensed_count = 0;
    wire->size = 0;
}

void wire_send(struct wire *wire, uint16_t apid, const uint8_t *payload, size_t size, double time_s)
{
    const struct hil_packet packet = {
        .apid = apid,
        .sequence = wire->sequence++ & 0x3FFF,
        .to_obc = true,
        .has_time = time_s >= 0.0,
        .time_ticks = time_s >= 0.0 ? (uint64_t)llround(time_s * 16777216.0) : 0,
        .payload = payload,
        .payload_size = size,
    };
    uint8_t bytes[HIL_PACKET_SIZE_MAX], frame[HIL_FRAME_SIZE_MAX];
    const size_t n = hil_cobs_encode(bytes, hil_packet_build(&packet, bytes), frame);
    frame[n] = 0;
    hil_link_receive(&wire->flight.link, frame, n + 1);
}

void wire_hello(struct wire *wire)
{
    const hil_hello_request request = {.protocol = HIL_PROTOCOL_VERSION,
                                       .step_numerator_s = 1,
                                       .step_denominator = 10,
                                       .devices_count = 2,
                                       .devices = {{HIL_APID_GYRO, 1}, {HIL_APID_TACHOMETER, 3}}};
    uint8_t payload[HIL_HELLO_REQUEST_SIZE_MAX];
    wire_send(wire, HIL_APID_HELLO_REQUEST, payload, hil_hello_request_encode(&request, payload), -1.0);
}

static uint8_t result(struct wire *wire)
{
    const uint8_t value = wire->has_ack ? wire->ack.result : 255;
    wire->has_ack = false;
    return value;
}

uint8_t wire_set_parameter(struct wire *wire, uint16_t id, float value)
{
    const hil_set_parameter set = {id, value};
    uint8_t payload[HIL_SET_PARAMETER_SIZE];
    wire_send(wire, HIL_APID_SET_PARAMETER, payload, hil_set_parameter_encode(&set, payload), -1.0);
    return result(wire);
}

uint8_t wire_set_orbit(struct wire *wire, const double position_eci_m[3], const double velocity_eci_m_s[3])
{
    hil_set_orbit set;
    uint8_t payload[HIL_SET_ORBIT_SIZE];
    for (int i = 0; i < 3; i++) {
        set.position_eci_m[i] = (float)position_eci_m[i];
        set.velocity_eci_m_s[i] = (float)velocity_eci_m_s[i];
    }
    wire_send(wire, HIL_APID_SET_ORBIT, payload, hil_set_orbit_encode(&set, payload), 0.0);
    return result(wire);
}

uint8_t wire_set_mode(struct wire *wire, uint8_t mode)
{
    wire_send(wire, HIL_APID_SET_MODE, &mode, 1, -1.0);
    return result(wire);
}

uint8_t wire_set_floats(struct wire *wire, uint16_t apid, int slot, const float *values, size_t n, double time_s)
{
    uint8_t payload[64];
    size_t size = 0;
    if (slot >= 0) {
        payload[size++] = (uint8_t)slot;
    }
    for (size_t i = 0; i < n; i++, size += 4) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        for (unsigned octet = 0; octet < 4; octet++) {
            payload[size + octet] = (uint8_t)(bits >> (24u - 8u * octet));
        }
    }
    wire_send(wire, apid, payload, size, time_s);
    return result(wire);
}

uint8_t wire_set_actuator(struct wire *wire, uint8_t kind, uint8_t instance, float value)
{
    const hil_set_actuator set = {kind, instance, value};
    uint8_t payload[HIL_SET_ACTUATOR_SIZE];
    wire_send(wire, HIL_APID_SET_ACTUATOR, payload, hil_set_actuator_encode(&set, payload), -1.0);
    return result(wire);
}

/* Gyro, magnetometer, fine sun and horizon sensors have one layout. */
void wire_vector(struct wire *wire, uint16_t apid, uint8_t flags, const double vector[3])
{
    hil_gyro sample = {.flags = flags};
    uint8_t payload[HIL_GYRO_SIZE];
    for (int i = 0; i < 3; i++) {
        sample.rate_body_rad_s[i] = (float)vector[i];
    }
    wire_send(wire, apid, payload, hil_gyro_encode(&sample, payload), -1.0);
}

void wire_coarse_sun_sensor(struct wire *wire, const uint16_t illumination_adc[6])
{
    hil_coarse_sun_sensor sensor = {.flags = 0};
    uint8_t payload[HIL_COARSE_SUN_SENSOR_SIZE];
    memcpy(sensor.illumination_adc, illumination_adc, sizeof sensor.illumination_adc);
    wire_send(wire, HIL_APID_COARSE_SUN_SENSOR, payload, hil_coarse_sun_sensor_encode(&sensor, payload), -1.0);
}

void wire_gps(struct wire *wire, const double position_ecef_m[3], const double velocity_ecef_m_s[3])
{
    hil_gps gps = {.flags = 0};
    uint8_t payload[HIL_GPS_SIZE];
    for (int i = 0; i < 3; i++) {
        gps.position_ecef_m[i] = (float)position_ecef_m[i];
        gps.velocity_ecef_m_s[i] = (float)velocity_ecef_m_s[i];
    }
    wire_send(wire, HIL_APID_GPS, payload, hil_gps_encode(&gps, payload), -1.0);
}

void wire_gyro(struct wire *wire, uint8_t flags, const double rate_body_rad_s[3])
{
    const double noise = wire->gyro_samples++ % 2 == 0 ? 3e-8 : -3e-8; /* a gyro that shows one value for ever is broken */
    const double rate[3] = {rate_body_rad_s[0] + noise, rate_body_rad_s[1] - noise, rate_body_rad_s[2] + noise};
    wire_vector(wire, HIL_APID_GYRO, flags, rate);
}

void wire_star_tracker(struct wire *wire, const double q_eci_from_body[4], double time_s)
{
    hil_star_tracker tracker = {.flags = 0};
    uint8_t payload[HIL_STAR_TRACKER_SIZE];
    for (int i = 0; i < 4; i++) {
        tracker.q_eci_from_body[i] = (float)q_eci_from_body[i];
    }
    wire_send(wire, HIL_APID_STAR_TRACKER, payload, hil_star_tracker_encode(&tracker, payload), time_s);
}

void wire_tachometer(struct wire *wire, uint8_t instance, double speed_rad_s)
{
    const hil_tachometer tachometer = {.instance = instance, .speed_rad_s = (float)speed_rad_s};
    uint8_t payload[HIL_TACHOMETER_SIZE];
    wire_send(wire, HIL_APID_TACHOMETER, payload, hil_tachometer_encode(&tachometer, payload), -1.0);
}

void wire_sync(struct wire *wire, uint32_t step, double time_s)
{
    const hil_sync sync = {step};
    uint8_t payload[HIL_SYNC_SIZE];
    wire_clear(wire);
    wire_send(wire, HIL_APID_SYNC, payload, hil_sync_encode(&sync, payload), time_s);
}
