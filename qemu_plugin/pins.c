/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pins (RM0090 8.4): what is driven out of them, and what comes in; an edge goes on to the emulator's SYSCFG and EXTI. */
#include <string.h>

#include "board.h"
#include "qemu.h"

#define PORTS 9u
enum { MODER = 0, PUPDR = 3, IDR = 4, ODR = 5, BSRR = 6, REGISTERS = 10 };
#define OUTPUT 1u
#define PULLED_UP 1u

static struct port {
    unsigned number;
    uint32_t is[REGISTERS];
    uint16_t driven, inputs; /* from outside: which, and their levels */
    int64_t high_ns[16], since_ns[16], asked_ns[16]; /* for the mean of a level */
    double mean[16];
    uint16_t watched, was; /* pins whose edges are asked for, and their levels */
    region region;
} ports[PORTS];
#define EDGES 1024u /* of a slice: more are not told */
static struct edge driven[EDGES];
static uint32_t driven_count;
static void *syscfg;

static uint32_t field(const struct port *port, unsigned which, unsigned pin)
{
    return port->is[which] >> 2u * pin & 3u;
}

static bool level(const struct port *port, unsigned pin)
{
    if (field(port, MODER, pin) == OUTPUT) {
        return (port->is[ODR] >> pin & 1u) != 0;
    }
    return (port->driven >> pin & 1u) != 0 ? (port->inputs >> pin & 1u) != 0 : field(port, PUPDR, pin) == PULLED_UP;
}

static void account(struct port *port)
{
    const int64_t now_ns = qemu_clock_get_ns(VIRTUAL);
    for (unsigned pin = 0; pin < 16u; pin++) {
        port->high_ns[pin] += level(port, pin) ? now_ns - port->since_ns[pin] : 0;
        port->since_ns[pin] = now_ns;
    }
}

static void note_edges(struct port *port)
{
    for (unsigned pin = 0; port->watched >> pin != 0; pin++) {
        const uint32_t high = level(port, pin);
        if ((port->watched >> pin & 1u) == 0 || high == (port->was >> pin & 1u)) {
            continue;
        }
        port->was ^= (uint16_t)(1u << pin);
        if (driven_count < EDGES) {
            driven[driven_count++] = (struct edge){qemu_clock_get_ns(VIRTUAL), 16u * port->number + pin, high};
        }
    }
}

static uint64_t read_register(void *context, uint64_t address, unsigned size)
{
    const struct port *port = context;
    const unsigned which = (unsigned)(address / 4u);
    uint32_t value = which < REGISTERS ? port->is[which] : 0;
    if (which == IDR) {
        value = 0;
        for (unsigned pin = 0; pin < 16u; pin++) {
            value |= (uint32_t)level(port, pin) << pin;
        }
    }
    return value >> 8u * (address % 4u) & (size == 4u ? UINT32_MAX : (1u << 8u * size) - 1u);
}

static void write_register(void *context, uint64_t address, uint64_t value, unsigned size)
{
    struct port *port = context;
    const unsigned which = (unsigned)(address / 4u), shift = 8u * (unsigned)(address % 4u);
    const uint32_t mask = (size == 4u ? UINT32_MAX : (1u << 8u * size) - 1u) << shift;
    const uint32_t written = (uint32_t)value << shift;
    account(port);
    if (which == BSRR) {
        port->is[ODR] = (port->is[ODR] & ~(written >> 16)) | (written & 0xFFFFu); /* setting wins */
    } else if (which < REGISTERS && which != IDR) {
        port->is[which] = (port->is[which] & ~mask) | (written & mask);
    }
    note_edges(port);
}

bool pins_level(unsigned port, unsigned pin)
{
    return port < PORTS && pin < 16u && level(&ports[port], pin);
}

void pins_set_input(unsigned number, unsigned pin, bool high)
{
    if (number < PORTS && pin < 16u) {
        struct port *port = &ports[number];
        account(port);
        port->driven |= (uint16_t)(1u << pin);
        port->inputs = (uint16_t)((port->inputs & ~(1u << pin)) | (unsigned)high << pin);
        qemu_set_irq(qdev_get_gpio_in(syscfg, (int)(16u * number + pin)), high);
    }
}

double pins_mean(unsigned number, unsigned pin)
{
    if (number >= PORTS || pin >= 16u) {
        return 0.0;
    }
    struct port *port = &ports[number];
    account(port);
    const int64_t now_ns = port->since_ns[pin], time_ns = now_ns - port->asked_ns[pin];
    if (time_ns > 0) {
        port->mean[pin] = (double)port->high_ns[pin] / (double)time_ns;
        port->high_ns[pin] = 0;
        port->asked_ns[pin] = now_ns;
    }
    return port->mean[pin];
}

void pins_watch(unsigned number, unsigned pin)
{
    if (number < PORTS && pin < 16u) {
        ports[number].watched |= (uint16_t)(1u << pin);
    }
}

const struct edge *pins_edges(uint32_t *count)
{
    *count = driven_count;
    driven_count = 0;
    return driven;
}

void pins_reset(void)
{
    syscfg = object_resolve_path_type("", "stm32f4xx-syscfg", NULL);
    for (unsigned i = 0; i < PORTS; i++) {
        account(&ports[i]);
        memset(ports[i].is, 0, sizeof ports[i].is);
    }
    ports[0].is[MODER] = 0xA8000000u; /* the debugger's pins */
    ports[1].is[MODER] = 0x00000280u;
    ports[0].is[PUPDR] = 0x64000000u;
    ports[1].is[PUPDR] = 0x00000100u;
    for (unsigned i = 0; i < PORTS; i++) {
        note_edges(&ports[i]);
    }
}

void pins_make(void)
{
    static const struct operations operations = {read_register, write_register, {0}, NATIVE, {0}};
    for (unsigned i = 0; i < PORTS; i++) {
        ports[i].number = i;
        put_over(ports[i].region, &operations, &ports[i], 0x40020000u + 0x400u * i, 0x400u);
    }
}
