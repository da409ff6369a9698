/* Reads and writes of registers that a test on a host can take the place of: it knows each by its address. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

#ifdef HIL_FAKE_REGISTERS
uint32_t register_read(const volatile uint32_t *address);
void register_write(volatile uint32_t *address, uint32_t value);
#else
static inline uint32_t register_read(const volatile uint32_t *address)
{
    return *address;
}

static inline void register_write(volatile uint32_t *address, uint32_t value)
{
    *address = value;
}
#endif

static inline void register_set(volatile uint32_t *address, uint32_t bits)
{
    register_write(address, register_read(address) | bits);
}

static inline void register_clear(volatile uint32_t *address, uint32_t bits)
{
    register_write(address, register_read(address) & ~bits);
}

#endif
