/* CCSDS Space Packets (133.0-B-2, section 4.1) as they go over the radio: unsegmented, without a secondary header. The radio
 * hands on a frame whole or not at all, so that they carry no checksum. */
#ifndef RADIO_SPACE_PACKET_H
#define RADIO_SPACE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPACE_PACKET_HEADER 6u

struct space_packet {
    bool telecommand;
    uint16_t apid;     /* 0..0x7FF */
    uint16_t sequence; /* 0..0x3FFF */
    const uint8_t *data;
    size_t size;
};

/* Write the header of a telemetry packet with `size` octets of data, at least one, which follow it. Returns its length. */
size_t space_packet_header(uint16_t apid, uint16_t sequence, size_t size, uint8_t octets[SPACE_PACKET_HEADER]);

/* Read the packet that fills octets[0..n) exactly; its data point into octets. False when it does not fit. */
bool space_packet_parse(const uint8_t *octets, size_t n, struct space_packet *packet);

#endif
