#include "hil_packet.h"

#include "hil_crc32c.h"

#define TELECOMMAND 0x1000u
#define SECONDARY_HEADER 0x0800u
#define UNSEGMENTED 0xC000u
#define VERSION_MASK 0xE000u
#define APID_MASK 0x07FFu
#define SEQUENCE_MASK 0x3FFFu

static uint16_t get_u16(const uint8_t *bytes)
{
    return (uint16_t)((bytes[0] << 8) | bytes[1]);
}

static uint8_t *put_u16(uint8_t *bytes, unsigned value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
    return bytes + 2;
}

static void put_crc(uint8_t *bytes, uint32_t crc)
{
    for (unsigned i = 0; i < HIL_CRC_SIZE; i++) {
        bytes[i] = (uint8_t)(crc >> 8 * i);
    }
}

static uint64_t get_time(const uint8_t *bytes)
{
    uint64_t ticks = 0;
    for (size_t i = 0; i < HIL_TIME_SIZE; i++) {
        ticks = (ticks << 8) | bytes[i];
    }
    return ticks;
}

static uint8_t *put_time(uint8_t *bytes, uint64_t ticks)
{
    for (size_t i = 0; i < HIL_TIME_SIZE; i++) {
        bytes[i] = (uint8_t)(ticks >> (8 * (HIL_TIME_SIZE - 1 - i)));
    }
    return bytes + HIL_TIME_SIZE;
}

bool hil_packet_parse(const uint8_t *bytes, size_t n, struct hil_packet *packet)
{
    if (n < HIL_PRIMARY_HEADER_SIZE + HIL_CRC_SIZE) {
        return false;
    }
    const uint16_t identification = get_u16(bytes);
    const uint16_t control = get_u16(bytes + 2);
    packet->apid = identification & APID_MASK;
    packet->sequence = control & SEQUENCE_MASK;
    packet->to_obc = (identification & TELECOMMAND) != 0;
    packet->has_time = (identification & SECONDARY_HEADER) != 0;
    const size_t header = HIL_PRIMARY_HEADER_SIZE + (packet->has_time ? HIL_TIME_SIZE : 0u);
    if ((identification & VERSION_MASK) != 0 || (control & UNSEGMENTED) != UNSEGMENTED
        || get_u16(bytes + 4) + HIL_PRIMARY_HEADER_SIZE + 1u != n || n < header + HIL_CRC_SIZE) {
        return false;
    }
    packet->time_ticks = packet->has_time ? get_time(bytes + HIL_PRIMARY_HEADER_SIZE) : 0;
    packet->payload = bytes + header;
    packet->payload_size = n - header - HIL_CRC_SIZE;
    return true;
}

size_t hil_packet_build(const struct hil_packet *packet, uint8_t *bytes)
{
    const size_t size = HIL_PRIMARY_HEADER_SIZE + (packet->has_time ? HIL_TIME_SIZE : 0u) + packet->payload_size
        + HIL_CRC_SIZE;
    if (packet->payload_size > HIL_PAYLOAD_SIZE_MAX || size > HIL_PACKET_SIZE_MAX) {
        return 0;
    }
    uint8_t *at = put_u16(bytes, (packet->to_obc ? TELECOMMAND : 0u) | (packet->has_time ? SECONDARY_HEADER : 0u)
                                     | (packet->apid & APID_MASK));
    at = put_u16(at, UNSEGMENTED | (packet->sequence & SEQUENCE_MASK));
    at = put_u16(at, (unsigned)(size - HIL_PRIMARY_HEADER_SIZE - 1u));
    at = packet->has_time ? put_time(at, packet->time_ticks) : at;
    for (size_t i = 0; i < packet->payload_size; i++) {
        *at++ = packet->payload[i];
    }
    put_crc(at, hil_crc32c(bytes, size - HIL_CRC_SIZE));
    return size;
}
