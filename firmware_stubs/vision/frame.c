#include "frame.h"

#include <string.h>

static bool has(const struct frame *frame, unsigned piece)
{
    return (frame->has[piece / 8u] & (1u << piece % 8u)) != 0;
}

bool frame_begin(struct frame *frame, uint16_t number, uint16_t columns, uint16_t rows, uint16_t bits)
{
    frame->open = false;
    if (columns < FRAME_SIDE_MIN || columns > FRAME_COLUMNS_MAX || rows < FRAME_SIDE_MIN || rows > FRAME_ROWS_MAX
        || (bits != 8 && bits != 12)) {
        return false;
    }
    const unsigned octets = ((unsigned)columns * rows * bits + 7u) / 8u;
    frame->open = true;
    frame->number = number;
    frame->columns = columns;
    frame->rows = rows;
    frame->bits = bits;
    frame->pieces = (uint16_t)((octets + FRAME_PIECE_OCTETS - 1u) / FRAME_PIECE_OCTETS);
    frame->received = 0;
    memset(frame->has, 0, sizeof frame->has);
    return true;
}

bool frame_take(struct frame *frame, uint16_t number, uint16_t piece, const uint8_t octets[FRAME_PIECE_OCTETS])
{
    if (!frame->open || number != frame->number || piece >= frame->pieces || has(frame, piece)) {
        return false;
    }
    memcpy(frame->octets + piece * FRAME_PIECE_OCTETS, octets, FRAME_PIECE_OCTETS);
    frame->has[piece / 8u] = (uint8_t)(frame->has[piece / 8u] | 1u << (piece % 8u));
    frame->received++;
    return piece == frame->pieces - 1u;
}

/* Two pixels of 12 bits take three octets: those of an odd row end within one, those of two rows do not. */
static unsigned whole_rows_octets(const struct frame *frame)
{
    const unsigned bits = (unsigned)frame->columns * frame->bits;
    return bits % 8u == 0 ? bits / 8u : bits / 4u;
}

void frame_fill(struct frame *frame)
{
    const unsigned row = whole_rows_octets(frame);
    for (unsigned piece = 0; piece < frame->pieces; piece++) {
        for (unsigned i = 0; !has(frame, piece) && i < FRAME_PIECE_OCTETS; i++) {
            const unsigned at = piece * FRAME_PIECE_OCTETS + i;
            frame->octets[at] = at >= row ? frame->octets[at - row] : 0;
        }
    }
}

uint16_t frame_close(struct frame *frame)
{
    frame_fill(frame);
    frame->open = false;
    return (uint16_t)(frame->pieces - frame->received);
}

uint16_t frame_pixel(const struct frame *frame, unsigned pixel)
{
    if (frame->bits == 8) {
        return (uint16_t)(frame->octets[pixel] << 4);
    }
    const uint8_t *pair = frame->octets + pixel / 2u * 3u;
    return (uint16_t)(pixel % 2u == 0 ? (pair[0] << 4) | (pair[1] >> 4) : ((pair[1] & 0x0F) << 8) | pair[2]);
}

void frame_set_pixel(struct frame *frame, unsigned pixel, uint16_t counts)
{
    if (frame->bits == 8) {
        frame->octets[pixel] = (uint8_t)(counts >> 4);
        return;
    }
    uint8_t *pair = frame->octets + pixel / 2u * 3u;
    if (pixel % 2u == 0) {
        pair[0] = (uint8_t)(counts >> 4);
        pair[1] = (uint8_t)((counts & 0x0Fu) << 4 | (pair[1] & 0x0Fu));
    } else {
        pair[1] = (uint8_t)((pair[1] & 0xF0u) | counts >> 8);
        pair[2] = (uint8_t)counts;
    }
}

void frame_row(const struct frame *frame, unsigned row, uint16_t pixels[FRAME_COLUMNS_MAX])
{
    const unsigned first = row * frame->columns;
    for (unsigned i = 0; i < frame->columns; i++) {
        pixels[i] = frame_pixel(frame, first + i);
    }
}
