/* The STM32F405 (or F407, F446, F411) itself: clocks, tick, watchdog, reset. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#include "clock.h"

#define STACK_PAINTED 16384u
#define STACK_PAINT 0xC5C5C5C5u
extern uint32_t stack_top; /* of the linker's script */

/* The chip's highest clock by its crystal, by the internal oscillator when there is none (clock.h); flash and buses to
 * match. Where no clock controller answers, as in QEMU, nothing is done. Returns the core clock that came of it, in Hz. */
uint32_t board_clock_init(void);

/* What came of it. */
const struct clock *board_clock(void);

/* A stopwatch as fine as the core's clock, for one control step at a time. It stops where it is read, in nanoseconds, 0
 * when it cannot tell, and turns over after 4.3 s. */
void board_stopwatch_init(void);
void board_stopwatch_start(void *context);
uint32_t board_stopwatch_ns(void *context);

/* Microseconds since it was first asked for; it never goes back. To be asked at least once in 12 s. Not beside the
 * stopwatch: both are SysTick. */
uint64_t board_us(void);

/* Most of the stack that was ever in use, in octets, as far as the last STACK_PAINTED of them go; painted at reset. */
uint16_t board_stack_used_max(void *context);

/* RCC_CSR as this reset left it, the same however often it is asked for. */
uint32_t board_reset_flags(void);

/* Resets by watchdog or fault since power on. */
uint16_t board_watchdog_resets(void *context);

/* Reset in 2 s (1.4 to 3.8 s by the spread of its oscillator) unless kicked. Halts with the core under a debugger.
 * The core is woken every half second to be able to. */
void board_watchdog_start(void);
void board_watchdog_kick(void);

void board_reset(void) __attribute__((noreturn));

/* Note where the program crashed, by the frame that the core pushed, and reset (origin.c, or a firmware's own). */
void origin_crashed(const uint32_t *frame) __attribute__((noreturn, used));

/* Entries of the vector table (startup.c); a driver defines its own. */
void SVC_Handler(void);
void PendSV_Handler(void);
void SysTick_Handler(void);
void TIM11_Handler(void);
void USART1_Handler(void);
void USART2_Handler(void);
void USART3_Handler(void);
void UART4_Handler(void);
void USART6_Handler(void);

#endif
