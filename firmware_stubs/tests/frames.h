/* The frame vectors that the Python tests read too (tests/data/frames). */
#ifndef FRAMES_H
#define FRAMES_H

#include "check.h"

#define FRAME_BYTES_MAX 1024u

struct bytes {
    size_t size;
    uint8_t data[FRAME_BYTES_MAX];
};

struct vector {
    char name[64];
    struct bytes packet; /* empty in corrupt.txt */
    struct bytes frame;
};

/* Calls `use` with every vector of the file. Returns their number, 0 when the file cannot be read. */
size_t frames_read(const char *file, void (*use)(void *context, const struct vector *vector), void *context);

#endif
