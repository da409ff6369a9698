#include "events.h"

#define OF_A_DEVICE(code) [code] = true,
static const bool by_value[] = {ADCS_EVENTS_BY_VALUE(OF_A_DEVICE)};

static bool is_by_value(unsigned code)
{
    return code < sizeof by_value / sizeof by_value[0] && by_value[code];
}

/* The same was told less than a second ago. */
static bool is_repeated(const struct adcs_events *events, unsigned code, float value)
{
    for (unsigned i = 0; i < ADCS_EVENTS_RECENT; i++) {
        const bool same = events->recent[i].code == code && (!is_by_value(code) || events->recent[i].value == value);
        const float ago_s = adcs_seconds(events->recent[i].time, events->now);
        if (same && ago_s >= 0.0f && ago_s < 1.0f) {
            return true;
        }
    }
    return false;
}

static void append(struct adcs_events *events, unsigned code, float value)
{
    events->code[events->count] = (uint16_t)code;
    events->value[events->count] = value;
    events->count++;
}

/* Lost ones keep a place for themselves. */
void adcs_report(struct adcs_events *events, enum adcs_event code, float value)
{
    if (is_repeated(events, code, value)) {
        events->repeated++;
        return;
    }
    if (events->count >= ADCS_EVENTS_MAX - 1u) {
        events->lost++;
        return;
    }
    append(events, code, value);
    events->recent[events->next].code = (uint16_t)code;
    events->recent[events->next].value = value;
    events->recent[events->next].time = events->now;
    events->next = (events->next + 1u) % ADCS_EVENTS_RECENT;
}

static void tell_of_lost(struct adcs_events *events)
{
    if (events->lost != events->lost_told && events->count < ADCS_EVENTS_MAX) {
        events->lost_told = events->lost;
        append(events, ADCS_EVENT_EVENTS_LOST, (float)events->lost);
    }
}

bool adcs_events_take(struct adcs_events *events, uint16_t *code, float *value)
{
    tell_of_lost(events);
    if (events->count == 0) {
        return false;
    }
    *code = events->code[0];
    *value = events->value[0];
    events->count--;
    for (unsigned i = 0; i < events->count; i++) {
        events->code[i] = events->code[i + 1];
        events->value[i] = events->value[i + 1];
    }
    return true;
}
