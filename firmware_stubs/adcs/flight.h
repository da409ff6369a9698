/* The reference flight software whole: the core behind the bench's line. A port makes one of these and polls its link. */
#ifndef FLIGHT_H
#define FLIGHT_H

#include "adcs.h"
#include "flight_camera.h"
#include "flight_radio.h"
#include "guards.h"
#include "hil_link.h"
#include "restart.h"
#include "sensed.h"
#include "step_clock.h"

/* What drives the processor, as housekeeping tells it (1 crystal, 2 external clock, 3 internal oscillator), and the
 * frequency of the crystal or the clock. */
struct flight_clock {
    uint8_t source, MHz;
};

/* What a machine tells about itself; for housekeeping only, never for control. */
struct flight_board {
    void (*stopwatch_start)(void *context);
    uint32_t (*stopwatch_ns)(void *context); /* since it was started; stops it */
    uint16_t (*stack_used_max)(void *context);
    uint16_t (*watchdog_resets)(void *context);
    uint16_t (*line_errors)(void *context); /* octets that the receiver lost or marked as wrong; may be NULL */
    uint16_t (*unread_octets_max)(void *context); /* most that waited in the receiver at once; may be NULL */
    struct flight_clock (*clock)(void *context); /* may be NULL */
    void *context;
};

/* What control steps took since the last housekeeping, in ns. Which one of them is told goes round, so that what comes once
 * a second, as housekeeping does, is not taken for the rule. */
struct step_timing {
    uint32_t steps, turn; /* how many; which one of them is told, from 1 */
    uint32_t told_ns, longest_ns;
};

struct flight {
    struct hil_application application;
    struct hil_link link;
    struct adcs adcs;
    const struct adcs_parts *parts; /* of a team's own; NULL: the reference's */
    struct restart restart;
    struct guards guards;
    struct flight_camera camera;
    struct flight_radio radio;
    struct sensed_log sensed; /* of the step that is being collected */
    uint32_t frames_lost_reported;
    const struct flight_board *board; /* NULL: times, stack and resets are told as 0 */
    struct step_timing timing;
    struct step_clock clock;
    bool housekept;
    adcs_ticks housekeeping_time; /* of the last one */
};

/* Boot. *port, and *board if there is one, stay in use, as does what *boot names; NULL: nothing outlives a restart here.
 * Afterwards hil_link_poll(&flight->link) for ever does all the work. */
void flight_init(struct flight *flight, const struct hil_port *port, const struct flight_board *board,
                 const struct boot *boot);

#endif
