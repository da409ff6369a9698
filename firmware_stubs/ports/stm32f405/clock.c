#include "clock.h"

#include "registers.h"
#include "rm0090.h"

#define WAIT_TURNS 40000u /* about 20 ms at 16 MHz; a crystal takes 2 ms, the PLL 0.3 ms */

/* RM0090 table 10, RM0390 table 5, RM0383 table 5: wait states. RM0090 7.2: APB1 42 MHz, APB2 84; RM0390 6.2: 45 and 90;
 * RM0383 6.2: 50 and 100. RM0090 5.4.1, RM0390 5.4.1, RM0383 5.4.1: the regulator's scale. */
const struct chip chip_stm32f405 = {168000000u, 7, 5, 4, 2, 1};
const struct chip chip_stm32f446 = {168000000u, 7, 5, 4, 2, 3};
const struct chip chip_stm32f411 = {96000000u, 4, 3, 2, 1, 3};

static bool wait_for(const volatile uint32_t *status, uint32_t mask, uint32_t value)
{
    for (uint32_t i = 0; i < WAIT_TURNS; i++) {
        if ((register_read(status) & mask) == value) {
            return true;
        }
    }
    return false;
}

static bool clock_controller_is_there(void)
{
    register_set(&RCC->CR, RCC_CR_HSION); /* a boot loader may have put it out */
    return (register_read(&RCC->CR) & RCC_CR_HSION) != 0;
}

/* As after a reset: the internal oscillator undivided, PLL and HSE off, whatever ran before. */
static void go_internal(void)
{
    (void)wait_for(&RCC->CR, RCC_CR_HSIRDY, RCC_CR_HSIRDY);
    register_clear(&RCC->CFGR, RCC_CFGR_SW);
    (void)wait_for(&RCC->CFGR, RCC_CFGR_SWS, RCC_CFGR_SWS_HSI);
    register_write(&RCC->CFGR, 0);
    register_clear(&RCC->CR, RCC_CR_CSSON | RCC_CR_PLLON | RCC_CR_PLLI2SON);
    register_clear(&RCC->CR, RCC_CR_HSEON);
    (void)wait_for(&RCC->CR, RCC_CR_PLLRDY | RCC_CR_HSERDY, 0);
    register_clear(&RCC->CR, RCC_CR_HSEBYP); /* can be changed only while the HSE is off */
    register_write(&RCC->CIR, RCC_CIR_CLEAR);
}

static bool start_hse(bool external)
{
    register_clear(&RCC->CR, RCC_CR_HSEON);
    (void)wait_for(&RCC->CR, RCC_CR_HSERDY, 0);
    if (external) {
        register_set(&RCC->CR, RCC_CR_HSEBYP);
    } else {
        register_clear(&RCC->CR, RCC_CR_HSEBYP);
    }
    register_set(&RCC->CR, RCC_CR_HSEON);
    return wait_for(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY);
}

/* What drives the board. Where it runs and cannot be measured, it is taken for what it is said to be. */
static struct clock find_source(uint32_t hse_hz, bool external)
{
    struct clock clock = {.source = external ? CLOCK_EXTERNAL : CLOCK_CRYSTAL};
    if (!start_hse(external)) {
        clock.source = external ? CLOCK_CRYSTAL : CLOCK_EXTERNAL;
        if (!start_hse(!external)) {
            clock.source = CLOCK_INTERNAL;
        }
    }
    if (clock.source != CLOCK_INTERNAL) {
        const uint32_t measured_khz = clock_measure_hse_khz();
        clock.hse_hz = measured_khz == 0 ? hse_hz : clock_recognise_hz(measured_khz, hse_hz);
    }
    if (clock.hse_hz == 0) {
        clock.source = CLOCK_INTERNAL;
        register_clear(&RCC->CR, RCC_CR_HSEON);
    }
    return clock;
}

/* The flash and the regulator, before the clock gets faster; the latter can be set while the PLL is off. */
static void prepare_flash_and_power(const struct chip *chip)
{
    register_set(&RCC->APB1ENR, RCC_APB1ENR_PWREN);
    register_set(&PWR->CR, PWR_CR_VOS(chip->regulator));
    const uint32_t access = FLASH_ACR_LATENCY(chip->wait_states) | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
    register_write(&FLASH->ACR, access);
    (void)wait_for(&FLASH->ACR, access, access);
}

static uint32_t code_of_divider(uint32_t divider)
{
    return divider == 4 ? 5u : divider == 2 ? 4u : 0u;
}

static bool start_pll(const struct chip *chip, uint32_t hse_hz)
{
    const uint32_t source = hse_hz != 0 ? RCC_PLLCFGR_PLLSRC_HSE | RCC_PLLCFGR_PLLM(hse_hz / 1000000u)
                                        : RCC_PLLCFGR_PLLM(CLOCK_HSI_HZ / 1000000u);
    register_write(&RCC->PLLCFGR, source | RCC_PLLCFGR_PLLN(2u * chip->core_hz / 1000000u) | RCC_PLLCFGR_PLLP_2
                                      | RCC_PLLCFGR_PLLQ(chip->usb_divider) | RCC_PLLCFGR_PLLR_2);
    register_set(&RCC->CR, RCC_CR_PLLON);
    return wait_for(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY);
}

/* The buses' dividers first, so that none runs too fast. */
static bool switch_to_pll(const struct chip *chip)
{
    register_write(&RCC->CFGR, RCC_CFGR_PPRE1(code_of_divider(chip->apb1_divider))
                                   | RCC_CFGR_PPRE2(code_of_divider(chip->apb2_divider)));
    register_set(&RCC->CFGR, RCC_CFGR_SW_PLL);
    return wait_for(&RCC->CFGR, RCC_CFGR_SWS, RCC_CFGR_SWS_PLL);
}

/* Timers of a divided bus run at twice its clock (RM0090 7.2). */
static void note_fast(struct clock *clock, const struct chip *chip)
{
    clock->core_hz = chip->core_hz;
    clock->apb1_hz = chip->core_hz / chip->apb1_divider;
    clock->apb2_hz = chip->core_hz / chip->apb2_divider;
    clock->apb2_timer_hz = chip->apb2_divider == 1 ? clock->apb2_hz : 2u * clock->apb2_hz;
}

/* Without the PLL the crystal is of no use. */
static struct clock slow(void)
{
    go_internal();
    return (struct clock){CLOCK_INTERNAL, 0, CLOCK_HSI_HZ, CLOCK_HSI_HZ, CLOCK_HSI_HZ, CLOCK_HSI_HZ};
}

struct clock clock_start(const struct chip *chip, uint32_t hse_hz, bool external)
{
    struct clock clock = {.source = CLOCK_UNKNOWN};
    if (clock_controller_is_there()) {
        go_internal();
        clock = find_source(hse_hz, external);
        prepare_flash_and_power(chip);
        if (!start_pll(chip, clock.hse_hz) || !switch_to_pll(chip)) {
            return slow();
        }
        if (clock.hse_hz != 0) {
            register_set(&RCC->CR, RCC_CR_CSSON); /* a crystal that stops is a fault: the restart does without it */
        }
    }
    note_fast(&clock, chip);
    return clock;
}
