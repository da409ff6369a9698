#include "wheel_response.h"

#define MEMORY_S 2.0f
#define VARIES 0.02f /* 1 sigma, of the limit: more than what noise makes of it */
#define MISSING 0.35f
#define GOOD 0.7f
#define REST 0.2f    /* of the torque's square: a motor that runs away jumps against commands, but by another size */

void wheel_response_note(struct wheel_response *response, float commanded_Nm, float gained_Nm, float dt_s)
{
    const float share = dt_s / (MEMORY_S + dt_s);
    const float commanded = commanded_Nm - response->commanded_Nm, gained = gained_Nm - response->gained_Nm;
    response->commanded_Nm += share * commanded;
    response->gained_Nm += share * gained;
    const float rest = commanded_Nm + gained_Nm; /* of a wheel that is reversed: its friction */
    response->reversed_rest_Nm2 += share * (rest * rest - response->reversed_rest_Nm2);
    response->variance_Nm2 += share * (commanded * commanded - response->variance_Nm2);
    response->covariance_Nm2 += share * (commanded * gained - response->covariance_Nm2);
}

static bool varies(const struct wheel_response *response, float limit_Nm)
{
    return response->variance_Nm2 > VARIES * VARIES * limit_Nm * limit_Nm;
}

bool wheel_response_is_missing(const struct wheel_response *response, float limit_Nm)
{
    return varies(response, limit_Nm) && response->covariance_Nm2 < MISSING * response->variance_Nm2;
}

bool wheel_response_is_reversed(const struct wheel_response *response, float limit_Nm)
{
    const float square_Nm2 = response->commanded_Nm * response->commanded_Nm + response->variance_Nm2;
    return varies(response, limit_Nm) && response->covariance_Nm2 < -GOOD * response->variance_Nm2
        && response->reversed_rest_Nm2 < REST * square_Nm2;
}

bool wheel_response_is_good(const struct wheel_response *response, float limit_Nm)
{
    return varies(response, limit_Nm) && response->covariance_Nm2 > GOOD * response->variance_Nm2;
}
