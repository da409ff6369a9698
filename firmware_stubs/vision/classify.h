/* What a detection is taken for: a network of three layers with weights of 8 bits (vision/weights.h, made by
 * vision/training). Integers alone. */
#ifndef VISION_CLASSIFY_H
#define VISION_CLASSIFY_H

#include "detect.h"

#define CLASSIFY_SIDE 16u
#define CLASSIFY_FEATURES 4u
#define CLASSIFY_INPUTS (CLASSIFY_SIDE * CLASSIFY_SIDE + CLASSIFY_FEATURES)
#define CLASSIFY_KINDS 5u

struct judgement {
    uint8_t kind;       /* HIL_SIGHT_... of the wire */
    uint8_t confidence; /* of 255 */
};

/* What the network sees of a detection: the picture around it, from background 0 to peak 127, then brightness, contrast,
 * spread and size on a scale of powers of two. */
void classify_inputs(const struct frame *frame, const struct detection *detection, int8_t inputs[CLASSIFY_INPUTS]);

struct judgement classify(const int8_t inputs[CLASSIFY_INPUTS]);

#endif
