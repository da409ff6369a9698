// On this machine: the line is a terminal, given by name.
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "firmware.hpp"

static size_t read_line(void *context, uint8_t *data, size_t capacity)
{
    const ssize_t n = read(*static_cast<int *>(context), data, capacity);
    if (n <= 0) {
        _exit(0); // the line is gone
    }
    return static_cast<size_t>(n);
}

static void write_line(void *context, const uint8_t *data, size_t n)
{
    for (ssize_t done; n > 0 && (done = write(*static_cast<int *>(context), data, n)) > 0; n -= static_cast<size_t>(done)) {
        data += done;
    }
}

int main(int argc, char **argv)
{
    int line = argc == 2 ? open(argv[1], O_RDWR | O_NOCTTY) : -1;
    termios settings;
    if (line < 0 || tcgetattr(line, &settings) != 0) {
        perror("usage: firmware TTY");
        return 1;
    }
    cfmakeraw(&settings);
    tcsetattr(line, TCSANOW, &settings);
    const hil_port port = {read_line, write_line, &line};
    static hil_link link;
    hil_link_init(&link, &port, &firmware());
    for (;;) {
        hil_link_poll(&link);
    }
}
