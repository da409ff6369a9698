/* Stands where a boot loader is: leaves all that one can leave behind, then starts the firmware at its reset handler, as
 * most do. For the emulator: the clocks are those of test_clock.c. */
#include "board.h"
#include "rm0090.h"

void careless_loader(void);
void Reset_Handler(void);

static uint32_t own_stack[64];

/* Its tick is about to come, an interrupt that the firmware has no handler for waits, the process stack is in use. */
__attribute__((naked)) static void leave_on_the_process_stack(void)
{
    __asm volatile("ldr r0, =%c0\n\t"
                   "msr psp, r0\n\t"
                   "movs r0, #2\n\t"
                   "msr control, r0\n\t"
                   "isb\n\t"
                   "b Reset_Handler\n\t"
                   ".ltorg" ::"i"(&own_stack[64]));
}

void careless_loader(void)
{
    __asm volatile("cpsid i");
    SYSTICK->LOAD = 100u;
    SYSTICK->VAL = 0;
    SYSTICK->CTRL = SYSTICK_CTRL_CLKSOURCE | SYSTICK_CTRL_TICKINT | SYSTICK_CTRL_ENABLE;
    NVIC_ISER[0] = UINT32_MAX;
    NVIC_ISPR[0] = UINT32_MAX;
    SCB_VTOR = 0x08000200u;
    leave_on_the_process_stack();
}
