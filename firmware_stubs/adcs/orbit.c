#include "orbit.h"

#include "earth.h"

#define MU_M3_S2 3.986004418e14f
#define J2 1.08262668e-3f
#define STEP_MAX_S 10.0f   /* local error about 1e-5 m in low orbit */
#define STEPS_A_CALL 50    /* bounds the time of one control step */

/* Montenbruck and Gill, Satellite Orbits, section 3.2; lengths in Earth radii keep a float's exponent in range. */
struct vec3 orbit_acceleration(struct vec3 position_eci_m)
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
    const struct vec3 a1 = orbit_acceleration(r);
    const struct vec3 middle = v3_add_scaled(r, 0.5f * h, v);
    const struct vec3 a2 = orbit_acceleration(middle);
    const struct vec3 a3 = orbit_acceleration(v3_add_scaled(middle, 0.25f * h * h, a1));
    const struct vec3 a4 = orbit_acceleration(v3_add_scaled(v3_add_scaled(r, h, v), 0.5f * h * h, a2));
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

bool orbit_set(struct orbit *orbit, adcs_ticks time, struct vec3 position_eci_m, struct vec3 velocity_eci_m_s)
{
    if (!orbit_plausible(position_eci_m, velocity_eci_m_s)) {
        return false;
    }
    *orbit = (struct orbit){
        .position_eci_m = position_eci_m, .velocity_eci_m_s = velocity_eci_m_s, .time = time, .known = true};
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
        orbit->known = orbit_plausible(orbit->position_eci_m, orbit->velocity_eci_m_s);
    }
    orbit->current = orbit->known && orbit->time == time;
}
