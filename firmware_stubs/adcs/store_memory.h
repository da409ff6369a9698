/* A store's memory in RAM that outlives a reset, where there is no flash: in a library, in an emulator. */
#ifndef ADCS_STORE_MEMORY_H
#define ADCS_STORE_MEMORY_H

#include "store.h"

#define STORE_MEMORY_SECTOR 2048u

struct store_memory {
    uint32_t mark; /* that it has been erased once; else it holds anything */
    uint8_t sector[STORE_SECTORS][STORE_MEMORY_SECTOR];
};

/* The medium that it is; erases what was never used. *memory stays in use. */
struct store_medium store_memory_medium(struct store_memory *memory);

#endif
