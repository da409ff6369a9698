/* What happened in a step that a person should know of; the codes are enum adcs_event.
 *
 * They wait in a queue until they are told. One that comes again within a second is not told again, but counted: a device
 * that fails ten times a second would drown what else there is to know. Where the queue is full the event is lost, which is
 * an event of its own once there is room. */
#ifndef ADCS_EVENTS_H
#define ADCS_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "adcs_parameters.h"
#include "ticks.h"

#define ADCS_EVENTS_MAX 24u
#define ADCS_EVENTS_RECENT 16u /* of which is known when they came last; of an older one a second has usually passed */

struct adcs_events {
    unsigned count;
    uint16_t code[ADCS_EVENTS_MAX];
    float value[ADCS_EVENTS_MAX];
    adcs_ticks now;    /* of the step that is made */
    uint32_t lost;     /* for want of room */
    uint32_t repeated; /* within a second, and so not told */
    uint32_t lost_told;
    struct {
        uint16_t code;
        float value;
        adcs_ticks time;
    } recent[ADCS_EVENTS_RECENT]; /* a ring */
    unsigned next;
};

void adcs_report(struct adcs_events *events, enum adcs_event code, float value);

/* Take the oldest of them; false when there is none. */
bool adcs_events_take(struct adcs_events *events, uint16_t *code, float *value);

#endif
