/* The reference flight software whole: the core behind the bench's line. A port makes one of these and polls its link. */
#ifndef FLIGHT_H
#define FLIGHT_H

#include "adcs.h"
#include "link.h"
#include "sensed.h"

struct flight {
    struct hil_application application;
    struct hil_link link;
    struct adcs adcs;
    struct sensed_log sensed; /* of the step that is being collected */
    uint32_t frames_lost_reported;
};

/* Boot. *port stays in use; afterwards hil_link_poll(&flight->link) for ever does all the work. */
void flight_init(struct flight *flight, const struct hil_port *port);

#endif
