#include "hil_link.h"

#include "hil_protocol1.h"

#if HIL_TX_SIZE < HIL_FRAME_SIZE_MAX
#error "HIL_TX_SIZE has no room for one frame"
#endif

#define FIRST_APID_FROM_OBC HIL_APID_HELLO
#define LAST_SETTING 0x10Fu /* 0x101..0x10F: what the bench waits for an ack of */

void hil_link_init(struct hil_link *link, const struct hil_port *port, const struct hil_application *application)
{
    memset(link, 0, sizeof *link);
    link->port = port;
    link->application = application;
}

static void flush(struct hil_link *link)
{
    if (link->tx_size > 0) {
        link->port->write(link->port->context, link->tx, link->tx_size);
        link->tx_size = 0;
    }
}

static void copy_name(char *destination, size_t size, const char *name)
{
    memset(destination, 0, size);
    for (size_t i = 0; i < size && name[i] != '\0'; i++) {
        destination[i] = name[i];
    }
}

static bool is_sample(uint16_t apid)
{
    return apid >= HIL_APID_FIRST_SAMPLE && apid <= HIL_APID_LAST_SAMPLE;
}

/* The kinds of sensors that are handled are those whose samples have a handler. */
static void list_devices(const struct hil_application *application, hil_hello *hello)
{
    for (size_t i = 0; i < application->handler_count && hello->devices_count < HIL_DEVICES_MAX; i++) {
        const struct hil_handler *handler = &application->handlers[i];
        if (is_sample(handler->apid)) {
            hello->devices[hello->devices_count++] = (hil_device){handler->apid, handler->needed};
        }
    }
}

static void answer_hello(struct hil_link *link)
{
    const struct hil_application *application = link->application;
    hil_hello hello = {.protocol = HIL_PROTOCOL_VERSION,
                       .step_numerator_s = application->step_numerator_s,
                       .step_denominator = application->step_denominator};
    copy_name(hello.firmware, sizeof hello.firmware, application->firmware);
    copy_name(hello.build, sizeof hello.build, application->build);
    list_devices(application, &hello);
    uint8_t payload[HIL_HELLO_SIZE_MAX];
    hil_link_send(link, HIL_APID_HELLO, payload, hil_hello_encode(&hello, payload));
}

/* Everything that could make a later reply differ from that of a board just switched on goes back to its start. */
static void on_hello_request(struct hil_link *link, const struct hil_packet *packet)
{
    hil_hello_request *request = &link->request;
    (void)hil_hello_request_decode(packet->payload, packet->payload_size, request);
    if (request->protocol != HIL_PROTOCOL_VERSION) { /* what follows the version may lie elsewhere */
        *request = (hil_hello_request){.protocol = request->protocol};
    }
    memset(link->sequence, 0, sizeof link->sequence);
    link->deframer.counts = (struct hil_frame_counts){0};
    link->unknown = link->commands_accepted = link->commands_refused = 0;
    link->tx_size = 0; /* replies to whoever was there before */
    link->application->reset(link->application->context);
    answer_hello(link);
}

static void dispatch(struct hil_link *link, const struct hil_packet *packet)
{
    const struct hil_application *application = link->application;
    if (packet->to_obc && packet->apid == HIL_APID_HELLO_REQUEST) {
        on_hello_request(link, packet);
        return;
    }
    for (size_t i = 0; packet->to_obc && i < application->handler_count; i++) {
        if (application->handlers[i].apid == packet->apid) {
            application->handlers[i].handle(application->context, link, packet);
            return;
        }
    }
    link->unknown += !packet->to_obc || !is_sample(packet->apid); /* HELLO said which samples nobody takes */
    if (packet->to_obc && packet->apid > HIL_APID_HELLO_REQUEST && packet->apid <= LAST_SETTING) {
        hil_link_acknowledge(link, packet, HIL_ACK_UNKNOWN_ID);
    }
}

static void queue(struct hil_link *link, const uint8_t *packet, size_t n)
{
    if (link->tx_size + HIL_FRAME_SIZE_MAX > HIL_TX_SIZE) {
        flush(link);
    }
    link->tx_size += hil_cobs_encode(packet, n, link->tx + link->tx_size);
    link->tx[link->tx_size++] = 0;
}

static void answer_protocol1(struct hil_link *link)
{
    uint8_t bytes[HIL_PROTOCOL1_HELLO_SIZE];
    hil_protocol1_hello(bytes);
    queue(link, bytes, sizeof bytes);
    link->deframer.counts.protocol1 = 0;
}

void hil_link_receive(struct hil_link *link, const uint8_t *data, size_t n)
{
    struct hil_packet packet;
    for (size_t i = 0; i < n; i++) {
        if (hil_deframer_push(&link->deframer, data[i], &packet)) {
            dispatch(link, &packet);
        } else if (link->deframer.counts.protocol1 > 0) {
            answer_protocol1(link);
        }
    }
    flush(link);
}

size_t hil_link_poll(struct hil_link *link)
{
    uint8_t data[HIL_READ_SIZE];
    const size_t n = link->port->read(link->port->context, data, sizeof data);
    hil_link_receive(link, data, n);
    return n;
}

static uint16_t next_sequence(struct hil_link *link, uint16_t apid)
{
    uint16_t *next = &link->sequence[(apid - FIRST_APID_FROM_OBC) % HIL_SEQUENCES];
    const uint16_t sequence = *next;
    *next = (uint16_t)((sequence + 1u) & 0x3FFFu);
    return sequence;
}

void hil_link_send(struct hil_link *link, uint16_t apid, const uint8_t *payload, size_t size)
{
    const struct hil_packet packet = {
        .apid = apid, .sequence = next_sequence(link, apid), .payload = payload, .payload_size = size};
    uint8_t bytes[HIL_PACKET_SIZE_MAX];
    queue(link, bytes, hil_packet_build(&packet, bytes));
}

void hil_link_acknowledge(struct hil_link *link, const struct hil_packet *request, uint8_t result)
{
    link->commands_accepted += result == HIL_ACK_ACCEPTED;
    link->commands_refused += result != HIL_ACK_ACCEPTED;
    const hil_ack ack = {.request_apid = request->apid, .request_sequence = request->sequence, .result = result};
    uint8_t payload[HIL_ACK_SIZE];
    hil_link_send(link, HIL_APID_ACK, payload, hil_ack_encode(&ack, payload));
}

void hil_link_name(struct hil_link *link, uint8_t what, uint16_t number, const char *name)
{
    hil_named named = {.what = what, .number = number};
    copy_name(named.name, sizeof named.name, name);
    uint8_t payload[HIL_NAMED_SIZE];
    hil_link_send(link, HIL_APID_NAMED, payload, hil_named_encode(&named, payload));
}
