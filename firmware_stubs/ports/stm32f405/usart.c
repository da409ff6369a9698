#include "usart.h"

#include "board.h"
#include "rm0090.h"

/* The globals of a driver: an interrupt handler has no other way to its data. */

#if HIL_USART == 1
#define PORT 0u
#define PIN_TX 9u
#define PIN_RX 10u
#define FUNCTION 7u
#define ENABLE_REGISTER APB2ENR
#define RESET_REGISTER APB2RSTR
#define ENABLE_BIT 4u
#define BUS_HZ apb2_hz
#define INTERRUPT 37u
#define UNIT USART1
#define HANDLER USART1_Handler
#elif HIL_USART == 2
#define PORT 0u
#define PIN_TX 2u
#define PIN_RX 3u
#define FUNCTION 7u
#define ENABLE_REGISTER APB1ENR
#define RESET_REGISTER APB1RSTR
#define ENABLE_BIT 17u
#define BUS_HZ apb1_hz
#define INTERRUPT 38u
#define UNIT USART2
#define HANDLER USART2_Handler
#elif HIL_USART == 3
#define PORT 1u
#define PIN_TX 10u
#define PIN_RX 11u
#define FUNCTION 7u
#define ENABLE_REGISTER APB1ENR
#define RESET_REGISTER APB1RSTR
#define ENABLE_BIT 18u
#define BUS_HZ apb1_hz
#define INTERRUPT 39u
#define UNIT USART3
#define HANDLER USART3_Handler
#elif HIL_USART == 6
#define PORT 2u
#define PIN_TX 6u
#define PIN_RX 7u
#define FUNCTION 8u
#define ENABLE_REGISTER APB2ENR
#define RESET_REGISTER APB2RSTR
#define ENABLE_BIT 5u
#define BUS_HZ apb2_hz
#define INTERRUPT 71u
#define UNIT USART6
#define HANDLER USART6_Handler
#else
#error "HIL_USART must be 1, 2, 3 or 6"
#endif

#define RING_SIZE 1024u /* a power of two; 11 ms at 921600 baud */

static struct {
    volatile uint32_t written, read; /* since the start; one writer each, so no lock */
    volatile uint8_t bytes[RING_SIZE];
    uint32_t unread_max;
    struct usart_errors errors;
} rx;

/* Once a byte: 11 us apart at 921600 baud, and the costliest thing that the emulator does. Reading SR and then DR clears
 * the error flags too. */
void HANDLER(void)
{
    const uint32_t status = UNIT->SR;
    const uint8_t byte = (uint8_t)UNIT->DR;
    if ((status & (USART_SR_ORE | USART_SR_FE | USART_SR_NF)) != 0) {
        rx.errors.overrun += (status & USART_SR_ORE) != 0;
        rx.errors.framing += (status & USART_SR_FE) != 0;
        rx.errors.noise += (status & USART_SR_NF) != 0;
    }
    const uint32_t written = rx.written;
    if (written - rx.read == RING_SIZE) {
        rx.errors.ring_full++;
        return;
    }
    rx.bytes[written % RING_SIZE] = byte;
    rx.written = written + 1u;
}

static void connect_pin(uint32_t pin)
{
    struct gpio *gpio = GPIO(PORT);
    volatile uint32_t *function = &gpio->AFR[pin / 8u];
    *function = (*function & ~(0xFu << 4u * (pin % 8u))) | FUNCTION << 4u * (pin % 8u);
    gpio->OSPEEDR = (gpio->OSPEEDR & ~(3u << 2u * pin)) | GPIO_OSPEEDR_HIGH << 2u * pin;
    gpio->PUPDR = (gpio->PUPDR & ~(3u << 2u * pin)) | GPIO_PUPDR_UP << 2u * pin; /* an open line stays idle */
    gpio->MODER = (gpio->MODER & ~(3u << 2u * pin)) | GPIO_MODER_ALTERNATE << 2u * pin;
}

void usart_init(const struct clock *clock)
{
    RCC->AHB1ENR |= 1u << PORT;
    RCC->ENABLE_REGISTER |= 1u << ENABLE_BIT;
    RCC->RESET_REGISTER |= 1u << ENABLE_BIT; /* a boot loader may have used it */
    RCC->RESET_REGISTER &= ~(1u << ENABLE_BIT);
    (void)RCC->ENABLE_REGISTER; /* two cycles until the clock runs (RM0090 7.2.14) */
    connect_pin(PIN_TX);
    connect_pin(PIN_RX);
    UNIT->BRR = (clock->BUS_HZ + HIL_BAUD / 2u) / HIL_BAUD; /* oversampling by 16: mantissa and fraction in one number */
    UNIT->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE;
    NVIC_ISER[INTERRUPT / 32u] = 1u << INTERRUPT % 32u;
}

size_t usart_read(uint8_t *data, size_t capacity)
{
    const uint32_t first = rx.read;
    const uint32_t there = rx.written - first;
    rx.unread_max = there > rx.unread_max ? there : rx.unread_max;
    const size_t n = there < capacity ? there : capacity;
    for (size_t i = 0; i < n; i++) {
        data[i] = rx.bytes[(first + i) % RING_SIZE];
    }
    rx.read = first + (uint32_t)n;
    return n;
}

void usart_sleep(void)
{
    /* Masked, so that a byte cannot slip in between the look and the sleep; a pending interrupt ends wfi all the same. */
    __asm volatile("cpsid i" ::: "memory");
    if (rx.written == rx.read) {
        __asm volatile("wfi" ::: "memory");
    }
    __asm volatile("cpsie i" ::: "memory");
}

void usart_write(const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        while ((UNIT->SR & USART_SR_TXE) == 0) {
        }
        UNIT->DR = data[i];
    }
}

struct usart_errors usart_errors(void)
{
    return rx.errors;
}

uint32_t usart_unread_max(void)
{
    return rx.unread_max;
}
