#define _POSIX_C_SOURCE 200809L
#include "file_store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define SECTOR_SIZE 2048u

static off_t place_of(unsigned sector, uint32_t offset)
{
    return (off_t)(sector * SECTOR_SIZE + offset);
}

static bool read_file(void *context, unsigned sector, uint32_t offset, uint8_t *data, size_t n)
{
    const int *file = context;
    return pread(*file, data, n, place_of(sector, offset)) == (ssize_t)n;
}

/* In the file whatever becomes of the machine. */
static bool write_file(int file, off_t place, const uint8_t *data, size_t n)
{
    return pwrite(file, data, n, place) == (ssize_t)n && fsync(file) == 0;
}

static bool program_file(void *context, unsigned sector, uint32_t offset, const uint8_t *data, size_t n)
{
    const int *file = context;
    return write_file(*file, place_of(sector, offset), data, n);
}

static bool erase_file(void *context, unsigned sector)
{
    const int *file = context;
    uint8_t erased[SECTOR_SIZE];
    memset(erased, 0xFF, sizeof erased);
    return write_file(*file, place_of(sector, 0), erased, sizeof erased);
}

bool file_store_open(struct file_store *store, const char *path)
{
    store->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    store->medium = (struct store_medium){read_file, program_file, erase_file, SECTOR_SIZE, &store->file};
    if (store->file < 0) {
        return false;
    }
    const bool whole = lseek(store->file, 0, SEEK_END) == place_of(STORE_SECTORS, 0);
    for (unsigned sector = 0; sector < STORE_SECTORS && !whole; sector++) {
        if (!erase_file(&store->file, sector)) {
            return false;
        }
    }
    return true;
}
