/* SPDX-License-Identifier: Apache-2.0 */
/* Writing takes no time. The bench is told that it has to look for octets. */
#include "shim.h"

#include <dlfcn.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

ssize_t write(int fd, const void *data, size_t size)
{
    shim_wrote |= shim_served && shim_is_terminal(fd);
    return syscall(SYS_write, fd, data, size);
}

ssize_t writev(int fd, const struct iovec *pieces, int n)
{
    shim_wrote |= shim_served && shim_is_terminal(fd);
    return syscall(SYS_writev, fd, pieces, n);
}

FILE *fdopen(int fd, const char *mode)
{
    FILE *(*theirs)(int, const char *);
    *(void **)&theirs = dlsym(RTLD_NEXT, "fdopen");
    shim_streams = true;
    return theirs(fd, mode);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    FILE *(*theirs)(const char *, const char *);
    *(void **)&theirs = dlsym(RTLD_NEXT, "fopen");
    shim_streams = true;
    return theirs(path, mode);
}

FILE *fopen64(const char *restrict path, const char *restrict mode)
{
    return fopen(path, mode);
}
