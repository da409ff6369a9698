#include "mode_room.h"

#include <stddef.h>

#define COMES_BACK 0.8f    /* of it, when the mode is tried again */
#define COMES_BACK_S 10.0f
#define COMES_BACK_LONG_S 600.0f /* though a slew to it may meet with wheels that are full */

bool mode_room_allows(struct adcs *adcs, float dt_s)
{
    struct momentum *momentum = &adcs->momentum;
    const struct mode *wanted = mode_find(adcs->mode_wanted);
    bool fits = wanted != NULL && momentum_can_be_traded(adcs) && mode_lacks(wanted, adcs) == MODE_LACKS_NOTHING;
    if (fits) {
        const struct mode_demand demand = wanted->demand(adcs);
        const struct vec3 total = momentum_total_eci_Nms(adcs);
        fits = !demand.follows
            || !(v3_norm(momentum_beside_rad(&adcs->parameters, &demand.guidance, total, COMES_BACK)) > 0.0f);
    }
    momentum->fits_s = fits ? momentum->fits_s + dt_s : 0.0f;
    const bool slews = v3_norm(momentum_total_body_Nms(adcs)) < COMES_BACK * momentum_held_anyhow_Nms(&adcs->parameters);
    return momentum->fits_s > (slews ? COMES_BACK_S : COMES_BACK_LONG_S);
}
