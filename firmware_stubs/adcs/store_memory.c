#include "store_memory.h"

#include <string.h>

#define MARK 0x53544F52u

static bool read_memory(void *context, unsigned sector, uint32_t offset, uint8_t *data, size_t n)
{
    const struct store_memory *memory = context;
    memcpy(data, memory->sector[sector] + offset, n);
    return true;
}

/* As flash: bits go from 1 to 0 only. */
static bool program_memory(void *context, unsigned sector, uint32_t offset, const uint8_t *data, size_t n)
{
    struct store_memory *memory = context;
    for (size_t i = 0; i < n; i++) {
        memory->sector[sector][offset + i] &= data[i];
    }
    return true;
}

static bool erase_memory(void *context, unsigned sector)
{
    struct store_memory *memory = context;
    memset(memory->sector[sector], 0xFF, STORE_MEMORY_SECTOR);
    return true;
}

struct store_medium store_memory_medium(struct store_memory *memory)
{
    if (memory->mark != MARK) {
        for (unsigned sector = 0; sector < STORE_SECTORS; sector++) {
            (void)erase_memory(memory, sector);
        }
        memory->mark = MARK;
    }
    return (struct store_medium){read_memory, program_memory, erase_memory, STORE_MEMORY_SECTOR, memory};
}
