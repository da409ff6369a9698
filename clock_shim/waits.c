/* SPDX-License-Identifier: Apache-2.0 */
#include "shim.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
    static const struct timespec none = {0, 0};
    struct timespec kept = timeout != NULL ? *timeout : none;
    if (!shim_served) {
        return (int)syscall(SYS_ppoll, fds, n, timeout != NULL ? &kept : NULL, mask, SIGNALS_SIZE);
    }
    shim_spend();
    const int64_t due_ns = timeout != NULL ? shim_after(ns_of(timeout)) : NEVER;
    for (;;) {
        kept = none;
        const int ready = (int)syscall(SYS_ppoll, fds, n, &kept, mask, SIGNALS_SIZE);
        if (ready != 0 || shim_now_ns >= due_ns) {
            return ready;
        }
        shim_wait_until(shim_next_ns(due_ns));
    }
}

int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    const struct timespec timeout = timespec_of((int64_t)(timeout_ms > 0 ? timeout_ms : 0) * 1000000);
    return ppoll(fds, n, timeout_ms < 0 ? NULL : &timeout, NULL);
}

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout_ms, size_t size);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout_ms, size_t size)
{
    (void)size;
    return poll(fds, n, timeout_ms);
}

static int look(int n, fd_set *const sets[3], const fd_set kept[3], const sigset_t *mask)
{
    struct timespec none = {0, 0};
    struct {
        const sigset_t *mask;
        size_t size;
    } signals = {mask, SIGNALS_SIZE};
    for (unsigned i = 0; i < 3; i++) {
        if (sets[i] != NULL) {
            *sets[i] = kept[i];
        }
    }
    return (int)syscall(SYS_pselect6, n, sets[0], sets[1], sets[2], &none, &signals);
}

static int select_until(int n, fd_set *const sets[3], int64_t due_ns, const sigset_t *mask)
{
    fd_set kept[3];
    for (unsigned i = 0; i < 3; i++) {
        if (sets[i] != NULL) {
            kept[i] = *sets[i];
        }
    }
    for (;;) {
        const int ready = look(n, sets, kept, mask);
        if (ready != 0 || shim_now_ns >= due_ns) {
            return ready;
        }
        shim_wait_until(shim_next_ns(due_ns));
    }
}

int pselect(int n, fd_set *restrict to_read, fd_set *restrict to_write, fd_set *restrict odd,
            const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    fd_set *const sets[3] = {to_read, to_write, odd};
    if (!shim_served) {
        struct timespec kept = timeout != NULL ? *timeout : (struct timespec){0, 0};
        struct {
            const sigset_t *mask;
            size_t size;
        } signals = {mask, SIGNALS_SIZE};
        return (int)syscall(SYS_pselect6, n, to_read, to_write, odd, timeout != NULL ? &kept : NULL, &signals);
    }
    shim_spend();
    return select_until(n, sets, timeout != NULL ? shim_after(ns_of(timeout)) : NEVER, mask);
}

int select(int n, fd_set *restrict to_read, fd_set *restrict to_write, fd_set *restrict odd, struct timeval *restrict timeout)
{
    struct timespec time;
    if (timeout != NULL) {
        time = (struct timespec){.tv_sec = timeout->tv_sec, .tv_nsec = timeout->tv_usec * 1000};
    }
    const int64_t due_ns = timeout != NULL ? shim_after(ns_of(&time)) : NEVER;
    const int ready = pselect(n, to_read, to_write, odd, timeout != NULL ? &time : NULL, NULL);
    if (shim_served && timeout != NULL) { /* as Linux does: what is left of it */
        time = timespec_of(due_ns > shim_now_ns ? due_ns - shim_now_ns : 0);
        *timeout = (struct timeval){.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / 1000};
    }
    return ready;
}

static int epoll_until(int fd, struct epoll_event *events, int most, int64_t wait_ns, const sigset_t *mask)
{
    shim_spend();
    const int64_t due_ns = wait_ns == NEVER ? NEVER : shim_after(wait_ns);
    for (;;) {
        const int ready = (int)syscall(SYS_epoll_pwait, fd, events, most, 0, mask, SIGNALS_SIZE);
        if (ready != 0 || shim_now_ns >= due_ns) {
            return ready;
        }
        shim_wait_until(shim_next_ns(due_ns));
    }
}

int epoll_pwait(int fd, struct epoll_event *events, int most, int timeout_ms, const sigset_t *mask)
{
    if (!shim_served) {
        return (int)syscall(SYS_epoll_pwait, fd, events, most, timeout_ms, mask, SIGNALS_SIZE);
    }
    return epoll_until(fd, events, most, timeout_ms < 0 ? NEVER : (int64_t)timeout_ms * 1000000, mask);
}

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout_ms)
{
    return epoll_pwait(fd, events, most, timeout_ms, NULL);
}

#ifdef SYS_epoll_pwait2
int epoll_pwait2(int fd, struct epoll_event *events, int most, const struct timespec *timeout, const sigset_t *mask);
int epoll_pwait2(int fd, struct epoll_event *events, int most, const struct timespec *timeout, const sigset_t *mask)
{
    if (!shim_served) {
        return (int)syscall(SYS_epoll_pwait2, fd, events, most, timeout, mask, SIGNALS_SIZE);
    }
    return epoll_until(fd, events, most, timeout == NULL ? NEVER : ns_of(timeout), mask);
}
#endif
