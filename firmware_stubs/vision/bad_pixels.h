/* A map of the pixels that show nothing of the scene, hot or dead, learnt from the pictures; and what stands in their place.
 *
 * A lens draws nothing as sharp as one pixel: of a point, blurred by 0.4 pixels or more (1 sigma), the eight around it get
 * their share. So a pixel far above all but one of its neighbours, or far below them, by more than eight times what these
 * differ among themselves, or with less than a quarter of their light, shows itself and not the scene; one of the eight may
 * be bad as well. It goes on the map when it does so in four pictures, and leaves it when it did not in a hundred. Integers
 * alone, so that every machine learns the same. */
#ifndef VISION_BAD_PIXELS_H
#define VISION_BAD_PIXELS_H

#include "frame.h"

struct bad_pixels {
    uint16_t columns, rows; /* of the pictures that this is the map of; 0: of none */
    uint16_t count;         /* on the map */
    uint16_t told;          /* how many there were when somebody asked last */
    bool changed;           /* by the last picture */
    uint8_t doubt[FRAME_COLUMNS_MAX * FRAME_ROWS_MAX / 2u]; /* 4 bits a pixel; 8 and more: it is on the map */
};

/* Forget the map. */
void bad_pixels_forget(struct bad_pixels *map);

/* Learn from a whole picture, and put the median of its good neighbours in the place of each pixel on the map. Pictures of
 * another size begin another map. */
void bad_pixels_correct(struct bad_pixels *map, struct frame *frame);

/* Whether the map is another one than when this was asked last, and has settled. */
bool bad_pixels_news(struct bad_pixels *map);

#endif
