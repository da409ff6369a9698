/* arcsec Sagitta star tracker: started, and its solutions. */
#ifndef DEVICE_SAGITTA_H
#define DEVICE_SAGITTA_H

#include <stdbool.h>
#include <stdint.h>

#include "line.h"
#include "slip.h"

struct sagitta_solution {
    bool valid;
    float q_eci_from_tracker[4]; /* scalar last */
    uint64_t unix_us;            /* of the measurement, by its own clock */
};

enum sagitta_state { SAGITTA_BOOTING, SAGITTA_SUBSCRIBING, SAGITTA_RUNNING };

struct sagitta {
    struct slip slip;
    enum sagitta_state state;
    bool asked;
    uint32_t asked_ms, heard_ms;
    struct sagitta_solution solution; /* the last one */
    uint32_t refused;                 /* frames with a wrong hash */
};

/* Tell it to boot and to send each solution, again each second until it does, and from the beginning when it falls silent.
 * To be called often, with a time that goes on. Begin with zeros. */
void sagitta_poll(struct sagitta *tracker, const struct device_line *line, uint32_t now_ms);

/* Take the next octet; true when `solution` is new. */
bool sagitta_take(struct sagitta *tracker, uint8_t octet, uint32_t now_ms);

#endif
