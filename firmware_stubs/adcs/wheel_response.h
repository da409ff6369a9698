/* Whether a wheel obeys: how much of what its motor's torque varied by, its speed shows.
 *
 * The slope of the torque gained over the torque commanded, by forgetting sums: 1 for a sound wheel whatever its friction,
 * 0 for one that is dead, seized or running away, or whose tachometer stands still, -1 for one that is reversed. It is known
 * only while the torque varies. */
#ifndef ADCS_WHEEL_RESPONSE_H
#define ADCS_WHEEL_RESPONSE_H

#include <stdbool.h>

struct wheel_response {
    float commanded_Nm, gained_Nm;          /* means */
    float variance_Nm2, covariance_Nm2;
    float reversed_rest_Nm2; /* mean square of what it gained beside the opposite of what was commanded */
};

/* Through dt_s the motor gave `commanded_Nm`, and the wheel gained as if by `gained_Nm`. */
void wheel_response_note(struct wheel_response *response, float commanded_Nm, float gained_Nm, float dt_s);

/* The torque varied by enough, of what the motor can give, and the speed did not show it; or it did. */
bool wheel_response_is_missing(const struct wheel_response *response, float limit_Nm);
bool wheel_response_is_reversed(const struct wheel_response *response, float limit_Nm);
bool wheel_response_is_good(const struct wheel_response *response, float limit_Nm);

#endif
