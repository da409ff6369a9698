#include "fake_clocks.h"

#include <stddef.h>

#include "registers.h"
#include "rm0090.h"

#define CYCLES_A_READ 12.0
#define CRYSTAL_S 2e-3 /* DS8626 table 34 */
#define PLL_S 0.3e-3   /* table 37 */
#define BIT(word, bit) (((word) & (bit)) != 0)

static struct fake_clocks *chip_of_registers;

void fake_clocks_begin(struct fake_clocks *chip)
{
    chip->cr = chip->absent ? 0 : RCC_CR_HSION;
    chip->pllcfgr = 0x24003010u;
    chip->hse_since_s = chip->pll_since_s = 1e9;
    chip_of_registers = chip;
}

void fake_clocks_boot_loader(struct fake_clocks *chip)
{
    const uint32_t m = (uint32_t)(chip->hse_hz / 1e6);
    fake_clocks_begin(chip);
    chip->now_s = 1.0;
    chip->hse_since_s = chip->pll_since_s = 0.0;
    chip->cr = RCC_CR_HSEON | RCC_CR_PLLON | RCC_CR_CSSON | (chip->hse == HSE_CLOCK ? RCC_CR_HSEBYP : 0u);
    chip->pllcfgr = RCC_PLLCFGR_PLLSRC_HSE | RCC_PLLCFGR_PLLM(m) | RCC_PLLCFGR_PLLN(192) | RCC_PLLCFGR_PLLQ(4) | 2u << 28;
    chip->acr = FLASH_ACR_LATENCY(5);
    chip->pwr = PWR_CR_VOS(3);
    chip->cfgr = RCC_CFGR_SW_PLL | RCC_CFGR_PPRE1(5) | RCC_CFGR_PPRE2(4);
    chip->apb2enr = RCC_APB2ENR_TIM11EN;
    chip->timer_on = TIM_CR1_CEN;
}

static bool hse_is_ready(const struct fake_clocks *chip)
{
    const bool fits = BIT(chip->cr, RCC_CR_HSEBYP) ? chip->hse == HSE_CLOCK : chip->hse == HSE_CRYSTAL;
    return BIT(chip->cr, RCC_CR_HSEON) && fits && chip->now_s - chip->hse_since_s >= CRYSTAL_S;
}

static bool pll_is_ready(const struct fake_clocks *chip)
{
    return BIT(chip->cr, RCC_CR_PLLON) && !chip->pll_is_dead && chip->now_s - chip->pll_since_s >= PLL_S;
}

static double pll_in_hz(const struct fake_clocks *chip)
{
    const double source_hz = BIT(chip->pllcfgr, RCC_PLLCFGR_PLLSRC_HSE) ? chip->hse_hz : chip->hsi_hz;
    return source_hz / (chip->pllcfgr & 63u);
}

static double vco_hz(const struct fake_clocks *chip)
{
    return pll_in_hz(chip) * (chip->pllcfgr >> 6 & 511u);
}

static uint32_t switched_to(const struct fake_clocks *chip)
{
    const uint32_t wanted = chip->cfgr & RCC_CFGR_SW;
    return wanted == RCC_CFGR_SW_PLL && pll_is_ready(chip) ? wanted : 0u;
}

double fake_core_hz(const struct fake_clocks *chip)
{
    const double p = 2.0 * (double)((chip->pllcfgr >> 16 & 3u) + 1u);
    return switched_to(chip) == RCC_CFGR_SW_PLL ? vco_hz(chip) / p : chip->hsi_hz;
}

static double divided_hz(const struct fake_clocks *chip, uint32_t code)
{
    return fake_core_hz(chip) / (code < 4u ? 1.0 : (double)(2u << (code - 4u)));
}

double fake_apb1_hz(const struct fake_clocks *chip)
{
    return divided_hz(chip, chip->cfgr >> 10 & 7u);
}

double fake_apb2_hz(const struct fake_clocks *chip)
{
    return divided_hz(chip, chip->cfgr >> 13 & 7u);
}

static void forbid(struct fake_clocks *chip, bool forbidden, const char *what)
{
    if (forbidden) {
        chip->faults++;
        chip->fault = what;
    }
}

/* What the reference manuals say of the clocks as they are now. */
static void look_at_limits(struct fake_clocks *chip)
{
    const double core_hz = fake_core_hz(chip);
    const double most = 1.0 + (BIT(chip->pllcfgr, RCC_PLLCFGR_PLLSRC_HSE) ? 1e-9 : 0.09);
    forbid(chip, core_hz > chip->limits.core_hz * most, "core too fast");
    forbid(chip, core_hz > 30e6 * most * ((chip->acr & 15u) + 1u), "flash too slow for the core");
    forbid(chip, fake_apb1_hz(chip) > chip->limits.apb1_hz * most, "APB1 too fast");
    forbid(chip, fake_apb2_hz(chip) > chip->limits.apb2_hz * most, "APB2 too fast");
    forbid(chip, core_hz > 84e6 && (chip->pwr >> 14 & chip->limits.regulator) != chip->limits.regulator, "regulator");
}

static void write_cr(struct fake_clocks *chip, uint32_t value)
{
    const uint32_t changed = chip->cr ^ value;
    forbid(chip, BIT(changed, RCC_CR_HSEBYP) && BIT(chip->cr, RCC_CR_HSEON), "by-pass changed while the HSE is on");
    forbid(chip, BIT(changed & chip->cr, RCC_CR_HSEON | RCC_CR_PLLON) && switched_to(chip) != 0u, "clock in use put out");
    forbid(chip, BIT(changed & chip->cr, RCC_CR_HSION) && switched_to(chip) == 0u, "clock in use put out");
    if (BIT(changed & value, RCC_CR_HSEON)) {
        chip->hse_since_s = chip->now_s;
    }
    if (BIT(changed & value, RCC_CR_PLLON)) {
        chip->pll_since_s = chip->now_s;
        forbid(chip, pll_in_hz(chip) < 0.87e6 || pll_in_hz(chip) > 2.1e6, "PLL's input");
        forbid(chip, vco_hz(chip) < 100e6 || vco_hz(chip) > 432e6, "PLL's oscillator");
        forbid(chip, (chip->pllcfgr >> 28) != 2u, "reserved bits, or PLLR below 2");
    }
    chip->cr = value & ~(RCC_CR_HSIRDY | RCC_CR_HSERDY | RCC_CR_PLLRDY);
}

static double capture_period_s(const struct fake_clocks *chip)
{
    return 8.0 * (double)(chip->cfgr >> 16 & 31u) / chip->hse_hz;
}

static uint64_t captures(const struct fake_clocks *chip)
{
    const bool runs = chip->timer_on == TIM_CR1_CEN && chip->timer_capture == TIM_CCER_CC1E
        && chip->timer_mode == (TIM_CCMR1_CC1S_TI1 | TIM_CCMR1_IC1PSC_8) && chip->timer_remap == TIM11_OR_TI1_RMP_HSE_RTC
        && BIT(chip->apb2enr, RCC_APB2ENR_TIM11EN) && hse_is_ready(chip) && !chip->capture_is_dead
        && (chip->cfgr >> 16 & 31u) >= 2u;
    return runs ? (uint64_t)((chip->now_s - chip->timer_since_s) / capture_period_s(chip)) : 0;
}

static uint32_t timer_status(const struct fake_clocks *chip)
{
    const uint64_t waiting = captures(chip) - chip->captures_taken;
    return (waiting > 0 ? TIM_SR_CC1IF : 0u) | (waiting > 1 ? TIM_SR_CC1OF : 0u);
}

static uint32_t take_capture(struct fake_clocks *chip)
{
    chip->captures_taken = captures(chip);
    const double at_s = (double)chip->captures_taken * capture_period_s(chip);
    return (uint32_t)(uint64_t)(at_s * fake_apb2_hz(chip)) & 0xFFFFu;
}

static void reset_timer(struct fake_clocks *chip)
{
    chip->timer_remap = chip->timer_mode = chip->timer_capture = chip->timer_on = 0;
    chip->captures_taken = 0;
}

static uint32_t read_cr(const struct fake_clocks *chip)
{
    return chip->cr | (BIT(chip->cr, RCC_CR_HSION) ? RCC_CR_HSIRDY : 0u) | (hse_is_ready(chip) ? RCC_CR_HSERDY : 0u)
        | (pll_is_ready(chip) ? RCC_CR_PLLRDY : 0u);
}

uint32_t register_read(const volatile uint32_t *address)
{
    struct fake_clocks *chip = chip_of_registers;
    chip->now_s += CYCLES_A_READ / fake_core_hz(chip);
    return chip->absent               ? 0
        : address == &RCC->CR         ? read_cr(chip)
        : address == &RCC->CFGR       ? chip->cfgr | switched_to(chip) << 2
        : address == &RCC->APB1ENR    ? chip->apb1enr
        : address == &RCC->APB2ENR    ? chip->apb2enr
        : address == &PWR->CR         ? chip->pwr
        : address == &FLASH->ACR      ? chip->acr
        : address == &TIM11->SR       ? timer_status(chip)
        : address == &TIM11->CCR1     ? take_capture(chip)
                                      : 0;
}

static void write_timer(struct fake_clocks *chip, volatile uint32_t *address, uint32_t value)
{
    uint32_t *const kept = address == &TIM11->OR ? &chip->timer_remap
        : address == &TIM11->CCMR1               ? &chip->timer_mode
        : address == &TIM11->CCER                ? &chip->timer_capture
        : address == &TIM11->CR1                 ? &chip->timer_on
                                                 : NULL;
    if (kept != NULL) {
        *kept = value;
        chip->timer_since_s = chip->now_s;
    }
}

static void write_plain(struct fake_clocks *chip, volatile uint32_t *address, uint32_t value)
{
    if (address == &RCC->APB1ENR) {
        chip->apb1enr = value;
    } else if (address == &RCC->APB2ENR) {
        chip->apb2enr = value;
    } else if (address == &FLASH->ACR) {
        chip->acr = value;
    } else if (address == &RCC->APB2RSTR && BIT(value, RCC_APB2ENR_TIM11EN)) {
        reset_timer(chip);
    }
}

void register_write(volatile uint32_t *address, uint32_t value)
{
    struct fake_clocks *chip = chip_of_registers;
    if (chip->absent) {
        return;
    }
    if (address == &RCC->CR) {
        write_cr(chip, value);
    } else if (address == &RCC->PLLCFGR) {
        forbid(chip, BIT(chip->cr, RCC_CR_PLLON), "PLL set while it is on");
        chip->pllcfgr = value;
    } else if (address == &RCC->CFGR) {
        const double hse_rtc_hz = chip->hse_hz / (double)(value >> 16 & 31u);
        forbid(chip, (value >> 16 & 31u) >= 2u && hse_rtc_hz > 1e6, "HSE for the RTC over 1 MHz");
        chip->cfgr = value & ~RCC_CFGR_SWS;
        look_at_limits(chip);
    } else if (address == &PWR->CR) {
        forbid(chip, !BIT(chip->apb1enr, RCC_APB1ENR_PWREN), "regulator set without its clock");
        forbid(chip, chip->pwr != value && BIT(chip->cr, RCC_CR_PLLON), "regulator set while the PLL is on");
        chip->pwr = value;
    } else {
        write_plain(chip, address, value);
        write_timer(chip, address, value);
    }
}
