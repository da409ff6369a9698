/* Fuzz target: any bytes at all, to the whole flight software. It must not crash, hang, or answer with a broken frame; the
 * sanitizers watch over the rest. With libFuzzer this is its entry; without it (HIL_FUZZ_STANDALONE) a main makes seeded
 * random inputs, or reads the files that it is given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flight.h"

struct replies {
    struct hil_deframer deframer;
};

static size_t read_nothing(void *context, uint8_t *data, size_t capacity)
{
    (void)context;
    (void)data;
    (void)capacity;
    return 0;
}

static void check_replies(void *context, const uint8_t *data, size_t n)
{
    struct replies *replies = context;
    struct hil_packet packet;
    for (size_t i = 0; i < n; i++) {
        (void)hil_deframer_push(&replies->deframer, data[i], &packet);
    }
    if (hil_frame_errors(&replies->deframer.counts) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As it comes, and once more with every piece between zeros made a valid packet of the APID in its first byte, so that what
 * lies behind the checksum is reached too. */
static void feed_packets(struct flight *flight, const uint8_t *data, size_t size)
{
    static const uint16_t apids[32] = {0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0x107, 0x110, 0x110, 0x110,
                                       0x110, 0x110, 0x120, 0x120, 0x121, 0x121, 0x122, 0x122, 0x123, 0x123, 0x124,
                                       0x124, 0x125, 0x126, 0x126, 0x127, 0x128, 0x103, 0x101, 0x200, 0x7FF};
    for (size_t i = 0; i + 2 < size;) {
        const size_t want = data[i + 1] % 40u;
        const size_t left = size - i - 2;
        const struct hil_packet packet = {
            .apid = apids[data[i] % 32u],
            .to_obc = true,
            .has_time = (data[i] & 0x40) != 0,
            .time_ticks = (uint64_t)data[i + 1] << 18,
            .payload = data + i + 2,
            .payload_size = want < left ? want : left,
        };
        uint8_t bytes[HIL_PACKET_SIZE_MAX], frame[HIL_FRAME_SIZE_MAX];
        const size_t n = hil_cobs_encode(bytes, hil_packet_build(&packet, bytes), frame);
        frame[n] = 0;
        hil_link_receive(&flight->link, frame, n + 1);
        i += 2 + packet.payload_size;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct flight flight;
    static struct replies replies;
    const struct hil_port port = {read_nothing, check_replies, &replies};
    hil_deframer_init(&replies.deframer);
    flight_init(&flight, &port, NULL, NULL);
    hil_link_receive(&flight.link, data, size);
    feed_packets(&flight, data, size);
    return 0;
}

#ifdef HIL_FUZZ_STANDALONE

static uint64_t state;

static uint8_t random_byte(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint8_t)(state >> 56);
}

static void run_seed(uint64_t seed)
{
    uint8_t data[1024];
    state = seed;
    const size_t size = random_byte() * 4u + 4u;
    for (size_t i = 0; i < size; i++) {
        data[i] = random_byte() % 4u == 0 ? 0 : random_byte();
    }
    (void)LLVMFuzzerTestOneInput(data, size);
}

/* fuzz [N]: seeds 1..N. */
int main(int argc, char **argv)
{
    const unsigned long runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    for (unsigned long seed = 1; seed <= runs; seed++) {
        run_seed(seed);
    }
    printf("%lu inputs, no finding\n", runs);
    return 0;
}

#endif
