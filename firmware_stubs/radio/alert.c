#include "alert.h"

#include "octets.h"

#include <string.h>

static uint8_t *put_f32(uint8_t *at, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return radio_put_u32(at, bits);
}

void alert_encode(const struct alert *alert, uint8_t octets[ALERT_OCTETS])
{
    uint8_t *at = radio_put_u16(octets, alert->number);
    at = radio_put_u8(at, alert->kind);
    at = radio_put_u8(at, alert->confidence);
    at = radio_put_u16(at, alert->picture);
    for (unsigned shift = 56; shift > 0; shift -= 8) {
        at = radio_put_u8(at, (unsigned)(alert->shutter_ticks >> (shift - 8)) & 0xFFu);
    }
    at = radio_put_u32(at, (uint32_t)alert->latitude_1e7_deg);
    at = radio_put_u32(at, (uint32_t)alert->longitude_1e7_deg);
    at = put_f32(at, alert->height_m);
    at = put_f32(at, alert->east_m2);
    at = put_f32(at, alert->north_m2);
    (void)put_f32(at, alert->east_north_m2);
}
