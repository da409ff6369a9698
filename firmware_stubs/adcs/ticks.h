/* Time as the wire carries it: whole ticks of 2^-24 s since the start of the run. Differences are taken in integers. */
#ifndef ADCS_TICKS_H
#define ADCS_TICKS_H

#include <stdint.h>

typedef uint64_t adcs_ticks;

#define ADCS_TICKS_PER_SECOND ((adcs_ticks)1 << 24)

/* later - earlier in s, negative when they are the other way round; exact below 1 s, held at +-128 s x 2^24. */
static inline float adcs_seconds(adcs_ticks earlier, adcs_ticks later)
{
    const adcs_ticks size = later >= earlier ? later - earlier : earlier - later;
    const adcs_ticks whole = size >> 24;
    const float seconds = (float)(int32_t)(whole < INT32_MAX ? whole : INT32_MAX)
        + (float)(int32_t)(size & (ADCS_TICKS_PER_SECOND - 1)) * (1.0f / 16777216.0f);
    return later >= earlier ? seconds : -seconds;
}

#endif
