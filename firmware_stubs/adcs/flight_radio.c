#include "flight_handlers.h"

#include "flight_chip.h"
#include "space_packet.h"

#define SPACECRAFT_ENTITY 5u
#define GROUND_ENTITY 1u
#define AGAIN_TICKS ADCS_TICKS_PER_SECOND         /* an alert that was not heard of is sent again */
#define SILENT_TICKS (3u * ADCS_TICKS_PER_SECOND) /* without a word of the radio: it hears nobody */
#define FRAMES_A_STEP 2u
#define FILE_AHEAD 224u  /* octets that may wait in the radio before those of a file: an alert is not to wait for long */
#define SURE 128u        /* of 255: what is taken for something less surely is not alerted */
#define SAME_M 300.0f    /* what is seen so near to something that was told is the same, */
#define SAME_FIRE_M 600.0f /* as is smoke that is taken for the fire itself, which lies along its plume, */
#define SAME_M_S 10.0f   /* and farther by so much for each second since */
#define STEP_MAX_S 1.0f
#define TENMILLIONTHS_A_RAD (1e7f * 180.0f / ADCS_PI)

void flight_radio_reset(struct flight_radio *radio)
{
    *radio = (struct flight_radio){.cfdp = {.source = SPACECRAFT_ENTITY, .destination = GROUND_ENTITY}};
}

void flight_on_radio_state(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_radio_state state;
    (void)link;
    if (!hil_radio_state_decode(packet->payload, packet->payload_size, &state)) {
        flight_refuse(flight, packet);
        return;
    }
    flight->radio.present = true;
    flight->radio.carrier = state.carrier != 0;
    flight->radio.free_octets = state.free_octets;
    if (state.free_octets > flight->radio.free_octets_most) {
        flight->radio.free_octets_most = state.free_octets;
    }
    flight->radio.state_time = ADCS_TIME_OF_STEP;
}

static void take_word(struct flight *flight, const struct space_packet *packet)
{
    for (unsigned i = 0; packet->size == 2u && i < RADIO_ALERTS_MAX; i++) {
        struct radio_alert *each = &flight->radio.alert[i];
        if (each->waits && each->alert.number == hil_get_u16(packet->data)) {
            each->waits = false;
            adcs_report(&flight->adcs.events, ADCS_EVENT_ALERT_HEARD, (float)each->alert.number);
        }
    }
}

void flight_on_radio_heard(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    struct space_packet heard;
    (void)link;
    if (packet->payload_size < HIL_RADIO_HEARD_SIZE
        || !space_packet_parse(packet->payload + HIL_RADIO_HEARD_SIZE, packet->payload_size - HIL_RADIO_HEARD_SIZE, &heard)
        || !heard.telecommand) {
        flight_refuse(flight, packet);
    } else if (heard.apid == RADIO_APID_CFDP) {
        cfdp_sender_take(&flight->radio.cfdp, heard.data, heard.size);
    } else if (heard.apid == RADIO_APID_HEARD) {
        take_word(flight, &heard);
    }
}

/* -- what is recognised ------------------------------------------------------------------------------------------------- */

/* Where there is no room the alert goes without. */
static void keep_chip(struct flight *flight, const struct detection *found, uint16_t number)
{
    for (unsigned i = 0; i < RADIO_CHIPS_MAX; i++) {
        struct radio_chip *chip = &flight->radio.chip[i];
        if (chip->number == 0) {
            chip->number = number;
            chip->under_way = false;
            chip->size = chip_cut(&flight->camera.frame, found, chip->octets);
            return;
        }
    }
}

/* Whether it is something that was told before: that track, or one of its kind where that would be now. */
static bool was_told(struct flight_radio *radio, const struct sighted *seen, uint16_t track, adcs_ticks time)
{
    for (unsigned i = 0; i < RADIO_PLACES_MAX; i++) {
        struct radio_place *each = &radio->told[i];
        const float away_m = v3_norm(v3_sub(seen->position_ecef_m, each->position_ecef_m));
        const float least_m = seen->kind == HIL_SIGHT_FIRE ? SAME_FIRE_M : SAME_M;
        const float within_m = least_m + SAME_M_S * adcs_seconds(each->time, time);
        if (each->kind == seen->kind && (each->track == track || away_m < within_m)) {
            *each = (struct radio_place){seen->kind, track, time, seen->position_ecef_m};
            return true;
        }
    }
    return false;
}

/* Room for one more: that of the oldest where none is free. */
static struct radio_alert *room_for_alert(struct flight_radio *radio)
{
    struct radio_alert *oldest = &radio->alert[0];
    for (unsigned i = 0; i < RADIO_ALERTS_MAX; i++) {
        if (!radio->alert[i].waits) {
            return &radio->alert[i];
        }
        oldest = radio->alert[i].alert.number < oldest->alert.number ? &radio->alert[i] : oldest;
    }
    return oldest;
}

static void tell(struct flight *flight, const struct sighted *seen)
{
    struct flight_radio *radio = &flight->radio;
    struct radio_alert *each = room_for_alert(radio);
    float latitude_rad, longitude_rad;
    earth_geodetic(seen->position_ecef_m, &latitude_rad, &longitude_rad);
    radio->alerts = (uint16_t)(radio->alerts + 1u);
    each->waits = true;
    each->sent = false;
    each->alert = (struct alert){
        .number = radio->alerts,
        .kind = seen->kind,
        .confidence = seen->confidence,
        .picture = flight->camera.frame.number,
        .shutter_ticks = flight->camera.time,
        .latitude_1e7_deg = (int32_t)(TENMILLIONTHS_A_RAD * latitude_rad),
        .longitude_1e7_deg = (int32_t)(TENMILLIONTHS_A_RAD * longitude_rad),
        .height_m = seen->height_m,
        .east_m2 = seen->east_m2,
        .north_m2 = seen->north_m2,
        .east_north_m2 = seen->east_north_m2,
    };
    adcs_report(&flight->adcs.events, ADCS_EVENT_ALERT_MADE, (float)each->alert.number);
}

void flight_radio_recognised(struct flight *flight, const struct detection *found, const struct sight_point *point)
{
    struct flight_radio *radio = &flight->radio;
    struct sighted seen;
    const adcs_ticks time = flight->camera.time;
    if (!radio->present || point->track == 0 || !sight_confirmed(&flight->adcs, point->track, &seen)
        || seen.confidence < SURE || !sighted_well(&flight->adcs, &seen) || was_told(radio, &seen, point->track, time)) {
        return;
    }
    radio->told[radio->told_next] = (struct radio_place){seen.kind, point->track, time, seen.position_ecef_m};
    radio->told_next = (radio->told_next + 1u) % RADIO_PLACES_MAX;
    tell(flight, &seen);
    keep_chip(flight, found, radio->alerts);
}

/* -- what is sent ------------------------------------------------------------------------------------------------------- */

static void send_frame(struct flight *flight, uint16_t apid, uint16_t *sequence, uint8_t *payload, size_t size)
{
    payload[0] = 0;
    (void)space_packet_header(apid, *sequence, size, payload + HIL_RADIO_SEND_SIZE);
    *sequence = (uint16_t)(*sequence + 1u);
    hil_link_send(&flight->link, HIL_APID_RADIO_SEND, payload, HIL_RADIO_SEND_SIZE + SPACE_PACKET_HEADER + size);
    flight->radio.free_octets = (uint16_t)(flight->radio.free_octets - (SPACE_PACKET_HEADER + size));
}

static struct radio_alert *alert_due(struct flight_radio *radio, adcs_ticks now)
{
    struct radio_alert *due = NULL;
    for (unsigned i = 0; i < RADIO_ALERTS_MAX; i++) {
        struct radio_alert *each = &radio->alert[i];
        const bool again = each->sent && now - each->sent_time >= AGAIN_TICKS;
        if (each->waits && (!each->sent || again) && (due == NULL || each->alert.number < due->alert.number)) {
            due = each;
        }
    }
    return due;
}

/* False when nothing is due. */
static bool send_next(struct flight *flight, adcs_ticks now)
{
    struct flight_radio *radio = &flight->radio;
    uint8_t payload[HIL_RADIO_SEND_SIZE_MAX];
    uint8_t *const data = payload + HIL_RADIO_SEND_SIZE + SPACE_PACKET_HEADER;
    struct radio_alert *each = alert_due(radio, now);
    if (each != NULL) {
        each->sent = true;
        each->sent_time = now;
        alert_encode(&each->alert, data);
        send_frame(flight, RADIO_APID_ALERT, &radio->alert_sequence, payload, ALERT_OCTETS);
        return true;
    }
    if (radio->free_octets + FILE_AHEAD < radio->free_octets_most) {
        return false;
    }
    const size_t size = cfdp_sender_next(&radio->cfdp, data, HIL_OCTETS_MAX - SPACE_PACKET_HEADER);
    if (size > 0) {
        send_frame(flight, RADIO_APID_CFDP, &radio->cfdp_sequence, payload, size);
    }
    return size > 0;
}

/* The oldest that waits, where nothing is under way. */
static void begin_chip(struct flight_radio *radio)
{
    struct radio_chip *oldest = NULL;
    for (unsigned i = 0; i < RADIO_CHIPS_MAX; i++) {
        struct radio_chip *chip = &radio->chip[i];
        oldest = chip->number != 0 && (oldest == NULL || chip->number < oldest->number) ? chip : oldest;
    }
    if (oldest == NULL || oldest->under_way) {
        return;
    }
    char name[CFDP_NAME_MAX + 1u] = "alert";
    uint8_t *const after = chip_text(chip_decimal((uint8_t *)name + 5, oldest->number), ".pgm");
    *after = '\0';
    oldest->under_way = cfdp_sender_begin(&radio->cfdp, name, oldest->octets, oldest->size);
}

static void note_outcome(struct flight *flight)
{
    static const enum adcs_event events[] = {[CFDP_DELIVERED] = ADCS_EVENT_FILE_DELIVERED,
                                             [CFDP_GIVEN_UP] = ADCS_EVENT_FILE_GIVEN_UP,
                                             [CFDP_REFUSED] = ADCS_EVENT_FILE_REFUSED};
    const enum cfdp_outcome outcome = cfdp_sender_outcome(&flight->radio.cfdp);
    for (unsigned i = 0; outcome != CFDP_NO_OUTCOME && i < RADIO_CHIPS_MAX; i++) {
        flight->radio.chip[i].number = flight->radio.chip[i].under_way ? 0 : flight->radio.chip[i].number;
    }
    if (outcome != CFDP_NO_OUTCOME) {
        adcs_report(&flight->adcs.events, events[outcome], (float)flight->radio.cfdp.transaction);
    }
}

void flight_radio_step(struct flight *flight, adcs_ticks now)
{
    struct flight_radio *radio = &flight->radio;
    const float dt_s = adcs_seconds(radio->step_time, now);
    radio->step_time = now;
    radio->state_time = radio->state_time == ADCS_TIME_OF_STEP ? now : radio->state_time;
    note_outcome(flight);
    begin_chip(radio);
    if (!radio->carrier || now < radio->state_time || now - radio->state_time > SILENT_TICKS) {
        return;
    }
    if (dt_s > 0.0f && dt_s <= STEP_MAX_S) {
        cfdp_sender_wait(&radio->cfdp, dt_s);
    }
    for (unsigned i = 0; i < FRAMES_A_STEP && radio->free_octets >= HIL_OCTETS_MAX && send_next(flight, now); i++) {
    }
}
