/* A store's memory in two sectors of the STM32F405's flash, of 16 KiB each, which the linker's script leaves free. */
#ifndef FLASH_STORE_H
#define FLASH_STORE_H

#include "store.h"

/* Whether this chip has a flash controller: the emulator has none. To be asked before anything is programmed. */
bool flash_store_is_there(void);

/* To program or erase a word takes 16 us; to erase a sector 0.25 s (0.5 at most), in which the core waits. */
struct store_medium flash_store_medium(void);

#endif
