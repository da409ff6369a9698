#include "flight_camera.h"

#include "flight_handlers.h"
#include "plume.h"

void flight_camera_reset(struct flight_camera *camera)
{
    camera->frame.open = false; /* its octets are written before they are read */
    camera->frame.number = 0;
    camera->time = 0;
    camera->whole = camera->missed = false;
    camera->missed_number = 0;
    camera->detections.count = 0;
    bad_pixels_forget(&camera->bad);
}

/* A picture whose last pieces were lost ends when the next one is announced. */
void flight_on_camera(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    struct flight_camera *camera = &flight->camera;
    hil_camera told;
    (void)link;
    if (!hil_camera_decode(packet->payload, packet->payload_size, &told)) {
        flight_refuse(flight, packet);
        return;
    }
    if ((told.flags & HIL_FLAG_INVALID) != 0 || told.instance != 0) {
        return;
    }
    const adcs_ticks time = flight_sample_time(flight, packet);
    if (camera->frame.open && told.frame == camera->frame.number && time == camera->time) {
        return; /* it comes twice */
    }
    if (camera->frame.open) {
        adcs_report(&flight->adcs.events, ADCS_EVENT_PICTURE_LOST, (float)camera->frame.number);
    }
    camera->whole = false;
    camera->time = time;
    if (!frame_begin(&camera->frame, told.frame, told.columns, told.rows, told.bits)) {
        flight_refuse(flight, packet);
    }
}

static void note_unannounced(struct flight *flight, uint16_t number)
{
    struct flight_camera *camera = &flight->camera;
    if (number != camera->frame.number && !(camera->missed && camera->missed_number == number)) {
        camera->missed = true;
        camera->missed_number = number;
        adcs_report(&flight->adcs.events, ADCS_EVENT_PICTURE_LOST, (float)number);
    }
}

void flight_on_camera_piece(void *context, struct hil_link *link, const struct hil_packet *packet)
{
    struct flight *flight = context;
    hil_camera_piece piece;
    (void)link;
    if (!hil_camera_piece_decode(packet->payload, packet->payload_size, &piece)) {
        flight_refuse(flight, packet);
        return;
    }
    if (piece.instance == 0) {
        note_unannounced(flight, piece.frame);
        flight->camera.whole |= frame_take(&flight->camera.frame, piece.frame, piece.piece, piece.pixels);
    }
}

static void send_sightings(struct flight *flight, const struct sight_point *points, uint16_t pieces_lost)
{
    const struct detections *detections = &flight->camera.detections;
    hil_sightings message = {.frame = flight->camera.frame.number, .pieces_lost = pieces_lost};
    for (unsigned i = 0; i < detections->count && message.sights_count < HIL_SIGHTS_MAX; i++) {
        const struct detection *found = &detections->found[i];
        message.sights[message.sights_count++] = (hil_sight){
            .kind = points[i].kind,
            .confidence = points[i].confidence,
            .track = points[i].track,
            .column = found->column_64ths,
            .row = found->row_64ths,
            .size = (uint8_t)(found->pixels < UINT8_MAX ? found->pixels : UINT8_MAX),
        };
    }
    uint8_t payload[HIL_SIGHTINGS_SIZE_MAX];
    hil_link_send(&flight->link, HIL_APID_SIGHTINGS, payload, hil_sightings_encode(&message, payload));
}

/* A detection as a point: what it is taken for, and where it is in front of the camera. A fire is moved to its flames. */
static struct sight_point point_of(const struct flight *flight, struct detection *found)
{
    const struct frame *frame = &flight->camera.frame;
    const float pixel = flight->adcs.parameters.value[ADCS_CAMERA_PIXEL_RAD];
    int8_t inputs[CLASSIFY_INPUTS];
    classify_inputs(frame, found, inputs);
    const struct judgement judgement = classify(inputs);
    if (judgement.kind == HIL_SIGHT_FIRE) {
        plume_head(frame, found);
    }
    return (struct sight_point){
        .right = pixel * ((float)found->column_64ths * (1.0f / 64.0f) - 0.5f * (float)(frame->columns - 1)),
        .down = pixel * ((float)found->row_64ths * (1.0f / 64.0f) - 0.5f * (float)(frame->rows - 1)),
        .kind = judgement.kind,
        .confidence = judgement.confidence,
        .brightness = (float)(found->peak - found->mean),
    };
}

/* What the picture shows in all its pixels, with parameter camera_bad_pixels. */
static void correct(struct flight *flight)
{
    struct flight_camera *camera = &flight->camera;
    if (!(flight->adcs.parameters.value[ADCS_CAMERA_BAD_PIXELS] > 0.0f)) {
        return;
    }
    bad_pixels_correct(&camera->bad, &camera->frame);
    if (bad_pixels_news(&camera->bad)) {
        adcs_report(&flight->adcs.events, ADCS_EVENT_BAD_PIXELS, (float)camera->bad.count);
    }
}

void flight_camera_step(struct flight *flight, adcs_ticks now)
{
    struct flight_camera *camera = &flight->camera;
    camera->time = camera->time == ADCS_TIME_OF_STEP ? now : camera->time;
    sight_keep(&flight->adcs.sight, camera->time);
    if (!camera->whole) {
        return;
    }
    camera->whole = false;
    const uint16_t lost = frame_close(&camera->frame);
    if (lost > 0) {
        adcs_report(&flight->adcs.events, ADCS_EVENT_PICTURE_PIECES_LOST, (float)lost);
    }
    correct(flight);
    detect(&camera->frame, &camera->work, &camera->detections);
    struct sight_point points[DETECT_MOST];
    for (unsigned i = 0; i < camera->detections.count; i++) {
        points[i] = point_of(flight, &camera->detections.found[i]);
    }
    sight_picture(&flight->adcs, camera->time, points, camera->detections.count);
    for (unsigned i = 0; i < camera->detections.count; i++) {
        flight_radio_recognised(flight, &camera->detections.found[i], &points[i]);
    }
    send_sightings(flight, points, lost);
}
