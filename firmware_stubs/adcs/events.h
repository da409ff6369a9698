/* What happened in a step that a person should know of; the codes are enum adcs_event. */
#ifndef ADCS_EVENTS_H
#define ADCS_EVENTS_H

#include <stdint.h>

#include "adcs_parameters.h"

#define ADCS_EVENTS_MAX 8u

struct adcs_events {
    unsigned count; /* those beyond ADCS_EVENTS_MAX in one step are lost */
    uint16_t code[ADCS_EVENTS_MAX];
    float value[ADCS_EVENTS_MAX];
};

static inline void adcs_report(struct adcs_events *events, enum adcs_event code, float value)
{
    if (events->count < ADCS_EVENTS_MAX) {
        events->code[events->count] = (uint16_t)code;
        events->value[events->count] = value;
        events->count++;
    }
}

#endif
