/* SPDX-License-Identifier: Apache-2.0 */
/* A timerfd is an eventfd that holds how often it was due. */
#include "shim.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TIMERS 32

struct timer {
    int fd;
    bool of_day;
    int64_t due_ns, every_ns;
};

static struct timer timers[TIMERS];
static unsigned timer_count;

void shim_fire(void)
{
    for (unsigned i = 0; i < timer_count; i++) {
        struct timer *timer = &timers[i];
        if (timer->due_ns > shim_now_ns) {
            continue;
        }
        uint64_t times = 1;
        if (timer->every_ns > 0) {
            times += (uint64_t)((shim_now_ns - timer->due_ns) / timer->every_ns);
            timer->due_ns += (int64_t)times * timer->every_ns;
        } else {
            timer->due_ns = NEVER;
        }
        (void)syscall(SYS_write, timer->fd, &times, sizeof times);
    }
}

int64_t shim_next_ns(int64_t due_ns)
{
    for (unsigned i = 0; i < timer_count; i++) {
        due_ns = timers[i].due_ns < due_ns ? timers[i].due_ns : due_ns;
    }
    return due_ns;
}

static struct timer *timer_of(int fd)
{
    for (unsigned i = 0; i < timer_count; i++) {
        if (timers[i].fd == fd) {
            return &timers[i];
        }
    }
    return NULL;
}

int timerfd_create(clockid_t clock, int flags)
{
    if (!shim_served) {
        return (int)syscall(SYS_timerfd_create, clock, flags);
    }
    if (timer_count == TIMERS) {
        errno = EMFILE;
        return -1;
    }
    const int fd = eventfd(0, flags); /* whose flags have the same values */
    if (fd >= 0) {
        const bool of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_ALARM;
        timers[timer_count++] = (struct timer){.fd = fd, .of_day = of_day, .due_ns = NEVER};
    }
    return fd;
}

static void left_of(const struct timer *timer, struct itimerspec *left)
{
    const int64_t left_ns = timer->due_ns == NEVER ? 0 : timer->due_ns - shim_now_ns;
    left->it_value = timespec_of(left_ns > 0 ? left_ns : 0);
    left->it_interval = timespec_of(timer->every_ns);
}

int timerfd_settime(int fd, int flags, const struct itimerspec *wanted, struct itimerspec *before)
{
    struct timer *timer = timer_of(fd);
    struct pollfd told = {.fd = fd, .events = POLLIN};
    struct timespec none = {0, 0};
    uint64_t times;
    if (!shim_served) {
        return (int)syscall(SYS_timerfd_settime, fd, flags, wanted, before);
    }
    if (timer == NULL) {
        errno = EINVAL;
        return -1;
    }
    shim_spend();
    if (before != NULL) {
        left_of(timer, before);
    }
    if (syscall(SYS_ppoll, &told, 1, &none, NULL, SIGNALS_SIZE) > 0) {
        (void)syscall(SYS_read, fd, &times, sizeof times);
    }
    const int64_t value_ns = ns_of(&wanted->it_value);
    timer->every_ns = ns_of(&wanted->it_interval);
    if (value_ns == 0) {
        timer->due_ns = NEVER;
    } else if ((flags & TFD_TIMER_ABSTIME) != 0) {
        timer->due_ns = value_ns - (timer->of_day ? shim_day_ns : 0);
    } else {
        timer->due_ns = shim_after(value_ns);
    }
    shim_fire();
    return 0;
}

int timerfd_gettime(int fd, struct itimerspec *left)
{
    const struct timer *timer = timer_of(fd);
    if (!shim_served) {
        return (int)syscall(SYS_timerfd_gettime, fd, left);
    }
    if (timer == NULL) {
        errno = EINVAL;
        return -1;
    }
    shim_spend();
    left_of(timer, left);
    return 0;
}

int close(int fd)
{
    struct timer *timer = timer_of(fd);
    if (timer != NULL) {
        *timer = timers[--timer_count];
    }
    return (int)syscall(SYS_close, fd);
}

bool shim_is_timer(int fd)
{
    return timer_of(fd) != NULL;
}
