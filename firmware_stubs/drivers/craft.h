/* The reference flight software on a spacecraft's own lines: a STIM300, a Sagitta, an OEM7 and wheels of the Nanosatellite
 * Protocol. It knows no bench, and goes by its own clock. No I/O besides the lines, no globals, no allocation. */
#ifndef CRAFT_H
#define CRAFT_H

#include "adcs.h"
#include "line.h"
#include "nsp_wheels.h"
#include "oem7.h"
#include "sagitta.h"
#include "stim300.h"

/* share: -1 to 1 of the largest dipole along a body axis, 0..2. */
struct craft_rods {
    void (*set)(void *context, unsigned axis, float share);
    void *context;
};

struct craft_lines {
    struct device_line imu, star, gps, wheels;
    struct device_line down; /* telemetry; without `send` there is none */
    struct craft_rods rods;  /* without `set` there are none */
};

/* What a mission sets at build time. */
struct craft_setting {
    unsigned id; /* of a parameter */
    float value;
};

struct craft_mission {
    const struct craft_setting *settings;
    unsigned setting_count;
    const uint8_t *wheel_addresses;
    unsigned wheel_count;
    unsigned mode;
    uint32_t star_delay_us, gps_delay_us; /* from a measurement until its message is here */
};

struct craft {
    struct adcs adcs;
    struct stim300 imu;
    struct sagitta star;
    struct oem7 gps;
    struct nsp_wheels wheels;
    uint32_t star_delay_us, gps_delay_us;
    bool begun, gps_asked;
    uint64_t stepped_us, gps_asked_us;
    uint32_t gyro_samples, solutions, fixes; /* that were taken */
    uint32_t steps, told; /* told: by rods and beacon */
};

/* Boot. Returns false when a setting is refused. */
bool craft_init(struct craft *craft, const struct craft_mission *mission);

/* Take what has come, make a control step when it is time, send what is to be sent. To be called whenever an octet has come
 * and at least each ms. now_us: since boot. */
void craft_poll(struct craft *craft, const struct craft_lines *lines, uint64_t now_us);

#endif
