#include "sight_inner.h"

#include "hil_messages.h"

#define SEEN_TO_MOVE 40u /* pictures: what the attitude wanders by looks like speed, in fewer */

unsigned sight_wanted_kinds(const struct adcs *adcs)
{
    const unsigned follow = (unsigned)adcs->parameters.value[ADCS_CAMERA_FOLLOW];
    return (follow & 1u ? 1u << HIL_SIGHT_SHIP : 0u) | (follow & 2u ? 1u << HIL_SIGHT_FIRE : 0u);
}

static float speed2_of(const struct track *track)
{
    return track->vx_m_s * track->vx_m_s + track->vy_m_s * track->vy_m_s;
}

bool sight_moves(const struct adcs *adcs, const struct track *track)
{
    const float least = adcs->parameters.value[ADCS_CAMERA_SHIP_SPEED_M_S];
    return track_kind(track) == HIL_SIGHT_SHIP && track->seen >= SEEN_TO_MOVE && speed2_of(track) >= least * least;
}

bool sight_stands(const struct adcs *adcs, const struct track *track)
{
    const float most = 0.5f * adcs->parameters.value[ADCS_CAMERA_SHIP_SPEED_M_S];
    const bool ships = (sight_wanted_kinds(adcs) >> HIL_SIGHT_SHIP) % 2u == 1u;
    return ships && track_kind(track) != HIL_SIGHT_FIRE && track->seen >= SEEN_TO_MOVE && speed2_of(track) < most * most;
}
