#include "sensed.h"

#include <string.h>

void sensed_note(struct sensed_log *log, unsigned kind, unsigned instance, const float *values, unsigned count)
{
    if (log->count >= SENSED_MAX) {
        return;
    }
    hil_sensed *entry = &log->entry[log->count++];
    *entry = (hil_sensed){.kind = (uint8_t)kind, .instance = (uint8_t)instance};
    memcpy(entry->values, values, count * sizeof values[0]);
}
