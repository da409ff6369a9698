#include "device_lines.h"

#include "board.h"
#include "rm0090.h"

#define RING_SIZE 512u /* a power of two; 11 ms at 460 800 baud */

struct unit {
    struct usart *usart;
    volatile uint32_t *enable_register;
    uint32_t enable_bit, port, pin_tx, pin_rx, function, interrupt;
    bool on_apb1;
};

/* RM0090 7.3; pins: data sheet DS8626, table 9 */
static const struct unit units[LINE_USARTS] = {
    [LINE_USART1] = {USART1, &RCC->APB2ENR, 4u, 0u, 9u, 10u, 7u, 37u, false},
    [LINE_USART2] = {USART2, &RCC->APB1ENR, 17u, 0u, 2u, 3u, 7u, 38u, true},
    [LINE_USART3] = {USART3, &RCC->APB1ENR, 18u, 1u, 10u, 11u, 7u, 39u, true},
    [LINE_UART4] = {UART4, &RCC->APB1ENR, 19u, 0u, 0u, 1u, 8u, 52u, true},
    [LINE_USART6] = {USART6, &RCC->APB2ENR, 5u, 2u, 6u, 7u, 8u, 71u, false},
};

/* The globals of a driver: an interrupt handler has no other way to its data. */
static struct ring {
    volatile uint32_t written, read; /* since the start; one writer each, so no lock */
    volatile uint8_t bytes[RING_SIZE];
} rings[LINE_USARTS];

/* An octet that came damaged is kept: the message's checksum refuses it. */
static void received(enum device_lines_usart which)
{
    struct usart *usart = units[which].usart;
    struct ring *ring = &rings[which];
    (void)usart->SR; /* reading it and then DR clears the error flags */
    const uint8_t byte = (uint8_t)usart->DR;
    const uint32_t written = ring->written;
    if (written - ring->read < RING_SIZE) {
        ring->bytes[written % RING_SIZE] = byte;
        ring->written = written + 1u;
    }
}

void USART1_Handler(void)
{
    received(LINE_USART1);
}

void USART2_Handler(void)
{
    received(LINE_USART2);
}

void USART3_Handler(void)
{
    received(LINE_USART3);
}

void UART4_Handler(void)
{
    received(LINE_UART4);
}

void USART6_Handler(void)
{
    received(LINE_USART6);
}

static void connect_pin(uint32_t port, uint32_t pin, uint32_t number)
{
    struct gpio *gpio = GPIO(port);
    volatile uint32_t *function = &gpio->AFR[pin / 8u];
    *function = (*function & ~(0xFu << 4u * (pin % 8u))) | number << 4u * (pin % 8u);
    gpio->OSPEEDR = (gpio->OSPEEDR & ~(3u << 2u * pin)) | GPIO_OSPEEDR_HIGH << 2u * pin;
    gpio->PUPDR = (gpio->PUPDR & ~(3u << 2u * pin)) | GPIO_PUPDR_UP << 2u * pin; /* an open line stays idle */
    gpio->MODER = (gpio->MODER & ~(3u << 2u * pin)) | GPIO_MODER_ALTERNATE << 2u * pin;
}

static size_t receive(void *context, uint8_t *data, size_t capacity)
{
    struct ring *ring = context;
    const uint32_t first = ring->read, there = ring->written - first;
    const size_t n = there < capacity ? there : capacity;
    for (size_t i = 0; i < n; i++) {
        data[i] = ring->bytes[(first + i) % RING_SIZE];
    }
    ring->read = first + (uint32_t)n;
    return n;
}

static void transmit(void *context, const uint8_t *data, size_t n)
{
    const struct ring *ring = context;
    struct usart *usart = units[ring - rings].usart;
    for (size_t i = 0; i < n; i++) {
        while ((usart->SR & USART_SR_TXE) == 0) {
        }
        usart->DR = data[i];
    }
}

struct device_line device_lines_start(enum device_lines_usart which, const struct clock *clock, uint32_t baud)
{
    const struct unit *unit = &units[which];
    const uint32_t bus_hz = unit->on_apb1 ? clock->apb1_hz : clock->apb2_hz;
    RCC->AHB1ENR |= 1u << unit->port;
    *unit->enable_register |= 1u << unit->enable_bit;
    (void)*unit->enable_register; /* two cycles until the clock runs (RM0090 7.2.14) */
    connect_pin(unit->port, unit->pin_tx, unit->function);
    connect_pin(unit->port, unit->pin_rx, unit->function);
    unit->usart->BRR = (bus_hz + baud / 2u) / baud; /* oversampling by 16 */
    unit->usart->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE;
    NVIC_ISER[unit->interrupt / 32u] = 1u << unit->interrupt % 32u;
    return (struct device_line){receive, transmit, &rings[which]};
}

static bool all_empty(void)
{
    for (unsigned i = 0; i < LINE_USARTS; i++) {
        if (rings[i].written != rings[i].read) {
            return false;
        }
    }
    return true;
}

void device_lines_sleep(void)
{
    /* Masked, so that a byte cannot slip in between the look and the sleep; a pending interrupt ends wfi all the same. */
    __asm volatile("cpsid i" ::: "memory");
    if (all_empty()) {
        __asm volatile("wfi" ::: "memory");
    }
    __asm volatile("cpsie i" ::: "memory");
}
