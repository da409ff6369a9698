/* The reference flight software whole: the core behind the bench's line. A port makes one of these and polls its link. */
#ifndef FLIGHT_H
#define FLIGHT_H

#include "adcs.h"
#include "link.h"
#include "sensed.h"

/* What a machine tells about itself; for housekeeping only, never for control. */
struct flight_board {
    uint32_t (*now_us)(void *context); /* a clock of its own that may turn over */
    uint16_t (*stack_used_max)(void *context);
    uint16_t (*watchdog_resets)(void *context);
    void *context;
};

struct flight {
    struct hil_application application;
    struct hil_link link;
    struct adcs adcs;
    struct sensed_log sensed; /* of the step that is being collected */
    uint32_t frames_lost_reported;
    const struct flight_board *board; /* NULL: times, stack and resets are told as 0 */
    uint32_t step_us;                 /* that the last control step took */
    bool housekept;
    adcs_ticks housekeeping_time; /* of the last one */
};

/* Boot. *port, and *board if there is one, stay in use; afterwards hil_link_poll(&flight->link) for ever does all the
 * work. */
void flight_init(struct flight *flight, const struct hil_port *port, const struct flight_board *board);

#endif
