/* Reaction wheels on one RS-485 line, Nanosatellite Protocol (RW-0.03 class): one question at a time. */
#ifndef DEVICE_NSP_WHEELS_H
#define DEVICE_NSP_WHEELS_H

#include <stdbool.h>
#include <stdint.h>

#include "line.h"
#include "slip.h"

#define NSP_WHEELS_MOST 4u

struct nsp_wheel {
    uint8_t address;
    bool running;        /* its application was started */
    bool torque_pending; /* the one below was not sent yet */
    bool speed_wanted;
    float torque_Nm;
    float speed_rad_s; /* the last one */
    uint32_t lost;     /* questions without an answer */
};

struct nsp_wheels {
    struct nsp_wheel wheel[NSP_WHEELS_MOST];
    unsigned count;
    struct slip slip;
    bool waiting; /* for the answer of the wheel below to the command below */
    unsigned asked, command;
    uint32_t asked_us;
    uint32_t refused; /* frames with a wrong checksum */
};

/* Wheels with these addresses, none of them started. */
void nsp_wheels_init(struct nsp_wheels *wheels, const uint8_t *addresses, unsigned count);

/* Have a wheel give a torque from now on; also when it had to be started anew. */
void nsp_wheels_torque(struct nsp_wheels *wheels, unsigned wheel, float torque_Nm);

/* Have all wheels' speeds asked for once. */
void nsp_wheels_ask_speeds(struct nsp_wheels *wheels);

/* Send the next question when the one before is answered, or was not in time. To be called often. */
void nsp_wheels_poll(struct nsp_wheels *wheels, const struct device_line *line, uint32_t now_us);

/* Take the next octet; returns the number of the wheel whose speed is new, -1 for none. */
int nsp_wheels_take(struct nsp_wheels *wheels, uint8_t octet);

#endif
