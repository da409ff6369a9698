/* From bytes, split anyhow, to packets. What is no valid frame is counted by kind and dropped; it is never guessed at. */
#ifndef HIL_DEFRAMER_H
#define HIL_DEFRAMER_H

#include "hil_packet.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hil_frame_counts {
    uint32_t packets;  /* valid */
    uint32_t empty;    /* two zeros in a row: harmless, a sender may open with one */
    uint32_t overlong; /* longer than HIL_PACKET_SIZE_MAX */
    uint32_t cobs;     /* ended in the middle of a COBS block */
    uint32_t runt;     /* too short for a header and a CRC */
    uint32_t crc;      /* wrong CRC */
    uint32_t header;   /* right CRC, but not the packet header that was agreed on */
    uint32_t protocol1; /* no error: a HELLO_REQUEST of protocol 1 */
};

struct hil_deframer {
    uint8_t bytes[HIL_PACKET_SIZE_MAX];
    uint16_t size;     /* decoded so far */
    uint8_t block;     /* code byte of the current COBS block, 0 at the start of a frame */
    uint8_t left;      /* bytes still to come in it */
    bool overlong;
    struct hil_frame_counts counts;
};

/* Start as at power on: between two frames, nothing counted. */
void hil_deframer_init(struct hil_deframer *deframer);

/* Take one byte of the stream. Returns true when it ended a valid packet, which is then in *packet and points into
 * *deframer: use it before the next call. */
bool hil_deframer_push(struct hil_deframer *deframer, uint8_t byte, struct hil_packet *packet);

/* Frames that were dropped, of every kind but the harmless one. */
uint32_t hil_frame_errors(const struct hil_frame_counts *counts);

#ifdef __cplusplus
}
#endif

#endif
