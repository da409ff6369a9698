/* Fuzz target, guided by coverage: a packet, and what a line may do to its frame: up to five wrong bits, octets lost or
 * doubled. No packet other than the one that was sent may be taken for valid. What has
 * to be found are holes in the structure (COBS codes, lengths, delimiters): octets of any value would let the fuzzer
 * write a packet of its own, checksum included, which is no damage. */
#include <stdlib.h>
#include <string.h>

#include "hil_cobs.h"
#include "hil_deframer.h"

#define FRAME_MAX (HIL_COBS_SIZE_MAX(HIL_PACKET_SIZE_MAX) + 1u)
#define WRONG_BITS_MAX 5u

struct input {
    const uint8_t *data;
    size_t left;
};

struct line {
    uint8_t octets[2 * FRAME_MAX];
    size_t size;
};

static unsigned take(struct input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->data++;
}

static size_t place(struct input *input, size_t n)
{
    const size_t at = (size_t)(take(input) << 8) | take(input);
    return n > 0 ? at % n : 0;
}

static size_t make_packet(struct input *input, uint8_t *bytes)
{
    const size_t want = take(input) % 64u;
    const struct hil_packet packet = {
        .apid = (uint16_t)(0x100u + take(input)),
        .sequence = (uint16_t)take(input),
        .to_obc = true,
        .has_time = (take(input) & 1u) != 0,
        .time_ticks = (uint64_t)take(input) << 24,
        .payload = input->data,
        .payload_size = want < input->left ? want : input->left,
    };
    const size_t size = hil_packet_build(&packet, bytes);
    input->data += packet.payload_size;
    input->left -= packet.payload_size;
    return size;
}

static void lose(struct line *line, size_t at, size_t count)
{
    count = count < line->size - at ? count : line->size - at;
    memmove(line->octets + at, line->octets + at + count, line->size - at - count);
    line->size -= count;
}

static void twice(struct line *line, size_t at)
{
    if (line->size < sizeof line->octets && line->size > 0) {
        memmove(line->octets + at + 1, line->octets + at, line->size - at);
        line->size++;
    }
}

static void damage(struct input *input, struct line *line)
{
    for (unsigned bits = 0; input->left > 2 && line->size > 0;) {
        const unsigned what = take(input) % 4u;
        if (what <= 1 && bits++ < WRONG_BITS_MAX) {
            const size_t bit = place(input, line->size * 8);
            line->octets[bit / 8] = (uint8_t)(line->octets[bit / 8] ^ 1u << bit % 8);
        } else if (what == 2) {
            const size_t at = place(input, line->size);
            lose(line, at, 1u + take(input) % 8u);
        } else if (what == 3) {
            twice(line, place(input, line->size));
        }
    }
}

static void check(const struct line *line, const uint8_t *sent, size_t size)
{
    struct hil_deframer deframer;
    struct hil_packet packet;
    hil_deframer_init(&deframer);
    for (size_t i = 0; i <= line->size; i++) {
        if (!hil_deframer_push(&deframer, i < line->size ? line->octets[i] : 0, &packet)) {
            continue;
        }
        const size_t n = (size_t)(packet.payload - deframer.bytes) + packet.payload_size + HIL_CRC_SIZE;
        if (n != size || memcmp(deframer.bytes, sent, n) != 0) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct line line;
    uint8_t sent[HIL_PACKET_SIZE_MAX];
    const size_t n = make_packet(&input, sent);
    line.size = hil_cobs_encode(sent, n, line.octets);
    line.octets[line.size++] = 0;
    damage(&input, &line);
    check(&line, sent, n);
    return 0;
}
