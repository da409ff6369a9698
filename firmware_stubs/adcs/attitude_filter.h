/* What the star trackers' and the directions' side of the attitude have in common. */
#ifndef ADCS_ATTITUDE_FILTER_H
#define ADCS_ATTITUDE_FILTER_H

#include "attitude.h"

/* Begin with an attitude, the gyro's bias as it is believed so far. */
void attitude_start(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks time,
                    struct quat q_eci_from_body, struct mat3 covariance_rad2);

/* Move the filter on to a time; nothing when it is past that. */
void attitude_propagate(struct attitude *attitude, const struct adcs_parameters *parameters, adcs_ticks to);

/* The filter fitted nothing, and its bias may be why. */
void attitude_doubt_bias(struct attitude *attitude);

/* A measurement was within the gate. */
void attitude_accept(struct attitude *attitude);

#endif
