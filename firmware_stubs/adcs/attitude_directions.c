#include "attitude_filter.h"

#define DIRECTIONS_REJECTED_MAX 50u
#define MISMATCH_MAX 12.0f /* of an error of 3.5 sigma that lasts */
#define SHARE_MAX 0.2f     /* of one sample in that mean */

/* By the two sharpest that are far enough apart. */
static void acquire_coarsely(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks time,
                             const struct directions *directions, struct adcs_events *events)
{
    const struct direction *seen = directions->seen;
    struct quat q;
    for (unsigned i = 0; i < directions->count; i++) {
        for (unsigned j = i + 1; j < directions->count; j++) {
            if (triad(&seen[i], &seen[j], &q)) {
                attitude_start(attitude, parameters, time, q, triad_covariance(&seen[i], &seen[j]));
                attitude->direction_time[seen[i].kind] = attitude->direction_time[seen[j].kind] = time;
                attitude->coarse = true;
                adcs_report(events, ADCS_EVENT_ATTITUDE_ACQUIRED, 1.0f);
                return;
            }
        }
    }
}

/* What is wrong with a direction lasts: samples that come faster than it changes say the same error again, and together
 * they are one measurement in that time. */
static float share_of(const struct attitude *attitude, const struct adcs_parameters *parameters, unsigned kind)
{
    const adcs_ticks before = attitude->direction_time[kind];
    const float since_s = adcs_seconds(before, attitude->filter_time);
    const float lasts_s = parameters->value[ADCS_DIRECTION_CORRELATION_S];
    return before != 0 && since_s < lasts_s ? since_s / lasts_s : 1.0f;
}

/* The gate is for single outliers: what is wrong for long is seen in the mean of what passes it. */
static bool fits(struct attitude *attitude, unsigned kind, float share, float distance)
{
    float *mean = &attitude->mismatch[kind];
    *mean += (share < SHARE_MAX ? share : SHARE_MAX) * (distance - *mean);
    return *mean < MISMATCH_MAX;
}

static void use_direction(struct attitude *attitude, const struct adcs_parameters *parameters,
                          const struct direction *seen, struct adcs_events *events)
{
    const float gate = parameters->value[ADCS_DIRECTION_GATE];
    const float share = share_of(attitude, parameters, seen->kind);
    const float distance = mekf_update_direction(&attitude->filter, seen, share, gate);
    const bool within = distance <= gate;
    attitude->rejected = within ? 0u : attitude->rejected + 1u;
    if (within) {
        attitude->direction_time[seen->kind] = attitude->filter_time;
    }
    if (attitude->rejected >= DIRECTIONS_REJECTED_MAX || (within && !fits(attitude, seen->kind, share, distance))) {
        attitude_give_up(attitude, events);
        attitude_doubt_bias(attitude);
    } else if (within) {
        attitude_accept(attitude);
    }
}

void attitude_use_directions(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks time,
                             const struct directions *directions, struct adcs_events *events)
{
    if (!attitude->known) {
        acquire_coarsely(attitude, parameters, time, directions, events);
        return;
    }
    attitude->coarse = true;
    attitude_propagate(attitude, parameters, time);
    for (unsigned i = 0; i < directions->count && attitude->known; i++) {
        use_direction(attitude, parameters, &directions->seen[i], events);
    }
}
