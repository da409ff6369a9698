/* The on-board orbit against a double-precision one. */
#include "check.h"
#include "orbit.h"
#include "reference.h"

static adcs_ticks at(double time_s)
{
    return (adcs_ticks)llround(time_s * 16777216.0);
}

static struct vec3 single(const double a[3])
{
    return v3((float)a[0], (float)a[1], (float)a[2]);
}

static double distance(struct vec3 a, struct vec3 a_low, const double b[3])
{
    const double x = (double)a.x + (double)a_low.x - b[0];
    const double y = (double)a.y + (double)a_low.y - b[1];
    const double z = (double)a.z + (double)a_low.z - b[2];
    return sqrt(x * x + y * y + z * z);
}

/* The uplink is in single precision: the reference starts from what was really sent. */
static struct reference_orbit rounded(struct reference_orbit orbit)
{
    for (int i = 0; i < 3; i++) {
        orbit.position_eci_m[i] = (double)(float)orbit.position_eci_m[i];
        orbit.velocity_eci_m_s[i] = (double)(float)orbit.velocity_eci_m_s[i];
    }
    return orbit;
}

/* At 10 Hz for a whole revolution: without the two-sum pairs this is off by hundreds of metres. */
static void test_a_revolution_in_control_steps(void)
{
    struct reference_orbit reference = rounded(reference_orbit_start());
    struct orbit orbit = {.known = false};
    CHECK(orbit_set(&orbit, 0, single(reference.position_eci_m), single(reference.velocity_eci_m_s)));
    for (int step = 1; step <= 57000; step++) {
        orbit_propagate(&orbit, at(0.1 * step));
    }
    reference_orbit_advance(&reference, 5700.0);
    const double error_m = distance(orbit.position_eci_m, orbit.position_low_m, reference.position_eci_m);
    printf("orbit: %.2f m off after a revolution at 10 Hz\n", error_m);
    CHECK(orbit.current && error_m < 25.0);
}

static void test_there_and_back(void)
{
    const struct reference_orbit start = rounded(reference_orbit_start());
    struct orbit orbit = {.known = false};
    (void)orbit_set(&orbit, at(1000.0), single(start.position_eci_m), single(start.velocity_eci_m_s));
    for (double time_s = 1400.0; time_s >= 1000.0; time_s -= 400.0) {
        orbit_propagate(&orbit, at(time_s));
        CHECK(orbit.current);
    }
    CHECK(distance(orbit.position_eci_m, orbit.position_low_m, start.position_eci_m) < 0.5);
}

static void test_an_old_state_takes_several_calls(void)
{
    struct reference_orbit reference = rounded(reference_orbit_start());
    struct orbit orbit = {.known = false};
    unsigned calls = 0;
    (void)orbit_set(&orbit, 0, single(reference.position_eci_m), single(reference.velocity_eci_m_s));
    do {
        orbit_propagate(&orbit, at(7200.0));
        calls++;
    } while (!orbit.current && calls < 100);
    CHECK(calls == 15); /* 720 steps of 10 s, 50 a call */
    reference_orbit_advance(&reference, 7200.0);
    CHECK(distance(orbit.position_eci_m, orbit.position_low_m, reference.position_eci_m) < 25.0);
}

static void test_what_is_no_orbit_is_refused(void)
{
    struct orbit orbit = {.known = false};
    CHECK(!orbit_set(&orbit, 0, v3(6.3e6f, 0, 0), v3(0, 7.6e3f, 0)));
    CHECK(!orbit_set(&orbit, 0, v3(NAN, 6.9e6f, 0), v3(0, 7.6e3f, 0)));
    CHECK(!orbit_set(&orbit, 0, v3(6.9e6f, 0, 0), v3(0, INFINITY, 0)));
    CHECK(!orbit.known);
    CHECK(orbit_set(&orbit, 0, v3(6.9e6f, 0, 0), v3(0, 0, 0))); /* falls straight down */
    orbit_propagate(&orbit, at(490.0));
    CHECK(!orbit.known && !orbit.current);
}

/* GM / r2 times 1 - 3 J2 (R / r)2 above the pole and 1 + 3/2 J2 (R / r)2 above the equator (Vallado, Fundamentals of
 * Astrodynamics, section 8.7), with GM of DE440 and J2 and R of GL0660B, 100 km up. */
static void test_the_moon_pulls_by_its_oblateness_too(void)
{
    const double r = 1.838e6, j2 = 2.03305e-4 * pow(1.738e6 / r, 2.0), central = 4.902800118e12 / (r * r);
    const struct vec3 pole = v3(-3.5437e-5f, -0.39812366f, 0.91733192f);
    const struct vec3 equator = v3(1.0f, -8.901e-5f, 0.0f); /* across it */
    const struct vec3 up[2] = {pole, v3_scale(1.0f / v3_norm(equator), equator)};
    const double more[2] = {-3.0 * j2, 1.5 * j2};
    for (int i = 0; i < 2; i++) {
        const struct vec3 pull = orbit_acceleration(ORBIT_MOON, v3_scale((float)r, up[i]));
        CHECK_NEAR(-v3_dot(pull, up[i]) / central - 1.0, more[i], 2e-6);
        CHECK(v3_norm(v3_cross(pull, up[i])) < 1e-4f);
    }
}

void test_orbit(void)
{
    test_the_moon_pulls_by_its_oblateness_too();
    test_a_revolution_in_control_steps();
    test_there_and_back();
    test_an_old_state_takes_several_calls();
    test_what_is_no_orbit_is_refused();
}
