/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Timers that count up (RM0090 17 to 20): update interrupts, and PWM of four channels. What they capture is not there, nor
 * one-pulse mode, nor the repetition counter. Timers 2 and 5 are the emulator's own. */
#include <string.h>

#include "board.h"
#include "qemu.h"

#define REGISTERS 32u
enum { CR1 = 0, DIER = 3, SR = 4, EGR = 5, CCMR1 = 6, CCER = 8, CNT = 9, PSC = 10, ARR = 11, CCR1 = 13 };
#define ENABLED 1u
#define UPDATE 1u

static struct unit {
    unsigned number, interrupt, reset_bit; /* of RCC_APB1RSTR or RCC_APB2RSTR */
    uint32_t address;
    bool apb2;
    uint32_t is[REGISTERS];
    int64_t begun_ns, rest; /* of the present turn; rest: what a ns was too much */
    void *irq;
    timer timer;
    region region;
} units[] = {
    {.number = 1, .interrupt = 25, .reset_bit = 0, .address = 0x40010000u, .apb2 = true},
    {.number = 3, .interrupt = 29, .reset_bit = 1, .address = 0x40000400u},
    {.number = 4, .interrupt = 30, .reset_bit = 2, .address = 0x40000800u},
    {.number = 6, .interrupt = 54, .reset_bit = 4, .address = 0x40001000u},
    {.number = 7, .interrupt = 55, .reset_bit = 5, .address = 0x40001400u},
    {.number = 8, .interrupt = 44, .reset_bit = 1, .address = 0x40010400u, .apb2 = true},
    {.number = 9, .interrupt = 24, .reset_bit = 16, .address = 0x40014000u, .apb2 = true},
    {.number = 11, .interrupt = 26, .reset_bit = 18, .address = 0x40014800u, .apb2 = true},
};
#define UNITS (sizeof units / sizeof units[0])

static void tell(struct unit *unit)
{
    qemu_set_irq(unit->irq, (unit->is[SR] & unit->is[DIER] & UPDATE) != 0);
}

/* A turn takes (PSC + 1) (ARR + 1) cycles. */
static uint64_t turn_cycles(const struct unit *unit)
{
    return ((uint64_t)(unit->is[PSC] & 0xFFFFu) + 1u) * ((uint64_t)(unit->is[ARR] & 0xFFFFu) + 1u);
}

/* A timer whose updates nobody waits for needs no time of the emulator's. */
static void arm(struct unit *unit)
{
    timer_del(unit->timer);
    if ((unit->is[CR1] & ENABLED) != 0 && (unit->is[DIER] & UPDATE) != 0) {
        const uint64_t hz = clocks_apb_timer_hz(unit->apb2), scaled = turn_cycles(unit) * 1000000000u + (uint64_t)unit->rest;
        unit->rest = (int64_t)(scaled % hz);
        timer_mod_ns(unit->timer, unit->begun_ns + (int64_t)(scaled / hz));
        unit->begun_ns += (int64_t)(scaled / hz); /* where the next one begins */
    }
}

static void due(void *context)
{
    struct unit *unit = context;
    unit->is[SR] |= UPDATE;
    tell(unit);
    arm(unit);
}

static void begin(struct unit *unit)
{
    unit->begun_ns = qemu_clock_get_ns(VIRTUAL);
    unit->rest = 0;
    arm(unit);
}

static uint64_t read_register(void *context, uint64_t address, unsigned size)
{
    const struct unit *unit = context;
    const unsigned which = (unsigned)(address / 4u) % REGISTERS;
    (void)size;
    if (which == CNT && (unit->is[CR1] & ENABLED) != 0) {
        const uint64_t cycles_a_count = (uint64_t)(unit->is[PSC] & 0xFFFFu) + 1u;
        const uint64_t us = (uint64_t)qemu_clock_get_ns(VIRTUAL) / 1000u;
        return us * (clocks_apb_timer_hz(unit->apb2) / 1000000u) / cycles_a_count % ((unit->is[ARR] & 0xFFFFu) + 1u);
    }
    return unit->is[which];
}

static void write_register(void *context, uint64_t address, uint64_t value, unsigned size)
{
    struct unit *unit = context;
    const unsigned which = (unsigned)(address / 4u) % REGISTERS;
    const uint32_t before = unit->is[which];
    (void)size;
    if (which == SR) {
        unit->is[SR] &= (uint32_t)value; /* a flag is cleared by writing 0 */
    } else if (which == EGR) {
        unit->is[SR] |= (uint32_t)value & UPDATE;
    } else {
        unit->is[which] = (uint32_t)value;
    }
    tell(unit);
    if ((which == CR1 || which == DIER || which == PSC || which == ARR) && before != unit->is[which]) {
        begin(unit);
    }
}

/* PWM modes 1 and 2 (18.4.7): high below CCR, or from it on. */
double timers_duty(unsigned number, unsigned channel)
{
    for (unsigned i = 0; i < UNITS; i++) {
        const uint32_t *is = units[i].is;
        if (units[i].number == number && (is[CR1] & ENABLED) != 0 && channel >= 1u && channel <= 4u) {
            const uint32_t enable = is[CCER] >> 4u * (channel - 1u);
            const uint32_t mode = is[CCMR1 + (channel - 1u) / 2u] >> (8u * ((channel - 1u) % 2u) + 4u) & 7u;
            const double low = (double)(is[CCR1 + channel - 1u] & 0xFFFFu) / (double)((is[ARR] & 0xFFFFu) + 1u);
            const double share = low > 1.0 ? 1.0 : low, high = mode == 7u ? 1.0 - share : mode == 6u ? share : 0.0;
            return (enable & 1u) == 0 ? 0.0 : (enable & 2u) != 0 ? 1.0 - high : high;
        }
    }
    return 0.0;
}

static void restore(struct unit *unit)
{
    memset(unit->is, 0, sizeof unit->is);
    unit->is[ARR] = 0xFFFFu;
    timer_del(unit->timer);
    tell(unit);
}

void timers_reset_of(bool apb2, uint32_t bits)
{
    for (unsigned i = 0; i < UNITS; i++) {
        if (units[i].apb2 == apb2 && (bits >> units[i].reset_bit & 1u) != 0) {
            restore(&units[i]);
        }
    }
}

/* At the first reset the whole board is there. */
void timers_reset(void)
{
    void *core = object_resolve_path_type("", "armv7m", NULL);
    for (unsigned i = 0; i < UNITS; i++) {
        units[i].irq = qdev_get_gpio_in(core, (int)units[i].interrupt);
        restore(&units[i]);
    }
}

void timers_make(void)
{
    static const struct operations operations = {read_register, write_register, {0}, NATIVE, {0}};
    for (unsigned i = 0; i < UNITS; i++) {
        struct unit *unit = &units[i];
        timer_init_full(unit->timer, NULL, VIRTUAL, 1, 0, due, unit);
        put_over(unit->region, &operations, unit, unit->address, 0x400u);
        unit->is[ARR] = 0xFFFFu;
    }
}
