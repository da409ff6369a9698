/* A million corrupted frames, none of which may be taken for valid.
 *
 * CRC-32C finds every error of up to 5 bits and every burst of at most 32 bits in a packet. COBS lies outside of it: where a
 * frame is damaged on the line, one wrong code octet can move zeros about in the packet, and then what remains is chance, 1
 * in 2^32, less what COBS, length and APID catch. tests/bench_corruption.py shows it for 10^8 frames of each kind. */
#include <string.h>

#include "check.h"
#include "hil_cobs.h"
#include "hil_deframer.h"
#include "frames.h"

#define TRIES_A_CLASS 170000u /* of 6 classes: over a million */

enum damage { FEW_BITS, PACKET_BURST, LINE_BIT, LINE_BURST, LOST_BYTE, EXTRA_BYTE };

static struct bytes packets[32];
static unsigned packet_count;

static void keep(void *context, const struct vector *vector)
{
    (void)context;
    if (packet_count < sizeof packets / sizeof packets[0]) {
        packets[packet_count++] = vector->packet;
    }
}

static void flip(struct bytes *bytes, uint32_t bit)
{
    bytes->data[bit / 8] ^= (uint8_t)(1u << bit % 8); /* the order in which a UART sends them */
}

static void flip_few(struct random *random, struct bytes *bytes)
{
    uint32_t wrong[5];
    const uint32_t count = 1 + random_below(random, 5);
    for (uint32_t n = 0; n < count;) {
        bool again = false;
        wrong[n] = random_below(random, (uint32_t)bytes->size * 8);
        for (uint32_t i = 0; i < n; i++) {
            again = again || wrong[i] == wrong[n];
        }
        n += !again;
    }
    for (uint32_t n = 0; n < count; n++) {
        flip(bytes, wrong[n]);
    }
}

/* First and last bit wrong, those between by chance. */
static void burst(struct random *random, struct bytes *bytes)
{
    const uint32_t length = 2 + random_below(random, 31);
    const uint32_t start = random_below(random, (uint32_t)bytes->size * 8 - length);
    flip(bytes, start);
    flip(bytes, start + length - 1);
    for (uint32_t i = 1; i + 1 < length; i++) {
        if (random_below(random, 2) == 1) {
            flip(bytes, start + i);
        }
    }
}

static void encode(const struct bytes *packet, struct bytes *frame)
{
    frame->size = hil_cobs_encode(packet->data, packet->size, frame->data);
    frame->data[frame->size++] = 0;
}

static void lose_byte(struct random *random, struct bytes *frame)
{
    const size_t at = random_below(random, (uint32_t)frame->size - 1);
    memmove(frame->data + at, frame->data + at + 1, frame->size - at - 1);
    frame->size--;
}

static void insert_byte(struct random *random, struct bytes *frame)
{
    const size_t at = random_below(random, (uint32_t)frame->size);
    memmove(frame->data + at + 1, frame->data + at, frame->size - at);
    frame->data[at] = (uint8_t)random_bits(random);
    frame->size++;
}

static void damaged_frame(struct random *random, enum damage damage, struct bytes *frame)
{
    struct bytes packet = packets[random_below(random, packet_count)];
    if (damage == FEW_BITS) {
        flip_few(random, &packet);
    } else if (damage == PACKET_BURST) {
        burst(random, &packet);
    }
    encode(&packet, frame);
    if (damage == LINE_BIT) {
        flip(frame, random_below(random, (uint32_t)frame->size * 8));
    } else if (damage == LINE_BURST) {
        burst(random, frame);
    } else if (damage == LOST_BYTE) {
        lose_byte(random, frame);
    } else if (damage == EXTRA_BYTE) {
        insert_byte(random, frame);
    }
}

static bool is_original(const struct hil_packet *packet)
{
    uint8_t bytes[HIL_PACKET_SIZE_MAX];
    const size_t size = hil_packet_build(packet, bytes);
    for (unsigned i = 0; i < packet_count; i++) {
        if (size == packets[i].size && memcmp(bytes, packets[i].data, size) == 0) {
            return true;
        }
    }
    return false;
}

/* Wrong packets that were taken for good. An extra zero before a frame is no damage: that packet is right. */
static unsigned taken(struct random *random, enum damage damage)
{
    unsigned count = 0;
    for (unsigned i = 0; i < TRIES_A_CLASS; i++) {
        static struct bytes frame;
        struct hil_deframer deframer;
        struct hil_packet packet;
        hil_deframer_init(&deframer);
        damaged_frame(random, damage, &frame);
        for (size_t k = 0; k < frame.size; k++) {
            if (hil_deframer_push(&deframer, frame.data[k], &packet)) {
                count += !is_original(&packet);
            }
        }
    }
    return count;
}

void test_corruption(void)
{
    static const char *const names[] = {"1 to 5 bits of the packet", "burst of 2 to 32 bits of the packet",
                                        "1 bit on the line",          "burst on the line",
                                        "byte lost",                  "byte inserted"};
    struct random random = {2};
    packet_count = 0;
    CHECK(frames_read("vectors.txt", keep, NULL) > 0);
    for (enum damage damage = FEW_BITS; damage <= EXTRA_BYTE; damage++) {
        const unsigned wrong = taken(&random, damage);
        printf("corruption: %s: %u of %u taken for valid\n", names[damage], wrong, TRIES_A_CLASS);
        CHECK(wrong == 0);
    }
}
