#include "moon.h"

#define DEGREE (ADCS_PI / 180.0f)
#define ARCSEC (DEGREE / 3600.0f)
#define OBLIQUITY (23.43929111f * DEGREE)

struct term {
    float size;               /* arcsec, or km */
    signed char l, s, f, d;   /* times the Moon's anomaly, the Sun's, the argument of latitude, the elongation */
};

/* Montenbruck and Gill, Satellite Orbits, equations 3.48, 3.49 and 3.50. */
static const struct term along[] = {
    {22640, 1, 0, 0, 0}, {769, 2, 0, 0, 0},   {-4586, 1, 0, 0, -2}, {2370, 0, 0, 0, 2},  {-668, 0, 1, 0, 0},
    {-412, 0, 0, 2, 0},  {-212, 2, 0, 0, -2}, {-206, 1, 1, 0, -2},  {192, 1, 0, 0, 2},   {-165, 0, 1, 0, -2},
    {148, 1, -1, 0, 0},  {-125, 0, 0, 0, 1},  {-110, 1, 1, 0, 0},   {-55, 0, 0, 2, -2},
};
static const struct term across[] = {
    {-526, 0, 0, 1, -2}, {44, 1, 0, 1, -2}, {-31, -1, 0, 1, -2}, {-25, -2, 0, 1, 0},
    {-23, 0, 1, 1, -2},  {21, -1, 0, 1, 0}, {11, 0, -1, 1, -2},
};
static const struct term away_km[] = {
    {-20905, 1, 0, 0, 0}, {-3699, -1, 0, 0, 2}, {-2956, 0, 0, 0, 2}, {-570, 2, 0, 0, 0},
    {246, 2, 0, 0, -2},   {-205, 0, 1, 0, -2},  {-171, 1, 0, 0, 2},  {-152, 1, 1, 0, -2},
};

#define COUNT(terms) ((int)(sizeof(terms) / sizeof((terms)[0])))

struct arguments {
    float l, s, f, d; /* rad, less whole turns */
};

/* start + per_day days, in degrees, as radians less whole turns. */
static float turned(float start, float per_day, float day)
{
    const float angle = start + per_day * day;
    return (angle - 360.0f * (float)(int32_t)(angle * (1.0f / 360.0f))) * DEGREE;
}

static float argument_of(const struct term *term, const struct arguments *at)
{
    return (float)term->l * at->l + (float)term->s * at->s + (float)term->f * at->f + (float)term->d * at->d;
}

static float sines(const struct term *terms, int count, const struct arguments *at)
{
    float sum = 0.0f;
    for (int i = 0; i < count; i++) {
        sum += terms[i].size * adcs_sin(argument_of(&terms[i], at));
    }
    return sum;
}

static float distance_m(const struct arguments *at)
{
    float km = 385000.0f;
    for (int i = 0; i < COUNT(away_km); i++) {
        km += away_km[i].size * adcs_cos(argument_of(&away_km[i], at));
    }
    return 1000.0f * km;
}

/* Montenbruck and Gill's, section 3.3.2, whose centuries are turned into days here: in the ecliptic of J2000. */
struct vec3 moon_position_m(float epoch_day, adcs_ticks now)
{
    const float day = epoch_day + adcs_seconds(0, now) * (1.0f / 86400.0f);
    const struct arguments at = {.l = turned(134.96292f, 13.064992951f, day),
                                 .s = turned(357.52543f, 0.985600259f, day),
                                 .f = turned(93.27283f, 13.229350260f, day),
                                 .d = turned(297.85027f, 12.190749111f, day)};
    const float beyond = sines(along, COUNT(along), &at);
    const float longitude = turned(218.31617f, 13.176358212f, day) + ARCSEC * beyond;
    const float node = at.f + ARCSEC * (beyond + 412.0f * adcs_sin(2.0f * at.f) + 541.0f * adcs_sin(at.s));
    const float latitude = ARCSEC * (18520.0f * adcs_sin(node) + sines(across, COUNT(across), &at));
    const float flat = adcs_cos(latitude);
    const struct vec3 ecliptic = v3(flat * adcs_cos(longitude), flat * adcs_sin(longitude), adcs_sin(latitude));
    const float cosine = adcs_cos(OBLIQUITY), sine = adcs_sin(OBLIQUITY);
    const struct vec3 eci =
        v3(ecliptic.x, cosine * ecliptic.y - sine * ecliptic.z, sine * ecliptic.y + cosine * ecliptic.z);
    return v3_scale(distance_m(&at), eci);
}
