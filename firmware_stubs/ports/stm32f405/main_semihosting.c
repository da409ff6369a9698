/* The flight software on an emulated STM32F405, its line two files of the host: started as "obc IN OUT". Ends the emulator
 * when IN ends, so that no board outlives its bench. */
#include "board.h"
#include "flight.h"
#include "origin.h"
#include "semihosting.h"

struct line {
    int in, out;
};

static size_t read_file(void *context, uint8_t *data, size_t capacity)
{
    const struct line *line = context;
    const size_t n = semihosting_read(line->in, data, capacity);
    if (n == 0) {
        semihosting_exit(0);
    }
    return n;
}

static void write_file(void *context, const uint8_t *data, size_t n)
{
    const struct line *line = context;
    if (semihosting_write(line->out, data, n) != 0) {
        semihosting_exit(1);
    }
}

/* Cut the next word off *text, in place; an empty one at the end. */
static const char *next_word(char **text)
{
    const char *word = *text;
    while (**text != ' ' && **text != '\0') {
        (*text)++;
    }
    if (**text == ' ') {
        *(*text)++ = '\0';
    }
    return word;
}

static struct line open_line(void)
{
    static char arguments[512];
    char *rest = arguments;
    semihosting_arguments(arguments, sizeof arguments);
    (void)next_word(&rest); /* the program's own name */
    const char *in = next_word(&rest);
    const char *out = next_word(&rest);
    return (struct line){semihosting_open_read(in), semihosting_open_write(out)};
}

int main(void)
{
    static struct flight flight;
    static struct line line;
    static const struct hil_port port = {read_file, write_file, &line};
    static const struct flight_board board = {.stopwatch_start = board_stopwatch_start,
                                              .stopwatch_ns = board_stopwatch_ns,
                                              .stack_used_max = board_stack_used_max,
                                              .watchdog_resets = board_watchdog_resets};
    line = open_line();
    if (line.in < 0 || line.out < 0) {
        semihosting_exit(1);
    }
    const struct boot boot = origin_of_boot();
    flight_init(&flight, &port, &board, &boot);
    (void)board_clock_init();
    board_stopwatch_init();
    for (;;) {
        (void)hil_link_poll(&flight.link);
    }
}
