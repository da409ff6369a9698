#include "nsp_wheels.h"

#include <string.h>

#include "checksums.h"
#include "octets.h"

#define OWN 0x11u
#define POLL 0x80u
#define ACK 0x20u
#define INIT 1u
#define READ_FILE 7u
#define WRITE_FILE 8u
#define SPEED_FILE 0x15u
#define TORQUE_MODE 0x12u
#define CRC 2u
#define PATIENCE_US 20000u

void nsp_wheels_init(struct nsp_wheels *wheels, const uint8_t *addresses, unsigned count)
{
    *wheels = (struct nsp_wheels){.count = count < NSP_WHEELS_MOST ? count : NSP_WHEELS_MOST};
    for (unsigned i = 0; i < wheels->count; i++) {
        wheels->wheel[i].address = addresses[i];
    }
}

void nsp_wheels_torque(struct nsp_wheels *wheels, unsigned wheel, float torque_Nm)
{
    wheels->wheel[wheel].torque_Nm = torque_Nm;
    wheels->wheel[wheel].torque_pending = true;
}

void nsp_wheels_ask_speeds(struct nsp_wheels *wheels)
{
    for (unsigned i = 0; i < wheels->count; i++) {
        wheels->wheel[i].speed_wanted = true;
    }
}

static void say(const struct device_line *line, uint8_t address, unsigned command, const uint8_t *data, size_t n)
{
    uint8_t content[16] = {address, OWN, (uint8_t)(POLL | command)}, frame[2u * sizeof content + 2u];
    memcpy(content + 3, data, n);
    const uint16_t crc = crc16_mcrf4xx(content, 3u + n);
    content[3u + n] = (uint8_t)crc;
    content[4u + n] = (uint8_t)(crc >> 8);
    line->send(line->context, frame, slip_encode(content, 5u + n, frame));
}

static void send(const struct nsp_wheel *wheel, unsigned command, const struct device_line *line)
{
    static const uint8_t application[4] = {0x00, 0x10, 0x00, 0x00};
    static const uint8_t speed[1] = {SPEED_FILE};
    uint8_t torque[6] = {0, TORQUE_MODE};
    octets_put_f32le(torque + 2, wheel->torque_Nm);
    if (command == INIT) {
        say(line, wheel->address, INIT, application, sizeof application);
    } else if (command == WRITE_FILE) {
        say(line, wheel->address, WRITE_FILE, torque, sizeof torque);
    } else {
        say(line, wheel->address, READ_FILE, speed, sizeof speed);
    }
}

/* Torques before speeds: they are waited for. */
static bool next(struct nsp_wheels *wheels)
{
    for (unsigned pass = 0; pass < 2u; pass++) {
        for (unsigned i = 0; i < wheels->count; i++) {
            struct nsp_wheel *wheel = &wheels->wheel[i];
            const bool wanted = pass == 0 ? wheel->torque_pending : wheel->speed_wanted;
            if (wanted) {
                wheels->asked = i;
                wheels->command = !wheel->running ? INIT : pass == 0 ? WRITE_FILE : READ_FILE;
                wheel->torque_pending = wheel->torque_pending && wheels->command != WRITE_FILE;
                wheel->speed_wanted = wheel->speed_wanted && wheels->command != READ_FILE;
                return true;
            }
        }
    }
    return false;
}

/* A wheel that does not answer may have restarted: it is started anew, and the others have their turn before. */
static void give_up(struct nsp_wheels *wheels)
{
    struct nsp_wheel *wheel = &wheels->wheel[wheels->asked];
    wheel->lost++;
    wheel->running = wheel->torque_pending = wheel->speed_wanted = false;
    wheels->waiting = false;
}

void nsp_wheels_poll(struct nsp_wheels *wheels, const struct device_line *line, uint32_t now_us)
{
    if (wheels->waiting && now_us - wheels->asked_us >= PATIENCE_US) {
        give_up(wheels);
    }
    if (wheels->waiting || !next(wheels)) {
        return;
    }
    wheels->waiting = true;
    wheels->asked_us = now_us;
    send(&wheels->wheel[wheels->asked], wheels->command, line);
}

static int answered(struct nsp_wheels *wheels, const uint8_t *data, size_t n)
{
    struct nsp_wheel *wheel = &wheels->wheel[wheels->asked];
    wheels->waiting = false;
    if ((data[2] & ACK) == 0) { /* it is in its boot loader again */
        wheel->running = false;
        return -1;
    }
    if (wheels->command == INIT) {
        wheel->running = wheel->torque_pending = true;
    }
    if (wheels->command != READ_FILE || n != 8u || data[3] != SPEED_FILE) {
        return -1;
    }
    wheel->speed_rad_s = octets_f32le(data + 4);
    return (int)wheels->asked;
}

int nsp_wheels_take(struct nsp_wheels *wheels, uint8_t octet)
{
    const struct slip *slip = &wheels->slip;
    if (!slip_take(&wheels->slip, octet)) {
        return -1;
    }
    if (slip->size < 3u + CRC || crc16_mcrf4xx(slip->content, slip->size) != 0) {
        wheels->refused++;
        return -1;
    }
    const uint8_t *data = slip->content;
    const bool awaited = wheels->waiting && data[0] == OWN && data[1] == wheels->wheel[wheels->asked].address
        && (data[2] & 0x1Fu) == wheels->command;
    return awaited ? answered(wheels, data, slip->size - CRC) : -1;
}
