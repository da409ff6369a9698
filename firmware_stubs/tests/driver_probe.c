/* Drivers fed with octets from standard input, or asked: what they make of them, a line each. For tests/test_drivers.py.
 *     driver-probe stim300|oem7|sagitta|wheels|orders|sums     driver-probe earth WEEK MS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksums.h"
#include "earth_date.h"
#include "nsp_wheels.h"
#include "oem7.h"
#include "sagitta.h"
#include "stim300.h"

static void print3(const float v[3])
{
    (void)printf("%.9g %.9g %.9g ", (double)v[0], (double)v[1], (double)v[2]);
}

static void probe_stim300(void)
{
    static struct stim300 stim;
    for (int octet = getchar(); octet != EOF; octet = getchar()) {
        if (stim300_take(&stim, (uint8_t)octet)) {
            print3(stim.sample.rate_rad_s);
            (void)printf("%.9g %u %u %u\n", (double)stim.sample.temperature_degC, stim.sample.status, stim.sample.counter,
                         stim.sample.latency_us);
        }
    }
}

static void probe_oem7(void)
{
    static struct oem7 receiver;
    for (int octet = getchar(); octet != EOF; octet = getchar()) {
        if (oem7_take(&receiver, (uint8_t)octet)) {
            const struct oem7_fix *fix = &receiver.fix;
            print3(fix->position_ecef_m);
            print3(fix->velocity_ecef_m_s);
            (void)printf("%d %d %u %lu\n", fix->valid, fix->time_known, fix->week, (unsigned long)fix->ms);
        }
    }
}

static void probe_sagitta(void)
{
    static struct sagitta tracker;
    for (int octet = getchar(); octet != EOF; octet = getchar()) {
        if (sagitta_take(&tracker, (uint8_t)octet, 0)) {
            const float *q = tracker.solution.q_eci_from_tracker;
            print3(q);
            (void)printf("%.9g %d %llu\n", (double)q[3], tracker.solution.valid,
                         (unsigned long long)tracker.solution.unix_us);
        }
    }
}

static void nothing(void *context, const uint8_t *data, size_t n)
{
    (void)context;
    (void)data;
    (void)n;
}

/* Wheel 0, at 0xC0, is running and is asked for its speed again and again. */
static void probe_wheels(void)
{
    static struct nsp_wheels wheels;
    const uint8_t address = 0xC0;
    const struct device_line line = {NULL, nothing, NULL};
    nsp_wheels_init(&wheels, &address, 1);
    wheels.wheel[0].running = true;
    for (int octet = getchar(); octet != EOF; octet = getchar()) {
        nsp_wheels_ask_speeds(&wheels);
        nsp_wheels_poll(&wheels, &line, 0);
        if (nsp_wheels_take(&wheels, (uint8_t)octet) == 0) {
            (void)printf("%.9g\n", (double)wheels.wheel[0].speed_rad_s);
        }
    }
}

static void print_octets(void *context, const uint8_t *data, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++) {
        (void)printf("%u ", data[i]);
    }
    (void)printf("\n");
}

/* Wheel 0, at 0xC0, is to give 1 mN m and its speed is wanted: each question, when the one before is answered. */
static void probe_orders(void)
{
    static struct nsp_wheels wheels;
    const uint8_t address = 0xC0;
    const struct device_line line = {NULL, print_octets, NULL};
    nsp_wheels_init(&wheels, &address, 1);
    nsp_wheels_torque(&wheels, 0, 1e-3f);
    nsp_wheels_ask_speeds(&wheels);
    nsp_wheels_poll(&wheels, &line, 0);
    for (int octet = getchar(); octet != EOF; octet = getchar()) {
        (void)nsp_wheels_take(&wheels, (uint8_t)octet);
        nsp_wheels_poll(&wheels, &line, 0);
    }
}

/* Of the first octet, of the first two, and so on. */
static void probe_sums(void)
{
    uint8_t data[256];
    const size_t n = fread(data, 1, sizeof data, stdin);
    for (size_t i = 1; i <= n; i++) {
        (void)printf("%u %lu %lu %lu\n", crc16_mcrf4xx(data, i), (unsigned long)crc32_mpeg2(data, i, 0),
                     (unsigned long)crc32_novatel(data, i), (unsigned long)xxhash32(data, i, 1425u));
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*probe)(void);
    } probes[] = {{"stim300", probe_stim300}, {"oem7", probe_oem7}, {"sagitta", probe_sagitta}, {"wheels", probe_wheels},
                  {"orders", probe_orders}, {"sums", probe_sums}};
    if (argc == 4 && strcmp(argv[1], "earth") == 0) {
        const struct quat q = earth_at_gps_time((unsigned)atoi(argv[2]), (uint32_t)strtoul(argv[3], NULL, 10));
        (void)printf("%.9g %.9g %.9g %.9g\n", (double)q.x, (double)q.y, (double)q.z, (double)q.w);
        return 0;
    }
    for (size_t i = 0; argc == 2 && i < sizeof probes / sizeof probes[0]; i++) {
        if (strcmp(argv[1], probes[i].name) == 0) {
            probes[i].probe();
            return 0;
        }
    }
    return 2;
}
