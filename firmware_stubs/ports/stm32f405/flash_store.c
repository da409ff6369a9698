#include "flash_store.h"

#include <string.h>

#include "rm0090.h"

#define FIRST_SECTOR 1u
#define SECTOR_SIZE 0x4000u

bool flash_store_is_there(void)
{
    return (FLASH->CR & FLASH_CR_LOCK) != 0; /* set by every reset */
}

static volatile uint8_t *place_of(unsigned sector, uint32_t offset)
{
    return (volatile uint8_t *)(FLASH_BEGIN + (FIRST_SECTOR + sector) * SECTOR_SIZE + offset);
}

static bool read_flash(void *context, unsigned sector, uint32_t offset, uint8_t *data, size_t n)
{
    const volatile uint8_t *from = place_of(sector, offset);
    (void)context;
    for (size_t i = 0; i < n; i++) {
        data[i] = from[i];
    }
    return true;
}

static void unlock(void)
{
    FLASH->KEYR = FLASH_KEYR_1;
    FLASH->KEYR = FLASH_KEYR_2;
    FLASH->SR = FLASH_SR_ERRORS; /* those of before: each is cleared by writing a one */
}

/* The data cache may hold what was there before (RM0090 3.5). */
static bool lock(void)
{
    const bool good = (FLASH->SR & FLASH_SR_ERRORS) == 0;
    FLASH->CR = FLASH_CR_LOCK;
    const uint32_t access = FLASH->ACR;
    FLASH->ACR = access & ~FLASH_ACR_DCEN;
    FLASH->ACR |= FLASH_ACR_DCRST;
    FLASH->ACR = access;
    return good;
}

static void wait(void)
{
    while ((FLASH->SR & FLASH_SR_BSY) != 0) {
    }
}

static bool program_flash(void *context, unsigned sector, uint32_t offset, const uint8_t *data, size_t n)
{
    (void)context;
    unlock();
    FLASH->CR = FLASH_CR_PG | FLASH_CR_PSIZE_32;
    for (size_t i = 0; i + sizeof(uint32_t) <= n; i += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, data + i, sizeof word);
        *(volatile uint32_t *)place_of(sector, offset + (uint32_t)i) = word;
        wait();
    }
    return lock();
}

static bool erase_flash(void *context, unsigned sector)
{
    (void)context;
    unlock();
    FLASH->CR = FLASH_CR_SER | FLASH_CR_SNB(FIRST_SECTOR + sector) | FLASH_CR_PSIZE_32;
    FLASH->CR |= FLASH_CR_STRT;
    wait();
    return lock();
}

struct store_medium flash_store_medium(void)
{
    return (struct store_medium){read_flash, program_flash, erase_flash, SECTOR_SIZE, NULL};
}
