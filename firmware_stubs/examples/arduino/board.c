/* An Arduino that is not there: runs a sketch's ELF on simavr, with its serial port as a pseudo-terminal.
 *
 *     board ELF [MCU [BAUD]]        prints the terminal's name; MCU is atmega328p if not given, BAUD 115200
 *
 * While octets flow it runs as fast as it can, otherwise at 16 MHz. When it is terminated it says what it measured.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

#define CLOCK_HZ 16000000u
#define QUIET_OCTETS 200u /* octet times without an octet after which the line is idle: 17 ms at 115200 baud */

struct line {
    int terminal;
    const avr_t *avr;
    avr_irq_t *to_avr;
    avr_cycle_count_t octet_cycles; /* start bit, eight bits, stop bit */
    unsigned quiet;                 /* octet times since the last octet */
    avr_cycle_count_t heard_at;     /* when the last octet was delivered; 0 once it is answered */
    avr_cycle_count_t slowest;      /* most cycles from there to the first octet of an answer */
    size_t waiting, next;
    uint8_t octets[256];
};

static volatile sig_atomic_t terminated;

static void terminate(int signal_number)
{
    (void)signal_number;
    terminated = 1;
}

static void fail(const char *what)
{
    (void)fprintf(stderr, "board: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Standard output is for the terminal's name: simavr's complaints go to standard error, its chatter nowhere. */
static void complain(avr_t *avr, const int level, const char *format, va_list arguments)
{
    (void)avr;
    if (level <= LOG_WARNING) {
        (void)vfprintf(stderr, format, arguments);
    }
}

/* The far end stays open in this process, so that a bench may close the terminal and another open it. */
static int open_terminal(void)
{
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    struct termios settings;
    if (terminal < 0 || unlockpt(terminal) != 0 || tcgetattr(terminal, &settings) != 0) {
        fail("no pseudo-terminal");
    }
    cfmakeraw(&settings);
    (void)tcsetattr(terminal, TCSANOW, &settings);
    if (open(ptsname(terminal), O_RDWR | O_NOCTTY) < 0) {
        fail("cannot open the pseudo-terminal");
    }
    return terminal;
}

static void fetch(struct line *line)
{
    const ssize_t n = read(line->terminal, line->octets, sizeof line->octets);
    line->next = 0;
    line->waiting = n > 0 ? (size_t)n : 0;
}

/* An idle board waits a millisecond for each of its own, or until something comes. */
static void idle(struct line *line)
{
    const unsigned octets_a_millisecond = (unsigned)(CLOCK_HZ / 1000u / line->octet_cycles) + 1u;
    if (++line->quiet > QUIET_OCTETS && line->quiet % octets_a_millisecond == 0) {
        struct pollfd input = {.fd = line->terminal, .events = POLLIN};
        (void)poll(&input, 1, 1);
    }
}

/* Called once an octet's time: a real line delivers no faster, and a sketch that is too slow loses octets here too. */
static avr_cycle_count_t deliver(avr_t *avr, avr_cycle_count_t when, void *context)
{
    struct line *line = context;
    if (line->waiting == 0) {
        fetch(line);
    }
    if (line->waiting == 0) {
        idle(line);
    } else {
        line->waiting--;
        line->quiet = 0;
        line->heard_at = avr->cycle;
        avr_raise_irq(line->to_avr, line->octets[line->next++]);
    }
    return when + line->octet_cycles;
}

static void measure_reply(struct line *line)
{
    if (line->heard_at != 0 && line->avr->cycle - line->heard_at > line->slowest) {
        line->slowest = line->avr->cycle - line->heard_at;
    }
    line->heard_at = 0;
}

static void on_sent(avr_irq_t *irq, uint32_t value, void *context)
{
    (void)irq;
    struct line *line = context;
    const uint8_t octet = (uint8_t)value;
    line->quiet = 0;
    measure_reply(line);
    while (write(line->terminal, &octet, 1) != 1 && !terminated) {
        struct pollfd output = {.fd = line->terminal, .events = POLLOUT};
        (void)poll(&output, 1, 100);
    }
}

static void connect_uart(avr_t *avr, struct line *line)
{
    uint32_t flags = 0; /* not to the console, no sleep when the sketch polls */
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    line->to_avr = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_sent, line);
    avr_cycle_timer_register(avr, line->octet_cycles, deliver, line);
}

static avr_t *load(const char *path, const char *mcu)
{
    static elf_firmware_t firmware;
    if (elf_read_firmware(path, &firmware) != 0) {
        fail("cannot read the ELF");
    }
    avr_t *avr = avr_make_mcu_by_name(mcu);
    if (avr == NULL) {
        fail("simavr has no such microcontroller");
    }
    avr_init(avr);
    firmware.frequency = CLOCK_HZ;
    avr_load_firmware(avr, &firmware);
    return avr;
}

/* Returns how many octets the stack took at most. */
static unsigned run(avr_t *avr)
{
    unsigned lowest = avr->ramend;
    while (!terminated) {
        const int state = avr_run(avr);
        if (state == cpu_Done || state == cpu_Crashed) {
            fail("the sketch crashed");
        }
        const unsigned stack = avr->data[R_SPL] | (unsigned)avr->data[R_SPH] << 8;
        if (stack < lowest && stack > 0xFF) { /* below are registers: the pointer is not set yet */
            lowest = stack;
        }
    }
    return avr->ramend - lowest;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 4) {
        fail("usage: board ELF [MCU [BAUD]]");
    }
    const unsigned baud = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 115200u;
    if (baud == 0) {
        fail("the baud rate is no number");
    }
    signal(SIGTERM, terminate);
    signal(SIGINT, terminate);
    avr_global_logger_set(complain);
    avr_t *avr = load(argv[1], argc > 2 ? argv[2] : "atmega328p");
    struct line line = {.terminal = open_terminal(), .avr = avr, .octet_cycles = CLOCK_HZ * 10u / baud};
    connect_uart(avr, &line);
    (void)printf("%s\n", ptsname(line.terminal));
    (void)fflush(stdout);
    const unsigned stack = run(avr);
    (void)printf("stack: at most %u octets\n", stack);
    (void)printf("reply: at most %u us\n", (unsigned)(line.slowest / (CLOCK_HZ / 1000000u)));
    return EXIT_SUCCESS;
}
