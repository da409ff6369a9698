#include "hil_deframer.h"

#include "hil_crc32c.h"
#include "hil_protocol1.h"

static void start_frame(struct hil_deframer *deframer)
{
    deframer->size = 0;
    deframer->block = 0;
    deframer->left = 0;
    deframer->overlong = false;
}

void hil_deframer_init(struct hil_deframer *deframer)
{
    start_frame(deframer);
    deframer->counts = (struct hil_frame_counts){0};
}

static void append(struct hil_deframer *deframer, uint8_t byte)
{
    if (deframer->size == HIL_PACKET_SIZE_MAX) {
        deframer->overlong = true;
        return;
    }
    deframer->bytes[deframer->size++] = byte;
}

static void decode(struct hil_deframer *deframer, uint8_t byte)
{
    if (deframer->left > 0) {
        deframer->left--;
        append(deframer, byte);
        return;
    }
    if (deframer->block != 0 && deframer->block != 0xFF) {
        append(deframer, 0); /* the zero that the block before stood for */
    }
    deframer->block = byte;
    deframer->left = (uint8_t)(byte - 1);
}

/* The counter of what the frame that just ended is; deframer->counts.packets when it is good. */
static uint32_t *judge(struct hil_deframer *deframer, struct hil_packet *packet)
{
    struct hil_frame_counts *counts = &deframer->counts;
    if (deframer->block == 0) {
        return &counts->empty;
    }
    if (deframer->overlong) {
        return &counts->overlong;
    }
    if (deframer->left > 0) {
        return &counts->cobs;
    }
    if (deframer->size < HIL_PRIMARY_HEADER_SIZE + HIL_CRC_SIZE) {
        return &counts->runt;
    }
    if (hil_crc32c(deframer->bytes, deframer->size) != HIL_CRC32C_RESIDUE) {
        return hil_protocol1_asked(deframer->bytes, deframer->size) ? &counts->protocol1 : &counts->crc;
    }
    return hil_packet_parse(deframer->bytes, deframer->size, packet) ? &counts->packets : &counts->header;
}

bool hil_deframer_push(struct hil_deframer *deframer, uint8_t byte, struct hil_packet *packet)
{
    if (byte != 0) {
        decode(deframer, byte);
        return false;
    }
    uint32_t *count = judge(deframer, packet);
    (*count)++;
    start_frame(deframer);
    return count == &deframer->counts.packets;
}

uint32_t hil_frame_errors(const struct hil_frame_counts *counts)
{
    return counts->overlong + counts->cobs + counts->runt + counts->crc + counts->header;
}
