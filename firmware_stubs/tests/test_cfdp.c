/* The sender of CFDP class 2: what it sends again, and what it does not listen to. */
#include <string.h>

#include "alert.h"
#include "cfdp_sender.h"
#include "check.h"
#include "octets.h"

#define SIZE 1000u
#define MOST 102u
#define PIECE (MOST - CFDP_HEADER - 4u)
#define DATA 0u /* in place of a directive's code */
#define EOF_CODE 4u
#define FINISHED 5u
#define ACK 6u
#define METADATA 7u
#define NAK 8u

static uint8_t file[SIZE];
static struct cfdp_sender sender;

struct sent {
    unsigned what; /* a directive's code, or DATA; 99: nothing */
    uint32_t start, end;
};

static struct sent next(void)
{
    uint8_t pdu[MOST];
    const size_t n = cfdp_sender_next(&sender, pdu, MOST);
    if (n == 0) {
        return (struct sent){99u, 0, 0};
    }
    CHECK(n <= MOST && radio_get_u16(pdu + 1) + CFDP_HEADER == n);
    if ((pdu[0] & 0x10u) == 0) {
        return (struct sent){pdu[CFDP_HEADER], 0, 0};
    }
    const uint32_t start = radio_get_u32(pdu + CFDP_HEADER), size = (uint32_t)(n - CFDP_HEADER - 4u);
    CHECK(start + size <= SIZE && memcmp(pdu + CFDP_HEADER + 4u, file + start, size) == 0);
    return (struct sent){DATA, start, start + size};
}

/* Begin a file and send all of it; what comes after its EOF is the test's. */
static void send_all(void)
{
    for (unsigned i = 0; i < SIZE; i++) {
        file[i] = (uint8_t)(i * 31u + i / 256u);
    }
    sender = (struct cfdp_sender){.source = 5u, .destination = 1u, .transaction = 40u};
    CHECK(cfdp_sender_begin(&sender, "a.pgm", file, SIZE));
    CHECK(next().what == METADATA);
    for (uint32_t at = 0; at < SIZE; at += PIECE) {
        const struct sent piece = next();
        CHECK(piece.what == DATA && piece.start == at);
    }
    CHECK(next().what == EOF_CODE && next().what == 99u);
}

/* A directive towards the sender: its code, what follows, and of which transaction. */
static size_t directive(uint8_t *pdu, unsigned code, const uint8_t *data, size_t n, unsigned transaction)
{
    uint8_t *at = radio_put_u8(pdu, 0x28u);
    at = radio_put_u16(at, (unsigned)(1u + n));
    at = radio_put_u8(radio_put_u8(at, 0x01u), 5u);
    at = radio_put_u8(radio_put_u16(at, transaction), 1u);
    at = radio_put_u8(at, code);
    memcpy(at, data, n);
    return CFDP_HEADER + 1u + n;
}

static void take(unsigned code, const uint8_t *data, size_t n, unsigned transaction)
{
    uint8_t pdu[300];
    const size_t size = directive(pdu, code, data, n, transaction);
    cfdp_sender_take(&sender, pdu, size);
}

static size_t put_nak(uint8_t *data, const uint32_t (*gaps)[2], unsigned n)
{
    uint8_t *at = radio_put_u32(radio_put_u32(data, 0), SIZE);
    for (unsigned i = 0; i < n; i++) {
        at = radio_put_u32(radio_put_u32(at, gaps[i][0]), gaps[i][1]);
    }
    return (size_t)(at - data);
}

static void ask(const uint32_t (*gaps)[2], unsigned n, unsigned transaction)
{
    uint8_t data[300];
    take(NAK, data, put_nak(data, gaps, n), transaction);
}

static void test_what_is_asked_for_comes_again_in_order_and_once(void)
{
    static const uint32_t late[][2] = {{600, 650}}, early[][2] = {{100, 250}};
    send_all();
    ask(late, 1, 41u);
    ask(early, 1, 41u);
    ask(late, 1, 41u); /* doubled on its way */
    CHECK(next().start == 600);
    const struct sent first = next(), second = next();
    CHECK(first.start == 100 && first.end == 100 + PIECE && second.end == 250);
    CHECK(next().what == 99u);
}

static void test_lost_metadata_come_again(void)
{
    static const uint32_t both[][2] = {{0, 0}, {0, 10}};
    send_all();
    ask(both, 2, 41u);
    CHECK(next().what == METADATA);
    const struct sent piece = next();
    CHECK(piece.start == 0 && piece.end == 10 && next().what == 99u);
}

static void test_what_lies_beyond_the_file_or_is_upside_down_is_not_sent(void)
{
    static const uint32_t wrong[][2] = {{900, 5000}, {SIZE, SIZE + 9u}, {700, 600}, {0xFFFFFFF0u, 0xFFFFFFFFu}, {5, 5}};
    send_all();
    ask(wrong, 5, 41u);
    const struct sent first = next(), second = next();
    CHECK(first.start == 900 && second.end == SIZE && next().what == 99u);
}

static void test_more_gaps_than_there_is_room_for_are_left_to_the_next_time(void)
{
    uint32_t many[CFDP_GAPS_MAX + 8u][2];
    for (unsigned i = 0; i < CFDP_GAPS_MAX + 8u; i++) {
        many[i][0] = 20u * i;
        many[i][1] = 20u * i + 5u;
    }
    send_all();
    ask((const uint32_t(*)[2])many, CFDP_GAPS_MAX + 8u, 41u);
    unsigned sent = 0;
    while (next().what == DATA) {
        sent++;
    }
    CHECK(sent == CFDP_GAPS_MAX);
}

static void test_another_transaction_is_not_listened_to(void)
{
    static const uint32_t gap[][2] = {{0, 100}};
    static const uint8_t fine[] = {0};
    send_all();
    ask(gap, 1, 40u);
    CHECK(next().what == 99u);
    take(FINISHED, fine, 1, 40u); /* of the one before: acknowledged, and this one goes on */
    CHECK(next().what == ACK && sender.state == CFDP_AWAITING);
    CHECK(cfdp_sender_outcome(&sender) == CFDP_NO_OUTCOME);
}

static void test_a_word_that_was_cut_is_dropped(void)
{
    static const uint32_t gap[][2] = {{0, 100}};
    uint8_t data[32], pdu[64];
    send_all();
    const size_t whole = directive(pdu, NAK, data, put_nak(data, gap, 1), 41u);
    for (size_t n = 0; n < whole; n++) {
        cfdp_sender_take(&sender, pdu, n); /* its length says more */
        CHECK(sender.gap_count == 0);
    }
    for (size_t n = CFDP_HEADER; n < whole; n++) {
        (void)radio_put_u16(pdu + 1, (unsigned)(n - CFDP_HEADER)); /* its length is what is left */
        cfdp_sender_take(&sender, pdu, n);
        CHECK(sender.gap_count == 0 && !sender.finished_ack_due);
    }
    cfdp_sender_take(&sender, pdu, 0);
}

static void test_an_end_that_nobody_answers_is_told_again_and_given_up(void)
{
    unsigned told = 0;
    send_all();
    for (unsigned i = 0; i < CFDP_TRIES_MAX + 2u; i++) {
        cfdp_sender_wait(&sender, CFDP_TRY_S);
        told += next().what == EOF_CODE;
    }
    CHECK(told == CFDP_TRIES_MAX - 1u);
    CHECK(cfdp_sender_outcome(&sender) == CFDP_GIVEN_UP && cfdp_sender_outcome(&sender) == CFDP_NO_OUTCOME);
}

static void test_it_is_delivered_when_the_receiver_says_so_and_refused_when_not(void)
{
    static const uint8_t fine[] = {0x00}, no_room[] = {0x46}, part[] = {0x04};
    static const struct {
        const uint8_t *word;
        enum cfdp_outcome outcome;
    } words[] = {{fine, CFDP_DELIVERED}, {no_room, CFDP_REFUSED}, {part, CFDP_REFUSED}};
    for (unsigned i = 0; i < 3u; i++) {
        send_all();
        CHECK(!cfdp_sender_begin(&sender, "b.pgm", file, SIZE)); /* one at a time */
        take(FINISHED, words[i].word, 1, 41u);
        CHECK(cfdp_sender_outcome(&sender) == words[i].outcome && next().what == ACK && next().what == 99u);
    }
}

static void test_an_alerts_fields_stand_in_their_order_the_time_in_seven_octets(void)
{
    static const uint8_t first[13] = {0x12, 0x34, 5, 6, 0x78, 0x9A, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77};
    const struct alert alert = {.number = 0x1234, .kind = 5, .confidence = 6, .picture = 0x789A,
                                .shutter_ticks = 0x0011223344556677u};
    uint8_t octets[ALERT_OCTETS];
    alert_encode(&alert, octets);
    CHECK(memcmp(octets, first, sizeof first) == 0);
}

void test_cfdp(void)
{
    test_an_alerts_fields_stand_in_their_order_the_time_in_seven_octets();
    test_what_is_asked_for_comes_again_in_order_and_once();
    test_lost_metadata_come_again();
    test_what_lies_beyond_the_file_or_is_upside_down_is_not_sent();
    test_more_gaps_than_there_is_room_for_are_left_to_the_next_time();
    test_another_transaction_is_not_listened_to();
    test_a_word_that_was_cut_is_dropped();
    test_an_end_that_nobody_answers_is_told_again_and_given_up();
    test_it_is_delivered_when_the_receiver_says_so_and_refused_when_not();
}
