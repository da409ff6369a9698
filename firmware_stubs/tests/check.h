/* The whole test framework: checks that count and report, and random numbers that every machine repeats. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Report a failed check and go on; the run fails at its end. */
#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)

/* |actual - expected| <= tolerance, in double; NaN fails. */
#define CHECK_NEAR(actual, expected, tolerance) \
    check_near((double)(actual), (double)(expected), (double)(tolerance), #actual, __FILE__, __LINE__)

void check_that(bool held, const char *what, const char *file, int line);
void check_near(double actual, double expected, double tolerance, const char *what, const char *file, int line);

/* A generator (xorshift64*, Vigna 2016) and its numbers: uniform bits, uniform below n, standard normal. */
struct random {
    uint64_t state; /* the seed, not 0 */
};
uint32_t random_bits(struct random *random);
uint32_t random_below(struct random *random, uint32_t n);
double random_normal(struct random *random);

/* The suites, one a file. */
void test_allocation(void);
void test_bad_pixels(void);
void test_bad_pixel_medians(void);
void test_track_costs(void);
void test_finds(void);
void test_air(void);
void test_lacks(void);
void test_sighted(void);
void test_blind(void);
void test_cfdp(void);
void test_plume(void);
void test_almanac(void);
void test_directions(void);
void test_attitude(void);
void test_clock(void);
void test_gyros(void);
void test_drift(void);
void test_sensor_checks(void);
void test_momentum(void);
void test_coarse_sun(void);
void test_control(void);
void test_corruption(void);
void test_faults(void);
void test_hello(void);
void test_flight(void);
void test_field_calibration(void);
void test_fmath(void);
void test_framing(void);
void test_guard(void);
void test_guidance(void);
void test_loop(void);
void test_mekf(void);
void test_orbit(void);
void test_restart(void);
void test_rod_pointing(void);
void test_rods(void);
void test_rotations(void);
void test_sight(void);
void test_spin(void);
void test_star_trackers(void);
void test_store(void);
void test_supervisor(void);
void test_sensed(void);
void test_target(void);
void test_thrusters(void);
void test_tracks(void);
void test_unloading(void);
void test_time(void);
void test_valves(void);
void test_gps(void);
void test_vision(void);
void test_without(void);
void test_steering(void);
void test_burn(void);

/* The folder with the frame vectors, from the command line. */
extern const char *check_frames_folder;

#endif
