/* SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded into a host program, it gives the program the bench's time in the place of the machine's. Time stands still while
 * the program computes. It goes on when the program waits: in a sleep, in poll or select, for octets on a terminal, for a
 * timerfd. What it waits for is told to the bench, which lets it go on at that time, or earlier with octets on a line.
 *
 * Each call that asks for the time, or looks without waiting, takes CALL_NS, so that a program that only looks gets on.
 *
 * HIL_CLOCK=IN,OUT,PID: descriptors of pipes, and the process whose child this is to be. In: int64 ns now, int64 ns up to
 * which the program may go on by itself, int64 ns since 1970 at time 0. Out: int64 ns now, int64 ns when it wants to go on,
 * int64 whether it may have written to a terminal since it said so last.
 *
 * One thread only, dynamically linked, Linux.
 */
#include "shim.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL_NS 100

int64_t shim_now_ns, shim_day_ns;
bool shim_served, shim_wrote, shim_streams;
static int in = -1, out = -1;
static int64_t limit_ns;

void shim_wait_until(int64_t wake_ns)
{
    const int64_t told[3] = {shim_now_ns, wake_ns, shim_wrote || shim_streams};
    int64_t given[3];
    uint8_t *at = (uint8_t *)given;
    if (syscall(SYS_write, out, told, sizeof told) != (long)sizeof told) {
        _exit(0);
    }
    shim_wrote = false;
    for (size_t left = sizeof given; left > 0;) {
        const long taken = syscall(SYS_read, in, at, left);
        if (taken < 0 && errno == EINTR) {
            continue;
        }
        if (taken <= 0) {
            _exit(0);
        }
        at += taken;
        left -= (size_t)taken;
    }
    shim_now_ns = given[0] > shim_now_ns ? given[0] : shim_now_ns;
    limit_ns = given[1];
    shim_day_ns = given[2];
    shim_fire();
}

void shim_spend(void)
{
    shim_now_ns += CALL_NS;
    if (shim_now_ns >= limit_ns) {
        shim_wait_until(shim_now_ns);
    }
    shim_fire();
}

static void alone(void)
{
    shim_served = false;
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("HIL_CLOCK");
    int fd_in, fd_out, parent;
    if (text != NULL && sscanf(text, "%d,%d,%d", &fd_in, &fd_out, &parent) == 3 && getppid() == parent) {
        in = fd_in;
        out = fd_out;
        shim_served = true;
        (void)pthread_atfork(NULL, NULL, alone);
        shim_wait_until(0);
    }
}

int shim_refused(const char *what)
{
    (void)dprintf(STDERR_FILENO, "the bench's clock serves programs of one thread, without %s: run it in real time\n", what);
    _exit(70);
}
