#include "craft.h"

#include "beacon.h"
#include "earth_date.h"

#define AT_ONCE 64u
#define IMU_OCTETS_US 543u       /* 25 octets at 460 800 baud */
#define STEP_AT_LAST_US 150000u  /* without a gyro's datagram */
#define GPS_AGAIN_US 5000000u
#define STEPS_A_REPORT 10u       /* of the devices */

/* 2^24 ticks in 10^6 us. */
static adcs_ticks ticks(uint64_t us)
{
    return (us << 18) / 15625u;
}

bool craft_init(struct craft *craft, const struct craft_mission *mission)
{
    bool good = true;
    *craft = (struct craft){.star_delay_us = mission->star_delay_us, .gps_delay_us = mission->gps_delay_us};
    adcs_init(&craft->adcs);
    for (unsigned i = 0; i < mission->setting_count; i++) {
        const struct craft_setting *setting = &mission->settings[i];
        good = adcs_parameters_set(&craft->adcs.parameters, setting->id, setting->value) == ADCS_SET_DONE && good;
    }
    nsp_wheels_init(&craft->wheels, mission->wheel_addresses, mission->wheel_count);
    return adcs_set_mode(&craft->adcs, mission->mode) == ADCS_MODE_TAKEN && good;
}

static void command(struct craft *craft)
{
    for (unsigned i = 0; i < craft->wheels.count; i++) {
        nsp_wheels_torque(&craft->wheels, i, craft->adcs.command.wheel_torque_Nm[i]);
    }
    nsp_wheels_ask_speeds(&craft->wheels);
}

static void step(struct craft *craft, uint64_t at_us, uint64_t now_us)
{
    adcs_step(&craft->adcs, ticks(at_us));
    craft->adcs.events.count = 0; /* nobody is told */
    craft->stepped_us = now_us;
    craft->begun = true;
    craft->steps++;
    command(craft);
}

/* The control step follows the gyro, so that each has one sample, as fresh as can be. */
static void take_imu(struct craft *craft, uint8_t octet, uint64_t now_us)
{
    if (!stim300_take(&craft->imu, octet)) {
        return;
    }
    const struct stim300_sample *sample = &craft->imu.sample;
    const uint64_t at_us = now_us - IMU_OCTETS_US - sample->latency_us;
    const struct vec3 rate = v3_from(sample->rate_rad_s);
    if ((sample->status & STIM300_NOT_GOOD) == 0 && adcs_gyro(&craft->adcs, 0, ticks(at_us), rate)) {
        craft->gyro_samples++;
    }
    step(craft, at_us, now_us);
}

static void take_star(struct craft *craft, uint8_t octet, uint64_t now_us)
{
    if (!sagitta_take(&craft->star, octet, (uint32_t)(now_us / 1000u)) || !craft->star.solution.valid) {
        return;
    }
    const struct quat q = quat_from(craft->star.solution.q_eci_from_tracker);
    craft->solutions += adcs_star_tracker(&craft->adcs, 0, ticks(now_us - craft->star_delay_us), q);
}

/* The first fix says how the Earth is turned, and the date. */
static void date(struct craft *craft, uint64_t at_us)
{
    const struct oem7_fix *fix = &craft->gps.fix;
    if (craft->adcs.earth.known || !fix->time_known) {
        return;
    }
    const float days_up = (float)(uint32_t)(at_us / 1000u) * (1.0f / 86400000.0f);
    const float epoch = days_at_gps_time(fix->week, fix->ms) - days_up;
    (void)adcs_parameters_set(&craft->adcs.parameters, ADCS_EPOCH_DAY, epoch);
    (void)earth_set(&craft->adcs.earth, ticks(at_us), earth_at_gps_time(fix->week, fix->ms));
}

static void take_gps(struct craft *craft, uint8_t octet, uint64_t now_us)
{
    if (!oem7_take(&craft->gps, octet)) {
        return;
    }
    craft->gps_asked_us = now_us; /* it speaks */
    const uint64_t at_us = now_us - craft->gps_delay_us;
    const struct oem7_fix *fix = &craft->gps.fix;
    faults_heard(&craft->adcs.faults, FAULTS_GPS);
    date(craft, at_us);
    if (fix->valid) {
        craft->fixes += adcs_gps(&craft->adcs, ticks(at_us), v3_from(fix->position_ecef_m), v3_from(fix->velocity_ecef_m_s));
    }
}

static void take_wheels(struct craft *craft, uint8_t octet)
{
    const int wheel = nsp_wheels_take(&craft->wheels, octet);
    if (wheel >= 0) {
        (void)adcs_tachometer(&craft->adcs, (unsigned)wheel, craft->wheels.wheel[wheel].speed_rad_s);
    }
}

static void drive_rods(const struct craft *craft, const struct craft_lines *lines)
{
    const float most = craft->adcs.parameters.value[ADCS_ROD_DIPOLE_MAX_A_M2];
    float dipole[3];
    v3_store(craft->adcs.command.dipole_body_A_m2, dipole);
    for (unsigned axis = 0; lines->rods.set != NULL && most > 0.0f && axis < 3u; axis++) {
        lines->rods.set(lines->rods.context, axis, dipole[axis] / most);
    }
}

/* What the devices said, now and then. */
static void tell_devices(const struct craft *craft, const struct device_line *down)
{
    const struct oem7_fix *fix = &craft->gps.fix;
    struct beacon_devices devices = {
        .seconds = (uint32_t)(craft->stepped_us / 1000000u),
        .position_ecef_m = {fix->position_ecef_m[0], fix->position_ecef_m[1], fix->position_ecef_m[2]},
    };
    for (unsigned i = 0; i < craft->wheels.count && i < BEACON_WHEELS; i++) {
        devices.wheel_speed_rad_s[i] = craft->wheels.wheel[i].speed_rad_s;
    }
    uint8_t octets[BEACON_DEVICES_OCTETS];
    down->send(down->context, octets, beacon_devices_encode(&devices, (uint16_t)(craft->told / STEPS_A_REPORT), octets));
}

/* After each step, and after the wheels' commands, which are more urgent. */
static void tell(struct craft *craft, const struct craft_lines *lines)
{
    if (craft->told == craft->steps) {
        return;
    }
    craft->told = craft->steps;
    drive_rods(craft, lines);
    if (lines->down.send == NULL) {
        return;
    }
    const struct quat q = craft->adcs.attitude.q_eci_from_body;
    struct beacon beacon = {
        .seconds = (uint32_t)(craft->stepped_us / 1000000u),
        .q_eci_from_body = {q.x, q.y, q.z, q.w},
        .mode = (uint8_t)craft->adcs.mode,
        .attitude_known = craft->adcs.attitude.known,
    };
    v3_store(craft->adcs.observer.rate_body_rad_s, beacon.rate_body_rad_s);
    uint8_t octets[BEACON_OCTETS];
    lines->down.send(lines->down.context, octets, beacon_encode(&beacon, (uint16_t)craft->told, octets));
    if (craft->told % STEPS_A_REPORT == 0) {
        tell_devices(craft, &lines->down);
    }
}

static void receive(struct craft *craft, const struct craft_lines *lines, uint64_t now_us)
{
    uint8_t data[AT_ONCE];
    size_t n;
    while ((n = lines->star.receive(lines->star.context, data, sizeof data)) > 0) {
        for (size_t i = 0; i < n; i++) {
            take_star(craft, data[i], now_us);
        }
    }
    while ((n = lines->gps.receive(lines->gps.context, data, sizeof data)) > 0) {
        for (size_t i = 0; i < n; i++) {
            take_gps(craft, data[i], now_us);
        }
    }
    while ((n = lines->wheels.receive(lines->wheels.context, data, sizeof data)) > 0) {
        for (size_t i = 0; i < n; i++) {
            take_wheels(craft, data[i]);
        }
    }
    while ((n = lines->imu.receive(lines->imu.context, data, sizeof data)) > 0) {
        for (size_t i = 0; i < n; i++) {
            take_imu(craft, data[i], now_us);
        }
    }
}

static void ask_gps(struct craft *craft, const struct craft_lines *lines, uint64_t now_us)
{
    if (!craft->gps_asked || now_us - craft->gps_asked_us > GPS_AGAIN_US) {
        craft->gps_asked = true;
        craft->gps_asked_us = now_us;
        oem7_start(&lines->gps);
    }
}

void craft_poll(struct craft *craft, const struct craft_lines *lines, uint64_t now_us)
{
    receive(craft, lines, now_us);
    if (craft->begun && now_us - craft->stepped_us > STEP_AT_LAST_US) {
        step(craft, now_us, now_us);
    }
    sagitta_poll(&craft->star, &lines->star, (uint32_t)(now_us / 1000u));
    ask_gps(craft, lines, now_us);
    nsp_wheels_poll(&craft->wheels, &lines->wheels, (uint32_t)now_us);
    tell(craft, lines);
}
