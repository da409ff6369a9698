/* Fuzz target: the sender of CFDP class 2 before a receiver and a link that does what the input says: frames of both ways
 * are lost, doubled, held back, cut, spoilt, or come from elsewhere. Whatever it does, the sender stays within its file and
 * within a frame, and tells of a delivery only after the receiver had the file whole. When the input has ended the link is
 * good, and then the file must arrive. With libFuzzer this is its entry; without it (HIL_FUZZ_STANDALONE) a main makes
 * seeded random inputs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfdp_sender.h"
#include "octets.h"

#define SIZE 2000u
#define MOST 102u
#define HELD 8u
#define ROUNDS 4000u

/* A receiving entity, as plain as can be: it answers what it gets, and asks for what it misses when an EOF came. */
struct receiver {
    bool metadata, eof, finished;
    uint8_t has[SIZE];
};

struct pdu {
    size_t size;
    uint8_t octets[128];
};

struct world {
    struct cfdp_sender sender;
    struct receiver receiver;
    struct pdu held[HELD]; /* on their way to the sender, later */
    const uint8_t *data;
    size_t left;
    bool forged; /* a frame says what the receiver did not */
};

static uint8_t file[SIZE];

static void require(bool held)
{
    if (!held) {
        abort();
    }
}

/* The next octet of the input, and 0, which stands for a good link, after its end. */
static uint8_t chance(struct world *world)
{
    if (world->left == 0) {
        return 0;
    }
    world->left--;
    return *world->data++;
}

static uint8_t *begin_answer(struct pdu *pdu, uint16_t transaction)
{
    uint8_t *at = radio_put_u8(pdu->octets, 0x28u); /* version 1, a directive, towards the sender */
    at = radio_put_u16(at, 0);
    at = radio_put_u8(at, 0x01u);
    at = radio_put_u8(at, 5u);
    at = radio_put_u16(at, transaction);
    return radio_put_u8(at, 1u);
}

static void end_answer(struct pdu *pdu, const uint8_t *end)
{
    pdu->size = (size_t)(end - pdu->octets);
    (void)radio_put_u16(pdu->octets + 1, (unsigned)(pdu->size - CFDP_HEADER));
}

/* What the link makes of a frame to the sender. */
static void to_sender(struct world *world, struct pdu *pdu)
{
    const uint8_t what = chance(world);
    struct pdu *slot = &world->held[chance(world) % HELD];
    switch (what % 8u) {
    case 1: /* lost */
        return;
    case 2: /* twice */
        cfdp_sender_take(&world->sender, pdu->octets, pdu->size);
        break;
    case 3: { /* later, in the place of another one */
        const struct pdu other = *slot;
        *slot = *pdu;
        *pdu = other;
        break;
    }
    case 4: /* cut, with the length that it had or the one that it has */
        pdu->size = chance(world) % (pdu->size + 1u);
        if ((what & 0x10u) != 0 && pdu->size > CFDP_HEADER) {
            (void)radio_put_u16(pdu->octets + 1, (unsigned)(pdu->size - CFDP_HEADER));
            world->forged = true;
        }
        break;
    case 5: /* spoilt */
        pdu->octets[chance(world) % sizeof pdu->octets] ^= (uint8_t)(chance(world) | 1u);
        world->forged = true;
        break;
    case 6: /* of another transaction */
        pdu->octets[6] = (uint8_t)(pdu->octets[6] + 1u + chance(world) % 4u);
        break;
    default:
        break;
    }
    cfdp_sender_take(&world->sender, pdu->octets, pdu->size);
}

static void ask_for_gaps(struct world *world, uint16_t transaction)
{
    struct receiver *receiver = &world->receiver;
    struct pdu pdu;
    uint8_t *at = radio_put_u8(begin_answer(&pdu, transaction), 8u);
    at = radio_put_u32(radio_put_u32(at, 0), SIZE);
    unsigned asked = 0;
    if (!receiver->metadata) {
        at = radio_put_u32(radio_put_u32(at, 0), 0);
        asked++;
    }
    for (unsigned i = 0; i < SIZE && asked < 10u; i++) {
        const unsigned start = i;
        for (; i < SIZE && receiver->has[i] == 0; i++) {
        }
        if (i > start) {
            at = radio_put_u32(radio_put_u32(at, start), i);
            asked++;
        }
    }
    end_answer(&pdu, at);
    if (asked > 0) {
        to_sender(world, &pdu);
        return;
    }
    receiver->finished = true;
    at = radio_put_u8(begin_answer(&pdu, transaction), 5u);
    end_answer(&pdu, radio_put_u8(at, 0u)); /* no error, complete, kept */
    to_sender(world, &pdu);
}

static void take_data(struct receiver *receiver, const uint8_t *at, size_t n)
{
    const uint32_t offset = radio_get_u32(at);
    require(n > 4u && offset + (n - 4u) <= SIZE);
    require(memcmp(at + 4, file + offset, n - 4u) == 0);
    memset(receiver->has + offset, 1, n - 4u);
}

static void receive(struct world *world, const uint8_t *pdu, size_t n)
{
    struct receiver *receiver = &world->receiver;
    const uint16_t transaction = (uint16_t)radio_get_u16(pdu + 5);
    require(n > CFDP_HEADER && n <= MOST && radio_get_u16(pdu + 1) + CFDP_HEADER == n);
    if (transaction != world->sender.transaction || chance(world) % 4u == 1u) {
        return; /* an acknowledgement of another one, or lost */
    }
    if ((pdu[0] & 0x10u) != 0) {
        take_data(receiver, pdu + CFDP_HEADER, n - CFDP_HEADER);
    } else if (pdu[CFDP_HEADER] == 7u) {
        receiver->metadata = true;
    } else if (pdu[CFDP_HEADER] == 4u) {
        receiver->eof = true;
    }
    if (receiver->eof) {
        ask_for_gaps(world, transaction);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world world;
    world = (struct world){.sender = {.source = 5u, .destination = 1u}, .data = data, .left = size};
    for (unsigned i = 0; i < SIZE; i++) {
        file[i] = (uint8_t)(i * 7u + i / 256u);
    }
    require(cfdp_sender_begin(&world.sender, "alert1.pgm", file, SIZE));
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint8_t pdu[MOST];
        const size_t n = cfdp_sender_next(&world.sender, pdu, MOST);
        if (n > 0) {
            receive(&world, pdu, n);
        }
        cfdp_sender_wait(&world.sender, 1.0f);
        require(world.sender.next <= SIZE && world.sender.gap_count <= CFDP_GAPS_MAX);
        const enum cfdp_outcome outcome = cfdp_sender_outcome(&world.sender);
        if (outcome != CFDP_NO_OUTCOME) {
            require(world.sender.state == CFDP_IDLE);
            require(outcome != CFDP_DELIVERED || world.receiver.finished || world.forged);
            require(outcome != CFDP_REFUSED || world.forged);
            require(outcome == CFDP_DELIVERED || size > 0);
            return 0;
        }
    }
    require(world.left > 0); /* a good link, and neither delivered nor given up */
    return 0;
}

#ifdef HIL_FUZZ_STANDALONE

static uint64_t state;

static uint8_t random_octet(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint8_t)(state >> 56);
}

/* fuzz-cfdp [N]: seeds 0..N; 0 is a good link. */
int main(int argc, char **argv)
{
    const unsigned long runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    for (unsigned long seed = 0; seed <= runs; seed++) {
        uint8_t data[1024];
        state = seed;
        const size_t size = seed == 0 ? 0 : random_octet() * 4u + 4u;
        for (size_t i = 0; i < size; i++) {
            data[i] = random_octet() % 3u == 0 ? random_octet() : 0;
        }
        (void)LLVMFuzzerTestOneInput(data, size);
    }
    printf("%lu inputs, no finding\n", runs + 1u);
    return 0;
}

#endif
