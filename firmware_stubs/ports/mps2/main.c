/* The flight software on other cores than the F405's: ARM's MPS2 boards with a Cortex-M3, M7 or M33, as QEMU emulates them.
 * The line is UART 0 (CMSDK, ARM DDI 0479C 4.3), polled. Nothing outlives a restart here. */
#include "flight.h"

#ifndef MPS2_UART
#define MPS2_UART 0x40004000u /* 0x50200000 on mps2-an505, secure */
#endif

struct cmsdk_uart {
    volatile uint32_t DATA, STATE, CTRL, INTSTATUS, BAUDDIV;
};
#define UART ((struct cmsdk_uart *)MPS2_UART)
#define STATE_TX_FULL 1u
#define STATE_RX_FULL 2u
#define CTRL_TX_RX_ENABLE 3u
#define SYSTICK_CTRL (*(volatile uint32_t *)0xE000E010u)
#define SYSTICK_LOAD (*(volatile uint32_t *)0xE000E014u)
#define SYSTICK_RUNS 5u /* by the core's clock, without an interrupt */
#define CPACR (*(volatile uint32_t *)0xE000ED88u)

extern uint32_t stack_top; /* of the linker's script */
int main(void);
void Reset_Handler(void);
void Fault_Handler(void);

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*exception[15])(void);
} vectors = {&stack_top, {Reset_Handler, Fault_Handler, Fault_Handler, Fault_Handler, Fault_Handler, Fault_Handler}};

/* Silence shows it: this port is for tests. */
void Fault_Handler(void)
{
    for (;;) {
    }
}

static size_t read_uart(void *context, uint8_t *data, size_t capacity)
{
    size_t n = 0;
    (void)context;
    while (n < capacity && (UART->STATE & STATE_RX_FULL) != 0) {
        data[n++] = (uint8_t)UART->DATA;
    }
    return n;
}

static void write_uart(void *context, const uint8_t *data, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++) {
        while ((UART->STATE & STATE_TX_FULL) != 0) {
        }
        UART->DATA = data[i];
    }
}

int main(void)
{
    static struct flight flight;
    static const struct hil_port port = {read_uart, write_uart, NULL};
    flight_init(&flight, &port, NULL, NULL);
    UART->BAUDDIV = 16u;
    UART->CTRL = CTRL_TX_RX_ENABLE;
    SYSTICK_LOAD = 250000u; /* 10 ms: the emulator looks for the first octets when some timer ends */
    SYSTICK_CTRL = SYSTICK_RUNS;
    for (;;) {
        (void)hil_link_poll(&flight.link);
    }
}

void Reset_Handler(void)
{
#ifdef __ARM_FP
    CPACR |= 0xFu << 20;
    __asm volatile("dsb\n\tisb");
#endif
    (void)main();
}
