/* A spin about the axis to the Sun, by rods alone, that keeps by itself for a while when no rate is known any more. */
#ifndef ADCS_COASTING_H
#define ADCS_COASTING_H

#include <stdbool.h>

struct adcs;

struct coasting {
    bool spins;      /* when the rate was known last: */
    float coasted_s; /* so long ago */
};

/* Through dt_s. */
void coasting_follow(struct adcs *adcs, float dt_s);

/* No rate is known, but not long ago the body span about its axis to the Sun. That would be lost if the rods stopped it. */
bool coasting_goes_on(const struct adcs *adcs);

#endif
