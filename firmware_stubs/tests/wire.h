/* The bench's side of the line, in memory: packets to a flight software, and its replies taken apart. */
#ifndef WIRE_H
#define WIRE_H

#include "check.h"
#include "flight.h"

#define WIRE_REPLIES_MAX 4096u

struct wire {
    struct flight flight;
    struct hil_port port;
    const struct flight_board *board; /* kept by wire_start, */
    const struct boot *boot;          /* as is this */
    struct hil_deframer deframer;
    uint16_t sequence;
    unsigned gyro_samples; /* so far */
    unsigned replies, events;
    bool has_hello, has_ack, has_estimate, has_command; /* since wire_clear */
    hil_hello hello;
    hil_ack ack;
    hil_estimate estimate;
    hil_command command;
    hil_event event; /* the last one */
    unsigned told[128]; /* events of each code since wire_start */
    hil_housekeeping housekeeping;
    bool has_housekeeping;
    hil_thruster_command thruster_command;
    bool has_thruster_command;
    unsigned sensed_count;
    hil_sensed sensed[SENSED_MAX];
    size_t size;     /* of the raw bytes since wire_clear */
    uint8_t bytes[WIRE_REPLIES_MAX];
};

void wire_start(struct wire *wire);
void wire_clear(struct wire *wire);

/* Send one packet; what comes back is in *wire. A negative time sends none. */
void wire_send(struct wire *wire, uint16_t apid, const uint8_t *payload, size_t size, double time_s);

/* The same for each message that the tests need. */
void wire_hello(struct wire *wire);
uint8_t wire_set_parameter(struct wire *wire, uint16_t id, float value); /* the ack's result, 255 without an ack */
uint8_t wire_set_orbit(struct wire *wire, const double position_eci_m[3], const double velocity_eci_m_s[3]);
uint8_t wire_set_mode(struct wire *wire, uint8_t mode);
void wire_gyro(struct wire *wire, uint8_t flags, const double rate_body_rad_s[3]);
void wire_star_tracker(struct wire *wire, const double q_eci_from_body[4], double time_s);
void wire_tachometer(struct wire *wire, uint8_t instance, double speed_rad_s);
/* A setting whose fields are `n` floats after `slot`, if that is not negative: set_earth, set_target, set_attitude. */
uint8_t wire_set_floats(struct wire *wire, uint16_t apid, int slot, const float *values, size_t n, double time_s);
uint8_t wire_set_actuator(struct wire *wire, uint8_t kind, uint8_t instance, float value);
void wire_vector(struct wire *wire, uint16_t apid, uint8_t flags, const double vector[3]); /* a sample that is one vector */
void wire_coarse_sun_sensor(struct wire *wire, const uint16_t illumination_adc[6]);
void wire_gps(struct wire *wire, const double position_ecef_m[3], const double velocity_ecef_m_s[3]);
void wire_sync(struct wire *wire, uint32_t step, double time_s);

#endif
