/* The Sun, the Moon and the field. */
#include "adcs.h"
#include "check.h"
#include "field.h"
#include "moon.h"
#include "parameters.h"
#include "sun.h"

static double angle_deg(struct vec3 a, struct vec3 b)
{
    return 57.29578 * atan2((double)v3_norm(v3_cross(a, b)), (double)v3_dot(a, b));
}

static adcs_ticks at(double time_s)
{
    return (adcs_ticks)llround(time_s * 16777216.0);
}

/* Geocentric Sun by astropy 6 (get_sun, GCRS), days from J2000. */
static void test_the_sun_is_where_an_ephemeris_has_it(void)
{
    static const struct {
        float day;
        struct vec3 sun;
    } known[] = {
        {1.0f, {0.1975243f, -0.8994074f, -0.3899365f}},
        {1800.25f, {-0.2775856f, -0.8814310f, -0.3821330f}},
        {9575.875f, {0.9999772f, 0.0061987f, 0.0026833f}},
        {9700.5f, {-0.5116156f, 0.7883343f, 0.3417287f}},
        {12000.75f, {-0.6829203f, -0.6702384f, -0.2905176f}},
        {15000.0f, {0.5780145f, -0.7487176f, -0.3245323f}},
    };
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        CHECK_NEAR(angle_deg(sun_direction(known[i].day, 0), known[i].sun), 0.0, 0.02);
    }
}

static void test_the_sun_moves_a_degree_a_day(void)
{
    CHECK_NEAR(angle_deg(sun_direction(9000.0f, 0), sun_direction(9000.0f, at(86400.0))), 0.98, 0.05);
}

/* Geocentric Moon by ELP2000-82 as erfa 2.0 has it (moon98, GCRS), days from J2000. */
static void test_the_moon_is_where_a_longer_series_has_it(void)
{
    static const struct {
        float day;
        struct vec3 moon_m;
    } known[] = {
        {1.0f, {-229695300.0f, -317780988.0f, -100225581.0f}},
        {1800.25f, {-386669133.0f, 40498219.0f, 41808603.0f}},
        {9575.875f, {313952548.0f, 162970397.0f, 99709487.0f}},
        {9700.5f, {-206864252.0f, -302075492.0f, -170923626.0f}},
        {12000.75f, {191190231.0f, -306879711.0f, -95623940.0f}},
        {15000.0f, {-313720685.0f, -212686225.0f, -82673026.0f}},
        {18000.0f, {-337499356.0f, 203619582.0f, 50198042.0f}},
    };
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct vec3 moon_m = moon_position_m(known[i].day, 0);
        CHECK_NEAR(angle_deg(moon_m, known[i].moon_m), 0.0, 0.1);
        CHECK_NEAR(v3_norm(moon_m), v3_norm(known[i].moon_m), 1e6);
    }
}

static void test_the_moon_moves_thirteen_degrees_a_day(void)
{
    CHECK_NEAR(angle_deg(moon_position_m(9000.0f, 0), moon_position_m(9000.0f, at(86400.0))), 13.2, 2.0);
}

#define DAY_2027 9861.5f /* from J2000 */
#define DAY_2017 6255.0f /* 15 February */

/* Whole IGRF-14 at 2027.0 by ppigrf, 500 km up: the degrees that are left out are worth 95 nT rms. */
static void test_the_field_is_that_of_the_whole_model(void)
{
    static const struct {
        struct vec3 place_m, field_T;
    } known[] = {
        {{0.0f, 0.0f, 6871000.0f}, {-1031.3e-9f, 142.4e-9f, -46058.3e-9f}},
        {{6878000.0f, 0.0f, 0.0f}, {10802.8e-9f, -1596.6e-9f, 21518.5e-9f}},
        {{4258610.0f, -5332686.0f, 872411.0f}, {-10214.8e-9f, 2662.5e-9f, 20301.4e-9f}},
        {{-5157089.0f, -4111443.0f, -1958283.0f}, {-11023.6e-9f, -15473.6e-9f, 18804.2e-9f}},
        {{-6289346.0f, -722135.0f, -2693892.0f}, {-30475.1e-9f, -9616.4e-9f, 11833.0e-9f}},
        {{6826022.0f, 463805.0f, -724365.0f}, {16998.9e-9f, -479.4e-9f, 16844.3e-9f}},
        {{-1511758.0f, -3590364.0f, -5670826.0f}, {-3228.9e-9f, -30100.6e-9f, -17346.9e-9f}},
        {{-4044640.0f, 4987949.0f, -2468938.0f}, {-25308.7e-9f, 29317.2e-9f, 11549.9e-9f}},
    };
    const struct field_model model = field_model_at(DAY_2027);
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct vec3 field = field_ecef_T(&model, known[i].place_m);
        CHECK_NEAR(v3_norm(v3_sub(field, known[i].field_T)), 0.0, 2.5e-7);
        CHECK_NEAR(angle_deg(field, known[i].field_T), 0.0, 0.4);
    }
}

/* The same ten years before, when some of these places had 1 500 nT of another field. */
static void test_the_field_is_that_of_the_date(void)
{
    static const struct {
        struct vec3 place_m, field_T;
    } known[] = {
        {{0.0f, 0.0f, 6871000.0f}, {-1134.9e-9f, -331.0e-9f, -45918.1e-9f}},
        {{6878000.0f, 0.0f, 0.0f}, {10744.9e-9f, -2095.0e-9f, 21621.5e-9f}},
        {{4258610.0f, -5332686.0f, 872411.0f}, {-11165.1e-9f, 3801.3e-9f, 20151.8e-9f}},
        {{-4044640.0f, 4987949.0f, -2468938.0f}, {-25472.9e-9f, 29294.1e-9f, 11393.3e-9f}},
    };
    const struct field_model model = field_model_at(DAY_2017);
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        CHECK_NEAR(v3_norm(v3_sub(field_ecef_T(&model, known[i].place_m), known[i].field_T)), 0.0, 2.5e-7);
    }
}

/* Beyond the model's years its first and last; a date that is not known is not taken for one before all of them. */
static void test_the_field_of_any_date_is_one_of_the_models(void)
{
    const struct vec3 place_m = {6878000.0f, 0.0f, 0.0f};
    const struct field_model first = field_model_at(5479.0f), before = field_model_at(-36525.0f);
    const struct field_model last = field_model_at(10958.0f), after = field_model_at(36525.0f);
    CHECK_NEAR(v3_norm(v3_sub(field_ecef_T(&before, place_m), field_ecef_T(&first, place_m))), 0.0, 1e-9);
    CHECK_NEAR(v3_norm(v3_sub(field_ecef_T(&after, place_m), field_ecef_T(&last, place_m))), 0.0, 1e-9);
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    const struct field_model now = field_model_at(DAY_2027);
    const struct vec3 unknown_T = field_ecef_T(&parameters.field, place_m);
    CHECK_NEAR(v3_norm(v3_sub(unknown_T, field_ecef_T(&now, place_m))), 0.0, 1e-9);
    CHECK(adcs_parameters_set(&parameters, ADCS_EPOCH_DAY, DAY_2017) == ADCS_SET_DONE);
    CHECK(v3_norm(v3_sub(unknown_T, field_ecef_T(&parameters.field, place_m))) > 4e-7f);
}

/* About the Moon the other of the two bodies is the Earth, which lies the other way. */
static void test_the_other_body_is_seen_from_the_spacecraft(void)
{
    static struct adcs adcs;
    adcs_init(&adcs);
    adcs.parameters.value[ADCS_EPOCH_DAY] = 9131.0f;
    adcs.orbit.position_eci_m = v3(7e6f, -2e6f, 1e6f);
    const struct vec3 moon = moon_position_m(9131.0f, 0);
    for (unsigned planet = ORBIT_EARTH; planet <= ORBIT_MOON; planet++) {
        struct vec3 seen;
        adcs.orbit.planet = planet;
        CHECK(directions_moon(&adcs, &seen));
        const struct vec3 other = planet == ORBIT_MOON ? v3_scale(-1.0f, moon) : moon;
        CHECK(v3_norm(v3_sub(v3_add(seen, adcs.orbit.position_eci_m), other)) < 100.0f);
    }
}

void test_almanac(void)
{
    test_the_other_body_is_seen_from_the_spacecraft();
    test_the_sun_is_where_an_ephemeris_has_it();
    test_the_sun_moves_a_degree_a_day();
    test_the_moon_is_where_a_longer_series_has_it();
    test_the_moon_moves_thirteen_degrees_a_day();
    test_the_field_is_that_of_the_whole_model();
    test_the_field_is_that_of_the_date();
    test_the_field_of_any_date_is_one_of_the_models();
}
