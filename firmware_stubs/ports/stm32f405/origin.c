#include "origin.h"

#include "board.h"
#include "flash_store.h"
#include "rm0090.h"
#include "store_memory.h"

#define RAM_BEGIN 0x20000000u
#define CRASH_MARK 0x48535243u
#define CAUSE_MARK 0x45530000u /* and the cause in the lower half */

/* Kept where no start-up code clears it; the marks tell a first start, whose memory holds anything. */
__attribute__((section(".noinit"))) static struct {
    uint32_t mark;
    struct crash crash;
} crashed;

/* Where there is no reset controller to ask: who has an emulated board boot writes why here. */
__attribute__((section(".noinit"), used)) uint32_t told_reset_cause;

/* And no flash that takes anything: this is kept for it from boot to boot. */
__attribute__((section(".noinit"), used)) struct store_memory emulated_flash;

/* Of an exception: r0 to r3, r12, lr, pc, xpsr (ARM DDI 0403E, B1.5.6). A stack that has run over is not read. */
void origin_crashed(const uint32_t *frame)
{
    const bool readable = (uintptr_t)frame >= RAM_BEGIN && frame + 8 <= &stack_top;
    const uint32_t status = SCB_CFSR;
    crashed.crash = (struct crash){
        .pc = readable ? frame[6] - FLASH_BEGIN : 0,
        .lr = readable ? frame[5] - FLASH_BEGIN : 0,
        .status = status,
        .address = (status & SCB_CFSR_BFARVALID) != 0 ? SCB_BFAR : (status & SCB_CFSR_MMARVALID) != 0 ? SCB_MMFAR : 0,
    };
    crashed.mark = CRASH_MARK;
    board_reset();
}

static enum reset_cause told_cause(void)
{
    const bool told = (told_reset_cause & 0xFFFF0000u) == CAUSE_MARK;
    const enum reset_cause cause = told ? (enum reset_cause)(told_reset_cause & 0xFFFFu) : RESET_UNKNOWN;
    told_reset_cause = 0;
    return cause;
}

static enum reset_cause cause_by(uint32_t flags)
{
    if (crashed.mark == CRASH_MARK) {
        return RESET_CRASH;
    }
    return (flags & RCC_CSR_IWDGRSTF) != 0                     ? RESET_WATCHDOG
        : (flags & (RCC_CSR_PORRSTF | RCC_CSR_BORRSTF)) != 0   ? RESET_POWER
        : (flags & RCC_CSR_SFTRSTF) != 0                       ? RESET_SOFTWARE
        : (flags & RCC_CSR_PINRSTF) != 0                       ? RESET_PIN
                                                               : told_cause();
}

struct boot origin_of_boot(void)
{
    static struct store_medium medium;
    static struct crash crash;
    const enum reset_cause cause = cause_by(board_reset_flags());
    const bool has_crashed = crashed.mark == CRASH_MARK;
    crash = crashed.crash;
    crashed.mark = 0;
    medium = flash_store_is_there() ? flash_store_medium() : store_memory_medium(&emulated_flash);
    return (struct boot){.medium = &medium, .cause = cause, .crash = has_crashed ? &crash : NULL};
}
