/* The store: what it keeps survives power that goes at any octet, decay of any bit, and the sectors' turning over. */
#include <string.h>

#include "check.h"
#include "store.h"

#define SECTOR 256u
#define WRITES 30u
#define FOR_EVER UINT32_MAX

/* Flash whose power goes after so many octets; an erasure counts as many as a sector has. */
struct flash {
    uint8_t sector[STORE_SECTORS][SECTOR];
    unsigned erasures[STORE_SECTORS];
    uint32_t octets_left;
    bool worn, decayed;     /* takes nothing any more; a bit of it is wrong */
    uint8_t torn;           /* what an erasure that was cut short leaves of the rest is mixed with this */
    unsigned programmed;
    struct store_medium medium;
};

static bool read_flash(void *context, unsigned sector, uint32_t offset, uint8_t *data, size_t n)
{
    const struct flash *flash = context;
    CHECK(offset + n <= SECTOR);
    memcpy(data, flash->sector[sector] + offset, n);
    return true;
}

static bool has_power(struct flash *flash)
{
    flash->octets_left -= flash->octets_left > 0 && flash->octets_left != FOR_EVER;
    return flash->octets_left > 0;
}

static bool program_flash(void *context, unsigned sector, uint32_t offset, const uint8_t *data, size_t n)
{
    struct flash *flash = context;
    CHECK(offset + n <= SECTOR && offset % 4u == 0 && n % 4u == 0);
    for (size_t i = 0; i < n && !flash->worn; i++) {
        if (!has_power(flash)) {
            return false;
        }
        CHECK(flash->decayed || flash->sector[sector][offset + i] == 0xFF); /* only what is erased is programmed */
        flash->sector[sector][offset + i] &= data[i];
        flash->programmed++;
    }
    return true;
}

static bool erase_flash(void *context, unsigned sector)
{
    struct flash *flash = context;
    flash->erasures[sector]++;
    for (size_t i = 0; i < SECTOR && !flash->worn; i++) {
        if (!has_power(flash)) {
            for (; flash->torn != 0 && i < SECTOR; i++) {
                flash->sector[sector][i] |= flash->torn;
            }
            return false;
        }
        flash->sector[sector][i] = 0xFF;
    }
    return true;
}

static void begin(struct flash *flash, struct store *store)
{
    memset(flash, 0xFF, sizeof *flash);
    flash->worn = flash->decayed = false;
    flash->torn = 0;
    flash->programmed = flash->erasures[0] = flash->erasures[1] = 0;
    flash->octets_left = FOR_EVER;
    flash->medium = (struct store_medium){read_flash, program_flash, erase_flash, SECTOR, flash};
    store_open(store, &flash->medium);
}

/* Sizes differ by kind; every octet of a record is its number. */
static size_t size_of(unsigned kind)
{
    return 4u * kind;
}

static bool put(struct store *store, unsigned kind, unsigned number)
{
    uint8_t data[16];
    memset(data, (int)number, sizeof data);
    return store_write(store, (enum store_kind)kind, data, size_of(kind));
}

/* The number of a kind's record, 0 for none; -1 for a mixture. */
static int get(const struct store *store, unsigned kind)
{
    uint8_t data[16] = {0};
    if (!store_read(store, (enum store_kind)kind, data, size_of(kind))) {
        return 0;
    }
    for (size_t i = 0; i < size_of(kind); i++) {
        if (data[i] != data[0]) {
            return -1;
        }
    }
    return data[0];
}

static unsigned kind_of(unsigned number)
{
    return 1u + number % (STORE_KINDS - 1u);
}

static void test_the_newest_of_each_kind_is_read_after_any_number_of_writes(void)
{
    struct flash flash;
    struct store store;
    begin(&flash, &store);
    CHECK(get(&store, STORE_BOOT) == 0);
    for (unsigned number = 1; number <= 200; number++) {
        CHECK(put(&store, kind_of(number), number));
        struct store again;
        store_open(&again, &flash.medium);
        for (unsigned back = 0; back < STORE_KINDS - 1u && back < number; back++) {
            CHECK(get(&again, kind_of(number - back)) == (int)(number - back));
        }
    }
    const int first = (int)flash.erasures[0], second = (int)flash.erasures[1];
    CHECK(second >= 5 && first - second >= 0 && first - second <= 1); /* both wear alike */
}

static void test_what_is_there_already_is_not_written_again(void)
{
    struct flash flash;
    struct store store;
    begin(&flash, &store);
    CHECK(put(&store, STORE_STATE, 7));
    const unsigned before = flash.programmed;
    for (unsigned i = 0; i < 100; i++) {
        CHECK(put(&store, STORE_STATE, 7));
    }
    CHECK(flash.programmed == before);
}

/* The writes of a life in which power goes after so many octets; how many were acknowledged. */
static unsigned live(struct flash *flash, uint32_t octets, uint8_t torn)
{
    struct store store;
    begin(flash, &store);
    flash->octets_left = octets;
    flash->torn = torn;
    unsigned number = 1;
    while (number <= WRITES && put(&store, kind_of(number), number)) {
        number++;
    }
    flash->octets_left = FOR_EVER;
    return number - 1u;
}

static void check_after(struct flash *flash, unsigned acknowledged)
{
    struct store store;
    store_open(&store, &flash->medium);
    for (unsigned kind = 1; kind < STORE_KINDS; kind++) {
        unsigned last = acknowledged;
        while (last > 0 && kind_of(last) != kind) {
            last--;
        }
        const int there = get(&store, kind);
        const bool is_next = kind_of(acknowledged + 1u) == kind && there == (int)acknowledged + 1;
        CHECK(there == (int)last || is_next);
    }
    CHECK(put(&store, STORE_STATE, 99) && get(&store, STORE_STATE) == 99); /* and it goes on */
    store_open(&store, &flash->medium);
    CHECK(get(&store, STORE_STATE) == 99);
}

static void test_power_may_go_at_any_octet(void)
{
    static const uint8_t torn[] = {0x00, 0x5A, 0xFF};
    for (size_t i = 0; i < sizeof torn; i++) {
        struct flash flash;
        unsigned acknowledged = 0;
        uint32_t octets = 1;
        for (; acknowledged < WRITES; octets++) {
            acknowledged = live(&flash, octets, torn[i]);
            check_after(&flash, acknowledged);
        }
        CHECK(octets > 4u * SECTOR); /* several turns were cut */
    }
}

static void test_a_decayed_bit_costs_at_most_what_it_was_in(void)
{
    struct flash whole;
    const unsigned written = live(&whole, FOR_EVER, 0);
    CHECK(written == WRITES);
    for (unsigned bit = 0; bit < 8u * SECTOR * STORE_SECTORS; bit++) {
        struct flash flash = whole;
        flash.medium.context = &flash;
        flash.decayed = true;
        flash.sector[bit / 8u / SECTOR][bit / 8u % SECTOR] ^= (uint8_t)(1u << bit % 8u);
        struct store store;
        store_open(&store, &flash.medium);
        unsigned lost = 0;
        for (unsigned kind = 1; kind < STORE_KINDS; kind++) {
            const int there = get(&store, kind);
            CHECK(there >= 0 && (there == 0 || kind_of((unsigned)there) == kind)); /* one that was written, whole */
            lost += there == 0;
        }
        CHECK(lost == 0);
        CHECK(put(&store, STORE_BOOT, 77) && get(&store, STORE_BOOT) == 77);
    }
}

static void test_a_memory_that_takes_nothing_is_told(void)
{
    struct flash flash;
    struct store store;
    begin(&flash, &store);
    CHECK(put(&store, STORE_STATE, 1));
    flash.worn = true;
    CHECK(!put(&store, STORE_STATE, 2) && store.failures == 1);
    CHECK(get(&store, STORE_STATE) == 1);
    store_open(&store, NULL);
    CHECK(!put(&store, STORE_STATE, 3) && get(&store, STORE_STATE) == 0);
}

static void test_what_is_forgotten_stays_forgotten(void)
{
    struct flash flash;
    (void)live(&flash, FOR_EVER, 0);
    struct store store;
    store_open(&store, &flash.medium);
    store_forget(&store);
    store_open(&store, &flash.medium);
    for (unsigned kind = 1; kind < STORE_KINDS; kind++) {
        CHECK(get(&store, kind) == 0);
    }
}

void test_store(void)
{
    test_the_newest_of_each_kind_is_read_after_any_number_of_writes();
    test_what_is_there_already_is_not_written_again();
    test_power_may_go_at_any_octet();
    test_a_decayed_bit_costs_at_most_what_it_was_in();
    test_a_memory_that_takes_nothing_is_told();
    test_what_is_forgotten_stays_forgotten();
}
