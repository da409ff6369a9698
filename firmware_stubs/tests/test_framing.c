/* COBS, CRC, packets and the deframer, by published vectors, the shared ones, and random streams cut anywhere. */
#include <string.h>

#include "check.h"
#include "hil_cobs.h"
#include "hil_crc32c.h"
#include "hil_deframer.h"
#include "frames.h"

static void check_cobs(const uint8_t *data, size_t n, const uint8_t *expected, size_t size)
{
    uint8_t out[HIL_COBS_SIZE_MAX(600)];
    CHECK(hil_cobs_encode(data, n, out) == size);
    CHECK(memcmp(out, expected, size) == 0);
}

/* Cheshire and Baker's paper and the table in Wikipedia's article, without the closing zero. */
static void test_published_cobs_vectors(void)
{
    check_cobs((const uint8_t[]){0}, 1, (const uint8_t[]){1, 1}, 2);
    check_cobs((const uint8_t[]){0, 0}, 2, (const uint8_t[]){1, 1, 1}, 3);
    check_cobs((const uint8_t[]){0x11, 0x22, 0x00, 0x33}, 4, (const uint8_t[]){3, 0x11, 0x22, 2, 0x33}, 5);
    check_cobs((const uint8_t[]){0x11, 0x22, 0x33, 0x44}, 4, (const uint8_t[]){5, 0x11, 0x22, 0x33, 0x44}, 5);
    check_cobs((const uint8_t[]){0x11, 0, 0, 0}, 4, (const uint8_t[]){2, 0x11, 1, 1, 1}, 5);
    uint8_t data[255], expected[257];
    for (unsigned i = 0; i < 255; i++) {
        data[i] = (uint8_t)(i + 1);
    }
    expected[0] = 0xFF;
    memcpy(expected + 1, data, 254);
    check_cobs(data, 254, expected, 255); /* 01 .. FE */
    expected[255] = 2;
    expected[256] = 0xFF;
    check_cobs(data, 255, expected, 257); /* 01 .. FF */
}

/* RFC 7143, appendix A.4, and the check value of the catalogue of parametrised CRC algorithms. */
static void test_published_crc(void)
{
    static const uint8_t zeros[32];
    uint8_t ones[32], rising[32];
    for (uint8_t i = 0; i < 32; i++) {
        ones[i] = 0xFF;
        rising[i] = i;
    }
    CHECK(hil_crc32c(zeros, 32) == 0x8A9136AAu);
    CHECK(hil_crc32c(ones, 32) == 0x62A8AB43u);
    CHECK(hil_crc32c(rising, 32) == 0x46DD794Eu);
    CHECK(hil_crc32c((const uint8_t *)"123456789", 9) == 0xE3069283u);
    CHECK(hil_crc32c((const uint8_t[]){'1', '2', '3', '4', '5', '6', '7', '8', '9', 0x83, 0x92, 0x06, 0xE3}, 13)
          == HIL_CRC32C_RESIDUE);
    CHECK(hil_crc32c(NULL, 0) == 0);
}

uint32_t hil_crc32c_bitwise(const uint8_t *data, size_t n); /* crc32c_bitwise.c */

static void test_the_checksum_without_a_table_is_the_same(void)
{
    struct random random = {9};
    uint8_t data[64];
    for (size_t n = 0; n < sizeof data; n++) {
        data[n] = (uint8_t)random_bits(&random);
        CHECK(hil_crc32c(data, n) == hil_crc32c_bitwise(data, n));
    }
}

static void check_vector(void *context, const struct vector *vector)
{
    struct hil_deframer *deframer = context;
    struct hil_packet packet;
    uint8_t out[HIL_COBS_SIZE_MAX(HIL_PACKET_SIZE_MAX) + 1];
    const size_t size = hil_cobs_encode(vector->packet.data, vector->packet.size, out);
    CHECK(size + 1 == vector->frame.size && memcmp(out, vector->frame.data, size) == 0);
    for (size_t i = 0; i + 1 < vector->frame.size; i++) {
        CHECK(!hil_deframer_push(deframer, vector->frame.data[i], &packet));
    }
    CHECK(hil_deframer_push(deframer, 0, &packet));
    uint8_t again[HIL_PACKET_SIZE_MAX];
    CHECK(hil_packet_build(&packet, again) == vector->packet.size);
    CHECK(memcmp(again, vector->packet.data, vector->packet.size) == 0);
}

static void test_shared_vectors(void)
{
    struct hil_deframer deframer;
    hil_deframer_init(&deframer);
    CHECK(frames_read("vectors.txt", check_vector, &deframer) > 10);
    CHECK(hil_frame_errors(&deframer.counts) == 0);
}

/* `unknown` is the link's affair when header and length are right: then the deframer hands out the packet. */
static void check_refused(void *context, const struct vector *vector)
{
    struct hil_deframer *deframer = context;
    struct hil_packet packet;
    bool taken = false;
    hil_deframer_init(deframer);
    for (size_t i = 0; i < vector->frame.size; i++) {
        taken = hil_deframer_push(deframer, vector->frame.data[i], &packet) || taken;
    }
    const struct hil_frame_counts *counts = &deframer->counts;
    const bool unknown = strcmp(vector->name, "unknown") == 0;
    CHECK(!taken || unknown);
    CHECK(hil_frame_errors(counts) + counts->packets == 1);
    CHECK(counts->crc == (strcmp(vector->name, "crc") == 0));
    CHECK(counts->runt == (strcmp(vector->name, "runt") == 0));
    CHECK(counts->cobs == (strcmp(vector->name, "cobs") == 0));
    CHECK(counts->overlong == (strcmp(vector->name, "overlong") == 0));
    CHECK(unknown || counts->header == (strcmp(vector->name, "length") == 0));
}

static void test_corrupt_vectors_are_refused_by_kind(void)
{
    struct hil_deframer deframer;
    CHECK(frames_read("corrupt.txt", check_refused, &deframer) > 5);
}

static void test_empty_frames_are_harmless(void)
{
    struct hil_deframer deframer;
    struct hil_packet packet;
    hil_deframer_init(&deframer);
    CHECK(!hil_deframer_push(&deframer, 0, &packet) && !hil_deframer_push(&deframer, 0, &packet));
    CHECK(deframer.counts.empty == 2 && hil_frame_errors(&deframer.counts) == 0);
}

static size_t random_frame(struct random *random, uint8_t *frame)
{
    uint8_t payload[HIL_PAYLOAD_SIZE_MAX], bytes[HIL_PACKET_SIZE_MAX];
    const bool has_time = random_below(random, 2) == 1;
    const size_t room = HIL_PAYLOAD_SIZE_MAX - (has_time ? HIL_TIME_SIZE : 0u);
    struct hil_packet packet = {.has_time = has_time, .payload = payload};
    packet.apid = (uint16_t)random_below(random, 0x800);
    packet.sequence = (uint16_t)random_below(random, 0x4000);
    packet.to_obc = random_below(random, 2) == 1;
    packet.time_ticks = has_time ? (uint64_t)random_bits(random) << 20 : 0;
    packet.payload_size = random_below(random, (uint32_t)room + 1);
    for (size_t i = 0; i < packet.payload_size; i++) {
        payload[i] = (uint8_t)(random_below(random, 3) == 0 ? 0 : random_bits(random));
    }
    const size_t size = hil_cobs_encode(bytes, hil_packet_build(&packet, bytes), frame);
    frame[size] = 0;
    return size + 1;
}

/* Packets between junk: every packet arrives, whatever the junk does, as long as a zero closes it off. */
static void test_packets_survive_junk_between_them(void)
{
    struct random random = {1};
    struct hil_deframer deframer;
    struct hil_packet packet;
    hil_deframer_init(&deframer);
    for (unsigned i = 0; i < 2000; i++) {
        uint8_t frame[HIL_COBS_SIZE_MAX(HIL_PACKET_SIZE_MAX) + 1];
        for (uint32_t junk = random_below(&random, 300); junk > 0; junk--) {
            (void)hil_deframer_push(&deframer, (uint8_t)random_bits(&random), &packet);
        }
        (void)hil_deframer_push(&deframer, 0, &packet);
        const size_t size = random_frame(&random, frame);
        unsigned taken = 0;
        for (size_t k = 0; k < size; k++) {
            taken += hil_deframer_push(&deframer, frame[k], &packet);
        }
        CHECK(taken == 1);
    }
}

static void test_oversized_packets_are_not_built(void)
{
    static const uint8_t payload[HIL_PACKET_SIZE_MAX];
    uint8_t bytes[HIL_PACKET_SIZE_MAX];
    struct hil_packet packet = {.payload = payload, .payload_size = HIL_PAYLOAD_SIZE_MAX};
    CHECK(hil_packet_build(&packet, bytes) == HIL_PACKET_SIZE_MAX);
    packet.has_time = true;
    CHECK(hil_packet_build(&packet, bytes) == 0);
    packet.payload_size = HIL_PAYLOAD_SIZE_MAX - HIL_TIME_SIZE;
    CHECK(hil_packet_build(&packet, bytes) == HIL_PACKET_SIZE_MAX);
}

void test_framing(void)
{
    test_published_cobs_vectors();
    test_published_crc();
    test_the_checksum_without_a_table_is_the_same();
    test_shared_vectors();
    test_corrupt_vectors_are_refused_by_kind();
    test_empty_frames_are_harmless();
    test_packets_survive_junk_between_them();
    test_oversized_packets_are_not_built();
}
