/* What sight.c and sighted.c share. */
#ifndef ADCS_SIGHT_INNER_H
#define ADCS_SIGHT_INNER_H

#include "adcs.h"

#define SIGHT_SEEN_TO_LOCK 3u /* pictures */

/* East, north and up at a place, ECI. */
struct level {
    struct vec3 east, north, up;
};

/* From where a picture was taken: the moment, the way to the told place (ECI), the level through that, and how well the
 * attitude is known, body axes. */
struct sight_eye {
    const struct sight_moment *moment;
    struct vec3 to_told_m;
    const struct level *level;
    struct mat3 attitude_rad2;
};

/* The attitude of a control step that is remembered, or NULL. */
const struct sight_moment *sight_moment_of(const struct sight *sight, adcs_ticks time);

struct level sight_level_at(const struct earth *earth, adcs_ticks time, struct vec3 position_eci_m);

/* The way to the told place from where a picture was taken, ECI: the straight one, or with parameter apparent_targets that
 * on which its light seems to come. */
struct vec3 sight_way_to(const struct adcs *adcs, const struct sight_moment *moment, const struct target *target,
                         const struct motion *told);

/* What a place in a picture is on the level through the told place, east and north of it in m, with its covariance. False
 * above the horizon. */
bool sight_place_of(const struct adcs *adcs, const struct sight_eye *eye, const struct sight_point *point,
                    struct track_point *place);

/* Whether a track is a ship's that was seen to make parameter camera_ship_speed_m_s. */
bool sight_moves(const struct adcs *adcs, const struct track *track);

/* Whether a track was seen to be slower than half of that, where ships are followed, and is no fire's. */
bool sight_stands(const struct adcs *adcs, const struct track *track);

/* The kinds that are followed, a bit each. */
unsigned sight_wanted_kinds(const struct adcs *adcs);

#endif
