/* From reset to main, and every exception that is not expected: back to reset. */
#include <stdint.h>

#include "board.h"
#include "rm0090.h"

extern uint32_t data_load, data_start, data_end, bss_start, bss_end;

#ifndef HIL_ENTRY /* a test stands before it, as a boot loader does */
#define HIL_ENTRY Reset_Handler
#endif
int main(void);
void HIL_ENTRY(void);
void Reset_Handler(void);
void Fault_Handler(void);

/* No debugger watches in orbit, so a fault restarts the firmware, which then tells where it was. EXC_RETURN, in lr, says on
 * which stack the core left its registers. */
__attribute__((naked)) void Fault_Handler(void)
{
    __asm volatile("tst lr, #4\n\t"
                   "ite eq\n\t"
                   "mrseq r0, msp\n\t"
                   "mrsne r0, psp\n\t"
                   "b origin_crashed");
}

/* Of the handlers only those exist that a driver of this build defines. */
void SVC_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void PendSV_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void SysTick_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void TIM11_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void USART1_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void USART2_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void USART3_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void UART4_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void USART6_Handler(void) __attribute__((weak, alias("Fault_Handler")));

typedef void (*vector)(void);

extern const vector init_array_start[], init_array_end[];

struct vectors {
    uint32_t *stack;
    vector exception[15]; /* from number 1, reset */
    vector interrupt[97]; /* RM0090 table 62, RM0390 table 38; an empty one that fires anyway is a hard fault */
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    .stack = &stack_top,
    .exception = {[0] = HIL_ENTRY, [1] = Fault_Handler, [2] = Fault_Handler, [3] = Fault_Handler,
                  [4] = Fault_Handler, [5] = Fault_Handler, [10] = SVC_Handler, [13] = PendSV_Handler,
                  [14] = SysTick_Handler},
    .interrupt = {[26] = TIM11_Handler, [37] = USART1_Handler, [38] = USART2_Handler, [39] = USART3_Handler,
                  [52] = UART4_Handler, [71] = USART6_Handler},
};

/* From well below what this function itself uses. */
static void paint_stack(void)
{
    const uint32_t *end = (const uint32_t *)__builtin_frame_address(0) - 16;
    for (uint32_t *at = &stack_top - STACK_PAINTED / sizeof *at; at < end; at++) {
        *at = STACK_PAINT;
    }
}

/* A boot loader may have left its tick running, interrupts enabled or waiting, and its own vectors. */
static void quiet_interrupts(void)
{
    SYSTICK->CTRL = 0;
    SCB_ICSR = SCB_ICSR_PENDSTCLR | SCB_ICSR_PENDSVCLR;
    for (uint32_t i = 0; i < NVIC_REGISTERS; i++) {
        NVIC_ICER[i] = UINT32_MAX;
        NVIC_ICPR[i] = UINT32_MAX;
    }
    SCB_VTOR = (uint32_t)&vectors;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

__attribute__((used)) static void start(void)
{
    quiet_interrupts();
    SCB_CPACR |= SCB_CPACR_FPU;
    __asm volatile("dsb\n\tisb");
    const uint32_t *from = &data_load;
    for (uint32_t *to = &data_start; to < &data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = &bss_start; to < &bss_end; to++) {
        *to = 0;
    }
    paint_stack();
    __asm volatile("cpsie i\n\tcpsie f");
    for (const vector *construct = init_array_start; construct < init_array_end; construct++) {
        (*construct)();
    }
    (void)main();
    board_reset();
}

/* As a reset leaves the core, also when a boot loader jumped here: main stack, its top, no interrupt until all is ready. */
__attribute__((naked)) void Reset_Handler(void)
{
    __asm volatile("cpsid i\n\t"
                   "movs r0, #0\n\t"
                   "msr control, r0\n\t"
                   "msr basepri, r0\n\t"
                   "isb\n\t"
                   "ldr r0, =stack_top\n\t"
                   "mov sp, r0\n\t"
                   "b start\n\t"
                   ".ltorg");
}
