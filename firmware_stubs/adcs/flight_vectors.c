/* Samples that are directions or become one. */
#include "flight_handlers.h"

/* Notes a vector sample of one device. */
static void note(struct flight *flight, const struct hil_packet *packet, unsigned kind, unsigned instance, bool valid,
                 bool taken, struct vec3 value)
{
    struct flight_sample sample = {.kind = kind, .instance = instance, .valid = valid, .taken = taken, .count = 3};
    v3_store(value, sample.values);
    flight_note(flight, packet, &sample);
}

/* What was sent, whether it is believed or not. */
static struct vec3 direction(const float measured[3])
{
    const struct vec3 vector = v3_from(measured);
    const float norm = v3_norm(vector);
    return norm > 0.0f ? v3_scale(1.0f / norm, vector) : vector;
}

void flight_on_magnetometer(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_magnetometer magnetometer;
    (void)link;
    if (!hil_magnetometer_decode(packet->payload, packet->payload_size, &magnetometer)) {
        flight_refuse(flight, packet);
        return;
    }
    const struct vec3 field = v3_from(magnetometer.field_body_T);
    const bool valid = (magnetometer.flags & HIL_FLAG_INVALID) == 0 && magnetometer.instance < MAGNETOMETERS;
    const bool taken = valid && adcs_magnetometer(&flight->adcs, magnetometer.instance, field);
    note(flight, packet, HIL_DEVICE_MAGNETOMETER, magnetometer.instance, valid, taken, field);
}

void flight_on_coarse_sun_sensor(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_coarse_sun_sensor sensor;
    (void)link;
    if (!hil_coarse_sun_sensor_decode(packet->payload, packet->payload_size, &sensor)) {
        flight_refuse(flight, packet);
        return;
    }
    faults_heard(&flight->adcs.faults, FAULTS_COARSE_SUN_SENSOR);
    const bool valid = (sensor.flags & HIL_FLAG_INVALID) == 0 && sensor.instance == 0;
    const bool taken = valid && adcs_coarse_sun_sensor(&flight->adcs, sensor.illumination_adc);
    note(flight, packet, HIL_DEVICE_COARSE_SUN_SENSOR, sensor.instance, valid, taken,
         flight->adcs.samples.coarse_sun_body);
}

void flight_on_fine_sun_sensor(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_fine_sun_sensor sensor;
    (void)link;
    if (!hil_fine_sun_sensor_decode(packet->payload, packet->payload_size, &sensor)) {
        flight_refuse(flight, packet);
        return;
    }
    const bool valid = (sensor.flags & HIL_FLAG_INVALID) == 0;
    if (sensor.instance < 2) {
        faults_heard(&flight->adcs.faults, FAULTS_FINE_SUN_SENSOR + sensor.instance); /* without the Sun in view, too */
    }
    const bool taken = valid && adcs_fine_sun_sensor(&flight->adcs, sensor.instance, v3_from(sensor.sun_body));
    note(flight, packet, HIL_DEVICE_FINE_SUN_SENSOR, sensor.instance, valid, taken, direction(sensor.sun_body));
}

void flight_on_horizon_sensor(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_horizon_sensor sensor;
    (void)link;
    if (!hil_horizon_sensor_decode(packet->payload, packet->payload_size, &sensor)) {
        flight_refuse(flight, packet);
        return;
    }
    const bool valid = (sensor.flags & HIL_FLAG_INVALID) == 0;
    if (sensor.instance < 2) {
        faults_heard(&flight->adcs.faults, FAULTS_HORIZON_SENSOR + sensor.instance); /* without the Earth in view, too */
    }
    const bool taken = valid && adcs_horizon_sensor(&flight->adcs, sensor.instance, v3_from(sensor.nadir_body));
    note(flight, packet, HIL_DEVICE_HORIZON_SENSOR, sensor.instance, valid, taken, direction(sensor.nadir_body));
}
