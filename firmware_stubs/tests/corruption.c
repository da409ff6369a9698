#include "corruption.h"

#include <math.h>
#include <string.h>

#include "corruption_damage.h"
#include "hil_crc32c.h"
#include "hil_deframer.h"

#define BENCH_FRAME_MAX 256u /* the bench's, without the closing zero */

static bool is_original(const struct corruption *corruption, const struct corruption_stream *stream,
                        const uint8_t *packet, size_t n)
{
    for (int i = 0; i < 2; i++) {
        const uint32_t begin = corruption->begin[stream->frame[i]], end = corruption->begin[stream->frame[i] + 1];
        uint8_t octets[BENCH_FRAME_MAX];
        size_t size = 0;
        for (uint32_t at = begin; at + 1 < end;) {
            const uint32_t next = at + corruption->octets[at];
            for (uint32_t k = at + 1; k < next; k++) {
                octets[size++] = corruption->octets[k];
            }
            if (corruption->octets[at] < 255 && next + 1 < end) {
                octets[size++] = 0;
            }
            at = next;
        }
        if (size == n && memcmp(octets, packet, n) == 0) {
            return true;
        }
    }
    return false;
}

uint64_t corruption_taken_by_firmware(const struct corruption *corruption, uint64_t first, uint64_t count)
{
    struct corruption_stream stream;
    struct hil_deframer deframer;
    struct hil_packet packet;
    uint64_t taken = 0;
    hil_deframer_init(&deframer);
    for (uint64_t index = first; index < first + count; index++) {
        corruption_make(corruption, index, &stream);
        for (uint32_t i = 0; i < stream.size; i++) {
            if (hil_deframer_push(&deframer, stream.octets[i], &packet)) {
                const size_t n = (size_t)(packet.payload - deframer.bytes) + packet.payload_size + HIL_CRC_SIZE;
                taken += !is_original(corruption, &stream, deframer.bytes, n);
            }
        }
    }
    return taken;
}

/* As Python's cobs.decode: false where a code octet points beyond the end. */
static bool stuffed(const uint8_t *frame, size_t n, uint8_t *packet, size_t *size)
{
    *size = 0;
    for (size_t at = 0; at < n;) {
        const size_t next = at + frame[at];
        if (next > n) {
            return false;
        }
        memcpy(packet + *size, frame + at + 1, next - at - 1);
        *size += next - at - 1;
        if (frame[at] < 255 && next < n) {
            packet[(*size)++] = 0;
        }
        at = next;
    }
    return true;
}

static unsigned get_u16(const uint8_t *octets)
{
    return (unsigned)octets[0] << 8 | octets[1];
}

static enum corruption_event judge_header(const struct corruption *corruption, const uint8_t *packet, size_t n)
{
    const unsigned first_word = get_u16(packet);
    for (uint32_t i = 0; i < corruption->layouts; i++) {
        if (corruption->first_word[i] == first_word) {
            const bool fits = corruption->length[i] == 0 || corruption->length[i] == n;
            const bool whole = get_u16(packet + 4) + 7u == n && (packet[2] & 0xC0u) == 0xC0u;
            return fits && whole ? EVENT_PACKET : EVENT_LENGTH;
        }
    }
    return EVENT_UNKNOWN;
}

static enum corruption_event judge(const struct corruption *corruption, const uint8_t *frame, size_t n, uint8_t *packet,
                                   size_t *size)
{
    if (n > BENCH_FRAME_MAX) {
        return EVENT_OVERLONG;
    }
    if (!stuffed(frame, n, packet, size)) {
        return EVENT_COBS;
    }
    if (*size < HIL_PRIMARY_HEADER_SIZE + HIL_CRC_SIZE) {
        return EVENT_RUNT;
    }
    if (((hil_crc32c(packet, *size) ^ (uint32_t)HIL_CRC32C_RESIDUE) & corruption->crc_mask) != 0) {
        return EVENT_CRC;
    }
    return judge_header(corruption, packet, *size);
}

typedef void event_handler(void *context, enum corruption_event event, const uint8_t *packet, size_t size);

static void each_event(const struct corruption *corruption, const struct corruption_stream *stream, event_handler *handle,
                       void *context)
{
    uint32_t begin = 0;
    for (uint32_t i = 0; i < stream->size; i++) {
        if (stream->octets[i] != 0) {
            continue;
        }
        if (i > begin) {
            uint8_t packet[BENCH_FRAME_MAX];
            size_t size = 0;
            const enum corruption_event event = judge(corruption, stream->octets + begin, i - begin, packet, &size);
            handle(context, event, packet, size);
        }
        begin = i + 1;
    }
}

struct events {
    uint8_t *events;
    uint32_t count;
};

static void note(void *context, enum corruption_event event, const uint8_t *packet, size_t size)
{
    struct events *events = context;
    (void)packet;
    (void)size;
    if (events->count < CORRUPTION_EVENTS_MAX) {
        events->events[events->count++] = (uint8_t)event;
    }
}

uint32_t corruption_events(const struct corruption *corruption, const struct corruption_stream *stream, uint8_t *events)
{
    struct events noted = {events, 0};
    each_event(corruption, stream, note, &noted);
    return noted.count;
}

struct tally {
    const struct corruption *corruption;
    struct corruption_stream stream;
    uint64_t taken;
};

static void count_taken(void *context, enum corruption_event event, const uint8_t *packet, size_t size)
{
    struct tally *tally = context;
    if (event == EVENT_PACKET) {
        tally->taken += !is_original(tally->corruption, &tally->stream, packet, size);
    }
}

uint64_t corruption_taken_by_bench(const struct corruption *corruption, uint64_t first, uint64_t count)
{
    struct tally tally = {.corruption = corruption};
    for (uint64_t index = first; index < first + count; index++) {
        corruption_make(corruption, index, &tally.stream);
        each_event(corruption, &tally.stream, count_taken, &tally);
    }
    return tally.taken;
}
