/* Where a fire is that draws a plume: its smoke is bright too, dims the flames, and lies on one side of them alone. The
 * brightest part is then in the smoke, and the fire where the plume begins. Integers alone. */
#ifndef VISION_PLUME_H
#define VISION_PLUME_H

#include "detect.h"

/* Move a find to the head of its plume. One without a plume stays where it is. */
void plume_head(const struct frame *frame, struct detection *found);

#endif
