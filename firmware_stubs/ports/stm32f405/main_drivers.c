/* The flight software on an STM32F405 with its devices on lines of their own. It knows no bench: it starts its clocks, goes
 * by its own timer and kicks its own watchdog. */
#include "board.h"
#include "craft.h"
#include "device_lines.h"
#include "mission.h"
#include "rod_pins.h"

int main(void)
{
    static struct craft craft;
    (void)board_clock_init();
    const struct clock *clock = board_clock();
    board_watchdog_start();
    board_stopwatch_init();
    if (!craft_init(&craft, &mission)) {
        board_reset();
    }
    rod_pins_start();
    const struct craft_lines lines = {
        .imu = device_lines_start(LINE_USART2, clock, 460800u),
        .star = device_lines_start(LINE_USART3, clock, 115200u),
        .gps = device_lines_start(LINE_USART6, clock, 115200u),
        .wheels = device_lines_start(LINE_USART1, clock, 115200u),
        .down = device_lines_start(LINE_UART4, clock, 115200u),
        .rods = {rod_pins_set, NULL},
    };
    for (;;) {
        device_lines_sleep();
        board_watchdog_kick();
        craft_poll(&craft, &lines, board_us());
    }
}
