#include "store.h"

#include "hil_crc32c.h"

#include <string.h>

#define SECTOR_MARK 0x4C494853u /* which layout this is */
#define SECTOR_HEAD 12u         /* mark, generation, their CRC */
#define HEAD 4u
#define CRC 4u
#define WORD 4u
#define PIECE 64u /* octets that are compared or copied at a time */
#define FORGET 0u /* a record's kind: what was before is forgotten */

struct sector_head {
    uint32_t mark, generation, crc;
};

/* kind, words of data, and a check of these two. */
struct head {
    uint8_t kind, words;
    uint16_t check;
};

static struct head head_of(unsigned kind, size_t words)
{
    const uint8_t said[2] = {(uint8_t)kind, (uint8_t)words};
    return (struct head){said[0], said[1], (uint16_t)hil_crc32c(said, sizeof said)};
}

static bool read_at(const struct store *store, struct store_place place, void *data, size_t n)
{
    const struct store_medium *medium = store->medium;
    return medium->read(medium->context, place.sector, place.offset, data, n);
}

static uint32_t record_size(const struct head *head)
{
    return HEAD + WORD * head->words + CRC;
}

/* The data of a record, which has been found, with its CRC behind; whether it is whole. */
static bool whole(const struct store *store, struct store_place place, uint8_t data[HEAD + STORE_RECORD_MAX + CRC])
{
    struct head head;
    if (place.offset == 0 || !read_at(store, place, &head, HEAD)) {
        return false;
    }
    const uint32_t n = record_size(&head);
    return head.words <= STORE_RECORD_MAX / WORD && place.offset + n <= store->medium->sector_size
        && read_at(store, place, data, n) && hil_crc32c(data, n) == HIL_CRC32C_RESIDUE;
}

static void note(struct store *store, struct store_place place, const struct head *head)
{
    uint8_t data[HEAD + STORE_RECORD_MAX + CRC];
    if (!whole(store, place, data)) {
        return;
    }
    if (head->kind == FORGET) {
        memset(store->newest, 0, sizeof store->newest);
    } else if (head->kind < STORE_KINDS) {
        store->newest[head->kind] = place;
    }
}

/* Through a sector's log; returns its end. Behind a head that is none nothing can be found, nor written. */
static uint32_t walk(struct store *store, unsigned sector)
{
    const uint32_t size = store->medium->sector_size;
    struct store_place place = {sector, SECTOR_HEAD};
    while (place.offset + HEAD + CRC <= size) {
        struct head head = {0, 0, 0};
        const bool readable = read_at(store, place, &head, HEAD);
        if (readable && head.kind == 0xFFu && head.words == 0xFFu && head.check == 0xFFFFu) {
            return place.offset;
        }
        const struct head right = head_of(head.kind, head.words);
        if (!readable || right.check != head.check || place.offset + record_size(&head) > size) {
            break;
        }
        note(store, place, &head);
        place.offset += record_size(&head);
    }
    return size;
}

static uint32_t generation_of(const struct store_medium *medium, unsigned sector)
{
    struct sector_head head;
    const bool good = medium->read(medium->context, sector, 0, (uint8_t *)&head, sizeof head)
        && head.mark == SECTOR_MARK && head.crc == hil_crc32c((const uint8_t *)&head, SECTOR_HEAD - CRC);
    return good ? head.generation : 0;
}

/* Which of two is the later: generations turn over. */
static bool later(uint32_t a, uint32_t b)
{
    return a != 0 && (b == 0 || a - b < UINT32_MAX / 2u);
}

void store_open(struct store *store, const struct store_medium *medium)
{
    *store = (struct store){.medium = medium};
    if (medium == NULL) {
        return;
    }
    for (unsigned sector = 0; sector < STORE_SECTORS; sector++) {
        const uint32_t generation = generation_of(medium, sector);
        if (later(generation, store->generation)) {
            store->sector = sector;
            store->generation = generation;
        }
    }
    const unsigned other = (store->sector + 1u) % STORE_SECTORS;
    if (generation_of(medium, other) != 0) { /* for what may have decayed in the one in use */
        (void)walk(store, other);
    }
    store->end = store->generation != 0 ? walk(store, store->sector) : medium->sector_size;
}

bool store_read(const struct store *store, enum store_kind kind, void *data, size_t n)
{
    uint8_t record[HEAD + STORE_RECORD_MAX + CRC];
    if (store->medium == NULL || !whole(store, store->newest[kind], record) || (size_t)record[1] * WORD != n) {
        return false;
    }
    memcpy(data, record + HEAD, n);
    return true;
}

/* Program and look whether it is there. */
static bool program(const struct store *store, unsigned sector, uint32_t offset, const uint8_t *data, size_t n)
{
    const struct store_medium *medium = store->medium;
    if (!medium->program(medium->context, sector, offset, data, n)) {
        return false;
    }
    for (size_t done = 0; done < n; done += PIECE) {
        uint8_t there[PIECE];
        const size_t part = n - done < PIECE ? n - done : PIECE;
        if (!medium->read(medium->context, sector, offset + (uint32_t)done, there, part)
            || memcmp(there, data + done, part) != 0) {
            return false;
        }
    }
    return true;
}

/* The newest of all kinds, one behind the other, as they are to lie in a sector. */
struct gathered {
    uint32_t end;
    struct store_place newest[STORE_KINDS];
    uint8_t data[STORE_ALL_MAX + STORE_RECORD_MAX]; /* with room to read another in */
};

static void gather(const struct store *store, unsigned sector, struct gathered *all)
{
    all->end = 0;
    memset(all->newest, 0, sizeof all->newest);
    for (unsigned kind = 1; kind < STORE_KINDS; kind++) {
        uint8_t *record = all->data + all->end;
        if (all->end <= STORE_ALL_MAX - HEAD - CRC && whole(store, store->newest[kind], record)) {
            all->newest[kind] = (struct store_place){sector, SECTOR_HEAD + all->end};
            all->end += HEAD + WORD * record[1] + CRC;
        }
    }
}

/* Begin the log anew in the other sector. What is newest may lie there, where the one in use has decayed: it is read before
 * all is erased. */
static bool turn_over(struct store *store)
{
    const struct store_medium *medium = store->medium;
    const unsigned sector = store->generation != 0 ? (store->sector + 1u) % STORE_SECTORS : store->sector;
    struct gathered all;
    gather(store, sector, &all);
    const uint32_t generation = store->generation + 1u != 0 ? store->generation + 1u : 1u;
    struct sector_head head = {SECTOR_MARK, generation, 0};
    head.crc = hil_crc32c((const uint8_t *)&head, SECTOR_HEAD - CRC);
    if (!medium->erase(medium->context, sector) || !program(store, sector, SECTOR_HEAD, all.data, all.end)
        || !program(store, sector, 0, (const uint8_t *)&head, sizeof head)) {
        return false;
    }
    store->sector = sector;
    store->generation = generation;
    store->end = SECTOR_HEAD + all.end;
    memcpy(store->newest, all.newest, sizeof store->newest);
    return true;
}

/* Behind a write that failed nothing can be found: the next one turns over. */
static bool append(struct store *store, unsigned kind, const uint8_t *record, uint32_t n)
{
    const uint32_t size = store->medium->sector_size;
    if (store->generation == 0 || n > size - store->end) {
        if (!turn_over(store) || n > size - store->end) {
            return false;
        }
    }
    if (!program(store, store->sector, store->end, record, n)) {
        store->end = size;
        return false;
    }
    if (kind != FORGET) {
        store->newest[kind] = (struct store_place){store->sector, store->end};
    }
    store->end += n;
    return true;
}

static bool is_kept(const struct store *store, unsigned kind, const uint8_t *record, uint32_t n)
{
    uint8_t there[HEAD + STORE_RECORD_MAX + CRC];
    return whole(store, store->newest[kind], there) && memcmp(there, record, n) == 0;
}

static bool keep(struct store *store, unsigned kind, const void *data, size_t n)
{
    uint8_t record[HEAD + STORE_RECORD_MAX + CRC];
    const struct head head = head_of(kind, n / WORD);
    memcpy(record, &head, HEAD);
    memcpy(record + HEAD, data, n);
    const uint32_t crc = hil_crc32c(record, HEAD + n);
    memcpy(record + HEAD + n, &crc, CRC);
    const uint32_t size = (uint32_t)(HEAD + n + CRC);
    if (kind != FORGET && is_kept(store, kind, record, size)) {
        return true;
    }
    const bool kept = append(store, kind, record, size) || append(store, kind, record, size); /* once more, elsewhere */
    store->failures += !kept;
    return kept;
}

bool store_write(struct store *store, enum store_kind kind, const void *data, size_t n)
{
    return store->medium != NULL && n <= STORE_RECORD_MAX && n % WORD == 0 && keep(store, kind, data, n);
}

void store_forget(struct store *store)
{
    bool something = false;
    for (unsigned kind = 1; kind < STORE_KINDS; kind++) {
        something = something || store->newest[kind].offset != 0;
    }
    memset(store->newest, 0, sizeof store->newest);
    if (store->medium != NULL && something) {
        (void)keep(store, FORGET, "", 0);
    }
}
