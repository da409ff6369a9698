/* The flight software as a process on a serial line: obc-posix TTY. Ends with status 0 when the line is closed.
 *
 * What is to outlive a restart is kept in the file that HIL_STORE names, if it does; why it boots says HIL_RESET_CAUSE, a
 * number of enum reset_cause. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "file_store.h"
#include "flight.h"

/* A line that is gone ends the process: an OBC never outlives its bench. */
static size_t read_line(void *context, uint8_t *data, size_t capacity)
{
    const int *line = context;
    ssize_t n;
    do {
        n = read(*line, data, capacity);
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        exit(EXIT_SUCCESS);
    }
    return (size_t)n;
}

static void write_line(void *context, const uint8_t *data, size_t n)
{
    const int *line = context;
    while (n > 0) {
        const ssize_t written = write(*line, data, n);
        if (written < 0 && errno != EINTR) {
            exit(EXIT_SUCCESS);
        }
        const size_t done = written > 0 ? (size_t)written : 0;
        data += done;
        n -= done;
    }
}

/* No echo, no line editing, no byte with a meaning, reads as soon as one byte is there. Not a terminal: left as it is. */
static void make_raw(int line)
{
    struct termios settings;
    if (tcgetattr(line, &settings) != 0) {
        return;
    }
    settings.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    settings.c_oflag &= ~(tcflag_t)OPOST;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    settings.c_cflag = (settings.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    (void)tcsetattr(line, TCSANOW, &settings);
}

/* Nothing is kept where no file is named; a file that cannot be opened ends the process. */
static struct boot boot_by_environment(struct file_store *file)
{
    const char *path = getenv("HIL_STORE"), *cause = getenv("HIL_RESET_CAUSE");
    const struct boot boot = {.cause = cause != NULL ? (enum reset_cause)atoi(cause) : RESET_UNKNOWN};
    if (path == NULL) {
        return boot;
    }
    if (!file_store_open(file, path)) {
        (void)fprintf(stderr, "cannot open %s, as HIL_STORE says: %s\n", path, strerror(errno));
        exit(2);
    }
    return (struct boot){.medium = &file->medium, .cause = boot.cause};
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s TTY\n", argv[0]);
        return 2;
    }
    int line = open(argv[1], O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (line < 0) {
        (void)fprintf(stderr, "%s: cannot open %s: %s\n", argv[0], argv[1], strerror(errno));
        return 2;
    }
    make_raw(line);
    static struct flight flight;
    const struct hil_port port = {read_line, write_line, &line};
    static struct file_store file;
    const struct boot boot = boot_by_environment(&file);
    flight_init(&flight, &port, NULL, &boot);
    for (;;) {
        (void)hil_link_poll(&flight.link);
    }
}
