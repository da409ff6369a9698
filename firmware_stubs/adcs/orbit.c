#include "orbit.h"

#include "earth.h"

#define MU_M3_S2 3.986004418e14f
#define J2 1.08262668e-3f
#define STEP_MAX_S 10.0f   /* local error about 1e-5 m in low orbit */
#define STEPS_A_CALL 50    /* bounds the time of one control step */

/* GM of DE440, radius and J2 of GL0660B (Konopliv et al., 2013); the pole is the mean one of the IAU's report of 2015: the
 * true one goes 1.5 degrees about it, as the J2 of the Moon is small by 5 m in half an hour of a low orbit. */
#define MOON_MU_M3_S2 4.902800118e12f
#define MOON_RADIUS_M 1.738e6f
#define MOON_J2 2.03305e-4f
#define MOON_POLE v3(-3.5437e-5f, -0.39812366f, 0.91733192f)

float orbit_radius_m(unsigned planet)
{
    return planet == ORBIT_MOON ? MOON_RADIUS_M : EARTH_RADIUS_M;
}

/* As below, about any pole. */
static struct vec3 moon_acceleration(struct vec3 position_eci_m)
{
    const struct vec3 pole = MOON_POLE;
    const struct vec3 r = v3_scale(1.0f / MOON_RADIUS_M, position_eci_m);
    const float inverse2 = 1.0f / v3_dot(r, r);
    const float central = (MOON_MU_M3_S2 / MOON_RADIUS_M / MOON_RADIUS_M) * inverse2 * adcs_sqrt(inverse2);
    const float oblate = 1.5f * MOON_J2 * inverse2;
    const float along = v3_dot(r, pole);
    const struct vec3 pull = v3_scale(-central * (1.0f + oblate * (1.0f - 5.0f * along * along * inverse2)), r);
    return v3_add_scaled(pull, -2.0f * central * oblate * along, pole);
}

/* Montenbruck and Gill, Satellite Orbits, section 3.2; lengths in Earth radii keep a float's exponent in range. */
static struct vec3 earth_acceleration(struct vec3 position_eci_m)
{
    const struct vec3 r = v3_scale(1.0f / EARTH_RADIUS_M, position_eci_m);
    const float inverse2 = 1.0f / v3_dot(r, r);
    const float central = (MU_M3_S2 / EARTH_RADIUS_M / EARTH_RADIUS_M) * inverse2 * adcs_sqrt(inverse2);
    const float oblate = 1.5f * J2 * inverse2;
    const float sine2 = r.z * r.z * inverse2;
    const float equatorial = -central * (1.0f + oblate * (1.0f - 5.0f * sine2));
    const float polar = -central * (1.0f + oblate * (3.0f - 5.0f * sine2));
    return v3(equatorial * r.x, equatorial * r.y, polar * r.z);
}

struct vec3 orbit_acceleration(unsigned planet, struct vec3 position_eci_m)
{
    return planet == ORBIT_MOON ? moon_acceleration(position_eci_m) : earth_acceleration(position_eci_m);
}

/* high + low += increment, without loss (Knuth's two-sum; Hairer, Lubich and Wanner, section VIII.5). */
static void accumulate(float *high, float *low, float increment)
{
    const float addend = increment + *low;
    const float sum = *high + addend;
    const float part = sum - *high;
    *low = (*high - (sum - part)) + (addend - part);
    *high = sum;
}

static void accumulate3(struct vec3 *high, struct vec3 *low, struct vec3 increment)
{
    accumulate(&high->x, &low->x, increment.x);
    accumulate(&high->y, &low->y, increment.y);
    accumulate(&high->z, &low->z, increment.z);
}

/* Classical Runge-Kutta for r'' = a(r), written for the increments, which are small, not for the state. */
static void step(struct orbit *orbit, float h)
{
    const struct vec3 r = orbit->position_eci_m;
    const struct vec3 v = v3_add(orbit->velocity_eci_m_s, orbit->velocity_low_m_s);
    const unsigned planet = orbit->planet;
    const struct vec3 a1 = orbit_acceleration(planet, r);
    const struct vec3 middle = v3_add_scaled(r, 0.5f * h, v);
    const struct vec3 a2 = orbit_acceleration(planet, middle);
    const struct vec3 a3 = orbit_acceleration(planet, v3_add_scaled(middle, 0.25f * h * h, a1));
    const struct vec3 a4 = orbit_acceleration(planet, v3_add_scaled(v3_add_scaled(r, h, v), 0.5f * h * h, a2));
    const struct vec3 a23 = v3_add(a2, a3);
    accumulate3(&orbit->position_eci_m, &orbit->position_low_m, v3_scale(h, orbit->velocity_low_m_s));
    accumulate3(&orbit->position_eci_m, &orbit->position_low_m, v3_scale(h, orbit->velocity_eci_m_s));
    accumulate3(&orbit->position_eci_m, &orbit->position_low_m, v3_scale(h * h / 6.0f, v3_add(a1, a23)));
    accumulate3(&orbit->velocity_eci_m_s, &orbit->velocity_low_m_s,
                v3_scale(h / 6.0f, v3_add(v3_add_scaled(a1, 2.0f, a23), a4)));
}

bool orbit_plausible(struct vec3 position_eci_m, struct vec3 velocity_eci_m_s)
{
    const float radius_m = v3_norm(position_eci_m);
    return radius_m > 6.4e6f && radius_m < 1e8f && v3_norm(velocity_eci_m_s) < 1.2e4f;
}

static bool plausible_about(unsigned planet, struct vec3 position_eci_m, struct vec3 velocity_eci_m_s)
{
    const float radius_m = v3_norm(position_eci_m);
    return planet == ORBIT_MOON
        ? radius_m > MOON_RADIUS_M && radius_m < 6.6e7f && v3_norm(velocity_eci_m_s) < 3e3f /* its Hill sphere */
        : orbit_plausible(position_eci_m, velocity_eci_m_s);
}

bool orbit_set(struct orbit *orbit, adcs_ticks time, struct vec3 position_eci_m, struct vec3 velocity_eci_m_s)
{
    if (!plausible_about(orbit->planet, position_eci_m, velocity_eci_m_s)) {
        return false;
    }
    *orbit = (struct orbit){.position_eci_m = position_eci_m,
                            .velocity_eci_m_s = velocity_eci_m_s,
                            .time = time,
                            .planet = orbit->planet,
                            .known = true};
    return true;
}

void orbit_correct(struct orbit *orbit, struct vec3 position_m, struct vec3 velocity_m_s)
{
    accumulate3(&orbit->position_eci_m, &orbit->position_low_m, position_m);
    accumulate3(&orbit->velocity_eci_m_s, &orbit->velocity_low_m_s, velocity_m_s);
}

/* The next step's end: at most STEP_MAX_S away, towards `time`. */
static adcs_ticks next_stop(adcs_ticks from, adcs_ticks time)
{
    const adcs_ticks most = (adcs_ticks)STEP_MAX_S * ADCS_TICKS_PER_SECOND;
    if (time > from) {
        return time - from > most ? from + most : time;
    }
    return from - time > most ? from - most : time;
}

void orbit_propagate(struct orbit *orbit, adcs_ticks time)
{
    for (int i = 0; i < STEPS_A_CALL && orbit->known && orbit->time != time; i++) {
        const adcs_ticks stop = next_stop(orbit->time, time);
        step(orbit, adcs_seconds(orbit->time, stop));
        orbit->time = stop;
        orbit->known = plausible_about(orbit->planet, orbit->position_eci_m, orbit->velocity_eci_m_s);
    }
    orbit->current = orbit->known && orbit->time == time;
}
