/* What the sensors of a step see, each beside where it must be: the field, the Sun, the Earth's centre. */
#ifndef ADCS_DIRECTIONS_H
#define ADCS_DIRECTIONS_H

#include "triad.h"

#define DIRECTIONS_MAX 4u /* one of each kind */

enum direction_kind { DIRECTION_FINE_SUN, DIRECTION_HORIZON, DIRECTION_FIELD, DIRECTION_COARSE_SUN };

struct adcs;

struct directions {
    unsigned count;
    struct direction seen[DIRECTIONS_MAX]; /* the sharpest first */
};

/* The model's field where the orbit is. */
struct vec3 directions_field_eci_T(const struct adcs *adcs);

/* What an Earth of albedo 1 throws back there, 1 for the Sun alone: as bright as the Sun's height below makes it, all of it
 * as if it came from the centre (the vector of the light of an evenly bright sphere; Wertz, section 5.1). */
struct vec3 directions_earthshine_eci(const struct adcs *adcs, struct vec3 sun_eci);

/* Light of Sun and Earth, by the albedo that is known so far: what the diodes should show. */
struct vec3 directions_light_eci(const struct adcs *adcs, struct vec3 sun_eci);

/* Those of the samples at hand whose counterpart in ECI is known: needs the orbit, for the Sun the date. `field_eci_T` is 0
 * when the magnetometer's sample is not to be used. */
struct directions directions_collect(const struct adcs *adcs, struct vec3 field_eci_T);

/* The Sun in ECI; false when the date is not known. */
bool directions_sun(const struct adcs *adcs, struct vec3 *sun_eci);

/* The Moon from where the orbit is, in orbit about the Moon the Earth, in ECI and in m; false when the date is not known. */
bool directions_moon(const struct adcs *adcs, struct vec3 *moon_eci_m);

/* By how much worse one attitude fits them than another, in squared sigmas. Each kind is averaged over its own samples: the
 * sharp ones come seldom. */
struct direction_evidence {
    float worse[DIRECTIONS_MAX];
};

void directions_weigh(struct direction_evidence *evidence, const struct directions *directions, struct quat one,
                      struct quat other);

/* All kinds together. */
float directions_tell(const struct direction_evidence *evidence);

#endif
