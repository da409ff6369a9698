/* The clocks of an STM32F4: which crystal the board has is measured, and everything set by what it is. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_HSI_HZ 16000000u

enum clock_source { /* as housekeeping tells it */
    CLOCK_UNKNOWN, /* nothing to ask, as in an emulator */
    CLOCK_CRYSTAL,
    CLOCK_EXTERNAL, /* HSE by-pass: another chip's clock on OSC_IN */
    CLOCK_INTERNAL /* no crystal, or one that is no usual one: 1 % at room temperature, 8 % in the cold */
};

/* What one family of chips runs at, and may: 1 MHz goes into the PLL, twice core_hz is made in it. */
struct chip {
    uint32_t core_hz;
    uint32_t usb_divider; /* to 48 MHz */
    uint32_t wait_states; /* of the flash at 2.7 to 3.6 V */
    uint32_t apb1_divider, apb2_divider;
    uint32_t regulator; /* PWR_CR_VOS, for the highest clock */
};
extern const struct chip chip_stm32f405; /* and F407, F415, F417 */
extern const struct chip chip_stm32f446;
extern const struct chip chip_stm32f411;

struct clock {
    enum clock_source source;
    uint32_t hse_hz; /* of the crystal or external clock in use; 0: neither */
    uint32_t core_hz, apb1_hz, apb2_hz;
    uint32_t apb2_timer_hz; /* of the timers on APB2 */
};

/* Set every clock from whatever state a boot loader left them in. hse_hz, external: what the board is said to have; what it
 * has is measured. An HSE that does not start is tried the other way, as crystal or external clock; where there is neither,
 * or one whose frequency is no usual one, the internal oscillator takes its place. Ends in 60 ms in any case. */
struct clock clock_start(const struct chip *chip, uint32_t hse_hz, bool external);

/* The frequency of the running HSE in kHz, by the internal oscillator, which must be the system's clock undivided; 0 when
 * nothing can be measured. RM0090 7.2.11: the HSE divided for the RTC is captured by TIM11. */
uint32_t clock_measure_hse_khz(void);

/* Which crystal that is, in Hz: the board's own within the error of an internal oscillator in the cold, else the nearest
 * usual one; 0 for none of them. */
uint32_t clock_recognise_hz(uint32_t measured_khz, uint32_t board_hz);

#endif
