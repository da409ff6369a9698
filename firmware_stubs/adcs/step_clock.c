#include "step_clock.h"

#define STEADY_MIN 5u
#define STEPS_MAX 1000000u /* more, or back: the steps are counted anew */
#define EVEN_SHIFT 9       /* 1/512 of a period: less is the rounding of times */
#define LEAST_TICKS 4
#define CONTRADICTED_MIN 3u
#define CONTRADICTED_S 30.0f

static int64_t size_of(int64_t ticks)
{
    return ticks < 0 ? -ticks : ticks;
}

/* After so many steps; each widens what rounding may have made of the times. */
static bool is_even(const struct step_clock *clock, uint32_t steps, int64_t off)
{
    return size_of(off) <= (int64_t)steps * ((int64_t)(clock->period >> EVEN_SHIFT) + LEAST_TICKS);
}

static void learn(struct step_clock *clock, uint32_t steps, int64_t since)
{
    if (steps != 1u || since <= 0) {
        return;
    }
    const bool same = is_even(clock, 1u, since - (int64_t)clock->period);
    clock->steady = !same ? 0u : clock->steady < STEADY_MIN ? clock->steady + 1u : STEADY_MIN;
    clock->period = same ? clock->period : (adcs_ticks)since;
}

adcs_ticks step_clock_read(const struct step_clock *clock, adcs_ticks told)
{
    const int64_t time = (int64_t)told - clock->ahead;
    return time > 0 ? (adcs_ticks)time : 0;
}

float step_clock_note(struct step_clock *clock, uint32_t step, adcs_ticks told)
{
    const uint32_t steps = step - clock->step;
    const int64_t since = (int64_t)told - (int64_t)clock->told;
    const bool goes_on = clock->known && steps > 0u && steps < STEPS_MAX;
    const int64_t off = since - (int64_t)steps * (int64_t)clock->period;
    clock->known = true;
    clock->step = step;
    clock->told = told;
    if (!goes_on) {
        return 0.0f;
    }
    if (clock->steady < STEADY_MIN || is_even(clock, steps, off)) {
        learn(clock, steps, since);
        return 0.0f;
    }
    clock->ahead = is_even(clock, 1u, clock->ahead + off) ? 0 : clock->ahead + off;
    clock->jumped = step_clock_read(clock, told);
    return off < 0 ? -adcs_seconds(0, (adcs_ticks)-off) : adcs_seconds(0, (adcs_ticks)off);
}

void step_clock_contradict(struct step_clock *clock, unsigned rejected)
{
    if (rejected >= CONTRADICTED_MIN && adcs_seconds(clock->jumped, step_clock_read(clock, clock->told)) < CONTRADICTED_S) {
        clock->ahead = 0;
    }
}
