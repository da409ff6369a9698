#include "gyro_history.h"

static unsigned kept(const struct gyro_history *history)
{
    return history->count < GYRO_HISTORY_SIZE ? history->count : GYRO_HISTORY_SIZE;
}

/* Place in the ring of the sample that is `age` samples older than the newest. */
static unsigned place(const struct gyro_history *history, unsigned age)
{
    return (history->count - 1u - age) % GYRO_HISTORY_SIZE;
}

void gyro_history_push(struct gyro_history *history, adcs_ticks time, struct vec3 rate_body_rad_s)
{
    if (history->count > 0 && time <= history->time[place(history, 0)]) {
        return;
    }
    history->time[history->count % GYRO_HISTORY_SIZE] = time;
    history->rate_body_rad_s[history->count % GYRO_HISTORY_SIZE] = rate_body_rad_s;
    history->count++;
    history->count -= history->count >= 2u * GYRO_HISTORY_SIZE ? GYRO_HISTORY_SIZE : 0u; /* else it would run over one day */
}

void gyro_history_shift(struct gyro_history *history, struct vec3 by_body_rad_s)
{
    for (unsigned i = 0; i < kept(history); i++) {
        history->rate_body_rad_s[i] = v3_add(history->rate_body_rad_s[i], by_body_rad_s);
    }
}

/* Rate at an instant between samples `before` and `after` of the ring. */
static struct vec3 interpolate(const struct gyro_history *history, unsigned before, unsigned after, adcs_ticks at)
{
    const float whole = adcs_seconds(history->time[before], history->time[after]);
    const float part = adcs_seconds(history->time[before], at);
    const struct vec3 change = v3_sub(history->rate_body_rad_s[after], history->rate_body_rad_s[before]);
    return v3_add_scaled(history->rate_body_rad_s[before], part / whole, change);
}

adcs_ticks gyro_history_mean(const struct gyro_history *history, adcs_ticks from, adcs_ticks to,
                             struct vec3 *rate_body_rad_s)
{
    *rate_body_rad_s = v3(0.0f, 0.0f, 0.0f);
    unsigned later = kept(history); /* samples after `from` */
    while (later > 0 && history->time[place(history, later - 1u)] <= from) {
        later--;
    }
    if (history->count == 0) {
        return to;
    }
    if (later == 0) {
        *rate_body_rad_s = history->rate_body_rad_s[place(history, 0)];
        return to;
    }
    const unsigned after = place(history, later - 1u);
    const adcs_ticks end = history->time[after] < to ? history->time[after] : to;
    if (later == kept(history)) {
        *rate_body_rad_s = history->rate_body_rad_s[after];
        return end;
    }
    const unsigned before = place(history, later);
    *rate_body_rad_s = v3_scale(0.5f, v3_add(interpolate(history, before, after, from),
                                             interpolate(history, before, after, end)));
    return end;
}
