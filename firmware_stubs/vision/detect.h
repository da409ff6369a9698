/* What stands out of a picture: cell-averaging constant false alarm rate (Finn and Johnson 1968), in two dimensions.
 *
 * Each pixel is compared with the mean and the spread of those around it, a square of 17 without the 7 in its middle.
 * Integers alone, so that every machine finds the same. */
#ifndef VISION_DETECT_H
#define VISION_DETECT_H

#include "frame.h"

#define DETECT_MOST 24u

/* Thresholds in 16ths of a sigma. 76: a normal background crosses it in 1 pixel of 1e6, one picture of 50. Ground whose
 * spread is more than an eighth of its mean is not normal but bounded: fields, smoke. There 56 are enough. */
#define DETECT_THRESHOLD_16THS 76u
#define DETECT_ROUGH_16THS 56u

struct detection {
    uint16_t column_64ths, row_64ths; /* of its brightest part, in 64ths of a pixel */
    uint16_t pixels;                  /* above the threshold */
    uint16_t peak, mean;              /* counts */
    uint16_t sigma_16ths;             /* of the background */
};

struct detections {
    unsigned count;
    bool crowded; /* there were more */
    struct detection found[DETECT_MOST];
};

/* Work memory; nothing in it lasts. */
struct detect_work {
    uint16_t pixels[FRAME_COLUMNS_MAX];
    uint32_t outer_sum[FRAME_COLUMNS_MAX], outer_square[FRAME_COLUMNS_MAX];
    uint32_t inner_sum[FRAME_COLUMNS_MAX], inner_square[FRAME_COLUMNS_MAX];
};

/* Find what is brighter than its surroundings, in the order of rows. */
void detect(const struct frame *frame, struct detect_work *work, struct detections *detections);

#endif
