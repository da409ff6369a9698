/* Whether there is room for the momentum in the attitude that a mode asks for. */
#ifndef ADCS_MODE_ROOM_H
#define ADCS_MODE_ROOM_H

#include "adcs.h"

/* The wheels could hold the mode that is wanted, with room to spare, for a while. */
bool mode_room_allows(struct adcs *adcs, float dt_s);

#endif
