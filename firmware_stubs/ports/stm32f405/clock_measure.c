#include "clock.h"
#include "registers.h"
#include "rm0090.h"

#define RTC_DIVIDER 31u /* 8 MHz become 258 kHz, 26 MHz 839 kHz: at most 1 MHz is allowed (RM0090 7.3.3) */
#define EDGES 8u /* of these between two captures: 150 cycles or more, so that none is missed */
#define CAPTURES 64u
#define TRIES 3u
#define WAIT_TURNS 2000u /* no crystal is slower than 4 MHz, which are 992 cycles */

static void start_timer(void)
{
    register_set(&RCC->APB2ENR, RCC_APB2ENR_TIM11EN);
    register_set(&RCC->APB2RSTR, RCC_APB2ENR_TIM11EN); /* a boot loader may have used it */
    register_clear(&RCC->APB2RSTR, RCC_APB2ENR_TIM11EN);
    register_clear(&RCC->CFGR, RCC_CFGR_RTCPRE(31));
    register_set(&RCC->CFGR, RCC_CFGR_RTCPRE(RTC_DIVIDER));
    register_write(&TIM11->OR, TIM11_OR_TI1_RMP_HSE_RTC);
    register_write(&TIM11->ARR, 0xFFFFu);
    register_write(&TIM11->CCMR1, TIM_CCMR1_CC1S_TI1 | TIM_CCMR1_IC1PSC_8);
    register_write(&TIM11->CCER, TIM_CCER_CC1E);
    register_write(&TIM11->CR1, TIM_CR1_CEN);
}

static void stop_timer(void)
{
    register_set(&RCC->APB2RSTR, RCC_APB2ENR_TIM11EN);
    register_clear(&RCC->APB2RSTR, RCC_APB2ENR_TIM11EN);
}

/* The count at the next capture, taken once. False when there is none, or when one was missed. */
static bool next_capture(uint16_t *count)
{
    for (uint32_t i = 0; i < WAIT_TURNS; i++) {
        const uint32_t status = register_read(&TIM11->SR);
        if ((status & TIM_SR_CC1OF) != 0) {
            register_write(&TIM11->SR, 0);
            return false;
        }
        if ((status & TIM_SR_CC1IF) != 0) {
            *count = (uint16_t)register_read(&TIM11->CCR1); /* which clears the flag */
            return true;
        }
    }
    return false;
}

/* Cycles of the internal oscillator in CAPTURES intervals; 0 when a capture is missing. */
static uint32_t count_cycles(void)
{
    uint16_t before, now;
    uint32_t cycles = 0;
    if (!next_capture(&before)) {
        return 0;
    }
    for (uint32_t i = 0; i < CAPTURES; i++) {
        if (!next_capture(&now)) {
            return 0;
        }
        cycles += (uint16_t)(now - before);
        before = now;
    }
    return cycles;
}

uint32_t clock_measure_hse_khz(void)
{
    uint32_t cycles = 0;
    start_timer();
    for (uint32_t i = 0; i < TRIES && cycles == 0; i++) {
        cycles = count_cycles();
    }
    stop_timer();
    return cycles == 0 ? 0 : CLOCK_HSI_HZ / 1000u * RTC_DIVIDER * EDGES * CAPTURES / cycles;
}

static const uint32_t usual_khz[] = {4000, 5000, 6000, 8000, 10000, 12000, 16000, 20000, 24000, 25000, 26000};

static uint32_t apart_permille(uint32_t measured_khz, uint32_t khz)
{
    const uint32_t apart = measured_khz > khz ? measured_khz - khz : khz - measured_khz;
    return apart * 1000u / khz;
}

uint32_t clock_recognise_hz(uint32_t measured_khz, uint32_t board_hz)
{
    if (measured_khz > 60000u) {
        return 0;
    }
    if (board_hz != 0 && apart_permille(measured_khz, board_hz / 1000u) <= 90u) {
        return board_hz;
    }
    uint32_t nearest = usual_khz[0];
    for (uint32_t i = 1; i < sizeof usual_khz / sizeof usual_khz[0]; i++) {
        if (apart_permille(measured_khz, usual_khz[i]) < apart_permille(measured_khz, nearest)) {
            nearest = usual_khz[i];
        }
    }
    return apart_permille(measured_khz, nearest) <= 40u ? nearest * 1000u : 0;
}
