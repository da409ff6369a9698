#include "oem7.h"

#include <string.h>

#include "checksums.h"
#include "octets.h"

#define HEADER 28u
#define CRC 4u
#define BESTXYZ 241u
#define BESTXYZ_BODY 112u
#define TIME_KNOWN 80u /* this and above: COARSE and better (OEM7 header, "GPS reference time status") */

static const uint8_t sync[3] = {0xAA, 0x44, 0x12};

void oem7_start(const struct device_line *line)
{
    static const char commands[] = "unlogall\r\nlog com1 bestxyzb ontime 1\r\n";
    line->send(line->context, (const uint8_t *)commands, sizeof commands - 1u);
}

static void read(struct oem7 *receiver)
{
    const uint8_t *data = receiver->buffer, *body = data + HEADER;
    struct oem7_fix fix = {.time_known = data[13] >= TIME_KNOWN,
                           .week = octets_u16le(data + 14),
                           .ms = octets_u32le(data + 16)};
    fix.valid = octets_u32le(body) == 0 && octets_u32le(body + 44) == 0;
    for (size_t axis = 0; axis < 3u; axis++) {
        fix.position_ecef_m[axis] = octets_f64le(body + 8u + 8u * axis);
        fix.velocity_ecef_m_s[axis] = octets_f64le(body + 52u + 8u * axis);
    }
    receiver->fix = fix;
}

static void drop(struct oem7 *receiver, size_t n)
{
    receiver->size -= n;
    memmove(receiver->buffer, receiver->buffer + n, receiver->size);
}

static bool may_be_log(const struct oem7 *receiver)
{
    const uint8_t *data = receiver->buffer;
    const size_t known = receiver->size < sizeof sync ? receiver->size : sizeof sync;
    if (memcmp(data, sync, known) != 0 || (receiver->size > 3u && data[3] != HEADER)) {
        return false;
    }
    return receiver->size < 10u || HEADER + octets_u16le(data + 8) + CRC <= OEM7_MOST;
}

bool oem7_take(struct oem7 *receiver, uint8_t octet)
{
    receiver->buffer[receiver->size++] = octet;
    while (receiver->size > 0) {
        if (!may_be_log(receiver)) {
            drop(receiver, 1);
            continue;
        }
        const size_t size = receiver->size < 10u ? HEADER : HEADER + octets_u16le(receiver->buffer + 8) + CRC;
        if (receiver->size < size) {
            return false;
        }
        if (crc32_novatel(receiver->buffer, size - CRC) != octets_u32le(receiver->buffer + size - CRC)) {
            receiver->refused++;
            drop(receiver, 1);
            continue;
        }
        const bool wanted = octets_u16le(receiver->buffer + 4) == BESTXYZ && size == HEADER + BESTXYZ_BODY + CRC;
        if (wanted) {
            read(receiver);
        }
        drop(receiver, size);
        if (wanted) {
            return true;
        }
    }
    return false;
}
