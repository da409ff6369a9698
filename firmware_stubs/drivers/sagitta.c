#include "sagitta.h"

#include <string.h>

#include "checksums.h"
#include "octets.h"

#define ADDRESS 0x21u
#define SEED 1425u
#define HASH 4u
#define SET_PARAMETER 0u
#define ACTION 3u
#define ANSWER 0x80u
#define UNASKED 0x84u
#define BOOT 1u
#define SUBSCRIPTION 18u
#define SOLUTION 24u
#define SOLUTION_SIZE 87u
#define AGAIN_MS 1000u
#define SILENT_MS 5000u

static void say(const struct device_line *line, const uint8_t *message, size_t n)
{
    uint8_t content[32], frame[2u * sizeof content + 2u];
    memcpy(content, message, n);
    octets_put_u32le(content + n, xxhash32(message, n, SEED));
    line->send(line->context, frame, slip_encode(content, n + HASH, frame));
}

static void ask(const struct sagitta *tracker, const struct device_line *line)
{
    static const uint8_t boot[] = {ADDRESS, ACTION, BOOT, 1};
    static const uint8_t subscribe[19] = {ADDRESS, SET_PARAMETER, SUBSCRIPTION, SOLUTION};
    if (tracker->state == SAGITTA_BOOTING) {
        say(line, boot, sizeof boot);
    } else {
        say(line, subscribe, sizeof subscribe);
    }
}

void sagitta_poll(struct sagitta *tracker, const struct device_line *line, uint32_t now_ms)
{
    if (tracker->state == SAGITTA_RUNNING) {
        if (now_ms - tracker->heard_ms < SILENT_MS) {
            return;
        }
        tracker->state = SAGITTA_BOOTING;
    } else if (tracker->asked && now_ms - tracker->asked_ms < AGAIN_MS) {
        return;
    }
    tracker->asked = true;
    tracker->asked_ms = now_ms;
    ask(tracker, line);
}

/* The quaternion is that of the solution at hand, scalar first on the line. */
static void read(struct sagitta *tracker)
{
    const uint8_t *data = tracker->slip.content;
    struct sagitta_solution solution = {.valid = data[77] != 0};
    for (size_t i = 0; i < 4u; i++) {
        solution.q_eci_from_tracker[(i + 3u) % 4u] = octets_f32le(data + 16u + 4u * i);
    }
    solution.unix_us = (uint64_t)octets_u32le(data + 12) << 32 | octets_u32le(data + 8);
    tracker->solution = solution;
}

/* After boot its answer is good before it can be subscribed to: it is asked until it is heard. */
static void answered(struct sagitta *tracker, const uint8_t *data)
{
    if (data[1] == (ANSWER | ACTION) && data[2] == BOOT && data[3] == 0 && tracker->state == SAGITTA_BOOTING) {
        tracker->state = SAGITTA_SUBSCRIBING;
    }
}

bool sagitta_take(struct sagitta *tracker, uint8_t octet, uint32_t now_ms)
{
    const struct slip *slip = &tracker->slip;
    if (!slip_take(&tracker->slip, octet) || slip->size < HASH + 4u) {
        return false;
    }
    const uint8_t *data = slip->content;
    const size_t n = slip->size - HASH;
    if (xxhash32(data, n, SEED) != octets_u32le(data + n)) {
        tracker->refused++;
        return false;
    }
    if (data[0] != ADDRESS) {
        return false;
    }
    if (data[1] == UNASKED && data[2] == SOLUTION && slip->size == SOLUTION_SIZE) {
        tracker->state = SAGITTA_RUNNING;
        tracker->heard_ms = now_ms;
        read(tracker);
        return true;
    }
    answered(tracker, data);
    return false;
}
