/* Time from SysTick, of 24 bits: a stopwatch and a clock. A firmware with an operating system leaves this file out, for
 * SysTick is that one's tick. */
#include "board.h"
#include "rm0090.h"

#define WAIT_TURNS 40000u

/* Halted on the same clock, or the emulator converts what was counted. */
#define STOPWATCH_RUNS (SYSTICK_CTRL_CLKSOURCE | SYSTICK_CTRL_TICKINT | SYSTICK_CTRL_ENABLE)
#define STOPWATCH_HALTS SYSTICK_CTRL_CLKSOURCE

/* How often SysTick, of 24 bits, turned over. */
static volatile uint32_t turns;

void SysTick_Handler(void)
{
    turns++;
}

void board_stopwatch_init(void)
{
    SYSTICK->LOAD = SYSTICK_LOAD_MAX;
    SYSTICK->VAL = 0; /* loaded by the first tick, for which the emulator takes its time */
    SYSTICK->CTRL = STOPWATCH_RUNS;
    for (uint32_t i = 0; i < WAIT_TURNS && SYSTICK->VAL == 0; i++) {
    }
    SYSTICK->CTRL = STOPWATCH_HALTS;
}

struct moment {
    uint32_t turns, left; /* until the next turn; 0 for one cycle, when it is counted but not yet made */
};

static struct moment now(void)
{
    struct moment moment;
    do {
        moment.turns = turns;
        moment.left = SYSTICK->VAL;
        __asm volatile("isb" ::: "memory"); /* a turn that was just made is counted now */
    } while (moment.turns != turns);
    return moment;
}

static struct moment began;

void board_stopwatch_start(void *context)
{
    (void)context;
    SYSTICK->CTRL = STOPWATCH_RUNS;
    began = now();
}

/* Between two turns a chip is for one cycle in 16 million, but the emulator until its other thread has run: it is left
 * running for that. */
uint32_t board_stopwatch_ns(void *context)
{
    const struct moment ended = now();
    (void)context;
    if (began.left == 0 || ended.left == 0) {
        return 0;
    }
    SYSTICK->CTRL = STOPWATCH_HALTS;
    const uint32_t cycles = (ended.turns - began.turns) * (SYSTICK_LOAD_MAX + 1u) + began.left - ended.left;
    const uint32_t cycles_a_us = board_clock()->core_hz / 1000000u;
    return cycles / cycles_a_us * 1000u + cycles % cycles_a_us * 1000u / cycles_a_us;
}

/* Where a turn is counted but not yet made, or made and not yet counted, the time of the last call stands. */
uint64_t board_us(void)
{
    static uint32_t before, rest;
    static uint64_t us;
    if ((SYSTICK->CTRL & SYSTICK_CTRL_ENABLE) == 0) {
        SYSTICK->CTRL = STOPWATCH_RUNS;
    }
    const struct moment moment = now();
    const uint32_t at = moment.turns * (SYSTICK_LOAD_MAX + 1u) + (SYSTICK_LOAD_MAX - moment.left);
    const uint32_t gone = at - before; /* 2^32 cycles are 25 s */
    if (moment.left != 0 && gone < UINT32_MAX / 2u) {
        const uint32_t cycles_a_us = board_clock()->core_hz / 1000000u;
        const uint32_t cycles = gone + rest;
        before = at;
        us += cycles / cycles_a_us;
        rest = cycles % cycles_a_us;
    }
    return us;
}
