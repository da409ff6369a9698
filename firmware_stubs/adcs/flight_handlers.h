/* The flight software's handlers, by what they deal with; flight.c lists them. */
#ifndef FLIGHT_HANDLERS_H
#define FLIGHT_HANDLERS_H

#include "flight.h"

typedef void flight_handler(void *context, struct hil_link *link, const struct hil_packet *packet);

/* Samples (flight_samples.c, flight_vectors.c): taken, refused with an event, and in mode test noted for an answer. */
flight_handler flight_on_gyro, flight_on_star_tracker, flight_on_tachometer, flight_on_magnetometer,
    flight_on_coarse_sun_sensor, flight_on_fine_sun_sensor, flight_on_gps, flight_on_horizon_sensor,
    flight_on_thermometer;

/* The camera (flight_camera.c): a picture is announced, its pieces are collected, and in the control step after the last one
 * what is found in it is told. */
flight_handler flight_on_camera, flight_on_camera_piece;
void flight_camera_step(struct flight *flight, adcs_ticks now);

/* The radio (flight_radio.c): what was recognised in a picture, whose track it is, is told to the ground; in each step goes
 * out what the radio has room for, while it hears a station. */
flight_handler flight_on_radio_state, flight_on_radio_heard;
void flight_radio_recognised(struct flight *flight, const struct detection *found, const struct sight_point *point);
void flight_radio_step(struct flight *flight, adcs_ticks now);

/* Settings (flight_settings.c): each is acknowledged. */
flight_handler flight_on_set_parameter, flight_on_set_orbit, flight_on_set_earth, flight_on_set_target,
    flight_on_set_attitude, flight_on_set_mode, flight_on_set_actuator, flight_on_set_burn,
    flight_on_set_target_orbit, flight_on_set_target_direction;

/* Message housekeeping, once a second of the bench's time (flight_housekeeping.c). */
bool flight_housekeeping_is_due(struct flight *flight, adcs_ticks now);
void flight_send_housekeeping(struct flight *flight, adcs_ticks now);

/* What the flight software believes, in message user. */
void flight_send_telemetry(struct flight *flight, uint32_t step);

/* Mend what a particle changed, before it is used, and before anything is set and sealed with it. What cannot be mended
 * comes from the store. */
void flight_mend(struct flight *flight);

/* Send an event at once. */
void flight_tell(struct hil_link *link, uint16_t code, float value);

/* A sample's own time, or that of the step. */
adcs_ticks flight_sample_time(const struct flight *flight, const struct hil_packet *packet);

/* The time that a packet with one tells, without what the clock is known to be ahead by. */
adcs_ticks flight_time(const struct flight *flight, const struct hil_packet *packet);

struct flight_sample {
    unsigned kind, instance;
    bool valid; /* by its flags, and of a device that is used */
    bool taken; /* and plausible */
    float values[6];
    unsigned count;
};

/* What became of a sample. One that was valid but not taken is reported. */
void flight_note(struct flight *flight, const struct hil_packet *packet, const struct flight_sample *sample);

/* A sample that could not even be decoded. */
void flight_refuse(struct flight *flight, const struct hil_packet *packet);

#endif
