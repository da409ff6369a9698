/* What sight.c and sighted.c share. */
#ifndef ADCS_SIGHT_INNER_H
#define ADCS_SIGHT_INNER_H

#include "adcs.h"

#define SIGHT_SEEN_TO_LOCK 3u /* pictures */

/* East, north and up at a place, ECI. */
struct level {
    struct vec3 east, north, up;
};

/* The attitude of a control step that is remembered, or NULL. */
const struct sight_moment *sight_moment_of(const struct sight *sight, adcs_ticks time);

struct level sight_level_at(const struct earth *earth, adcs_ticks time, struct vec3 position_eci_m);

/* The kinds that are followed, a bit each. */
unsigned sight_wanted_kinds(const struct adcs *adcs);

#endif
