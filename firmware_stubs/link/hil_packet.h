/* CCSDS Space Packets (133.0-B-2, section 4.1) as the bench uses them: one unsegmented packet a frame, an optional CUC
 * time (301.0-B-4, section 3.2: 4 octets of seconds and 3 of fraction) as the secondary header. Packet error control is
 * the user's affair there: here a CRC-32C over the packet, least significant octet first, ends it. The header's length
 * lies under the CRC and must be that of the frame. */
#ifndef HIL_PACKET_H
#define HIL_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HIL_PRIMARY_HEADER_SIZE 6u
#define HIL_TIME_SIZE 7u
#define HIL_CRC_SIZE 4u
#define HIL_TICKS_PER_SECOND (1ul << 24) /* CUC's last octet counts 2^-24 s */

/* The largest packet that is sent or accepted; a longer frame is counted and dropped. */
#ifndef HIL_PACKET_SIZE_MAX
#define HIL_PACKET_SIZE_MAX 128u
#endif
#define HIL_PAYLOAD_SIZE_MAX (HIL_PACKET_SIZE_MAX - HIL_PRIMARY_HEADER_SIZE - HIL_CRC_SIZE)

struct hil_packet {
    uint16_t apid;     /* 0..0x7FF */
    uint16_t sequence; /* 0..0x3FFF, counts the packets of one APID */
    bool to_obc;       /* telecommand (bench to OBC) or telemetry (OBC to bench) */
    bool has_time;     /* time_ticks is on the wire */
    uint64_t time_ticks; /* 2^-24 s since the run's start, below 2^56; 0 without a time */
    const uint8_t *payload;
    size_t payload_size;
};

/* Read the packet that fills bytes[0..n) exactly. The payload points into bytes. Returns false, and leaves *packet
 * undefined, when a version, segmentation or length does not fit; the CRC is the caller's business (deframer.h). */
bool hil_packet_parse(const uint8_t *bytes, size_t n, struct hil_packet *packet);

/* Write *packet with its CRC to bytes, which holds HIL_PACKET_SIZE_MAX. Returns its size, or 0 when it would be larger. */
size_t hil_packet_build(const struct hil_packet *packet, uint8_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
