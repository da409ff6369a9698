#include "library.h"

#include "classify.h"
#include "flight.h"
#include "plume.h"
#include "store_memory.h"

#define EXPORT __attribute__((visibility("default")))

struct buffer {
    uint8_t *data;
    size_t capacity, size;
};

struct obc {
    struct flight flight;
    struct hil_port port;
    struct buffer replies;
    struct store_medium medium;
};

/* Bytes come by hil_obc_exchange, never by being asked for. */
static size_t read_nothing(void *context, uint8_t *data, size_t capacity)
{
    (void)context;
    (void)data;
    (void)capacity;
    return 0;
}

static void append(void *context, const uint8_t *data, size_t n)
{
    struct buffer *buffer = context;
    const size_t room = buffer->capacity - buffer->size;
    const size_t size = n < room ? n : room;
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
}

EXPORT size_t hil_obc_size(void)
{
    return sizeof(struct obc);
}

EXPORT void hil_obc_init(void *memory)
{
    struct obc *obc = memory;
    obc->port = (struct hil_port){read_nothing, append, &obc->replies};
    flight_init(&obc->flight, &obc->port, NULL, NULL);
}

EXPORT size_t hil_obc_store_size(void)
{
    return sizeof(struct store_memory);
}

EXPORT void hil_obc_boot(void *memory, void *store, unsigned cause)
{
    struct obc *obc = memory;
    obc->port = (struct hil_port){read_nothing, append, &obc->replies};
    obc->medium = store_memory_medium(store);
    const struct boot boot = {&obc->medium, (enum reset_cause)cause, NULL};
    flight_init(&obc->flight, &obc->port, NULL, &boot);
}

EXPORT size_t hil_obc_exchange(void *memory, const uint8_t *rx, size_t rx_len, uint8_t *tx, size_t tx_capacity)
{
    struct obc *obc = memory;
    obc->replies = (struct buffer){tx, tx_capacity, 0};
    hil_link_receive(&obc->flight.link, rx, rx_len);
    return obc->replies.size;
}

struct seeing {
    struct frame frame;
    struct bad_pixels bad;
    struct detect_work work;
    struct detections detections;
};

EXPORT size_t hil_vision_size(void)
{
    return sizeof(struct seeing);
}

EXPORT size_t hil_vision_correct(void *memory, uint8_t *octets, uint16_t columns, uint16_t rows, uint16_t bits,
                                 uint16_t number)
{
    struct seeing *seeing = memory;
    if (!frame_begin(&seeing->frame, number, columns, rows, bits)) {
        return 0;
    }
    const size_t size = ((size_t)columns * rows * bits + 7u) / 8u;
    memset(seeing->frame.has, 0xFF, sizeof seeing->frame.has);
    memcpy(seeing->frame.octets, octets, size);
    bad_pixels_correct(&seeing->bad, &seeing->frame);
    memcpy(octets, seeing->frame.octets, size);
    return seeing->bad.count;
}

EXPORT size_t hil_vision_find(void *memory, const uint8_t *octets, uint16_t columns, uint16_t rows, uint16_t bits,
                              int32_t *finds, int8_t *inputs)
{
    struct seeing *seeing = memory;
    if (!frame_begin(&seeing->frame, 0, columns, rows, bits)) {
        return 0;
    }
    memcpy(seeing->frame.octets, octets, ((size_t)columns * rows * bits + 7u) / 8u);
    detect(&seeing->frame, &seeing->work, &seeing->detections);
    for (unsigned i = 0; i < seeing->detections.count; i++) {
        struct detection *found = &seeing->detections.found[i];
        int8_t own[CLASSIFY_INPUTS];
        int8_t *const seen = inputs != NULL ? inputs + i * CLASSIFY_INPUTS : own;
        classify_inputs(&seeing->frame, found, seen);
        const struct judgement judgement = classify(seen);
        if (judgement.kind == HIL_SIGHT_FIRE) {
            plume_head(&seeing->frame, found);
        }
        const int32_t numbers[8] = {judgement.kind, judgement.confidence, found->column_64ths, found->row_64ths,
                                    found->pixels,  found->peak,          found->mean,         found->sigma_16ths};
        memcpy(finds + 8u * i, numbers, sizeof numbers);
    }
    return seeing->detections.count;
}
