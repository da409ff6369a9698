/* How body and wheels turn: part of determination. */
#ifndef ADCS_RATE_H
#define ADCS_RATE_H

#include "adcs.h"

/* From the step's samples, the last commands and the attitude of now, to wheels and observer. */
void rate_determine(struct adcs *adcs, float dt_s);

#endif
