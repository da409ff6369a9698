/* SPDX-License-Identifier: Apache-2.0 */
#include "shim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* What has a clock of its own, and is refused where the bench gives the time. */

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict how, void *(*run)(void *), void *restrict context)
{
    int (*theirs)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    *(void **)&theirs = shim_served ? NULL : dlsym(RTLD_NEXT, "pthread_create");
    return theirs != NULL ? theirs(thread, how, run, context) : shim_refused("threads (pthread_create)");
}

int timer_create(clockid_t clock, struct sigevent *restrict how, timer_t *restrict made)
{
    int (*theirs)(clockid_t, struct sigevent *, timer_t *);
    *(void **)&theirs = shim_served ? NULL : dlsym(RTLD_NEXT, "timer_create");
    return theirs != NULL ? theirs(clock, how, made) : shim_refused("timer_create");
}

int setitimer(__itimer_which_t which, const struct itimerval *restrict wanted, struct itimerval *restrict before)
{
    return shim_served ? shim_refused("setitimer") : (int)syscall(SYS_setitimer, which, wanted, before);
}

unsigned alarm(unsigned s)
{
    unsigned (*theirs)(unsigned);
    *(void **)&theirs = shim_served ? NULL : dlsym(RTLD_NEXT, "alarm");
    return theirs != NULL ? theirs(s) : (unsigned)shim_refused("alarm");
}
