/* Mode test: what the flight software took from each sample of the step, to be held against what the bench sent. */
#ifndef SENSED_H
#define SENSED_H

#include <stdbool.h>

#include "hil_messages.h"

#define SENSED_MAX 24u

struct sensed_log {
    unsigned count; /* those beyond SENSED_MAX in one step are lost */
    hil_sensed entry[SENSED_MAX];
};

/* Values that a sample of this device gave; the rest of an entry is 0, all of it when the sample was not used. */
void sensed_note(struct sensed_log *log, unsigned kind, unsigned instance, const float *values, unsigned count);

#endif
