/* Frames damaged as lines damage them, and what both decoders make of them: the firmware's deframer, and a twin of the
 * bench's decoder in C. tests/bench_corruption.py compiles and drives this, and holds the twin against the decoder. */
#ifndef CORRUPTION_H
#define CORRUPTION_H

#include <stddef.h>
#include <stdint.h>

#define CORRUPTION_OCTETS_MAX 1024u
#define CORRUPTION_EVENTS_MAX 160u

enum corruption_kind {
    CORRUPTION_BITS,   /* each bit is wrong with the probability `rate`, and at least one is */
    CORRUPTION_BURST,  /* 2 to 64 bits in a row: the first and the last wrong, those between by chance */
    CORRUPTION_CUT,    /* octets in a row are lost, the frame's end maybe among them */
    CORRUPTION_JOIN,   /* the zero between two frames is lost, with up to 8 octets on either side */
    CORRUPTION_SHIFT,  /* 1 to 9 bits are lost or doubled, and all that follows moves */
    CORRUPTION_LOST,   /* one octet is lost */
    CORRUPTION_EXTRA,  /* one octet too many */
    CORRUPTION_OCTETS, /* 1 to 8 octets in a row have any value */
    CORRUPTION_SWAP,   /* two octets have changed places */
    CORRUPTION_NOISE   /* all octets but the closing zero have any value */
};

/* What the bench's decoder calls the octets between two zeros. */
enum corruption_event { EVENT_PACKET, EVENT_OVERLONG, EVENT_COBS, EVENT_RUNT, EVENT_CRC, EVENT_LENGTH, EVENT_UNKNOWN };

struct corruption {
    const uint8_t *octets; /* of all frames, one after the other, each with its closing zero */
    const uint32_t *begin; /* where each begins; one more for the end */
    uint32_t frames;
    const uint16_t *first_word; /* of each packet that the bench knows, and its length; 0: any */
    const uint16_t *length;
    uint32_t layouts;
    uint32_t crc_mask; /* which bits of the checksum the bench's twin compares: all, but to show that misses are seen */
    uint32_t kind;
    double rate;
    uint64_t seed;
};

struct corruption_stream {
    uint8_t octets[CORRUPTION_OCTETS_MAX];
    uint32_t size;
    uint32_t frame[2]; /* which frames it was made of */
};

/* Damaged octets number `index`: always the same for the same index. They end with a zero. */
void corruption_make(const struct corruption *corruption, uint64_t index, struct corruption_stream *stream);

/* What the bench's twin makes of a stream: events[] in their order. Returns how many, CORRUPTION_EVENTS_MAX at most. */
uint32_t corruption_events(const struct corruption *corruption, const struct corruption_stream *stream, uint8_t *events);

/* How many packets that nobody sent are taken for valid in the streams first..first + count, by the firmware's deframer
 * or by the bench's twin. */
uint64_t corruption_taken_by_firmware(const struct corruption *corruption, uint64_t first, uint64_t count);
uint64_t corruption_taken_by_bench(const struct corruption *corruption, uint64_t first, uint64_t count);

#endif
