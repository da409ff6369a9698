/* A picture put together from its numbered pieces, and its pixels read row by row. */
#ifndef VISION_FRAME_H
#define VISION_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_COLUMNS_MAX 160u
#define FRAME_ROWS_MAX 120u
#define FRAME_SIDE_MIN 16u /* what looks around a pixel finds its way within so many */
#define FRAME_PIECE_OCTETS 112u
#define FRAME_PIECES_MAX ((FRAME_COLUMNS_MAX * FRAME_ROWS_MAX * 3u / 2u + FRAME_PIECE_OCTETS - 1u) / FRAME_PIECE_OCTETS)

struct frame {
    bool open; /* its pieces are awaited */
    uint16_t number, columns, rows, bits;
    uint16_t pieces, received;
    uint8_t has[(FRAME_PIECES_MAX + 7u) / 8u];
    uint8_t octets[FRAME_PIECES_MAX * FRAME_PIECE_OCTETS];
};

/* Begin a picture; what there is of the one before is forgotten. False for one of more pixels than there is room for, of
 * less than 16 a side, or of bits other than 8 and 12. */
bool frame_begin(struct frame *frame, uint16_t number, uint16_t columns, uint16_t rows, uint16_t bits);

/* Take a piece; one of another picture, beyond its end or taken already is dropped. True with the last piece of the picture,
 * which is then closed, whatever is missing of it. */
bool frame_take(struct frame *frame, uint16_t number, uint16_t piece, const uint8_t octets[FRAME_PIECE_OCTETS]);

/* Await nothing more, and fill what is missing. Returns the number of pieces that are missing. */
uint16_t frame_close(struct frame *frame);

/* What is missing repeats what stands a row higher (two, where a row does not end with an octet); a picture's first row is
 * dark there. */
void frame_fill(struct frame *frame);

/* A pixel, by its number from the upper left on, as counts of 12 bits. */
uint16_t frame_pixel(const struct frame *frame, unsigned pixel);
void frame_set_pixel(struct frame *frame, unsigned pixel, uint16_t counts);

/* The pixels of a row, as counts of 12 bits. */
void frame_row(const struct frame *frame, unsigned row, uint16_t pixels[FRAME_COLUMNS_MAX]);

#endif
