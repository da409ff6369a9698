/* A small store that outlives resets and loss of power: the newest record of each kind.
 *
 * It is a log in one of two sectors of a memory that is erased a sector at a time, as flash is. A sector begins with its
 * generation; then records follow, each with a check of its own head and a CRC. When a sector is full, the newest records
 * are copied into the other one, whose generation is programmed last: until then the full one stands. So power may go at
 * any octet: what is read afterwards is the record before or the new one, whole. A record that has decayed is passed over,
 * and the one before it is read, in the other sector if need be. Nothing is written that is there already, and each sector
 * is erased once a log's length, which spreads the wear. */
#ifndef ADCS_STORE_H
#define ADCS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_SECTORS 2u
#define STORE_RECORD_MAX 1016u /* octets; a whole number of words, as each record must be */

#define STORE_ALL_MAX 1536u      /* octets of the newest ones of all kinds, with 8 more each */

/* Kinds of records, from 1. */
enum store_kind { STORE_BOOT = 1, STORE_SETTINGS, STORE_STATE, STORE_KINDS };

/* The memory, as a port has it. Offsets and sizes are whole words of 4 octets; erased octets are 0xFF. Each returns whether
 * it could. */
struct store_medium {
    bool (*read)(void *context, unsigned sector, uint32_t offset, uint8_t *data, size_t n);
    bool (*program)(void *context, unsigned sector, uint32_t offset, const uint8_t *data, size_t n); /* what is erased */
    bool (*erase)(void *context, unsigned sector);
    uint32_t sector_size;
    void *context;
};

/* Of a record; at offset 0 there is none. */
struct store_place {
    unsigned sector;
    uint32_t offset;
};

struct store {
    const struct store_medium *medium; /* NULL: nothing is kept */
    unsigned sector;                   /* in use */
    uint32_t generation;               /* of it; 0: none yet */
    uint32_t end;                      /* of its log; where no more can be written, its size */
    struct store_place newest[STORE_KINDS];
    uint32_t failures;                 /* writes that the memory did not take */
};

/* Find what is there. *medium stays in use. */
void store_open(struct store *store, const struct store_medium *medium);

/* The newest record of a kind, if it is of this size; false, with *data unspecified, if there is none. */
bool store_read(const struct store *store, enum store_kind kind, void *data, size_t n);

/* Keep one from now on, n octets of it. False when the memory does not take it; what was kept before still is. */
bool store_write(struct store *store, enum store_kind kind, const void *data, size_t n);

/* From now on there is nothing. */
void store_forget(struct store *store);

#endif
