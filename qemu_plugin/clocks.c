/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Clock controller (RM0090 7.3) and independent watchdog (21.4). An oscillator is ready as soon as it is switched on. */
#include <string.h>

#include "board.h"
#include "qemu.h"

#define CR 0u
#define PLLCFGR 1u
#define CFGR 2u
#define CSR 29u
#define APB1RSTR 0x20u
#define APB2RSTR 0x24u
#define CR_RESET 0x83u
#define PLLCFGR_RESET 0x24003010u
#define CSR_FLAGS 0xFE000000u
#define CSR_CLEAR (1u << 24)
#define POWER_ON 0x0E000000u
#define WATCHDOG 0x24000000u /* and the pin, which every reset pulls */
#define SOFTWARE 0x14000000u
#define HSI_HZ 16000000u
#define HSE_HZ 8000000u
#define LSI_HZ 32000
#define CORE_PERIOD 25565281524u /* of 168 MHz, in 2^-32 ns */

uint32_t watchdog_resets;
static uint32_t rcc[64];
static struct {
    uint32_t prescaler, reload;
    bool unlocked, running, expired;
    timer timer;
} dog;

static void restore(uint32_t flags)
{
    memset(rcc, 0, sizeof rcc);
    rcc[CR] = CR_RESET;
    rcc[PLLCFGR] = PLLCFGR_RESET;
    rcc[CSR] = flags;
    dog.prescaler = 0;
    dog.reload = 0xFFFu;
    dog.unlocked = dog.running = dog.expired = false;
}

static uint64_t rcc_read(void *context, uint64_t address, unsigned size)
{
    (void)context;
    (void)size;
    uint32_t value = rcc[address / 4u];
    if (address == 4u * CR) {
        value |= (value & 0x05010001u) << 1; /* PLLI2S, PLL, HSE, HSI: ready */
    } else if (address == 4u * CFGR) {
        value = (value & ~0xCu) | (value & 3u) << 2; /* the switch is done */
    } else if (address == 0x70u || address == 4u * CSR) {
        value |= (value & 1u) << 1; /* LSE, LSI */
    }
    return value;
}

static void rcc_write(void *context, uint64_t address, uint64_t value, unsigned size)
{
    (void)context;
    (void)size;
    if (address == 4u * CSR) {
        const uint32_t flags = (value & CSR_CLEAR) != 0 ? 0 : rcc[CSR] & CSR_FLAGS;
        rcc[CSR] = ((uint32_t)value & 1u) | flags;
    } else {
        rcc[address / 4u] = (uint32_t)value;
    }
    if (address == APB1RSTR || address == APB2RSTR) {
        timers_reset_of(address == APB2RSTR, (uint32_t)value);
    }
}

static uint32_t core_hz(void)
{
    static const uint8_t shift[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 7, 8, 9};
    const uint32_t source = rcc[CFGR] & 3u, pll = rcc[PLLCFGR];
    const uint32_t into = (pll >> 22 & 1u) != 0 ? HSE_HZ : HSI_HZ, m = pll & 63u, n = pll >> 6 & 511u;
    const uint32_t out = m == 0 ? HSI_HZ : (uint32_t)((uint64_t)into * n / m / (2u * (pll >> 16 & 3u) + 2u));
    return (source == 2u ? out : source == 1u ? HSE_HZ : HSI_HZ) >> shift[rcc[CFGR] >> 4 & 15u];
}

uint32_t clocks_apb_timer_hz(bool apb2)
{
    const uint32_t code = rcc[CFGR] >> (apb2 ? 13u : 10u) & 7u;
    /* A bus that is divided by d gives its timers twice its clock (7.2). */
    return (code & 4u) != 0 ? core_hz() >> (code & 3u) : core_hz();
}

static void reload(void)
{
    const int64_t counts = (int64_t)dog.reload + 1, divider = 4LL << (dog.prescaler > 6u ? 6u : dog.prescaler);
    timer_mod_ns(dog.timer, qemu_clock_get_ns(VIRTUAL) + counts * divider * 1000000000LL / LSI_HZ);
}

static void expired(void *context)
{
    (void)context;
    if (dog.running) {
        dog.expired = true;
        watchdog_resets++;
        qemu_system_reset_request(GUEST_RESET);
    }
}

static uint64_t dog_read(void *context, uint64_t address, unsigned size)
{
    (void)context;
    (void)size;
    return address == 4u ? dog.prescaler : address == 8u ? dog.reload : 0;
}

static void dog_write(void *context, uint64_t address, uint64_t value, unsigned size)
{
    (void)context;
    (void)size;
    if (address == 0) {
        dog.unlocked = value == 0x5555u;
        dog.running = dog.running || value == 0xCCCCu;
        if (dog.running && (value == 0xCCCCu || value == 0xAAAAu)) {
            reload();
        }
    } else if (address == 4u && dog.unlocked) {
        dog.prescaler = (uint32_t)value & 7u;
    } else if (address == 8u && dog.unlocked) {
        dog.reload = (uint32_t)value & 0xFFFu;
    }
}

/* A period is a whole number of 2^-32 ns, and the emulator's own, rounded down, makes a SysTick of 1 ms lose a ns each time: 4
 * ticks too many in an hour. Rounded up it is right. */
static void correct_core_clock(void)
{
    void *clock = object_resolve_path_type("/machine/SYSCLK", "clock", NULL);
    if (clock != NULL && clock_set(clock, CORE_PERIOD)) {
        clock_propagate(clock);
    }
}

/* The first one is that of power. */
static void reset(void *context)
{
    static bool on;
    (void)context;
    restore(!on ? POWER_ON : dog.expired ? WATCHDOG : SOFTWARE);
    if (!on) {
        correct_core_clock();
    }
    on = true;
    timer_del(dog.timer);
    timers_reset();
    pins_reset();
}

void clocks_make(void)
{
    static const struct operations rcc_operations = {rcc_read, rcc_write, {0}, NATIVE, {0}};
    static const struct operations dog_operations = {dog_read, dog_write, {0}, NATIVE, {0}};
    static region rcc_region, dog_region;
    restore(POWER_ON);
    timer_init_full(dog.timer, NULL, VIRTUAL, 1, 0, expired, NULL);
    put_over(rcc_region, &rcc_operations, NULL, 0x40023800u, 0x100u);
    put_over(dog_region, &dog_operations, NULL, 0x40003000u, 0x400u);
    qemu_register_reset(reset, NULL);
}

void board_make(void)
{
    clocks_make();
    timers_make();
    pins_make();
}
