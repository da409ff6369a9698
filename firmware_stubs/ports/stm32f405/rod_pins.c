#include "rod_pins.h"

#include <stdint.h>

#include "rm0090.h"

#define TURN 4200u /* of 84 MHz: 20 kHz */
#define PWM_MODE_1 0x60u
#define FUNCTION 2u

static void connect_pin(uint32_t port, uint32_t pin)
{
    struct gpio *gpio = GPIO(port);
    volatile uint32_t *function = &gpio->AFR[pin / 8u];
    *function = (*function & ~(0xFu << 4u * (pin % 8u))) | FUNCTION << 4u * (pin % 8u);
    gpio->MODER = (gpio->MODER & ~(3u << 2u * pin)) | GPIO_MODER_ALTERNATE << 2u * pin;
}

static void start_timer(struct timer *timer, unsigned channels)
{
    timer->PSC = 0;
    timer->ARR = TURN - 1u;
    for (unsigned i = 0; i < channels; i++) {
        (&timer->CCR1)[i] = 0;
        (&timer->CCMR1)[i / 2u] |= PWM_MODE_1 << 8u * (i % 2u);
        timer->CCER |= 1u << 4u * i;
    }
    timer->CR1 = TIM_CR1_CEN;
}

void rod_pins_start(void)
{
    static const uint8_t pins[][2] = {{0, 6}, {0, 7}, {1, 0}, {1, 1}, {1, 6}, {1, 7}};
    RCC->AHB1ENR |= 3u;
    RCC->APB1ENR |= RCC_APB1ENR_TIM3EN | RCC_APB1ENR_TIM4EN;
    (void)RCC->APB1ENR;
    start_timer(TIM3, 4);
    start_timer(TIM4, 2);
    for (unsigned i = 0; i < sizeof pins / sizeof pins[0]; i++) {
        connect_pin(pins[i][0], pins[i][1]);
    }
}

void rod_pins_set(void *context, unsigned axis, float share)
{
    struct timer *timer = axis < 2u ? TIM3 : TIM4;
    const unsigned plus = axis == 1u ? 2u : 0u;
    const float size = share < 0.0f ? -share : share;
    const uint32_t high = size >= 1.0f ? TURN : (uint32_t)(size * (float)TURN + 0.5f);
    (void)context;
    (&timer->CCR1)[plus] = share > 0.0f ? high : 0;
    (&timer->CCR1)[plus + 1u] = share < 0.0f ? high : 0;
}
