#include "space_packet.h"

#include "octets.h"

#define TELECOMMAND 0x1000u
#define VERSION 0xE000u
#define APID 0x07FFu
#define UNSEGMENTED 0xC000u
#define SEQUENCE 0x3FFFu

size_t space_packet_header(uint16_t apid, uint16_t sequence, size_t size, uint8_t octets[SPACE_PACKET_HEADER])
{
    radio_put_u16(octets, apid & APID);
    radio_put_u16(octets + 2, UNSEGMENTED | (sequence & SEQUENCE));
    radio_put_u16(octets + 4, (unsigned)(size - 1u));
    return SPACE_PACKET_HEADER;
}

bool space_packet_parse(const uint8_t *octets, size_t n, struct space_packet *packet)
{
    if (n <= SPACE_PACKET_HEADER) {
        return false;
    }
    const unsigned identification = radio_get_u16(octets), control = radio_get_u16(octets + 2);
    packet->telecommand = (identification & TELECOMMAND) != 0;
    packet->apid = (uint16_t)(identification & APID);
    packet->sequence = (uint16_t)(control & SEQUENCE);
    packet->data = octets + SPACE_PACKET_HEADER;
    packet->size = n - SPACE_PACKET_HEADER;
    return (identification & VERSION) == 0 && radio_get_u16(octets + 4) + 1u == packet->size;
}
