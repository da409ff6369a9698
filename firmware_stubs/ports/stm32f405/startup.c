/* From reset to main, and every exception that is not expected: back to reset. */
#include <stdint.h>

#include "board.h"
#include "rm0090.h"

extern uint32_t data_load, data_start, data_end, bss_start, bss_end;

int main(void);
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
void SysTick_Handler(void) __attribute__((weak, alias("Fault_Handler")));
void TIM7_Handler(void) __attribute__((weak, alias("Fault_Handler")));
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
    vector interrupt[82]; /* RM0090 table 62; an empty one that fires anyway is a hard fault */
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    .stack = &stack_top,
    .exception = {[0] = Reset_Handler, [1] = Fault_Handler, [2] = Fault_Handler, [3] = Fault_Handler,
                  [4] = Fault_Handler, [5] = Fault_Handler, [14] = SysTick_Handler},
    .interrupt = {[37] = USART1_Handler, [38] = USART2_Handler, [39] = USART3_Handler, [52] = UART4_Handler,
                  [55] = TIM7_Handler, [71] = USART6_Handler},
};

/* From well below what this function itself uses. */
static void paint_stack(void)
{
    const uint32_t *end = (const uint32_t *)__builtin_frame_address(0) - 16;
    for (uint32_t *at = &stack_top - STACK_PAINTED / sizeof *at; at < end; at++) {
        *at = STACK_PAINT;
    }
}

void Reset_Handler(void)
{
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
    SCB_VTOR = (uint32_t)&vectors; /* also when a boot loader started us */
    for (const vector *construct = init_array_start; construct < init_array_end; construct++) {
        (*construct)();
    }
    (void)main();
    board_reset();
}
