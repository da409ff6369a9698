#include "earth_date.h"

#include "fmath.h"

/* 2^64 times the turns: at J2000, 2000-01-01 12:00 UTC, and in a ms. Whole turns run over, and nothing else is lost. */
#define TURNS_AT_J2000 UINT64_C(14371070138663014711)
#define TURNS_A_MS UINT64_C(214088516081)
#define MS_A_WEEK UINT64_C(604800000)
#define J2000_MS (UINT64_C(630763200) * 1000) /* after 1980-01-06 00:00 UTC, as UTC's days count: 7 300.5 of them */
#define HALF_TURN (ADCS_PI / 4294967296.0f)    /* half of 2^-32 turns, in rad */
#define ARCSEC (ADCS_PI / 648000.0f)
#define DAYS_A_CENTURY 36525.0f
#define TURN (2.0f * ADCS_PI)

static uint64_t ms_since_j2000(unsigned week, uint32_t ms_of_week)
{
    return (uint64_t)week * MS_A_WEEK + ms_of_week - GPS_LEAP_SECONDS * 1000u - J2000_MS;
}

float days_at_gps_time(unsigned week, uint32_t ms_of_week)
{
    const uint64_t ms = ms_since_j2000(week, ms_of_week);
    return (float)(uint32_t)(ms / 86400000u) + (float)(uint32_t)(ms % 86400000u) * (1.0f / 86400000.0f);
}

/* Of a linear argument, its turns at J2000 and in a day, taken modulo one before a float loses them. */
static float angle(float at_j2000_turns, float turns_a_day, float days)
{
    const float turns = at_j2000_turns + turns_a_day * days;
    return TURN * (turns - (float)(int32_t)turns);
}

struct pole {
    float x_rad, y_rad; /* of the celestial intermediate pole, in GCRS */
};

static struct pole pole_at(float days)
{
    const float t = days / DAYS_A_CENTURY;
    const float node = angle(0.347350f, -1.470938e-4f, days);        /* of the Moon */
    const float sun2 = 2.0f * angle(0.779060f, 2.7379093e-3f, days); /* twice its mean longitude */
    const float moon2 = 2.0f * angle(0.606434f, 3.66011013e-2f, days);
    const float longitude = -17.2064f * adcs_sin(node) - 1.3171f * adcs_sin(sun2) - 0.2276f * adcs_sin(moon2)
        + 0.2075f * adcs_sin(2.0f * node);
    const float obliquity = 9.2052f * adcs_cos(node) + 0.5730f * adcs_cos(sun2) + 0.0978f * adcs_cos(moon2)
        - 0.0897f * adcs_cos(2.0f * node);
    const float x = 2004.1919f * t - 0.4298f * t * t + 0.397777f * longitude - 0.0166f;
    const float y = -0.0070f - 0.0259f * t - 22.4073f * t * t + obliquity;
    return (struct pole){x * ARCSEC, y * ARCSEC};
}

struct quat earth_at_gps_time(unsigned week, uint32_t ms_of_week)
{
    const uint64_t ms = ms_since_j2000(week, ms_of_week);
    const uint64_t turns = TURNS_AT_J2000 + ms * TURNS_A_MS;
    const float half_rad = HALF_TURN * (float)(int32_t)(uint32_t)(turns >> 32);
    const struct quat spun = {0.0f, 0.0f, adcs_sin(half_rad), adcs_cos(half_rad)};
    const struct pole pole = pole_at(days_at_gps_time(week, ms_of_week));
    const struct quat tilted = {-0.5f * pole.y_rad, 0.5f * pole.x_rad, 0.0f, 1.0f};
    return quat_normalise(quat_multiply(quat_normalise(tilted), spun));
}
