/* The part of a picture around a find, as a file: a portable graymap of 12 bits (netpbm's PGM, two octets a pixel). */
#ifndef FLIGHT_CHIP_H
#define FLIGHT_CHIP_H

#include "detect.h"

#define CHIP_SIDE 48u
#define CHIP_OCTETS (CHIP_SIDE * CHIP_SIDE * 2u + 64u)

/* Cut it out; returns the file's length. A comment in its head tells the picture's number, and column and row of the chip's
 * first pixel. */
uint32_t chip_cut(const struct frame *frame, const struct detection *found, uint8_t chip[CHIP_OCTETS]);

/* Write a number of up to five digits, or a text without its end; return what follows. */
uint8_t *chip_decimal(uint8_t *at, unsigned number);
uint8_t *chip_text(uint8_t *at, const char *text);

#endif
