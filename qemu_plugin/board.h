/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the STM32F405 has and the emulator lacks: clock controller, watchdog, timers, pins. Registers as in RM0090. */
#ifndef LOCKSTEP_BOARD_H
#define LOCKSTEP_BOARD_H

#include <stdbool.h>
#include <stdint.h>

void board_make(void); /* once, when the core is made */

/* Clock controller. */
uint32_t clocks_apb_timer_hz(bool apb2);
void clocks_make(void);
extern uint32_t watchdog_resets; /* of this run */

/* Timers 1, 3, 4, 6 to 9 and 11: up-counting, with update interrupts and PWM. Number as ST's; channel from 1. */
void timers_make(void);
void timers_reset(void);
void timers_reset_of(bool apb2, uint32_t bits); /* as RCC_APB1RSTR or RCC_APB2RSTR asks */
double timers_duty(unsigned number, unsigned channel);

/* Pins: port 0 for A, ... */
void pins_make(void);
void pins_reset(void);
void pins_set_input(unsigned port, unsigned pin, bool high);
double pins_mean(unsigned port, unsigned pin); /* of the level since it was asked for last; asked twice in a slice, the same */
bool pins_level(unsigned port, unsigned pin);
struct edge {
    int64_t at_ns;
    uint32_t pin, level; /* 16 times the port's number and the pin's */
};
void pins_watch(unsigned port, unsigned pin);
const struct edge *pins_edges(uint32_t *count); /* of the watched pins since it was asked last, as the board drove them */

#endif
