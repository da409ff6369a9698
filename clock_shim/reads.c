/* SPDX-License-Identifier: Apache-2.0 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#define FIRST_PTS_MAJOR 136u
#define LAST_PTS_MAJOR 143u

bool shim_is_terminal(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && S_ISCHR(about.st_mode) && major(about.st_rdev) >= FIRST_PTS_MAJOR &&
           major(about.st_rdev) <= LAST_PTS_MAJOR;
}

static bool over(int fd)
{
    struct pollfd told = {.fd = fd};
    struct timespec none = {0, 0};
    return syscall(SYS_ppoll, &told, 1, &none, NULL, SIGNALS_SIZE) > 0;
}

static int octets_at(int fd)
{
    int n = 0;
    return ioctl(fd, FIONREAD, &n) == 0 ? n : 0;
}

/* As termios(3) has it: VMIN octets, or fewer when none came for VTIME tenths of a second. */
static void await_octets(int fd, size_t size)
{
    struct termios settings;
    int least = 1, there = octets_at(fd);
    int64_t pause_ns = NEVER, due_ns = NEVER;
    if (tcgetattr(fd, &settings) == 0 && (settings.c_lflag & (tcflag_t)ICANON) == 0) {
        least = settings.c_cc[VMIN] < size ? settings.c_cc[VMIN] : (int)size;
        pause_ns = settings.c_cc[VTIME] > 0 ? (int64_t)settings.c_cc[VTIME] * (S_NS / 10) : NEVER;
        if (least == 0) {
            least = pause_ns == NEVER ? 0 : 1;
            due_ns = pause_ns == NEVER ? NEVER : shim_after(pause_ns);
        } else if (there > 0 && pause_ns != NEVER) {
            due_ns = shim_after(pause_ns);
        }
    }
    while (there < least && shim_now_ns < due_ns && !over(fd)) {
        shim_wait_until(shim_next_ns(due_ns));
        const int more = octets_at(fd);
        if (more > there && pause_ns != NEVER) {
            due_ns = shim_after(pause_ns);
        }
        there = more;
    }
}

static void await_timer(int fd)
{
    struct pollfd told = {.fd = fd, .events = POLLIN};
    (void)ppoll(&told, 1, NULL, NULL);
}

ssize_t read(int fd, void *data, size_t size)
{
    if (!shim_served || (!shim_is_timer(fd) && !shim_is_terminal(fd))) {
        return syscall(SYS_read, fd, data, size);
    }
    const int flags = fcntl(fd, F_GETFL);
    shim_spend();
    if ((flags & O_NONBLOCK) != 0 || size == 0) {
        return syscall(SYS_read, fd, data, size);
    }
    if (shim_is_timer(fd)) {
        await_timer(fd);
        return syscall(SYS_read, fd, data, size);
    }
    await_octets(fd, size);
    (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK); /* or the kernel waits by the machine's clock */
    const ssize_t taken = syscall(SYS_read, fd, data, size);
    const int error = errno;
    (void)fcntl(fd, F_SETFL, flags);
    errno = error;
    return taken < 0 && error == EAGAIN ? 0 : taken;
}

ssize_t __read_chk(int fd, void *data, size_t size, size_t room);
ssize_t __read_chk(int fd, void *data, size_t size, size_t room)
{
    return read(fd, data, size < room ? size : room);
}
