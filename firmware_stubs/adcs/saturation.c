#include "saturation.h"

#define TURNS 0.25f  /* of the limit: slower, a wheel that does not obey is no wheel at its limit */
#define BELOW 0.99f  /* of where it would not go faster, is its limit from now on: there it still obeys */
#define LEFT 0.95f   /* of the limit: it has left it */
#define NEAR 0.92f   /* of the limit: beyond what slews use */
#define FAR 0.85f

bool saturation_explains(const struct adcs_parameters *parameters, const struct wheels *wheels, int wheel, float torque_Nm)
{
    const float speed = wheels->speed_rad_s[wheel];
    return speed * torque_Nm > 0.0f && adcs_abs(speed) > TURNS * parameters->wheel_limit_rad_s[wheel];
}

void saturation_learn(struct adcs_parameters *parameters, struct wheels *wheels, int wheel, struct adcs_events *events)
{
    const float limit = BELOW * adcs_abs(wheels->speed_rad_s[wheel]);
    parameters->wheel_limit_rad_s[wheel] = limit;
    wheels->friction_Nm[wheel] = 0.0f; /* what it seemed to be was the limit */
    adcs_report(events, ADCS_EVENT_WHEEL_LIMIT_LEARNT, limit);
}

/* One that is at it already is told as that. */
static void watch_nearness(struct wheels *wheels, int wheel, float share, struct adcs_events *events)
{
    if (!wheels->near_limit[wheel] && share > NEAR && share < 1.0f) {
        adcs_report(events, ADCS_EVENT_WHEEL_NEAR_LIMIT, (float)wheel);
    }
    wheels->near_limit[wheel] = share > (wheels->near_limit[wheel] ? FAR : NEAR);
}

void saturation_watch(struct wheels *wheels, const struct adcs_parameters *parameters, struct adcs_events *events)
{
    for (int i = 0; i < parameters->wheel_count; i++) {
        const float speed = adcs_abs(wheels->speed_rad_s[i]), limit = parameters->wheel_limit_rad_s[i];
        watch_nearness(wheels, i, speed / limit, events);
        if (!wheels->saturated[i] && speed >= limit) {
            wheels->saturated[i] = true;
            adcs_report(events, ADCS_EVENT_WHEEL_SATURATED, (float)i);
        } else if (wheels->saturated[i] && speed < LEFT * limit) {
            wheels->saturated[i] = false;
            adcs_report(events, ADCS_EVENT_WHEEL_UNSATURATED, (float)i);
        }
    }
}
