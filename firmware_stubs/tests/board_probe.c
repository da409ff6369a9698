/* What start-up code, watchdog, timers and pins of the board do in an emulator: starts its clocks, counts ticks of 1 ms
 * and rising edges of PA8, gives PB6 (TIM4, channel 1) a quarter of its turns and PB0 three of ten ticks. To a '?' or 'q' on
 * USART1 it answers ticks, edges, the flags of the last reset, and ticks and cycles into the tick at the last edge, each
 * u32, little-endian; after a 'q' it kicks its watchdog no more. */
#include <string.h>

#include "board.h"
#include "device_lines.h"
#include "rm0090.h"

#define CORE_HZ 168000000u
#define CYCLES_A_TICK (CORE_HZ / 1000u)
#define VECTORS 98u
#define SYSTICK_VECTOR 15u
#define EXTI9_5 23u
#define EXTI ((volatile uint32_t *)0x40013C00u) /* IMR, EMR, RTSR, FTSR, SWIER, PR */
#define GPIOB_MODER_PB0_OUTPUT 1u

/* The globals of a driver: an interrupt handler has no other way to its data. */
static volatile uint32_t ticks, edges, edge_tick, edge_cycles;
static uint32_t vectors[VECTORS] __attribute__((aligned(512)));

static void tick(void)
{
    ticks++;
    GPIO(1u)->BSRR = ticks % 10u < 3u ? 1u : 1u << 16;
}

/* Several pins share the interrupt, and QEMU 7.2 gives it at the other edge as well: the pending bit tells. */
static void edge(void)
{
    if ((EXTI[5] & 1u << 8) != 0) {
        edge_cycles = CYCLES_A_TICK - 1u - SYSTICK->VAL;
        edge_tick = ticks;
        edges++;
    }
    EXTI[5] = 1u << 8;
}

static void take_over_vectors(void)
{
    memcpy(vectors, (const void *)SCB_VTOR, sizeof vectors);
    vectors[SYSTICK_VECTOR] = (uint32_t)tick;
    vectors[16u + EXTI9_5] = (uint32_t)edge;
    SCB_VTOR = (uint32_t)vectors;
}

static void start_pins(void)
{
    RCC->AHB1ENR |= 3u;
    RCC->APB1ENR |= 1u << 2;
    GPIO(1u)->MODER = (GPIO(1u)->MODER & ~3u) | GPIOB_MODER_PB0_OUTPUT;
    EXTI[0] |= 1u << 8;
    EXTI[2] |= 1u << 8;
    NVIC_ISER[EXTI9_5 / 32u] = 1u << EXTI9_5 % 32u;
    TIM4->ARR = 8399u; /* 10 kHz of 84 MHz */
    TIM4->CCR1 = 2100u;
    TIM4->CCMR1 = 6u << 4; /* PWM mode 1 */
    TIM4->CCER = TIM_CCER_CC1E;
    TIM4->CR1 = TIM_CR1_CEN;
}

int main(void)
{
    (void)board_clock_init();
    uint32_t answer[5] = {0, 0, board_reset_flags(), 0, 0};
    bool kicking = true;
    take_over_vectors();
    start_pins();
    board_watchdog_start();
    const struct device_line line = device_lines_start(LINE_USART1, board_clock(), 115200u);
    SYSTICK->LOAD = CYCLES_A_TICK - 1u;
    SYSTICK->VAL = 0;
    SYSTICK->CTRL = SYSTICK_CTRL_CLKSOURCE | SYSTICK_CTRL_TICKINT | SYSTICK_CTRL_ENABLE;
    for (;;) {
        uint8_t octet;
        device_lines_sleep();
        if (kicking) {
            board_watchdog_kick();
        }
        while (line.receive(line.context, &octet, 1) > 0) {
            if (octet != '?' && octet != 'q') {
                continue;
            }
            kicking = kicking && octet != 'q';
            answer[0] = ticks;
            answer[1] = edges;
            answer[3] = edge_tick;
            answer[4] = edge_cycles;
            line.send(line.context, (const uint8_t *)answer, sizeof answer);
        }
    }
}
