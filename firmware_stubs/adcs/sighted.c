#include "sight_inner.h"

#include "hil_messages.h"

#include <stddef.h>

/* The track's own covariance, and that of the line of sight: across it by the range, along the ground by its sine more. */
static void cover(const struct adcs *adcs, const struct track *track, struct vec3 to_told, const struct level *level,
                  struct sighted *seen)
{
    const struct mat3 attitude = attitude_covariance(&adcs->attitude, &adcs->parameters, adcs->last_time);
    const float alignment = adcs->parameters.value[ADCS_CAMERA_ALIGNMENT_SIGMA_RAD];
    const float largest = attitude.x.x > attitude.y.y ? attitude.x.x : attitude.y.y;
    const float angle2 = alignment * alignment + (largest > attitude.z.z ? largest : attitude.z.z);
    const float range2 = v3_dot(to_told, to_told), down = v3_dot(to_told, level->up);
    const float east = v3_dot(to_told, level->east), north = v3_dot(to_told, level->north);
    const float level2 = east * east + north * north + 1.0f;
    const float across_m2 = angle2 * range2, more_m2 = across_m2 * (range2 / (down * down + 1.0f) - 1.0f);
    seen->east_m2 = track->place_m2.xx + across_m2 + more_m2 * (east * east / level2);
    seen->north_m2 = track->place_m2.yy + across_m2 + more_m2 * (north * north / level2);
    seen->east_north_m2 = track->place_m2.xy + more_m2 * (east * north / level2);
}

/* An island looks like a ship, but does not move. */
static bool moves_enough(const struct adcs *adcs, const struct track *track)
{
    return track_kind(track) != HIL_SIGHT_SHIP || !(adcs->parameters.value[ADCS_CAMERA_SHIP_SPEED_M_S] > 0.0f)
        || sight_moves(adcs, track);
}

bool sight_confirmed(const struct adcs *adcs, uint16_t id, struct sighted *seen)
{
    const struct sight *sight = &adcs->sight;
    const struct sight_moment *moment = sight_moment_of(sight, sight->picture_time);
    const struct track *track = tracker_find(&sight->tracker, id);
    if (track == NULL || moment == NULL || track->seen < SIGHT_SEEN_TO_LOCK
        || (sight_wanted_kinds(adcs) >> track_kind(track)) % 2u == 0 || !moves_enough(adcs, track)) {
        return false;
    }
    const struct motion told = target_motion(&sight->told, &adcs->earth, sight->picture_time);
    const struct level level = sight_level_at(&adcs->earth, sight->picture_time, told.position_m);
    const struct vec3 to_told = sight_way_to(adcs, moment, &sight->told, &told);
    const struct vec3 place = v3_add_scaled(v3_add_scaled(told.position_m, track->x_m, level.east), track->y_m, level.north);
    const struct quat ecef_from_eci = quat_conjugate(earth_orientation(&adcs->earth, sight->picture_time));
    seen->kind = track_kind(track);
    seen->confidence = track_confidence(track);
    seen->position_ecef_m = quat_apply(ecef_from_eci, place);
    seen->height_m = earth_height(quat_apply(ecef_from_eci, told.position_m));
    cover(adcs, track, to_told, &level, seen);
    return true;
}

bool sighted_well(const struct adcs *adcs, const struct sighted *seen)
{
    const float wanted_m = adcs->parameters.value[ADCS_CAMERA_PLACE_SIGMA_M];
    const float half = 0.5f * (seen->east_m2 - seen->north_m2);
    const float apart_m2 = adcs_sqrt(half * half + seen->east_north_m2 * seen->east_north_m2);
    return !(wanted_m > 0.0f) || 0.5f * (seen->east_m2 + seen->north_m2) + apart_m2 <= wanted_m * wanted_m;
}
