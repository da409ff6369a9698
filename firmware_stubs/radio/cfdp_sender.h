/* The sending entity of CFDP class 2 (CCSDS 727.0-B-5): one file at a time, from memory, delivered whole or given up.
 *
 * Metadata, file data and EOF go out once. What the receiver asks for again by NAK goes before what is new. EOF is sent
 * again until it is acknowledged or asked beyond; every Finished is acknowledged, whatever transaction it is of. Time counts
 * only while there is a contact: the caller says how much (4.11, timers stand still where there is no link). */
#ifndef RADIO_CFDP_SENDER_H
#define RADIO_CFDP_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CFDP_GAPS_MAX 24u  /* asked for and not sent yet; of more the receiver asks again */
#define CFDP_NAME_MAX 15u
#define CFDP_HEADER 8u     /* of entities with one octet and transactions with two */
#define CFDP_TRY_S 5.0f    /* in which an answer to EOF must come, and Finished after it */
#define CFDP_TRIES_MAX 30u

enum cfdp_state {
    CFDP_IDLE,
    CFDP_SENDING,  /* there is something to send for the first time */
    CFDP_AWAITING, /* the receiver's word */
};

enum cfdp_outcome { CFDP_NO_OUTCOME, CFDP_DELIVERED, CFDP_GIVEN_UP, CFDP_REFUSED };

struct cfdp_gap {
    uint32_t start, end;
};

/* All zero but for the entities at boot. */
struct cfdp_sender {
    uint8_t source, destination; /* entities: this one, and the ground's */
    uint16_t transaction;        /* of the file that is sent, or was sent last */
    enum cfdp_state state;
    enum cfdp_outcome outcome; /* of the last transaction that came to its end, until it is taken */
    const uint8_t *data;
    uint32_t size, checksum, next; /* next: offset of what was not sent yet */
    char name[CFDP_NAME_MAX + 1u];
    bool metadata_due, eof_due, finished_ack_due;
    uint8_t finished_condition;
    uint16_t finished_transaction;
    unsigned gap_count;
    struct cfdp_gap gap[CFDP_GAPS_MAX];
    float waited_s;
    unsigned tries;
};

/* Begin to send data[0..size), which stay where they are and as they are until the transaction has ended. False, changing
 * nothing, while another one is under way. */
bool cfdp_sender_begin(struct cfdp_sender *sender, const char *name, const uint8_t *data, uint32_t size);

/* The next protocol data unit, of at most `most` octets, at least 64; returns its length, 0 when nothing is due. */
size_t cfdp_sender_next(struct cfdp_sender *sender, uint8_t *pdu, size_t most);

/* Take a protocol data unit of the receiver's; what does not fit is dropped. */
void cfdp_sender_take(struct cfdp_sender *sender, const uint8_t *pdu, size_t n);

/* So much time went by with a contact. */
void cfdp_sender_wait(struct cfdp_sender *sender, float dt_s);

/* What became of the last transaction, told once. */
enum cfdp_outcome cfdp_sender_outcome(struct cfdp_sender *sender);

#endif
