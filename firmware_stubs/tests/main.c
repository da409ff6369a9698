/* firmware-tests FRAMES_FOLDER [SUITE]: runs one suite or all; status 1 when a check failed. */
#include <string.h>

#include "check.h"

static const struct {
    const char *name;
    void (*run)(void);
} suites[] = {
    {"framing", test_framing},     {"corruption", test_corruption}, {"flight", test_flight},
    {"fmath", test_fmath},         {"rotations", test_rotations},   {"orbit", test_orbit},
    {"guidance", test_guidance},   {"mekf", test_mekf},             {"attitude", test_attitude},
    {"allocation", test_allocation}, {"control", test_control},     {"loop", test_loop},
    {"almanac", test_almanac},       {"directions", test_directions},
    {"coarse_sun", test_coarse_sun},
    {"field_calibration", test_field_calibration}, {"spin", test_spin},
    {"rods", test_rods},             {"rod_pointing", test_rod_pointing},
    {"supervisor", test_supervisor},
    {"sensed", test_sensed},     {"target", test_target},         {"gps", test_gps},
    {"valves", test_valves},         {"thrusters", test_thrusters},
    {"unloading", test_unloading},   {"blind", test_blind},
    {"faults", test_faults},         {"time", test_time},
    {"hello", test_hello},           {"without", test_without},
    {"steering", test_steering}, {"burn", test_burn},
    {"vision", test_vision},         {"tracks", test_tracks},
    {"bad_pixels", test_bad_pixels}, {"bad_pixel_medians", test_bad_pixel_medians},
    {"track_costs", test_track_costs}, {"finds", test_finds},
    {"air", test_air},               {"lacks", test_lacks},
    {"store", test_store},
    {"restart", test_restart},       {"guard", test_guard},
    {"clock", test_clock},           {"momentum", test_momentum},
    {"drift", test_drift},           {"star_trackers", test_star_trackers},
    {"gyros", test_gyros},           {"sensor_checks", test_sensor_checks},
    {"cfdp", test_cfdp},             {"plume", test_plume},
    {"sight", test_sight},           {"sighted", test_sighted},
};

const char *check_frames_folder;
static unsigned checks, failures;

void check_that(bool held, const char *what, const char *file, int line)
{
    checks++;
    if (!held) {
        failures++;
        printf("%s:%d: failed: %s\n", file, line, what);
    }
}

void check_near(double actual, double expected, double tolerance, const char *what, const char *file, int line)
{
    checks++;
    if (!(fabs(actual - expected) <= tolerance)) {
        failures++;
        printf("%s:%d: failed: %s is %.9g, not %.9g within %.3g\n", file, line, what, actual, expected, tolerance);
    }
}

uint32_t random_bits(struct random *random)
{
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return (uint32_t)((random->state * 2685821657736338717u) >> 32);
}

uint32_t random_below(struct random *random, uint32_t n)
{
    return (uint32_t)(((uint64_t)random_bits(random) * n) >> 32);
}

double random_normal(struct random *random)
{
    const double u = ((double)random_bits(random) + 0.5) / 4294967296.0;
    const double v = (double)random_bits(random) / 4294967296.0;
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        printf("usage: %s FRAMES_FOLDER [SUITE]\n", argv[0]);
        return 2;
    }
    check_frames_folder = argv[1];
    bool found = false;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        if (argc < 3 || strcmp(argv[2], suites[i].name) == 0) {
            found = true;
            suites[i].run();
        }
    }
    printf("%u checks, %u failed%s\n", checks, failures, found ? "" : "; no such suite");
    return found && failures == 0 ? 0 : 1;
}
