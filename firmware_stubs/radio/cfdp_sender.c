#include "cfdp_sender.h"

#include "hil_crc32c.h"
#include "octets.h"

#include <string.h>

/* Directive codes (727.0-B-5, table 5-4), and what else stands in the octets. */
#define EOF_DIRECTIVE 4u
#define FINISHED_DIRECTIVE 5u
#define ACK_DIRECTIVE 6u
#define METADATA_DIRECTIVE 7u
#define NAK_DIRECTIVE 8u
#define VERSION_1 0x20u
#define FILE_DATA 0x10u
#define TOWARDS_SENDER 0x08u
#define NOT_ACKNOWLEDGED 0x04u
#define WITH_CRC 0x02u
#define LARGE_FILE 0x01u
#define LENGTHS 0x01u /* of entities 1 octet, of transactions 2 */
#define CRC_32C 2u    /* SANA's registry of checksums */
#define TERMINATED 2u

static size_t length(const char *text)
{
    size_t n = 0;
    while (text[n] != '\0') {
        n++;
    }
    return n;
}

bool cfdp_sender_begin(struct cfdp_sender *sender, const char *name, const uint8_t *data, uint32_t size)
{
    if (sender->state != CFDP_IDLE || length(name) > CFDP_NAME_MAX) {
        return false;
    }
    sender->transaction = (uint16_t)(sender->transaction + 1u);
    sender->state = CFDP_SENDING;
    sender->outcome = CFDP_NO_OUTCOME;
    sender->data = data;
    sender->size = size;
    sender->checksum = hil_crc32c(data, size);
    sender->next = 0;
    memcpy(sender->name, name, length(name) + 1u);
    sender->metadata_due = sender->eof_due = true;
    sender->gap_count = 0;
    sender->waited_s = 0.0f;
    sender->tries = 0;
    return true;
}

static uint8_t *put_header(const struct cfdp_sender *sender, uint8_t *pdu, unsigned type, uint16_t transaction)
{
    uint8_t *at = radio_put_u8(pdu, VERSION_1 | type);
    at = radio_put_u16(at, 0); /* the length is filled in at the end */
    at = radio_put_u8(at, LENGTHS);
    at = radio_put_u8(at, sender->source);
    at = radio_put_u16(at, transaction);
    return radio_put_u8(at, sender->destination);
}

static size_t closed(uint8_t *pdu, const uint8_t *end)
{
    const size_t size = (size_t)(end - pdu);
    (void)radio_put_u16(pdu + 1, (unsigned)(size - CFDP_HEADER));
    return size;
}

static uint8_t *put_name(uint8_t *at, const char *name)
{
    const size_t n = length(name);
    *at++ = (uint8_t)n;
    memcpy(at, name, n);
    return at + n;
}

static size_t metadata(const struct cfdp_sender *sender, uint8_t *pdu)
{
    uint8_t *at = put_header(sender, pdu, 0, sender->transaction);
    at = radio_put_u16(at, (METADATA_DIRECTIVE << 8) | CRC_32C);
    at = radio_put_u32(at, sender->size);
    return closed(pdu, put_name(put_name(at, sender->name), sender->name));
}

static size_t end_of_file(const struct cfdp_sender *sender, uint8_t *pdu)
{
    uint8_t *at = put_header(sender, pdu, 0, sender->transaction);
    at = radio_put_u16(at, EOF_DIRECTIVE << 8); /* no error */
    at = radio_put_u32(at, sender->checksum);
    return closed(pdu, radio_put_u32(at, sender->size));
}

static size_t finished_ack(const struct cfdp_sender *sender, uint8_t *pdu)
{
    uint8_t *at = put_header(sender, pdu, 0, sender->finished_transaction);
    at = radio_put_u8(at, ACK_DIRECTIVE);
    at = radio_put_u8(at, (FINISHED_DIRECTIVE << 4) | 1u);
    return closed(pdu, radio_put_u8(at, ((unsigned)sender->finished_condition << 4) | TERMINATED));
}

static size_t file_data(const struct cfdp_sender *sender, uint32_t *start, uint32_t end, uint8_t *pdu, size_t most)
{
    const uint32_t room = (uint32_t)(most - CFDP_HEADER - 4u), left = end - *start;
    const uint32_t n = left < room ? left : room;
    uint8_t *at = radio_put_u32(put_header(sender, pdu, FILE_DATA, sender->transaction), *start);
    memcpy(at, sender->data + *start, n);
    *start += n;
    return closed(pdu, at + n);
}

/* What was asked for again, oldest first. */
static size_t gap_data(struct cfdp_sender *sender, uint8_t *pdu, size_t most)
{
    struct cfdp_gap *gap = &sender->gap[0];
    const size_t size = file_data(sender, &gap->start, gap->end, pdu, most);
    if (gap->start == gap->end) {
        sender->gap_count--;
        memmove(gap, gap + 1, sender->gap_count * sizeof *gap);
    }
    return size;
}

size_t cfdp_sender_next(struct cfdp_sender *sender, uint8_t *pdu, size_t most)
{
    if (sender->finished_ack_due) {
        sender->finished_ack_due = false;
        return finished_ack(sender, pdu);
    }
    if (sender->state == CFDP_IDLE) {
        return 0;
    }
    if (sender->metadata_due) {
        sender->metadata_due = false;
        return metadata(sender, pdu);
    }
    if (sender->gap_count > 0) {
        return gap_data(sender, pdu, most);
    }
    if (sender->next < sender->size) {
        return file_data(sender, &sender->next, sender->size, pdu, most);
    }
    if (sender->eof_due) {
        sender->eof_due = false;
        sender->state = CFDP_AWAITING;
        sender->waited_s = 0.0f;
        return end_of_file(sender, pdu);
    }
    return 0;
}

static void ask_again(struct cfdp_sender *sender, uint32_t start, uint32_t end)
{
    if (start == 0 && end == 0) {
        sender->metadata_due = true;
        return;
    }
    end = end < sender->next ? end : sender->next; /* what was not sent yet goes anyway */
    for (unsigned i = 0; i < sender->gap_count; i++) {
        if (start >= sender->gap[i].start && end <= sender->gap[i].end) {
            return;
        }
    }
    if (start < end && sender->gap_count < CFDP_GAPS_MAX) {
        sender->gap[sender->gap_count++] = (struct cfdp_gap){start, end};
    }
}

static void take_nak(struct cfdp_sender *sender, const uint8_t *at, size_t n)
{
    sender->waited_s = 0.0f;
    sender->tries = 0;
    for (size_t i = 8; i + 8u <= n; i += 8u) { /* after the scope */
        ask_again(sender, radio_get_u32(at + i), radio_get_u32(at + i + 4u));
    }
}

static void take_finished(struct cfdp_sender *sender, uint16_t transaction, uint8_t status)
{
    sender->finished_ack_due = true;
    sender->finished_transaction = transaction;
    sender->finished_condition = (uint8_t)(status >> 4);
    if (sender->state != CFDP_IDLE && transaction == sender->transaction) {
        sender->state = CFDP_IDLE;
        sender->outcome = sender->finished_condition == 0 && (status & 4u) == 0 ? CFDP_DELIVERED : CFDP_REFUSED;
    }
}

/* Whether it is a directive to this entity of a form that it understands. */
static bool is_for(const struct cfdp_sender *sender, const uint8_t *pdu, size_t n)
{
    const unsigned flags = FILE_DATA | TOWARDS_SENDER | NOT_ACKNOWLEDGED | WITH_CRC | LARGE_FILE;
    return n > CFDP_HEADER && (pdu[0] & 0xE0u) == VERSION_1 && (pdu[0] & flags) == TOWARDS_SENDER
        && (pdu[3] & 0x77u) == LENGTHS && pdu[4] == sender->source && pdu[7] == sender->destination
        && radio_get_u16(pdu + 1) + CFDP_HEADER == n;
}

void cfdp_sender_take(struct cfdp_sender *sender, const uint8_t *pdu, size_t n)
{
    if (!is_for(sender, pdu, n)) {
        return;
    }
    const uint16_t transaction = (uint16_t)radio_get_u16(pdu + 5);
    const bool mine = sender->state != CFDP_IDLE && transaction == sender->transaction;
    const uint8_t *at = pdu + CFDP_HEADER + 1u;
    const size_t left = n - CFDP_HEADER - 1u;
    switch (pdu[CFDP_HEADER]) {
    case FINISHED_DIRECTIVE:
        if (left >= 1u) {
            take_finished(sender, transaction, at[0]);
        }
        break;
    case NAK_DIRECTIVE:
        if (mine && left >= 8u) {
            take_nak(sender, at, left);
        }
        break;
    case ACK_DIRECTIVE:
        if (mine && left >= 2u && at[0] >> 4 == EOF_DIRECTIVE) {
            sender->waited_s = 0.0f;
        }
        break;
    default:
        break;
    }
}

void cfdp_sender_wait(struct cfdp_sender *sender, float dt_s)
{
    if (sender->state != CFDP_AWAITING || sender->gap_count > 0 || sender->metadata_due || sender->eof_due) {
        return;
    }
    sender->waited_s += dt_s;
    if (sender->waited_s < CFDP_TRY_S) {
        return;
    }
    sender->waited_s = 0.0f;
    sender->eof_due = true;
    if (++sender->tries >= CFDP_TRIES_MAX) {
        sender->state = CFDP_IDLE;
        sender->outcome = CFDP_GIVEN_UP;
    }
}

enum cfdp_outcome cfdp_sender_outcome(struct cfdp_sender *sender)
{
    const enum cfdp_outcome outcome = sender->outcome;
    sender->outcome = CFDP_NO_OUTCOME;
    return outcome;
}
