// On an STM32F405: the line is a USART, by the drivers of ports/stm32f405.
#include "firmware.hpp"

extern "C" {
#include "board.h"
#include "usart.h"

// What a C++ compiler calls and a board without an operating system has to have.
void __cxa_pure_virtual() { board_reset(); }
// A fault restarts the firmware. ports/stm32f405/origin.c keeps where it was, for one with a store.
void origin_crashed(const uint32_t *) { board_reset(); }
}

static size_t read_usart(void *, uint8_t *data, size_t capacity)
{
    usart_sleep();
    board_watchdog_kick();
    return usart_read(data, capacity);
}

static void write_usart(void *, const uint8_t *data, size_t n)
{
    usart_write(data, n);
}

int main()
{
    const hil_port port = {read_usart, write_usart, nullptr};
    static hil_link link;
    board_clock_init();
    hil_link_init(&link, &port, &firmware());
    board_watchdog_start();
    usart_init(board_clock());
    for (;;) {
        hil_link_poll(&link);
    }
}
