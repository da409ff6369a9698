/* The radio's side of the flight software: what was recognised goes to the ground at once as an alert, then as a file with
 * the part of the picture that shows it. */
#ifndef FLIGHT_RADIO_H
#define FLIGHT_RADIO_H

#include "alert.h"
#include "cfdp_sender.h"
#include "flight_chip.h"
#include "ticks.h"
#include "vec3.h"

#define RADIO_APID_ALERT 0x301u /* telemetry */
#define RADIO_APID_CFDP 0x302u  /* both ways */
#define RADIO_APID_HEARD 0x303u /* telecommand: the number of an alert that the ground has */
#define RADIO_ALERTS_MAX 8u
#define RADIO_PLACES_MAX 16u
#define RADIO_CHIPS_MAX 3u

struct radio_alert {
    bool waits; /* for the ground's word */
    bool sent;  /* at the time below, and not heard of since */
    adcs_ticks sent_time;
    struct alert alert;
};

/* The file that belongs to an alert. */
struct radio_chip {
    uint16_t number; /* of the alert; 0: there is none */
    bool under_way;
    uint32_t size;
    uint8_t octets[CHIP_OCTETS];
};

/* What was alerted, and where it was seen last. */
struct radio_place {
    uint8_t kind; /* 0: nothing */
    uint16_t track;
    adcs_ticks time;
    struct vec3 position_ecef_m;
};

/* All zero at boot. */
struct flight_radio {
    bool present; /* it has said something; without it nothing is alerted */
    bool carrier; /* the radio hears a station, as it said at the time below */
    adcs_ticks state_time, step_time;
    uint16_t free_octets, free_octets_most; /* in the radio; the latter when nothing waits */
    uint16_t alerts, alert_sequence, cfdp_sequence; /* counts */
    struct radio_alert alert[RADIO_ALERTS_MAX];
    struct radio_place told[RADIO_PLACES_MAX]; /* a ring */
    unsigned told_next;
    struct cfdp_sender cfdp;
    struct radio_chip chip[RADIO_CHIPS_MAX];
};

/* The boot state. */
void flight_radio_reset(struct flight_radio *radio);

#endif
