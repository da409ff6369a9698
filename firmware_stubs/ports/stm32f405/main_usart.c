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

int main(void)
{
    static struct flight flight;
    static const struct hil_port port = {read_usart, write_usart, NULL};
    static const struct flight_board board = {board_stopwatch_start, board_stopwatch_ns, board_stack_used_max,
                                              board_watchdog_resets, line_errors, NULL};
    const struct boot boot = origin_of_boot();
    const uint32_t core_clock_hz = board_clock_init();
    flight_init(&flight, &port, &board, &boot);
    board_watchdog_start();
    board_stopwatch_init();
    usart_init(core_clock_hz);
    for (;;) {
        (void)hil_link_poll(&flight.link);
    }
}
