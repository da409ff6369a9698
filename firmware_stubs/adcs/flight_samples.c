#include "flight_handlers.h"

adcs_ticks flight_time(const struct flight *flight, const struct hil_packet *packet)
{
    return step_clock_read(&flight->clock, packet->time_ticks);
}

adcs_ticks flight_sample_time(const struct flight *flight, const struct hil_packet *packet)
{
    return packet->has_time ? flight_time(flight, packet) : ADCS_TIME_OF_STEP;
}

void flight_refuse(struct flight *flight, const struct hil_packet *packet)
{
    adcs_report(&flight->adcs.events, ADCS_EVENT_SAMPLE_REJECTED, (float)packet->apid);
}

void flight_note(struct flight *flight, const struct hil_packet *packet, const struct flight_sample *sample)
{
    if (sample->valid && !sample->taken) {
        flight_refuse(flight, packet);
    }
    if (flight->adcs.mode_wanted == HIL_MODE_TEST) {
        sensed_note(&flight->sensed, sample->kind, sample->instance, sample->values, sample->taken ? sample->count : 0);
    }
}

static struct flight_sample sample_of(unsigned kind, unsigned flags, unsigned instance)
{
    return (struct flight_sample){.kind = kind, .instance = instance, .valid = (flags & HIL_FLAG_INVALID) == 0};
}

void flight_on_gyro(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_gyro gyro;
    (void)link;
    if (!hil_gyro_decode(packet->payload, packet->payload_size, &gyro)) {
        flight_refuse(flight, packet);
        return;
    }
    struct flight_sample sample = sample_of(HIL_DEVICE_GYRO, gyro.flags, gyro.instance);
    const struct vec3 rate = v3_from(gyro.rate_body_rad_s);
    sample.valid = sample.valid && gyro.instance < GYROS;
    sample.taken = sample.valid && adcs_gyro(&flight->adcs, gyro.instance, flight_sample_time(flight, packet), rate);
    sample.count = 3;
    v3_store(rate, sample.values);
    flight_note(flight, packet, &sample);
}

void flight_on_star_tracker(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_star_tracker tracker;
    (void)link;
    if (!hil_star_tracker_decode(packet->payload, packet->payload_size, &tracker)) {
        flight_refuse(flight, packet);
        return;
    }
    struct flight_sample sample = sample_of(HIL_DEVICE_STAR_TRACKER, tracker.flags, tracker.instance);
    const float *q = tracker.q_eci_from_body;
    const struct quat measured = {q[0], q[1], q[2], q[3]};
    sample.taken = sample.valid
        && adcs_star_tracker(&flight->adcs, tracker.instance, flight_sample_time(flight, packet), measured);
    sample.count = 4;
    memcpy(sample.values, q, 4 * sizeof q[0]);
    flight_note(flight, packet, &sample);
}

void flight_on_tachometer(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_tachometer tachometer;
    (void)link;
    if (!hil_tachometer_decode(packet->payload, packet->payload_size, &tachometer)) {
        flight_refuse(flight, packet);
        return;
    }
    struct flight_sample sample = sample_of(HIL_DEVICE_TACHOMETER, tachometer.flags, tachometer.instance);
    sample.taken = sample.valid && adcs_tachometer(&flight->adcs, tachometer.instance, tachometer.speed_rad_s);
    sample.count = 1;
    sample.values[0] = tachometer.speed_rad_s;
    flight_note(flight, packet, &sample);
}

void flight_on_gps(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_gps gps;
    (void)link;
    if (!hil_gps_decode(packet->payload, packet->payload_size, &gps)) {
        flight_refuse(flight, packet);
        return;
    }
    struct flight_sample sample = sample_of(HIL_DEVICE_GPS, gps.flags, gps.instance);
    faults_heard(&flight->adcs.faults, FAULTS_GPS); /* without a fix, too: it speaks */
    const struct vec3 position = v3_from(gps.position_ecef_m), velocity = v3_from(gps.velocity_ecef_m_s);
    sample.taken = sample.valid && adcs_gps(&flight->adcs, flight_sample_time(flight, packet), position, velocity);
    sample.count = 6;
    v3_store(position, sample.values);
    v3_store(velocity, sample.values + 3);
    flight_note(flight, packet, &sample);
}

void flight_on_thermometer(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_thermometer thermometer;
    (void)link;
    if (!hil_thermometer_decode(packet->payload, packet->payload_size, &thermometer)) {
        flight_refuse(flight, packet);
        return;
    }
    struct flight_sample sample = sample_of(HIL_DEVICE_THERMOMETER, thermometer.flags, thermometer.instance);
    sample.taken = sample.valid && adcs_thermometer(&flight->adcs, thermometer.instance, thermometer.temperature_K);
    sample.count = 1;
    sample.values[0] = thermometer.temperature_K;
    flight_note(flight, packet, &sample);
}
