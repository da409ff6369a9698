/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHIM_H
#define SHIM_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NEVER INT64_MAX
#define S_NS INT64_C(1000000000)
#define SIGNALS_SIZE (_NSIG / 8)
#define OURS __attribute__((visibility("hidden")))

/* The bench's time. served: whether it is this process's; else everything is the machine's. wrote: to a terminal, since that
 * was told last. streams: there is a stream, whose writing is not seen. */
extern OURS int64_t shim_now_ns, shim_day_ns;
extern OURS bool shim_served, shim_wrote, shim_streams;

OURS void shim_wait_until(int64_t wake_ns); /* or until the bench has something to tell earlier */
OURS void shim_spend(void);                 /* what a call takes */
OURS int shim_refused(const char *what);    /* does not return */

/* Timers of timerfd: those that are due by now are made readable; the next one's time, or due_ns if that is earlier. */
OURS void shim_fire(void);
OURS int64_t shim_next_ns(int64_t due_ns);
OURS bool shim_is_timer(int fd);
OURS bool shim_is_terminal(int fd);

static inline int64_t ns_of(const struct timespec *time)
{
    return time->tv_sec > NEVER / S_NS - 1 ? NEVER : (int64_t)time->tv_sec * S_NS + time->tv_nsec;
}

static inline struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / S_NS), .tv_nsec = (long)(ns % S_NS)};
}

static inline int64_t shim_after(int64_t ns)
{
    return ns > NEVER - shim_now_ns ? NEVER : shim_now_ns + ns;
}
#endif
