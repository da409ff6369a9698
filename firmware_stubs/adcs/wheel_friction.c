#include "wheel_friction.h"

#define MOMENT_S 2.0f
#define MINUTES_S 200.0f
#define LEARNS_S 60.0f   /* before there is something to hold it against */
#define HIGH 2.5f        /* times what is usual; */
#define BY_SPEED 4.0f    /* more at the wheel's limit than at rest */
#define OF_TORQUE 0.03f  /* errors of the motor's torque */
#define LEAST_SHARE 2e-3f /* of the largest torque */
#define WELL 0.6f        /* of that limit */
#define PATIENCE_S 3.0f
#define PARDONED_S 20.0f

static float limit_of(const struct wheel_friction *friction, const struct wheels *wheels,
                      const struct adcs_parameters *parameters, int wheel, float torque_Nm)
{
    const float faster = adcs_abs(wheels->speed_rad_s[wheel]) - friction->usual_rad_s;
    const float by_speed = BY_SPEED * adcs_larger(faster, 0.0f) / parameters->value[ADCS_WHEEL_SPEED_MAX_RAD_S];
    return (HIGH + by_speed) * friction->usual_Nm + OF_TORQUE * adcs_abs(torque_Nm)
        + LEAST_SHARE * parameters->value[ADCS_WHEEL_TORQUE_MAX_NM];
}

static void average(float *mean, float value, float dt_s, float over_s)
{
    *mean += dt_s / (over_s + dt_s) * (value - *mean);
}

/* Quicker at first, as long as there is little to average over. */
static void learn(struct wheel_friction *friction, float speed_rad_s, float dt_s)
{
    const float over_s = adcs_clamp(friction->watched_s, MOMENT_S, MINUTES_S);
    average(&friction->usual_Nm, friction->now_Nm, dt_s, over_s);
    average(&friction->usual_rad_s, speed_rad_s, dt_s, over_s);
    friction->watched_s += friction->watched_s < MINUTES_S ? dt_s : 0.0f;
}

void wheel_friction_pardon(struct wheel_friction *friction)
{
    friction->pardoned_s = PARDONED_S;
    friction->now_Nm = friction->usual_Nm;
    friction->other_s = 0.0f;
}

void wheel_friction_watch(struct wheel_friction *friction, const struct wheels *wheels,
                          const struct adcs_parameters *parameters, int wheel, float torque_Nm, float dt_s,
                          struct adcs_events *events)
{
    if (friction->pardoned_s > 0.0f) {
        friction->pardoned_s -= dt_s;
        return;
    }
    average(&friction->now_Nm, adcs_abs(wheels->friction_Nm[wheel]), dt_s, MOMENT_S);
    const float limit = limit_of(friction, wheels, parameters, wheel, torque_Nm);
    const bool high = friction->now_Nm > (friction->high ? WELL : 1.0f) * limit;
    friction->other_s = high != friction->high && friction->watched_s > LEARNS_S ? friction->other_s + dt_s : 0.0f;
    if (friction->other_s > PATIENCE_S) {
        friction->high = high;
        friction->other_s = 0.0f;
        adcs_report(events, high ? ADCS_EVENT_WHEEL_FRICTION_HIGH : ADCS_EVENT_WHEEL_FRICTION_USUAL, (float)wheel);
    }
    if (!friction->high && !high) {
        learn(friction, adcs_abs(wheels->speed_rad_s[wheel]), dt_s);
    }
}
