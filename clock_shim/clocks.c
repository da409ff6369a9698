/* SPDX-License-Identifier: Apache-2.0 */
#include "shim.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define TAI_AHEAD_S 37

static void sleep_until(int64_t due_ns)
{
    shim_spend();
    while (shim_now_ns < due_ns) {
        shim_wait_until(due_ns);
    }
}

static int64_t zero_of(clockid_t clock)
{
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_REALTIME_ALARM) {
        return shim_day_ns;
    }
    return clock == CLOCK_TAI ? shim_day_ns + (int64_t)TAI_AHEAD_S * S_NS : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (!shim_served) {
        return (int)syscall(SYS_clock_gettime, clock, time);
    }
    shim_spend();
    *time = timespec_of(zero_of(clock) + shim_now_ns);
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (time != NULL) {
        *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    }
    return 0;
}

time_t time(time_t *where)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (where != NULL) {
        *where = now.tv_sec;
    }
    return now.tv_sec;
}

int timespec_get(struct timespec *time, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *left)
{
    if (!shim_served) {
        return syscall(SYS_clock_nanosleep, clock, flags, request, left) == 0 ? 0 : errno;
    }
    if (request->tv_nsec < 0 || request->tv_nsec >= S_NS || request->tv_sec < 0) {
        return EINVAL;
    }
    sleep_until((flags & TIMER_ABSTIME) != 0 ? ns_of(request) - zero_of(clock) : shim_after(ns_of(request)));
    return 0;
}

int nanosleep(const struct timespec *request, struct timespec *left)
{
    const int error = clock_nanosleep(CLOCK_MONOTONIC, 0, request, left);
    errno = error != 0 ? error : errno;
    return error == 0 ? 0 : -1;
}

int usleep(useconds_t us)
{
    const struct timespec request = timespec_of((int64_t)us * 1000);
    return nanosleep(&request, NULL);
}

unsigned sleep(unsigned s)
{
    const struct timespec request = {.tv_sec = (time_t)s};
    (void)nanosleep(&request, NULL);
    return 0;
}

int pause(void)
{
    if (!shim_served) {
        return (int)syscall(SYS_ppoll, NULL, 0, NULL, NULL, SIGNALS_SIZE);
    }
    for (;;) {
        shim_wait_until(NEVER);
    }
}
