#include "board.h"

#include <stdbool.h>

#include "rm0090.h"

#ifndef HIL_HSE_HZ
#error "HIL_HSE_HZ, the frequency of the board's crystal, comes from stm32f405.cmake"
#endif
#if HIL_HSE_HZ % 1000000 != 0 || HIL_HSE_HZ < 4000000 || HIL_HSE_HZ > 26000000
#error "HIL_HSE_HZ must be a whole number of MHz, 4 to 26"
#endif

#define HSI_HZ 16000000u
#define CORE_HZ 168000000u
#define TICK_US 10000u
#define WAIT_TURNS 40000u /* about 20 ms at 16 MHz; a crystal takes 2 ms, the PLL 0.3 ms */

static bool wait_for(const volatile uint32_t *status, uint32_t mask, uint32_t value)
{
    for (uint32_t i = 0; i < WAIT_TURNS; i++) {
        if ((*status & mask) == value) {
            return true;
        }
    }
    return false;
}

/* Wait states for 168 MHz at 2.7 to 3.6 V (RM0090 table 10) before the clock gets faster. */
static void prepare_flash_and_power(void)
{
    RCC->APB1ENR |= RCC_APB1ENR_PWREN;
    PWR->CR |= PWR_CR_VOS;
    FLASH->ACR = FLASH_ACR_LATENCY(5) | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
}

/* 1 MHz into the PLL, 336 MHz in it, 168 MHz out of it. */
static void configure_pll(void)
{
    RCC->CR |= RCC_CR_HSEON;
    const bool crystal = wait_for(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY);
    const uint32_t source = crystal ? RCC_PLLCFGR_PLLSRC_HSE | RCC_PLLCFGR_PLLM(HIL_HSE_HZ / 1000000u)
                                    : RCC_PLLCFGR_PLLM(HSI_HZ / 1000000u);
    RCC->PLLCFGR = source | RCC_PLLCFGR_PLLN(336) | RCC_PLLCFGR_PLLP_2 | RCC_PLLCFGR_PLLQ(7);
    RCC->CR |= RCC_CR_PLLON;
}

uint32_t board_clock_init(void)
{
    if ((RCC->CR & RCC_CR_HSION) == 0) { /* set after every reset of a real chip */
        return CORE_HZ;
    }
    prepare_flash_and_power();
    configure_pll();
    if (!wait_for(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY)) {
        return HSI_HZ;
    }
    RCC->CFGR = RCC_CFGR_PPRE1_4 | RCC_CFGR_PPRE2_2; /* first, so that no bus runs too fast */
    RCC->CFGR |= RCC_CFGR_SW_PLL;
    if (!wait_for(&RCC->CFGR, RCC_CFGR_SWS, RCC_CFGR_SWS_PLL)) {
        board_reset();
    }
    return CORE_HZ;
}

void board_tick_init(uint32_t core_clock_hz)
{
    SYSTICK->LOAD = core_clock_hz / (1000000u / TICK_US) - 1u;
    SYSTICK->VAL = 0;
    SYSTICK->CTRL = SYSTICK_CTRL_CLKSOURCE | SYSTICK_CTRL_TICKINT | SYSTICK_CTRL_ENABLE;
}

static volatile uint32_t ticks;

/* It also wakes the core. */
void SysTick_Handler(void)
{
    ticks++;
}

uint32_t board_now_ns(void *context)
{
    uint32_t whole, left;
    (void)context;
    do {
        whole = ticks;
        left = SYSTICK->VAL;
    } while (whole != ticks);
    const uint32_t period = SYSTICK->LOAD + 1u; /* at most 1 680 000, which a thousand times fits */
    return whole * (TICK_US * 1000u) + (period - 1u - left) * 1000u / (period / TICK_US);
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

uint16_t board_watchdog_resets(void *context)
{
    (void)context;
    if (resets.mark != MARK) {
        resets.mark = MARK;
        resets.count = 0;
    }
    if ((RCC->CSR & (RCC_CSR_IWDGRSTF | RCC_CSR_SFTRSTF)) != 0) {
        RCC->CSR |= RCC_CSR_RMVF;
        resets.count++;
    }
    return (uint16_t)resets.count;
}

void board_watchdog_start(void)
{
    DBGMCU_APB1_FZ |= DBGMCU_APB1_FZ_IWDG_STOP;
    IWDG->KR = IWDG_KR_START;
    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->PR = IWDG_PR_32; /* 32 kHz / 32 */
    IWDG->RLR = 2000u;
    (void)wait_for(&IWDG->SR, 3u, 0u);
    board_watchdog_kick();
}

void board_watchdog_kick(void)
{
    IWDG->KR = IWDG_KR_RELOAD;
}

void board_reset(void)
{
    __asm volatile("dsb");
    SCB_AIRCR = SCB_AIRCR_SYSRESETREQ;
    for (;;) {
    }
}
