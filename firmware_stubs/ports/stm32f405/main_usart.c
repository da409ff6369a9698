/* The flight software on an STM32F405, its line a USART. */
#include "board.h"
#include "flight.h"
#include "origin.h"
#include "usart.h"

static size_t read_usart(void *context, uint8_t *data, size_t capacity)
{
    (void)context;
    usart_sleep();
    board_watchdog_kick();
    return usart_read(data, capacity);
}

static void write_usart(void *context, const uint8_t *data, size_t n)
{
    (void)context;
    usart_write(data, n);
}

static uint16_t line_errors(void *context)
{
    const struct usart_errors errors = usart_errors();
    const uint32_t octets = errors.overrun + errors.framing + errors.noise + errors.ring_full;
    (void)context;
    return (uint16_t)(octets < UINT16_MAX ? octets : UINT16_MAX);
}

static uint16_t unread_octets_max(void *context)
{
    (void)context;
    return (uint16_t)usart_unread_max();
}

static struct flight_clock clock_told(void *context)
{
    const struct clock *clock = board_clock();
    (void)context;
    return (struct flight_clock){(uint8_t)clock->source, (uint8_t)(clock->hse_hz / 1000000u)};
}

int main(void)
{
    static struct flight flight;
    static const struct hil_port port = {read_usart, write_usart, NULL};
    static const struct flight_board board = {.stopwatch_start = board_stopwatch_start,
                                              .stopwatch_ns = board_stopwatch_ns,
                                              .stack_used_max = board_stack_used_max,
                                              .watchdog_resets = board_watchdog_resets,
                                              .line_errors = line_errors,
                                              .unread_octets_max = unread_octets_max,
                                              .clock = clock_told};
    const struct boot boot = origin_of_boot();
    (void)board_clock_init();
    flight_init(&flight, &port, &board, &boot);
    board_watchdog_start();
    board_stopwatch_init();
    usart_init(board_clock());
    for (;;) {
        (void)hil_link_poll(&flight.link);
    }
}
