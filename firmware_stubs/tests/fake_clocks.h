/* A clock controller of an STM32F4 with its timer 11, in place of the registers: oscillators that take their time, a PLL,
 * dividers. It counts what the reference manuals forbid. */
#ifndef FAKE_CLOCKS_H
#define FAKE_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

enum fake_hse { HSE_NOTHING, HSE_CRYSTAL, HSE_CLOCK };

/* What a chip may, by its data sheet. */
struct fake_limits {
    double core_hz, apb1_hz, apb2_hz;
    uint32_t regulator; /* PWR_CR_VOS that this needs */
};

struct fake_clocks {
    struct fake_limits limits;
    double hsi_hz, hse_hz;
    enum fake_hse hse;
    bool absent, pll_is_dead, capture_is_dead;
    double now_s, hse_since_s, pll_since_s, timer_since_s;
    uint64_t captures_taken;
    uint32_t cr, pllcfgr, cfgr, apb1enr, apb2enr, acr, pwr, timer_remap, timer_mode, timer_capture, timer_on;
    unsigned faults;
    const char *fault; /* the last one */
};

/* The chip that register_read and register_write reach, as after a reset. */
void fake_clocks_begin(struct fake_clocks *chip);

/* Puts it into the state in which a boot loader with USB leaves it: PLL in use, internal oscillator off. */
void fake_clocks_boot_loader(struct fake_clocks *chip);

/* What its core and buses really run at. */
double fake_core_hz(const struct fake_clocks *chip);
double fake_apb1_hz(const struct fake_clocks *chip);
double fake_apb2_hz(const struct fake_clocks *chip);

#endif
