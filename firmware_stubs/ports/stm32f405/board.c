#include "board.h"

#include <stdbool.h>

#include "clock.h"
#include "rm0090.h"

#ifndef HIL_HSE_HZ
#error "HIL_HSE_HZ, the frequency of the board's crystal, comes from stm32f405.cmake"
#endif
#ifndef HIL_CHIP
#define HIL_CHIP stm32f405 /* or stm32f446, stm32f411 */
#endif
#ifndef HIL_HSE_BYPASS
#define HIL_HSE_BYPASS 0 /* 1: a clock of another chip in the place of the crystal */
#endif
#if HIL_HSE_HZ % 1000000 != 0 || HIL_HSE_HZ < 4000000 || HIL_HSE_HZ > 26000000
#error "HIL_HSE_HZ must be a whole number of MHz, 4 to 26"
#endif
#define CHIP_OF(family) chip_##family
#define CHIP(family) CHIP_OF(family)

#define KICK_MS 500u
#define WAIT_TURNS 40000u /* about 20 ms at 16 MHz */

static struct clock clock;

uint32_t board_clock_init(void)
{
    clock = clock_start(&CHIP(HIL_CHIP), HIL_HSE_HZ, HIL_HSE_BYPASS != 0);
    return clock.core_hz;
}

const struct clock *board_clock(void)
{
    return &clock;
}

uint16_t board_stack_used_max(void *context)
{
    const uint32_t *lowest = &stack_top - STACK_PAINTED / sizeof(uint32_t);
    (void)context;
    while (lowest < &stack_top && *lowest == STACK_PAINT) {
        lowest++;
    }
    return (uint16_t)((uintptr_t)&stack_top - (uintptr_t)lowest);
}

/* Kept where no start-up code clears it; the mark tells a first start, whose memory holds anything. */
#define MARK 0x5741544Bu
__attribute__((section(".noinit"))) static struct {
    uint32_t mark, count;
} resets;

uint32_t board_reset_flags(void)
{
    static uint32_t flags;
    flags |= RCC->CSR & ~RCC_CSR_RMVF; /* they stand until they are cleared, resets of later included */
    RCC->CSR |= RCC_CSR_RMVF;
    return flags;
}

uint16_t board_watchdog_resets(void *context)
{
    static bool counted;
    (void)context;
    if (resets.mark != MARK) {
        resets.mark = MARK;
        resets.count = 0;
    }
    resets.count += !counted && (board_reset_flags() & (RCC_CSR_IWDGRSTF | RCC_CSR_SFTRSTF)) != 0;
    counted = true;
    return (uint16_t)resets.count;
}

static volatile bool kick_is_due;

/* It also wakes the core, so that the main loop goes round when the line is silent. It does not kick itself: a main loop
 * that hangs is what the watchdog is for. */
void TIM11_Handler(void)
{
    TIM11->SR = 0;
    kick_is_due = true;
}

/* A timer of its own, for a SysTick that ran while bytes come in would cost the emulator 4 % of its speed; this timer is not
 * emulated, but neither is the watchdog. The F411 has this one too. */
static void start_kicking(void)
{
    RCC->APB2ENR |= RCC_APB2ENR_TIM11EN;
    (void)RCC->APB2ENR;
    TIM11->PSC = clock.apb2_timer_hz / 10000u - 1u;
    TIM11->ARR = KICK_MS * 10u - 1u;
    TIM11->EGR = TIM_EGR_UG; /* the prescaler is loaded by an update */
    TIM11->SR = 0;
    TIM11->DIER = TIM_DIER_UIE;
    TIM11->CR1 = TIM_CR1_CEN;
    NVIC_ISER[TIM11_INTERRUPT / 32u] = 1u << TIM11_INTERRUPT % 32u;
}

void board_watchdog_start(void)
{
    DBGMCU_APB1_FZ |= DBGMCU_APB1_FZ_IWDG_STOP;
    IWDG->KR = IWDG_KR_START;
    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->PR = IWDG_PR_32; /* 32 kHz / 32 */
    IWDG->RLR = 2000u;
    for (uint32_t i = 0; i < WAIT_TURNS && (IWDG->SR & 3u) != 0; i++) { /* its own clock takes it over */
    }
    IWDG->KR = IWDG_KR_RELOAD;
    start_kicking();
}

void board_watchdog_kick(void)
{
    if (kick_is_due) {
        kick_is_due = false;
        IWDG->KR = IWDG_KR_RELOAD;
    }
}

void board_reset(void)
{
    __asm volatile("dsb");
    SCB_AIRCR = SCB_AIRCR_SYSRESETREQ;
    for (;;) {
    }
}
