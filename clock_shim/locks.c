/* SPDX-License-Identifier: Apache-2.0 */
#include "shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <unistd.h>

/* In a program of one thread nobody signals a condition or posts a semaphore while it waits: it is a sleep. */

/* The condition's clock is not to be seen from outside. Its own times count from the run's start, those of the day do not. */
static clockid_t clock_of(const struct timespec *until)
{
    return ns_of(until) < shim_day_ns / 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

static int slept(clockid_t clock, const struct timespec *until)
{
    const int error = clock_nanosleep(clock, TIMER_ABSTIME, until, NULL);
    return error != 0 ? error : ETIMEDOUT;
}

/* Conditions have an older kind of the same name in the C library, which is not the one that programs are linked to. */
static void *theirs(const char *name)
{
    void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    return found != NULL ? found : dlsym(RTLD_NEXT, name);
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    *(void **)&real = shim_served ? NULL : theirs("pthread_cond_timedwait");
    return real != NULL ? real(condition, mutex, until) : slept(clock_of(until), until);
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, clockid_t clock,
                           const struct timespec *restrict until)
{
    int (*real)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
    *(void **)&real = shim_served ? NULL : dlsym(RTLD_NEXT, "pthread_cond_clockwait");
    return real != NULL ? real(condition, mutex, clock, until) : slept(clock, until);
}

int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex)
{
    int (*real)(pthread_cond_t *, pthread_mutex_t *);
    *(void **)&real = shim_served ? NULL : theirs("pthread_cond_wait");
    return real != NULL ? real(condition, mutex) : pause();
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
    int (*real)(sem_t *, const struct timespec *);
    *(void **)&real = shim_served ? NULL : dlsym(RTLD_NEXT, "sem_timedwait");
    if (real != NULL) {
        return real(semaphore, until);
    }
    if (sem_trywait(semaphore) == 0) {
        return 0;
    }
    errno = slept(CLOCK_REALTIME, until);
    return -1;
}
