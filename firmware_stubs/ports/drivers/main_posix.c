/* The flight software on its own lines, as a process: obc-drivers imu=TTY star=TTY gps=TTY wheels=TTY [down=TTY]. It ends
 * when a line is closed. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "craft.h"
#include "mission.h"

#define LINES 4u
static const char *const names[LINES] = {"imu", "star", "gps", "wheels"};
#define DOWN "down"

static size_t receive(void *context, uint8_t *data, size_t capacity)
{
    const int *line = context;
    const ssize_t n = read(*line, data, capacity);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        exit(EXIT_SUCCESS);
    }
    return n > 0 ? (size_t)n : 0;
}

/* What a line does not take is lost, as on a wire. */
static void transmit(void *context, const uint8_t *data, size_t n)
{
    const int *line = context;
    if (write(*line, data, n) < 0 && errno != EAGAIN && errno != EINTR) {
        exit(EXIT_SUCCESS);
    }
}

static int opened(const char *path)
{
    struct termios settings;
    const int line = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (line >= 0 && tcgetattr(line, &settings) == 0) {
        settings.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
        settings.c_oflag &= ~(tcflag_t)OPOST;
        settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        settings.c_cflag = (settings.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
        (void)tcsetattr(line, TCSANOW, &settings);
    }
    return line;
}

/* -1 when the program is given none of this name. */
static int line_called(const char *name, int argc, char **argv)
{
    const size_t n = strlen(name);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=') {
            const int line = opened(argv[i] + n + 1);
            if (line < 0) {
                (void)fprintf(stderr, "%s: cannot open %s: %s\n", argv[0], argv[i] + n + 1, strerror(errno));
                exit(2);
            }
            return line;
        }
    }
    return -1;
}

static uint64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

int main(int argc, char **argv)
{
    static struct craft craft;
    int line[LINES];
    struct pollfd waiting[LINES];
    for (unsigned i = 0; i < LINES; i++) {
        line[i] = line_called(names[i], argc, argv);
        if (line[i] < 0) {
            (void)fprintf(stderr, "%s: no line %s: start it as %s imu=TTY star=TTY gps=TTY wheels=TTY [down=TTY]\n", argv[0],
                          names[i], argv[0]);
            return 2;
        }
        waiting[i] = (struct pollfd){.fd = line[i], .events = POLLIN};
    }
    int down = line_called(DOWN, argc, argv);
    const struct craft_lines lines = {
        .imu = {receive, transmit, &line[0]},
        .star = {receive, transmit, &line[1]},
        .gps = {receive, transmit, &line[2]},
        .wheels = {receive, transmit, &line[3]},
        .down = {receive, down < 0 ? NULL : transmit, &down},
    };
    if (!craft_init(&craft, &mission)) {
        (void)fprintf(stderr, "%s: the mission's settings are refused\n", argv[0]);
        return 2;
    }
    const uint64_t boot_us = now_us();
    for (;;) {
        (void)poll(waiting, LINES, 1);
        craft_poll(&craft, &lines, now_us() - boot_us);
    }
}
