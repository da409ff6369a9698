/* Generated from the bench's message table by `hil wire --c`; edit the table, not this file.
 *
 * hil_<message>_decode() reads the fields of a packet, which start after its headers; false when
 * `size` is not the message's. hil_<message>_encode() writes HIL_<MESSAGE>_SIZE octets and returns
 * that number. A message that ends with a list has any length: fields that are missing read as
 * zero, and encode() writes up to HIL_<MESSAGE>_SIZE_MAX octets. Octet order on the wire is
 * big-endian whatever the machine's is. */
#ifndef HIL_MESSAGES_H
#define HIL_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HIL_PROTOCOL_VERSION 2u
#define HIL_FLAG_INVALID 1u
#define HIL_WHEELS_MAX 4u
#define HIL_RODS_MAX 3u
#define HIL_THRUSTERS_MAX 8u
#define HIL_APID_FIRST_SAMPLE 0x120u
#define HIL_APID_LAST_SAMPLE 0x1FFu

enum {
    HIL_APID_HELLO_REQUEST = 0x100,
    HIL_APID_SET_PARAMETER = 0x101,
    HIL_APID_SET_ORBIT = 0x102,
    HIL_APID_SET_MODE = 0x103,
    HIL_APID_SET_EARTH = 0x104,
    HIL_APID_SET_TARGET = 0x105,
    HIL_APID_SET_ATTITUDE = 0x106,
    HIL_APID_SET_ACTUATOR = 0x107,
    HIL_APID_SET_BURN = 0x108,
    HIL_APID_SET_TARGET_ORBIT = 0x109,
    HIL_APID_SET_TARGET_DIRECTION = 0x10A,
    HIL_APID_SET_RATE = 0x10B,
    HIL_APID_SYNC = 0x110,
    HIL_APID_RADIO_STATE = 0x112,
    HIL_APID_RADIO_HEARD = 0x113,
    HIL_APID_CAMERA_PIECE = 0x118,
    HIL_APID_GYRO = 0x120,
    HIL_APID_STAR_TRACKER = 0x121,
    HIL_APID_TACHOMETER = 0x122,
    HIL_APID_MAGNETOMETER = 0x123,
    HIL_APID_COARSE_SUN_SENSOR = 0x124,
    HIL_APID_FINE_SUN_SENSOR = 0x125,
    HIL_APID_GPS = 0x126,
    HIL_APID_HORIZON_SENSOR = 0x127,
    HIL_APID_THERMOMETER = 0x128,
    HIL_APID_CAMERA = 0x129,
    HIL_APID_GPS_TIME = 0x12A,
    HIL_APID_GEODETIC_FIX = 0x12B,
    HIL_APID_SUN_CELLS = 0x12C,
    HIL_APID_SUN_ANGLES = 0x12D,
    HIL_APID_ACCELEROMETER = 0x12E,
    HIL_APID_POWER_METER = 0x12F,
    HIL_APID_HELLO = 0x200,
    HIL_APID_ACK = 0x201,
    HIL_APID_COMMAND = 0x210,
    HIL_APID_ESTIMATE = 0x211,
    HIL_APID_HOUSEKEEPING = 0x212,
    HIL_APID_SENSED = 0x213,
    HIL_APID_THRUSTER_COMMAND = 0x214,
    HIL_APID_WHEEL_SPEED_COMMAND = 0x215,
    HIL_APID_EVENT = 0x220,
    HIL_APID_USER = 0x221,
    HIL_APID_SIGHTINGS = 0x222,
    HIL_APID_NAMED = 0x223,
    HIL_APID_RADIO_SEND = 0x224,
};

enum {
    HIL_DEVICE_GYRO = 0,
    HIL_DEVICE_STAR_TRACKER = 1,
    HIL_DEVICE_TACHOMETER = 2,
    HIL_DEVICE_MAGNETOMETER = 3,
    HIL_DEVICE_COARSE_SUN_SENSOR = 4,
    HIL_DEVICE_FINE_SUN_SENSOR = 5,
    HIL_DEVICE_GPS = 6,
    HIL_DEVICE_HORIZON_SENSOR = 7,
    HIL_DEVICE_THERMOMETER = 8,
    HIL_DEVICE_CAMERA = 9,
    HIL_DEVICE_GPS_TIME = 10,
    HIL_DEVICE_GEODETIC_FIX = 11,
    HIL_DEVICE_SUN_CELLS = 12,
    HIL_DEVICE_SUN_ANGLES = 13,
    HIL_DEVICE_ACCELEROMETER = 14,
    HIL_DEVICE_POWER_METER = 15,
};

enum {
    HIL_MODE_IDLE = 0,
    HIL_MODE_NADIR = 1,
    HIL_MODE_DETUMBLE = 2,
    HIL_MODE_SUN_SAFE = 3,
    HIL_MODE_INERTIAL = 4,
    HIL_MODE_TARGET = 5,
    HIL_MODE_STATION = 6,
    HIL_MODE_TEST = 7,
    HIL_MODE_BURN = 8,
};

enum {
    HIL_SLOT_TARGET = 0,
    HIL_SLOT_STATION = 1,
};

enum {
    HIL_ACTUATOR_WHEEL = 0,
    HIL_ACTUATOR_ROD = 1,
    HIL_ACTUATOR_THRUSTER = 2,
};

enum {
    HIL_SIGHT_NOTHING = 0,
    HIL_SIGHT_SHIP = 1,
    HIL_SIGHT_FIRE = 2,
    HIL_SIGHT_CLOUD_EDGE = 3,
    HIL_SIGHT_GLINT = 4,
};

enum {
    HIL_ACK_ACCEPTED = 0,
    HIL_ACK_UNKNOWN_ID = 1,
    HIL_ACK_OUT_OF_RANGE = 2,
    HIL_ACK_MALFORMED = 3,
    HIL_ACK_WRONG_STATE = 4,
};

static inline uint16_t hil_get_u16(const uint8_t *p) {
    return (uint16_t)(((uint32_t)p[0] << 8) | p[1]);
}
static inline uint32_t hil_get_u32(const uint8_t *p) {
    return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
}
static inline int32_t hil_get_i32(const uint8_t *p) {
    const uint32_t bits = hil_get_u32(p);
    int32_t value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static inline float hil_get_f32(const uint8_t *p) {
    const uint32_t bits = hil_get_u32(p);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static inline void hil_put_u16(uint8_t *p, uint16_t value) {
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}
static inline void hil_put_u32(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}
static inline void hil_put_i32(uint8_t *p, int32_t value) {
    hil_put_u32(p, (uint32_t)value);
}
static inline void hil_put_f32(uint8_t *p, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    hil_put_u32(p, bits);
}

#define HIL_DEVICES_MAX 24u
typedef struct {
    uint16_t apid;
    uint8_t count;
} hil_device;

static inline void hil_device_get(const uint8_t *p, hil_device *out) {
    out->apid = hil_get_u16(p + 0);
    out->count = p[2];
}

static inline void hil_device_put(const hil_device *in, uint8_t *p) {
    hil_put_u16(p + 0, in->apid);
    p[2] = in->count;
}

#define HIL_OCTETS_MAX 112u
typedef struct {
    uint8_t octet;
} hil_octet;

static inline void hil_octet_get(const uint8_t *p, hil_octet *out) {
    out->octet = p[0];
}

static inline void hil_octet_put(const hil_octet *in, uint8_t *p) {
    p[0] = in->octet;
}

#define HIL_READINGS_MAX 56u
typedef struct {
    float value;
} hil_reading;

static inline void hil_reading_get(const uint8_t *p, hil_reading *out) {
    out->value = hil_get_f32(p + 0);
}

static inline void hil_reading_put(const hil_reading *in, uint8_t *p) {
    hil_put_f32(p + 0, in->value);
}

#define HIL_SIGHTS_MAX 10u
typedef struct {
    uint8_t kind; /* what it is taken for: see SIGHT_KINDS */
    uint8_t confidence; /* of 255 */
    uint16_t track; /* its number while it is followed; 0: not followed */
    uint16_t column; /* in 64ths of a pixel */
    uint16_t row; /* in 64ths of a pixel */
    uint8_t size; /* pixels above the threshold */
} hil_sight;

static inline void hil_sight_get(const uint8_t *p, hil_sight *out) {
    out->kind = p[0];
    out->confidence = p[1];
    out->track = hil_get_u16(p + 2);
    out->column = hil_get_u16(p + 4);
    out->row = hil_get_u16(p + 6);
    out->size = p[8];
}

static inline void hil_sight_put(const hil_sight *in, uint8_t *p) {
    p[0] = in->kind;
    p[1] = in->confidence;
    hil_put_u16(p + 2, in->track);
    hil_put_u16(p + 4, in->column);
    hil_put_u16(p + 6, in->row);
    p[8] = in->size;
}

/* hello_request: to the OBC, no time. Return to the boot state and answer with hello, whatever the version and the length. */
#define HIL_HELLO_REQUEST_SIZE 16u
#define HIL_HELLO_REQUEST_SIZE_MAX 88u
typedef struct {
    uint16_t protocol; /* first in every version */
    uint32_t step_numerator_s; /* s; control period, as a fraction */
    uint32_t step_denominator;
    uint16_t epoch_day; /* d; date of time 0 since 2000-01-01, UTC; 0: none */
    uint32_t epoch_ms; /* ms; of time 0 since that day began, UTC */
    uint8_t devices_count;
    hil_device devices[HIL_DEVICES_MAX]; /* sensors of the rig, by the APID of their samples */
} hil_hello_request;

static inline bool hil_hello_request_decode(
    const uint8_t *octets, size_t size, hil_hello_request *out) {
    uint8_t p[HIL_HELLO_REQUEST_SIZE] = {0};
    memcpy(p, octets, size < HIL_HELLO_REQUEST_SIZE ? size : HIL_HELLO_REQUEST_SIZE);
    out->protocol = hil_get_u16(p + 0);
    out->step_numerator_s = hil_get_u32(p + 2);
    out->step_denominator = hil_get_u32(p + 6);
    out->epoch_day = hil_get_u16(p + 10);
    out->epoch_ms = hil_get_u32(p + 12);
    size_t at = HIL_HELLO_REQUEST_SIZE;
    for (out->devices_count = 0; at + 3u <= size && out->devices_count < HIL_DEVICES_MAX;) {
        hil_device_get(octets + at, &out->devices[out->devices_count++]);
        at += 3u;
    }
    return true;
}

static inline size_t hil_hello_request_encode(
    const hil_hello_request *in, uint8_t *p) {
    hil_put_u16(p + 0, in->protocol);
    hil_put_u32(p + 2, in->step_numerator_s);
    hil_put_u32(p + 6, in->step_denominator);
    hil_put_u16(p + 10, in->epoch_day);
    hil_put_u32(p + 12, in->epoch_ms);
    for (size_t i = 0; i < in->devices_count; i++)
        hil_device_put(&in->devices[i], p + HIL_HELLO_REQUEST_SIZE + 3u * i);
    return HIL_HELLO_REQUEST_SIZE + 3u * in->devices_count;
}

/* set_parameter: to the OBC, no time. Set one flight-software parameter; answered by ack. */
#define HIL_SET_PARAMETER_SIZE 6u
typedef struct {
    uint16_t id;
    float value;
} hil_set_parameter;

static inline bool hil_set_parameter_decode(
    const uint8_t *p, size_t size, hil_set_parameter *out) {
    if (size != HIL_SET_PARAMETER_SIZE) return false;
    out->id = hil_get_u16(p + 0);
    out->value = hil_get_f32(p + 2);
    return true;
}

static inline size_t hil_set_parameter_encode(
    const hil_set_parameter *in, uint8_t *p) {
    hil_put_u16(p + 0, in->id);
    hil_put_f32(p + 2, in->value);
    return HIL_SET_PARAMETER_SIZE;
}

/* set_orbit: to the OBC, with CUC time. The ground's orbit determination at the packet's time; answered by ack. */
#define HIL_SET_ORBIT_SIZE 24u
typedef struct {
    float position_eci_m[3]; /* m */
    float velocity_eci_m_s[3]; /* m/s */
} hil_set_orbit;

static inline bool hil_set_orbit_decode(
    const uint8_t *p, size_t size, hil_set_orbit *out) {
    if (size != HIL_SET_ORBIT_SIZE) return false;
    for (size_t i = 0; i < 3u; i++) out->position_eci_m[i] = hil_get_f32(p + 0 + 4u * i);
    for (size_t i = 0; i < 3u; i++) out->velocity_eci_m_s[i] = hil_get_f32(p + 12 + 4u * i);
    return true;
}

static inline size_t hil_set_orbit_encode(
    const hil_set_orbit *in, uint8_t *p) {
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 0 + 4u * i, in->position_eci_m[i]);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 12 + 4u * i, in->velocity_eci_m_s[i]);
    return HIL_SET_ORBIT_SIZE;
}

/* set_mode: to the OBC, no time. Command a mode; answered by ack. */
#define HIL_SET_MODE_SIZE 1u
typedef struct {
    uint8_t mode;
} hil_set_mode;

static inline bool hil_set_mode_decode(
    const uint8_t *p, size_t size, hil_set_mode *out) {
    if (size != HIL_SET_MODE_SIZE) return false;
    out->mode = p[0];
    return true;
}

static inline size_t hil_set_mode_encode(
    const hil_set_mode *in, uint8_t *p) {
    p[0] = in->mode;
    return HIL_SET_MODE_SIZE;
}

/* set_earth: to the OBC, with CUC time. The Earth's orientation at the packet's time; answered by ack. */
#define HIL_SET_EARTH_SIZE 16u
typedef struct {
    float q_eci_from_ecef[4];
} hil_set_earth;

static inline bool hil_set_earth_decode(
    const uint8_t *p, size_t size, hil_set_earth *out) {
    if (size != HIL_SET_EARTH_SIZE) return false;
    for (size_t i = 0; i < 4u; i++) out->q_eci_from_ecef[i] = hil_get_f32(p + 0 + 4u * i);
    return true;
}

static inline size_t hil_set_earth_encode(
    const hil_set_earth *in, uint8_t *p) {
    for (size_t i = 0; i < 4u; i++) hil_put_f32(p + 0 + 4u * i, in->q_eci_from_ecef[i]);
    return HIL_SET_EARTH_SIZE;
}

/* set_target: to the OBC, with CUC time. Where something to point at is, and moves, at the packet's time; answered by ack. */
#define HIL_SET_TARGET_SIZE 25u
typedef struct {
    uint8_t slot; /* 0 target, 1 ground station */
    float position_ecef_m[3]; /* m */
    float velocity_ecef_m_s[3]; /* m/s; relative to the rotating Earth */
} hil_set_target;

static inline bool hil_set_target_decode(
    const uint8_t *p, size_t size, hil_set_target *out) {
    if (size != HIL_SET_TARGET_SIZE) return false;
    out->slot = p[0];
    for (size_t i = 0; i < 3u; i++) out->position_ecef_m[i] = hil_get_f32(p + 1 + 4u * i);
    for (size_t i = 0; i < 3u; i++) out->velocity_ecef_m_s[i] = hil_get_f32(p + 13 + 4u * i);
    return true;
}

static inline size_t hil_set_target_encode(
    const hil_set_target *in, uint8_t *p) {
    p[0] = in->slot;
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->position_ecef_m[i]);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 13 + 4u * i, in->velocity_ecef_m_s[i]);
    return HIL_SET_TARGET_SIZE;
}

/* set_attitude: to the OBC, no time. What mode inertial holds; answered by ack. */
#define HIL_SET_ATTITUDE_SIZE 16u
typedef struct {
    float q_eci_from_body[4];
} hil_set_attitude;

static inline bool hil_set_attitude_decode(
    const uint8_t *p, size_t size, hil_set_attitude *out) {
    if (size != HIL_SET_ATTITUDE_SIZE) return false;
    for (size_t i = 0; i < 4u; i++) out->q_eci_from_body[i] = hil_get_f32(p + 0 + 4u * i);
    return true;
}

static inline size_t hil_set_attitude_encode(
    const hil_set_attitude *in, uint8_t *p) {
    for (size_t i = 0; i < 4u; i++) hil_put_f32(p + 0 + 4u * i, in->q_eci_from_body[i]);
    return HIL_SET_ATTITUDE_SIZE;
}

/* set_actuator: to the OBC, no time. What mode test commands from now on; answered by ack. */
#define HIL_SET_ACTUATOR_SIZE 6u
typedef struct {
    uint8_t kind; /* 0 wheel, 1 rod, 2 thruster */
    uint8_t instance;
    float value; /* N m, A m2 or s */
} hil_set_actuator;

static inline bool hil_set_actuator_decode(
    const uint8_t *p, size_t size, hil_set_actuator *out) {
    if (size != HIL_SET_ACTUATOR_SIZE) return false;
    out->kind = p[0];
    out->instance = p[1];
    out->value = hil_get_f32(p + 2);
    return true;
}

static inline size_t hil_set_actuator_encode(
    const hil_set_actuator *in, uint8_t *p) {
    p[0] = in->kind;
    p[1] = in->instance;
    hil_put_f32(p + 2, in->value);
    return HIL_SET_ACTUATOR_SIZE;
}

/* set_burn: to the OBC, no time. What mode burn has the thrusters add to the velocity; answered by ack. */
#define HIL_SET_BURN_SIZE 12u
typedef struct {
    float delta_v_body_m_s[3]; /* m/s */
} hil_set_burn;

static inline bool hil_set_burn_decode(
    const uint8_t *p, size_t size, hil_set_burn *out) {
    if (size != HIL_SET_BURN_SIZE) return false;
    for (size_t i = 0; i < 3u; i++) out->delta_v_body_m_s[i] = hil_get_f32(p + 0 + 4u * i);
    return true;
}

static inline size_t hil_set_burn_encode(
    const hil_set_burn *in, uint8_t *p) {
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 0 + 4u * i, in->delta_v_body_m_s[i]);
    return HIL_SET_BURN_SIZE;
}

/* set_target_orbit: to the OBC, with CUC time. In place of set_target: in orbit about the same body, then; answered by ack. */
#define HIL_SET_TARGET_ORBIT_SIZE 25u
typedef struct {
    uint8_t slot; /* 0 target, 1 ground station */
    float position_eci_m[3]; /* m */
    float velocity_eci_m_s[3]; /* m/s */
} hil_set_target_orbit;

static inline bool hil_set_target_orbit_decode(
    const uint8_t *p, size_t size, hil_set_target_orbit *out) {
    if (size != HIL_SET_TARGET_ORBIT_SIZE) return false;
    out->slot = p[0];
    for (size_t i = 0; i < 3u; i++) out->position_eci_m[i] = hil_get_f32(p + 1 + 4u * i);
    for (size_t i = 0; i < 3u; i++) out->velocity_eci_m_s[i] = hil_get_f32(p + 13 + 4u * i);
    return true;
}

static inline size_t hil_set_target_orbit_encode(
    const hil_set_target_orbit *in, uint8_t *p) {
    p[0] = in->slot;
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->position_eci_m[i]);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 13 + 4u * i, in->velocity_eci_m_s[i]);
    return HIL_SET_TARGET_ORBIT_SIZE;
}

/* set_target_direction: to the OBC, no time. In place of set_target: so far away that its direction stays; answered by ack. */
#define HIL_SET_TARGET_DIRECTION_SIZE 13u
typedef struct {
    uint8_t slot; /* 0 target, 1 ground station */
    float direction_eci[3];
} hil_set_target_direction;

static inline bool hil_set_target_direction_decode(
    const uint8_t *p, size_t size, hil_set_target_direction *out) {
    if (size != HIL_SET_TARGET_DIRECTION_SIZE) return false;
    out->slot = p[0];
    for (size_t i = 0; i < 3u; i++) out->direction_eci[i] = hil_get_f32(p + 1 + 4u * i);
    return true;
}

static inline size_t hil_set_target_direction_encode(
    const hil_set_target_direction *in, uint8_t *p) {
    p[0] = in->slot;
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->direction_eci[i]);
    return HIL_SET_TARGET_DIRECTION_SIZE;
}

/* set_rate: to the OBC, no time. The body rate that a mode of the firmware's own holds; answered by ack. */
#define HIL_SET_RATE_SIZE 12u
typedef struct {
    float rate_body_rad_s[3]; /* rad/s; relative to ECI */
} hil_set_rate;

static inline bool hil_set_rate_decode(
    const uint8_t *p, size_t size, hil_set_rate *out) {
    if (size != HIL_SET_RATE_SIZE) return false;
    for (size_t i = 0; i < 3u; i++) out->rate_body_rad_s[i] = hil_get_f32(p + 0 + 4u * i);
    return true;
}

static inline size_t hil_set_rate_encode(
    const hil_set_rate *in, uint8_t *p) {
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 0 + 4u * i, in->rate_body_rad_s[i]);
    return HIL_SET_RATE_SIZE;
}

/* sync: to the OBC, with CUC time. Closes a step: every sample before it is of this step unless it carries its own time. */
#define HIL_SYNC_SIZE 4u
typedef struct {
    uint32_t step;
} hil_sync;

static inline bool hil_sync_decode(
    const uint8_t *p, size_t size, hil_sync *out) {
    if (size != HIL_SYNC_SIZE) return false;
    out->step = hil_get_u32(p + 0);
    return true;
}

static inline size_t hil_sync_encode(
    const hil_sync *in, uint8_t *p) {
    hil_put_u32(p + 0, in->step);
    return HIL_SYNC_SIZE;
}

/* radio_state: to the OBC, no time. What the radio says of itself, when it changes and once a second. */
#define HIL_RADIO_STATE_SIZE 3u
typedef struct {
    uint8_t carrier; /* 1: the radio hears a station's carrier */
    uint16_t free_octets; /* room for frames that wait to be sent */
} hil_radio_state;

static inline bool hil_radio_state_decode(
    const uint8_t *p, size_t size, hil_radio_state *out) {
    if (size != HIL_RADIO_STATE_SIZE) return false;
    out->carrier = p[0];
    out->free_octets = hil_get_u16(p + 1);
    return true;
}

static inline size_t hil_radio_state_encode(
    const hil_radio_state *in, uint8_t *p) {
    p[0] = in->carrier;
    hil_put_u16(p + 1, in->free_octets);
    return HIL_RADIO_STATE_SIZE;
}

/* radio_heard: to the OBC, no time. A frame that the radio heard from the ground. */
#define HIL_RADIO_HEARD_SIZE 1u
#define HIL_RADIO_HEARD_SIZE_MAX 113u
typedef struct {
    uint8_t instance; /* which radio: 0 */
    uint8_t octets_count;
    hil_octet octets[HIL_OCTETS_MAX]; /* a space packet */
} hil_radio_heard;

static inline bool hil_radio_heard_decode(
    const uint8_t *octets, size_t size, hil_radio_heard *out) {
    uint8_t p[HIL_RADIO_HEARD_SIZE] = {0};
    memcpy(p, octets, size < HIL_RADIO_HEARD_SIZE ? size : HIL_RADIO_HEARD_SIZE);
    out->instance = p[0];
    size_t at = HIL_RADIO_HEARD_SIZE;
    for (out->octets_count = 0; at + 1u <= size && out->octets_count < HIL_OCTETS_MAX;) {
        hil_octet_get(octets + at, &out->octets[out->octets_count++]);
        at += 1u;
    }
    return true;
}

static inline size_t hil_radio_heard_encode(
    const hil_radio_heard *in, uint8_t *p) {
    p[0] = in->instance;
    for (size_t i = 0; i < in->octets_count; i++)
        hil_octet_put(&in->octets[i], p + HIL_RADIO_HEARD_SIZE + 1u * i);
    return HIL_RADIO_HEARD_SIZE + 1u * in->octets_count;
}

/* camera_piece: to the OBC, no time. Pixels of a picture: octets 112 x piece and on. */
#define HIL_CAMERA_PIECE_SIZE 117u
typedef struct {
    uint8_t flags; /* 0 */
    uint8_t instance; /* which camera, from 0 */
    uint16_t frame; /* number of the picture */
    uint16_t piece; /* from 0 */
    uint8_t pixels[112]; /* row after row; the last one is padded */
} hil_camera_piece;

static inline bool hil_camera_piece_decode(
    const uint8_t *p, size_t size, hil_camera_piece *out) {
    if (size != HIL_CAMERA_PIECE_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    out->frame = hil_get_u16(p + 1);
    out->piece = hil_get_u16(p + 3);
    memcpy(out->pixels, p + 5, 112u);
    return true;
}

static inline size_t hil_camera_piece_encode(
    const hil_camera_piece *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    hil_put_u16(p + 1, in->frame);
    hil_put_u16(p + 3, in->piece);
    memcpy(p + 5, in->pixels, 112u);
    return HIL_CAMERA_PIECE_SIZE;
}

/* gyro: to the OBC, CUC time when late. Body rate. */
#define HIL_GYRO_SIZE 13u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float rate_body_rad_s[3]; /* rad/s */
} hil_gyro;

static inline bool hil_gyro_decode(
    const uint8_t *p, size_t size, hil_gyro *out) {
    if (size != HIL_GYRO_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 3u; i++) out->rate_body_rad_s[i] = hil_get_f32(p + 1 + 4u * i);
    return true;
}

static inline size_t hil_gyro_encode(
    const hil_gyro *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->rate_body_rad_s[i]);
    return HIL_GYRO_SIZE;
}

/* star_tracker: to the OBC, CUC time when late. Attitude, scalar last: v_eci = R(q) v_body. */
#define HIL_STAR_TRACKER_SIZE 17u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float q_eci_from_body[4];
} hil_star_tracker;

static inline bool hil_star_tracker_decode(
    const uint8_t *p, size_t size, hil_star_tracker *out) {
    if (size != HIL_STAR_TRACKER_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 4u; i++) out->q_eci_from_body[i] = hil_get_f32(p + 1 + 4u * i);
    return true;
}

static inline size_t hil_star_tracker_encode(
    const hil_star_tracker *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 4u; i++) hil_put_f32(p + 1 + 4u * i, in->q_eci_from_body[i]);
    return HIL_STAR_TRACKER_SIZE;
}

/* tachometer: to the OBC, CUC time when late. Wheel speed relative to the body; the instance is the wheel's. */
#define HIL_TACHOMETER_SIZE 5u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float speed_rad_s; /* rad/s */
} hil_tachometer;

static inline bool hil_tachometer_decode(
    const uint8_t *p, size_t size, hil_tachometer *out) {
    if (size != HIL_TACHOMETER_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    out->speed_rad_s = hil_get_f32(p + 1);
    return true;
}

static inline size_t hil_tachometer_encode(
    const hil_tachometer *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    hil_put_f32(p + 1, in->speed_rad_s);
    return HIL_TACHOMETER_SIZE;
}

/* magnetometer: to the OBC, CUC time when late. Magnetic field. */
#define HIL_MAGNETOMETER_SIZE 13u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float field_body_T[3]; /* T */
} hil_magnetometer;

static inline bool hil_magnetometer_decode(
    const uint8_t *p, size_t size, hil_magnetometer *out) {
    if (size != HIL_MAGNETOMETER_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 3u; i++) out->field_body_T[i] = hil_get_f32(p + 1 + 4u * i);
    return true;
}

static inline size_t hil_magnetometer_encode(
    const hil_magnetometer *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->field_body_T[i]);
    return HIL_MAGNETOMETER_SIZE;
}

/* coarse_sun_sensor: to the OBC, CUC time when late. Photocurrents of up to six cells, as converter counts 0..4095. */
#define HIL_COARSE_SUN_SENSOR_SIZE 13u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    uint16_t illumination_adc[6];
} hil_coarse_sun_sensor;

static inline bool hil_coarse_sun_sensor_decode(
    const uint8_t *p, size_t size, hil_coarse_sun_sensor *out) {
    if (size != HIL_COARSE_SUN_SENSOR_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 6u; i++) out->illumination_adc[i] = hil_get_u16(p + 1 + 2u * i);
    return true;
}

static inline size_t hil_coarse_sun_sensor_encode(
    const hil_coarse_sun_sensor *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 6u; i++) hil_put_u16(p + 1 + 2u * i, in->illumination_adc[i]);
    return HIL_COARSE_SUN_SENSOR_SIZE;
}

/* fine_sun_sensor: to the OBC, CUC time when late. Direction to the Sun, unit vector. */
#define HIL_FINE_SUN_SENSOR_SIZE 13u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float sun_body[3];
} hil_fine_sun_sensor;

static inline bool hil_fine_sun_sensor_decode(
    const uint8_t *p, size_t size, hil_fine_sun_sensor *out) {
    if (size != HIL_FINE_SUN_SENSOR_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 3u; i++) out->sun_body[i] = hil_get_f32(p + 1 + 4u * i);
    return true;
}

static inline size_t hil_fine_sun_sensor_encode(
    const hil_fine_sun_sensor *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->sun_body[i]);
    return HIL_FINE_SUN_SENSOR_SIZE;
}

/* gps: to the OBC, CUC time when late. Position and velocity relative to the rotating Earth. */
#define HIL_GPS_SIZE 25u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float position_ecef_m[3]; /* m */
    float velocity_ecef_m_s[3]; /* m/s */
} hil_gps;

static inline bool hil_gps_decode(
    const uint8_t *p, size_t size, hil_gps *out) {
    if (size != HIL_GPS_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 3u; i++) out->position_ecef_m[i] = hil_get_f32(p + 1 + 4u * i);
    for (size_t i = 0; i < 3u; i++) out->velocity_ecef_m_s[i] = hil_get_f32(p + 13 + 4u * i);
    return true;
}

static inline size_t hil_gps_encode(
    const hil_gps *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->position_ecef_m[i]);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 13 + 4u * i, in->velocity_ecef_m_s[i]);
    return HIL_GPS_SIZE;
}

/* horizon_sensor: to the OBC, CUC time when late. Direction to the Earth's centre, unit vector. */
#define HIL_HORIZON_SENSOR_SIZE 13u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float nadir_body[3];
} hil_horizon_sensor;

static inline bool hil_horizon_sensor_decode(
    const uint8_t *p, size_t size, hil_horizon_sensor *out) {
    if (size != HIL_HORIZON_SENSOR_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 3u; i++) out->nadir_body[i] = hil_get_f32(p + 1 + 4u * i);
    return true;
}

static inline size_t hil_horizon_sensor_encode(
    const hil_horizon_sensor *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->nadir_body[i]);
    return HIL_HORIZON_SENSOR_SIZE;
}

/* thermometer: to the OBC, CUC time when late. Temperature of a part. */
#define HIL_THERMOMETER_SIZE 5u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float temperature_K; /* K */
} hil_thermometer;

static inline bool hil_thermometer_decode(
    const uint8_t *p, size_t size, hil_thermometer *out) {
    if (size != HIL_THERMOMETER_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    out->temperature_K = hil_get_f32(p + 1);
    return true;
}

static inline size_t hil_thermometer_encode(
    const hil_thermometer *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    hil_put_f32(p + 1, in->temperature_K);
    return HIL_THERMOMETER_SIZE;
}

/* camera: to the OBC, CUC time when late. A picture was taken, whose pieces follow; its time is the middle of the exposure. */
#define HIL_CAMERA_SIZE 8u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    uint16_t frame; /* number of the picture, from 0, modulo 65536 */
    uint16_t columns;
    uint16_t rows;
    uint8_t bits; /* of a pixel: 8, or 12 with two in three octets */
} hil_camera;

static inline bool hil_camera_decode(
    const uint8_t *p, size_t size, hil_camera *out) {
    if (size != HIL_CAMERA_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    out->frame = hil_get_u16(p + 1);
    out->columns = hil_get_u16(p + 3);
    out->rows = hil_get_u16(p + 5);
    out->bits = p[7];
    return true;
}

static inline size_t hil_camera_encode(
    const hil_camera *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    hil_put_u16(p + 1, in->frame);
    hil_put_u16(p + 3, in->columns);
    hil_put_u16(p + 5, in->rows);
    p[7] = in->bits;
    return HIL_CAMERA_SIZE;
}

/* gps_time: to the OBC, CUC time when late. GPS time of the sample; UTC is that minus the leap seconds. */
#define HIL_GPS_TIME_SIZE 8u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    uint16_t week; /* since 1980-01-06, as far as the receiver's bits go */
    uint32_t time_of_week_ms; /* ms */
    uint8_t leap_s; /* s; GPS time minus UTC; 255: not known yet */
} hil_gps_time;

static inline bool hil_gps_time_decode(
    const uint8_t *p, size_t size, hil_gps_time *out) {
    if (size != HIL_GPS_TIME_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    out->week = hil_get_u16(p + 1);
    out->time_of_week_ms = hil_get_u32(p + 3);
    out->leap_s = p[7];
    return true;
}

static inline size_t hil_gps_time_encode(
    const hil_gps_time *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    hil_put_u16(p + 1, in->week);
    hil_put_u32(p + 3, in->time_of_week_ms);
    p[7] = in->leap_s;
    return HIL_GPS_TIME_SIZE;
}

/* geodetic_fix: to the OBC, CUC time when late. Place over WGS84, and velocity relative to the rotating Earth in north, east, down. */
#define HIL_GEODETIC_FIX_SIZE 25u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    int32_t latitude_1e7_deg; /* 1e-7 deg */
    int32_t longitude_1e7_deg; /* 1e-7 deg */
    float height_m; /* m; over the ellipsoid */
    float velocity_ned_m_s[3]; /* m/s */
} hil_geodetic_fix;

static inline bool hil_geodetic_fix_decode(
    const uint8_t *p, size_t size, hil_geodetic_fix *out) {
    if (size != HIL_GEODETIC_FIX_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    out->latitude_1e7_deg = hil_get_i32(p + 1);
    out->longitude_1e7_deg = hil_get_i32(p + 5);
    out->height_m = hil_get_f32(p + 9);
    for (size_t i = 0; i < 3u; i++) out->velocity_ned_m_s[i] = hil_get_f32(p + 13 + 4u * i);
    return true;
}

static inline size_t hil_geodetic_fix_encode(
    const hil_geodetic_fix *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    hil_put_i32(p + 1, in->latitude_1e7_deg);
    hil_put_i32(p + 5, in->longitude_1e7_deg);
    hil_put_f32(p + 9, in->height_m);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 13 + 4u * i, in->velocity_ned_m_s[i]);
    return HIL_GEODETIC_FIX_SIZE;
}

/* sun_cells: to the OBC, CUC time when late. Photocurrents of up to sixteen cells, as converter counts. */
#define HIL_SUN_CELLS_SIZE 33u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    uint16_t illumination_adc[16];
} hil_sun_cells;

static inline bool hil_sun_cells_decode(
    const uint8_t *p, size_t size, hil_sun_cells *out) {
    if (size != HIL_SUN_CELLS_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 16u; i++) out->illumination_adc[i] = hil_get_u16(p + 1 + 2u * i);
    return true;
}

static inline size_t hil_sun_cells_encode(
    const hil_sun_cells *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 16u; i++) hil_put_u16(p + 1 + 2u * i, in->illumination_adc[i]);
    return HIL_SUN_CELLS_SIZE;
}

/* sun_angles: to the OBC, CUC time when late. Direction to the Sun in the sensor's own axes: atan2(x, z) and atan2(y, z). */
#define HIL_SUN_ANGLES_SIZE 9u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float alpha_rad; /* rad */
    float beta_rad; /* rad */
} hil_sun_angles;

static inline bool hil_sun_angles_decode(
    const uint8_t *p, size_t size, hil_sun_angles *out) {
    if (size != HIL_SUN_ANGLES_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    out->alpha_rad = hil_get_f32(p + 1);
    out->beta_rad = hil_get_f32(p + 5);
    return true;
}

static inline size_t hil_sun_angles_encode(
    const hil_sun_angles *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    hil_put_f32(p + 1, in->alpha_rad);
    hil_put_f32(p + 5, in->beta_rad);
    return HIL_SUN_ANGLES_SIZE;
}

/* accelerometer: to the OBC, CUC time when late. Specific force, without gravity. */
#define HIL_ACCELEROMETER_SIZE 13u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float acceleration_body_m_s2[3]; /* m/s2 */
} hil_accelerometer;

static inline bool hil_accelerometer_decode(
    const uint8_t *p, size_t size, hil_accelerometer *out) {
    if (size != HIL_ACCELEROMETER_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    for (size_t i = 0; i < 3u; i++) out->acceleration_body_m_s2[i] = hil_get_f32(p + 1 + 4u * i);
    return true;
}

static inline size_t hil_accelerometer_encode(
    const hil_accelerometer *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 1 + 4u * i, in->acceleration_body_m_s2[i]);
    return HIL_ACCELEROMETER_SIZE;
}

/* power_meter: to the OBC, CUC time when late. Current of a solar panel and voltage of the battery. */
#define HIL_POWER_METER_SIZE 9u
typedef struct {
    uint8_t flags; /* bit 0: invalid */
    uint8_t instance; /* which device of this kind, from 0 */
    float panel_current_A; /* A */
    float battery_voltage_V; /* V */
} hil_power_meter;

static inline bool hil_power_meter_decode(
    const uint8_t *p, size_t size, hil_power_meter *out) {
    if (size != HIL_POWER_METER_SIZE) return false;
    out->flags = (uint8_t)(p[0] >> 4);
    out->instance = (uint8_t)(p[0] & 0x0Fu);
    out->panel_current_A = hil_get_f32(p + 1);
    out->battery_voltage_V = hil_get_f32(p + 5);
    return true;
}

static inline size_t hil_power_meter_encode(
    const hil_power_meter *in, uint8_t *p) {
    p[0] = (uint8_t)(((unsigned)in->flags << 4) | (in->instance & 0x0Fu));
    hil_put_f32(p + 1, in->panel_current_A);
    hil_put_f32(p + 5, in->battery_voltage_V);
    return HIL_POWER_METER_SIZE;
}

/* hello: from the OBC, no time. Who is answering; the control period that it is built for is 0/0 where any will do. */
#define HIL_HELLO_SIZE 42u
#define HIL_HELLO_SIZE_MAX 114u
typedef struct {
    uint16_t protocol; /* first in every version */
    char firmware[16]; /* name, padded with zero */
    char build[16]; /* hash of the firmware's sources, padded with zero */
    uint32_t step_numerator_s; /* s; control period, as a fraction */
    uint32_t step_denominator;
    uint8_t devices_count;
    hil_device devices[HIL_DEVICES_MAX]; /* sensors that it handles, by their samples' APID, and the fewest it needs */
} hil_hello;

static inline bool hil_hello_decode(
    const uint8_t *octets, size_t size, hil_hello *out) {
    uint8_t p[HIL_HELLO_SIZE] = {0};
    memcpy(p, octets, size < HIL_HELLO_SIZE ? size : HIL_HELLO_SIZE);
    out->protocol = hil_get_u16(p + 0);
    memcpy(out->firmware, p + 2, 16u);
    memcpy(out->build, p + 18, 16u);
    out->step_numerator_s = hil_get_u32(p + 34);
    out->step_denominator = hil_get_u32(p + 38);
    size_t at = HIL_HELLO_SIZE;
    for (out->devices_count = 0; at + 3u <= size && out->devices_count < HIL_DEVICES_MAX;) {
        hil_device_get(octets + at, &out->devices[out->devices_count++]);
        at += 3u;
    }
    return true;
}

static inline size_t hil_hello_encode(
    const hil_hello *in, uint8_t *p) {
    hil_put_u16(p + 0, in->protocol);
    memcpy(p + 2, in->firmware, 16u);
    memcpy(p + 18, in->build, 16u);
    hil_put_u32(p + 34, in->step_numerator_s);
    hil_put_u32(p + 38, in->step_denominator);
    for (size_t i = 0; i < in->devices_count; i++)
        hil_device_put(&in->devices[i], p + HIL_HELLO_SIZE + 3u * i);
    return HIL_HELLO_SIZE + 3u * in->devices_count;
}

/* ack: from the OBC, no time. Answer to a set_ message. */
#define HIL_ACK_SIZE 5u
typedef struct {
    uint16_t request_apid;
    uint16_t request_sequence;
    uint8_t result;
} hil_ack;

static inline bool hil_ack_decode(
    const uint8_t *p, size_t size, hil_ack *out) {
    if (size != HIL_ACK_SIZE) return false;
    out->request_apid = hil_get_u16(p + 0);
    out->request_sequence = hil_get_u16(p + 2);
    out->result = p[4];
    return true;
}

static inline size_t hil_ack_encode(
    const hil_ack *in, uint8_t *p) {
    hil_put_u16(p + 0, in->request_apid);
    hil_put_u16(p + 2, in->request_sequence);
    p[4] = in->result;
    return HIL_ACK_SIZE;
}

/* command: from the OBC, no time. What the actuators shall do from now on; closes the step with the number of its sync. */
#define HIL_COMMAND_SIZE 32u
typedef struct {
    uint32_t step;
    float wheel_torque_Nm[4]; /* N m; motor torque on each wheel */
    float dipole_body_A_m2[3]; /* A m2 */
} hil_command;

static inline bool hil_command_decode(
    const uint8_t *p, size_t size, hil_command *out) {
    if (size != HIL_COMMAND_SIZE) return false;
    out->step = hil_get_u32(p + 0);
    for (size_t i = 0; i < 4u; i++) out->wheel_torque_Nm[i] = hil_get_f32(p + 4 + 4u * i);
    for (size_t i = 0; i < 3u; i++) out->dipole_body_A_m2[i] = hil_get_f32(p + 20 + 4u * i);
    return true;
}

static inline size_t hil_command_encode(
    const hil_command *in, uint8_t *p) {
    hil_put_u32(p + 0, in->step);
    for (size_t i = 0; i < 4u; i++) hil_put_f32(p + 4 + 4u * i, in->wheel_torque_Nm[i]);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 20 + 4u * i, in->dipole_body_A_m2[i]);
    return HIL_COMMAND_SIZE;
}

/* estimate: from the OBC, no time. What the flight software believes; sent before command. */
#define HIL_ESTIMATE_SIZE 42u
typedef struct {
    float q_eci_from_body[4];
    float rate_body_rad_s[3]; /* rad/s */
    float gyro_bias_body_rad_s[3]; /* rad/s */
    uint8_t mode;
    uint8_t flags; /* bit 0: attitude not known; 1: coarse, by directions */
} hil_estimate;

static inline bool hil_estimate_decode(
    const uint8_t *p, size_t size, hil_estimate *out) {
    if (size != HIL_ESTIMATE_SIZE) return false;
    for (size_t i = 0; i < 4u; i++) out->q_eci_from_body[i] = hil_get_f32(p + 0 + 4u * i);
    for (size_t i = 0; i < 3u; i++) out->rate_body_rad_s[i] = hil_get_f32(p + 16 + 4u * i);
    for (size_t i = 0; i < 3u; i++) out->gyro_bias_body_rad_s[i] = hil_get_f32(p + 28 + 4u * i);
    out->mode = p[40];
    out->flags = p[41];
    return true;
}

static inline size_t hil_estimate_encode(
    const hil_estimate *in, uint8_t *p) {
    for (size_t i = 0; i < 4u; i++) hil_put_f32(p + 0 + 4u * i, in->q_eci_from_body[i]);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 16 + 4u * i, in->rate_body_rad_s[i]);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 28 + 4u * i, in->gyro_bias_body_rad_s[i]);
    p[40] = in->mode;
    p[41] = in->flags;
    return HIL_ESTIMATE_SIZE;
}

/* housekeeping: from the OBC, no time. How the flight software fares, by its own clock; sent once a second, before estimate. */
#define HIL_HOUSEKEEPING_SIZE 51u
typedef struct {
    float attitude_sigma_rad[3]; /* rad; 1 sigma of the estimate, body axes */
    float gyro_bias_sigma_rad_s[3]; /* rad/s */
    uint16_t crc_errors; /* frames refused since HELLO: wrong checksum */
    uint16_t broken_frames; /* not COBS, too short, or a header that does not fit */
    uint16_t overlong_frames;
    uint16_t unknown_packets; /* valid packets that nothing handles */
    uint32_t cpu_time_ns; /* ns; of one control step since the last one */
    uint32_t cpu_time_max_ns; /* ns; of the longest; 0: not measured */
    uint16_t stack_used_max; /* octets; since boot; 0: not measured */
    uint16_t watchdog_resets;
    uint16_t line_errors; /* octets that the receiver lost or marked; 0: not measured */
    uint16_t unread_octets_max; /* octets; most that waited; 0: not measured */
    uint8_t clock_source; /* 1 crystal, 2 external, 3 internal oscillator; else 0 */
    uint8_t clock_MHz; /* MHz; of crystal or external clock; 0: neither */
    uint8_t reset_cause; /* 1 power, 2 pin, 3 watchdog, 4 crash, 5 software, 0: ? */
} hil_housekeeping;

static inline bool hil_housekeeping_decode(
    const uint8_t *p, size_t size, hil_housekeeping *out) {
    if (size != HIL_HOUSEKEEPING_SIZE) return false;
    for (size_t i = 0; i < 3u; i++) out->attitude_sigma_rad[i] = hil_get_f32(p + 0 + 4u * i);
    for (size_t i = 0; i < 3u; i++) out->gyro_bias_sigma_rad_s[i] = hil_get_f32(p + 12 + 4u * i);
    out->crc_errors = hil_get_u16(p + 24);
    out->broken_frames = hil_get_u16(p + 26);
    out->overlong_frames = hil_get_u16(p + 28);
    out->unknown_packets = hil_get_u16(p + 30);
    out->cpu_time_ns = hil_get_u32(p + 32);
    out->cpu_time_max_ns = hil_get_u32(p + 36);
    out->stack_used_max = hil_get_u16(p + 40);
    out->watchdog_resets = hil_get_u16(p + 42);
    out->line_errors = hil_get_u16(p + 44);
    out->unread_octets_max = hil_get_u16(p + 46);
    out->clock_source = p[48];
    out->clock_MHz = p[49];
    out->reset_cause = p[50];
    return true;
}

static inline size_t hil_housekeeping_encode(
    const hil_housekeeping *in, uint8_t *p) {
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 0 + 4u * i, in->attitude_sigma_rad[i]);
    for (size_t i = 0; i < 3u; i++) hil_put_f32(p + 12 + 4u * i, in->gyro_bias_sigma_rad_s[i]);
    hil_put_u16(p + 24, in->crc_errors);
    hil_put_u16(p + 26, in->broken_frames);
    hil_put_u16(p + 28, in->overlong_frames);
    hil_put_u16(p + 30, in->unknown_packets);
    hil_put_u32(p + 32, in->cpu_time_ns);
    hil_put_u32(p + 36, in->cpu_time_max_ns);
    hil_put_u16(p + 40, in->stack_used_max);
    hil_put_u16(p + 42, in->watchdog_resets);
    hil_put_u16(p + 44, in->line_errors);
    hil_put_u16(p + 46, in->unread_octets_max);
    p[48] = in->clock_source;
    p[49] = in->clock_MHz;
    p[50] = in->reset_cause;
    return HIL_HOUSEKEEPING_SIZE;
}

/* sensed: from the OBC, no time. In mode test: the flight software's view of each sample, sent before estimate. */
#define HIL_SENSED_SIZE 26u
typedef struct {
    uint8_t kind; /* the device kind's number */
    uint8_t instance;
    float values[6]; /* what the flight software took from the sample; rest 0 */
} hil_sensed;

static inline bool hil_sensed_decode(
    const uint8_t *p, size_t size, hil_sensed *out) {
    if (size != HIL_SENSED_SIZE) return false;
    out->kind = p[0];
    out->instance = p[1];
    for (size_t i = 0; i < 6u; i++) out->values[i] = hil_get_f32(p + 2 + 4u * i);
    return true;
}

static inline size_t hil_sensed_encode(
    const hil_sensed *in, uint8_t *p) {
    p[0] = in->kind;
    p[1] = in->instance;
    for (size_t i = 0; i < 6u; i++) hil_put_f32(p + 2 + 4u * i, in->values[i]);
    return HIL_SENSED_SIZE;
}

/* thruster_command: from the OBC, no time. Opens valves together with the command of the same step, before which it is sent; only in steps in which one is to open. */
#define HIL_THRUSTER_COMMAND_SIZE 36u
typedef struct {
    uint32_t step;
    float on_time_s[8]; /* s; how long each valve opens, once */
} hil_thruster_command;

static inline bool hil_thruster_command_decode(
    const uint8_t *p, size_t size, hil_thruster_command *out) {
    if (size != HIL_THRUSTER_COMMAND_SIZE) return false;
    out->step = hil_get_u32(p + 0);
    for (size_t i = 0; i < 8u; i++) out->on_time_s[i] = hil_get_f32(p + 4 + 4u * i);
    return true;
}

static inline size_t hil_thruster_command_encode(
    const hil_thruster_command *in, uint8_t *p) {
    hil_put_u32(p + 0, in->step);
    for (size_t i = 0; i < 8u; i++) hil_put_f32(p + 4 + 4u * i, in->on_time_s[i]);
    return HIL_THRUSTER_COMMAND_SIZE;
}

/* wheel_speed_command: from the OBC, no time. Speeds that wheels' own controllers hold, in place of the torques of the command of the same step, before which it is sent. */
#define HIL_WHEEL_SPEED_COMMAND_SIZE 20u
typedef struct {
    uint32_t step;
    float speed_rad_s[4]; /* rad/s; NaN: its torque holds */
} hil_wheel_speed_command;

static inline bool hil_wheel_speed_command_decode(
    const uint8_t *p, size_t size, hil_wheel_speed_command *out) {
    if (size != HIL_WHEEL_SPEED_COMMAND_SIZE) return false;
    out->step = hil_get_u32(p + 0);
    for (size_t i = 0; i < 4u; i++) out->speed_rad_s[i] = hil_get_f32(p + 4 + 4u * i);
    return true;
}

static inline size_t hil_wheel_speed_command_encode(
    const hil_wheel_speed_command *in, uint8_t *p) {
    hil_put_u32(p + 0, in->step);
    for (size_t i = 0; i < 4u; i++) hil_put_f32(p + 4 + 4u * i, in->speed_rad_s[i]);
    return HIL_WHEEL_SPEED_COMMAND_SIZE;
}

/* event: from the OBC, no time. Something a person should know of, by the firmware's own code. */
#define HIL_EVENT_SIZE 6u
typedef struct {
    uint16_t code;
    float value;
} hil_event;

static inline bool hil_event_decode(
    const uint8_t *p, size_t size, hil_event *out) {
    if (size != HIL_EVENT_SIZE) return false;
    out->code = hil_get_u16(p + 0);
    out->value = hil_get_f32(p + 2);
    return true;
}

static inline size_t hil_event_encode(
    const hil_event *in, uint8_t *p) {
    hil_put_u16(p + 0, in->code);
    hil_put_f32(p + 2, in->value);
    return HIL_EVENT_SIZE;
}

/* user: from the OBC, no time. Numbers of the firmware's own, named by the rig; sent before the step's command. */
#define HIL_USER_SIZE 4u
#define HIL_USER_SIZE_MAX 228u
typedef struct {
    uint32_t step;
    uint8_t readings_count;
    hil_reading readings[HIL_READINGS_MAX]; /* in the order of [obc] telemetry */
} hil_user;

static inline bool hil_user_decode(
    const uint8_t *octets, size_t size, hil_user *out) {
    uint8_t p[HIL_USER_SIZE] = {0};
    memcpy(p, octets, size < HIL_USER_SIZE ? size : HIL_USER_SIZE);
    out->step = hil_get_u32(p + 0);
    size_t at = HIL_USER_SIZE;
    for (out->readings_count = 0; at + 4u <= size && out->readings_count < HIL_READINGS_MAX;) {
        hil_reading_get(octets + at, &out->readings[out->readings_count++]);
        at += 4u;
    }
    return true;
}

static inline size_t hil_user_encode(
    const hil_user *in, uint8_t *p) {
    hil_put_u32(p + 0, in->step);
    for (size_t i = 0; i < in->readings_count; i++)
        hil_reading_put(&in->readings[i], p + HIL_USER_SIZE + 4u * i);
    return HIL_USER_SIZE + 4u * in->readings_count;
}

/* sightings: from the OBC, no time. What the flight software found in a picture, sent before estimate. */
#define HIL_SIGHTINGS_SIZE 5u
#define HIL_SIGHTINGS_SIZE_MAX 95u
typedef struct {
    uint16_t frame; /* number of the picture */
    uint8_t instance; /* which camera */
    uint16_t pieces_lost; /* of the picture, which did not arrive */
    uint8_t sights_count;
    hil_sight sights[HIL_SIGHTS_MAX]; /* what was found */
} hil_sightings;

static inline bool hil_sightings_decode(
    const uint8_t *octets, size_t size, hil_sightings *out) {
    uint8_t p[HIL_SIGHTINGS_SIZE] = {0};
    memcpy(p, octets, size < HIL_SIGHTINGS_SIZE ? size : HIL_SIGHTINGS_SIZE);
    out->frame = hil_get_u16(p + 0);
    out->instance = p[2];
    out->pieces_lost = hil_get_u16(p + 3);
    size_t at = HIL_SIGHTINGS_SIZE;
    for (out->sights_count = 0; at + 9u <= size && out->sights_count < HIL_SIGHTS_MAX;) {
        hil_sight_get(octets + at, &out->sights[out->sights_count++]);
        at += 9u;
    }
    return true;
}

static inline size_t hil_sightings_encode(
    const hil_sightings *in, uint8_t *p) {
    hil_put_u16(p + 0, in->frame);
    p[2] = in->instance;
    hil_put_u16(p + 3, in->pieces_lost);
    for (size_t i = 0; i < in->sights_count; i++)
        hil_sight_put(&in->sights[i], p + HIL_SIGHTINGS_SIZE + 9u * i);
    return HIL_SIGHTINGS_SIZE + 9u * in->sights_count;
}

/* named: from the OBC, no time. What the firmware calls something of its own; sent with hello, the rig has to agree. */
#define HIL_NAMED_SIZE 35u
typedef struct {
    uint8_t what; /* 0 mode, 1 number in message user, 2 parameter */
    uint16_t number;
    char name[32]; /* padded with zero */
} hil_named;

static inline bool hil_named_decode(
    const uint8_t *p, size_t size, hil_named *out) {
    if (size != HIL_NAMED_SIZE) return false;
    out->what = p[0];
    out->number = hil_get_u16(p + 1);
    memcpy(out->name, p + 3, 32u);
    return true;
}

static inline size_t hil_named_encode(
    const hil_named *in, uint8_t *p) {
    p[0] = in->what;
    hil_put_u16(p + 1, in->number);
    memcpy(p + 3, in->name, 32u);
    return HIL_NAMED_SIZE;
}

/* radio_send: from the OBC, no time. A frame for the radio to send to the ground, sent before estimate. */
#define HIL_RADIO_SEND_SIZE 1u
#define HIL_RADIO_SEND_SIZE_MAX 113u
typedef struct {
    uint8_t instance; /* which radio: 0 */
    uint8_t octets_count;
    hil_octet octets[HIL_OCTETS_MAX]; /* a space packet */
} hil_radio_send;

static inline bool hil_radio_send_decode(
    const uint8_t *octets, size_t size, hil_radio_send *out) {
    uint8_t p[HIL_RADIO_SEND_SIZE] = {0};
    memcpy(p, octets, size < HIL_RADIO_SEND_SIZE ? size : HIL_RADIO_SEND_SIZE);
    out->instance = p[0];
    size_t at = HIL_RADIO_SEND_SIZE;
    for (out->octets_count = 0; at + 1u <= size && out->octets_count < HIL_OCTETS_MAX;) {
        hil_octet_get(octets + at, &out->octets[out->octets_count++]);
        at += 1u;
    }
    return true;
}

static inline size_t hil_radio_send_encode(
    const hil_radio_send *in, uint8_t *p) {
    p[0] = in->instance;
    for (size_t i = 0; i < in->octets_count; i++)
        hil_octet_put(&in->octets[i], p + HIL_RADIO_SEND_SIZE + 1u * i);
    return HIL_RADIO_SEND_SIZE + 1u * in->octets_count;
}

#endif
