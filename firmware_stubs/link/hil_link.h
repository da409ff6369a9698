/* The bench's line, seen from the OBC: read bytes, answer HELLO, hand every other packet to its handler, send packets.
 * No allocation, no globals, no I/O of its own: all state is in struct hil_link, all I/O behind struct hil_port.
 *
 * A team's firmware needs these lines:
 *
 *     static const struct hil_handler handlers[] = {{HIL_APID_GYRO, on_gyro, 1}, {HIL_APID_SYNC, on_sync, 0}};
 *     const struct hil_port port = {uart_read, uart_write, &uart};
 *     const struct hil_application application = {handlers, 2, reset, &me, "my-firmware", "0123456789ab", 0, 0};
 *     hil_link_init(&link, &port, &application);
 *     for (;;) hil_link_poll(&link);
 */
#ifndef HIL_LINK_H
#define HIL_LINK_H

#include "hil_cobs.h"
#include "hil_deframer.h"
#include "hil_messages.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HIL_FRAME_SIZE_MAX (HIL_COBS_SIZE_MAX(HIL_PACKET_SIZE_MAX) + 1u)

/* Packets sent while one read is handled leave in one write of up to this size; HIL_FRAME_SIZE_MAX is the least. */
#ifndef HIL_TX_SIZE
#define HIL_TX_SIZE 512u
#endif

/* Most bytes that hil_link_poll reads at once, on its stack. */
#ifndef HIL_READ_SIZE
#define HIL_READ_SIZE 256u
#endif

#define HIL_SEQUENCES 64u /* APIDs 0x200..0x23F, those from the OBC, have a sequence count each */

/* Everything that the link needs of a machine. */
struct hil_port {
    /* Put up to `capacity` received bytes into data; return how many. 0: none yet; it may also wait until there are some. */
    size_t (*read)(void *context, uint8_t *data, size_t capacity);
    /* Send all of data[0..n); may wait. */
    void (*write)(void *context, const uint8_t *data, size_t n);
    void *context;
};

struct hil_link;

/* Called with a valid packet of this APID; payload and packet live until the handler returns. */
struct hil_handler {
    uint16_t apid;
    void (*handle)(void *context, struct hil_link *link, const struct hil_packet *packet);
    uint8_t needed; /* of samples: the fewest sensors of this kind that the firmware can do its work with */
};

struct hil_application {
    const struct hil_handler *handlers; /* a set_... packet without one is answered as unknown by the link */
    size_t handler_count;
    void (*reset)(void *context); /* return to the boot state: HELLO was requested */
    void *context;                /* passed to reset and to every handler */
    const char *firmware;         /* name, up to 16 characters */
    const char *build;            /* identity of the sources, up to 16 characters */
    uint32_t step_numerator_s, step_denominator; /* the only control period that it can do, as 1/60 s; 0, 0: any */
};

struct hil_link {
    const struct hil_port *port;
    const struct hil_application *application;
    struct hil_deframer deframer;
    hil_hello_request request;      /* the bench's side of the last HELLO; all zero before the first, and but for the
                                     * version after one of another version */
    uint32_t commands_accepted, commands_refused; /* as acknowledged since HELLO */
    uint32_t unknown;               /* valid packets without a handler, but for samples: wrong APID or from an OBC */
    uint16_t sequence[HIL_SEQUENCES];
    size_t tx_size;
    uint8_t tx[HIL_TX_SIZE];
};

/* Start as at power on. *port and *application stay in use. */
void hil_link_init(struct hil_link *link, const struct hil_port *port, const struct hil_application *application);

/* Read once, handle every packet that is complete, write what the handlers sent. Returns the bytes read. */
size_t hil_link_poll(struct hil_link *link);

/* Handle bytes that came some other way; otherwise as hil_link_poll. */
void hil_link_receive(struct hil_link *link, const uint8_t *data, size_t n);

/* Queue one packet without time to the bench; the sequence count is the link's. `size` is at most HIL_PAYLOAD_SIZE_MAX. */
void hil_link_send(struct hil_link *link, uint16_t apid, const uint8_t *payload, size_t size);

/* Queue the ack of a set_... packet; `result` is one of HIL_ACK_.... */
void hil_link_acknowledge(struct hil_link *link, const struct hil_packet *request, uint8_t result);

/* Tell the bench what the firmware calls a mode, a number of message user or a parameter: in a handler, before the first
 * sync is answered. `name` has up to 32 characters. */
#define HIL_NAME_MODE 0u
#define HIL_NAME_NUMBER 1u
#define HIL_NAME_PARAMETER 2u
void hil_link_name(struct hil_link *link, uint8_t what, uint16_t number, const char *name);

#ifdef __cplusplus
}
#endif

#endif
