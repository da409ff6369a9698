/* HELLO in every version and length, and what the firmware tells of frames that it refused. */
#include <string.h>

#include "check.h"
#include "hil_cobs.h"
#include "wire.h"

static struct wire wire;

static uint8_t needed(const hil_hello *hello, uint16_t apid)
{
    for (size_t i = 0; i < hello->devices_count; i++) {
        if (hello->devices[i].apid == apid) {
            return hello->devices[i].count;
        }
    }
    return 255;
}

static void test_hello_lists_the_sensors_that_are_handled(void)
{
    wire_start(&wire);
    wire_hello(&wire);
    CHECK(wire.has_hello && wire.hello.devices_count == 10);
    CHECK(strcmp(wire.hello.firmware, "hil-adcs") == 0 && wire.hello.build[0] != '\0');
    CHECK(needed(&wire.hello, HIL_APID_GYRO) == 0); /* a spacecraft with rods alone is welcome */
    CHECK(needed(&wire.hello, HIL_APID_THERMOMETER) == 0);
    CHECK(needed(&wire.hello, 0x1F0) == 255 && needed(&wire.hello, HIL_APID_SYNC) == 255);
}

static void test_the_request_is_kept_for_the_application(void)
{
    const hil_hello_request *request = &wire.flight.link.request;
    wire_start(&wire);
    wire_hello(&wire);
    CHECK(request->step_numerator_s == 1 && request->step_denominator == 10);
    CHECK(request->devices_count == 2 && request->devices[1].apid == HIL_APID_TACHOMETER);
    CHECK(request->devices[1].count == 3);
}

/* Longer ones as well, up to the largest packet. */
static void test_a_request_of_any_length_is_answered(void)
{
    uint8_t payload[HIL_PAYLOAD_SIZE_MAX] = {0, HIL_PROTOCOL_VERSION, 0, 0, 0, 1, 0, 0, 0, 60};
    for (size_t size = 0; size <= sizeof payload; size++) {
        wire_start(&wire);
        wire_send(&wire, HIL_APID_HELLO_REQUEST, payload, size, -1.0);
        CHECK(wire.has_hello && wire.hello.protocol == HIL_PROTOCOL_VERSION);
        CHECK(wire.flight.link.request.step_denominator == (size >= 10 ? 60u : 0u));
        CHECK(wire.flight.link.request.devices_count <= HIL_DEVICES_MAX);
    }
}

static void test_a_request_of_any_version_is_answered_with_our_own(void)
{
    uint8_t payload[HIL_HELLO_REQUEST_SIZE] = {0};
    for (uint8_t version = 0; version < 10; version++) {
        payload[1] = version;
        payload[9] = 60;
        wire_start(&wire);
        wire_send(&wire, HIL_APID_HELLO_REQUEST, payload, sizeof payload, -1.0);
        CHECK(wire.has_hello && wire.hello.protocol == HIL_PROTOCOL_VERSION);
        CHECK(wire.flight.link.request.protocol == version);
        CHECK(wire.flight.link.request.step_denominator == (version == HIL_PROTOCOL_VERSION ? 60u : 0u));
    }
}

static void test_a_hello_of_any_length_is_read(void)
{
    uint8_t payload[HIL_HELLO_SIZE_MAX + 1] = {0, 7, 'a', 'b'};
    hil_hello hello;
    payload[HIL_HELLO_SIZE] = 1;
    payload[HIL_HELLO_SIZE + 1] = 0x20;
    for (size_t size = 0; size <= sizeof payload; size++) {
        CHECK(hil_hello_decode(payload, size, &hello));
        CHECK(hello.protocol == (size >= 2 ? 7 : 0) && hello.firmware[1] == (size >= 4 ? 'b' : 0));
        const size_t whole = size < HIL_HELLO_SIZE ? 0 : (size - HIL_HELLO_SIZE) / 3;
        CHECK(hello.devices_count == whole);
        CHECK(whole == 0 || hello.devices[0].apid == HIL_APID_GYRO);
    }
}

/* The request that benches of protocol 1 sent: {version 1, 100 000 us, {1, 1, 3, 1}}, CRC-16/IBM-3740. */
static const uint8_t request_of_protocol1[] = {
    0x02, 0x11, 0x02, 0xC0, 0x01, 0x02, 0x17, 0x02, 0x01, 0x09, 0x01, 0x86,
    0xA0, 0x01, 0x01, 0x03, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
    0x01, 0x01, 0x01, 0x01, 0x03, 0x90, 0xE0, 0x00};
/* What makes such a bench say that the firmware speaks version 2: a HELLO whose fields end after the version. */
static const uint8_t hello_for_protocol1[] = {2, 2, 2, 0xC0, 1, 2, 3, 4, HIL_PROTOCOL_VERSION};

struct capture {
    uint8_t octets[64];
    size_t n;
};

static void keep(void *context, const uint8_t *data, size_t n)
{
    struct capture *capture = context;
    for (size_t i = 0; i < n && capture->n < sizeof capture->octets; i++) {
        capture->octets[capture->n++] = data[i];
    }
}

static void test_a_bench_of_protocol_1_is_told_the_version(void)
{
    static struct flight flight;
    struct capture capture = {.n = 0};
    const struct hil_port port = {NULL, keep, &capture};
    flight_init(&flight, &port, NULL, NULL);
    hil_link_receive(&flight.link, request_of_protocol1, sizeof request_of_protocol1);
    CHECK(memcmp(capture.octets, hello_for_protocol1, sizeof hello_for_protocol1) == 0 && capture.n == 12);
    CHECK(hil_frame_errors(&flight.link.deframer.counts) == 0 && flight.link.deframer.counts.protocol1 == 0);
}

static void test_a_damaged_request_of_protocol_1_is_a_crc_error(void)
{
    uint8_t frame[sizeof request_of_protocol1];
    wire_start(&wire);
    memcpy(frame, request_of_protocol1, sizeof frame);
    frame[12] ^= 1;
    hil_link_receive(&wire.flight.link, frame, sizeof frame);
    CHECK(wire.size == 0 && wire.flight.link.deframer.counts.crc == 1);
}

static void send_garbage(const char *octets, size_t n)
{
    hil_link_receive(&wire.flight.link, (const uint8_t *)octets, n);
}

static void test_what_was_refused_is_told(void)
{
    static const uint8_t overlong[300] = {1};
    wire_start(&wire);
    wire_hello(&wire);
    send_garbage("\x0D" "123456789012", 14); /* no CRC */
    send_garbage("\x0D" "123456789013", 14);
    send_garbage("\x03" "a", 3);  /* ends in the middle of a block */
    send_garbage("\x02" "a", 3);  /* a runt */
    hil_link_receive(&wire.flight.link, overlong, 1);
    for (size_t i = 0; i < 200; i++) {
        send_garbage("\x01", 1);
    }
    send_garbage("\0", 1);
    wire_send(&wire, 0x7FF, overlong, 4, -1.0);
    wire_send(&wire, 0x1F0, overlong, 4, -1.0); /* a sensor that nobody takes: HELLO said so */
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.has_housekeeping && wire.housekeeping.crc_errors == 2 && wire.housekeeping.broken_frames == 2);
    CHECK(wire.housekeeping.overlong_frames == 1 && wire.housekeeping.unknown_packets == 1);
    wire_hello(&wire);
    wire_sync(&wire, 0, 0.0);
    CHECK(wire.housekeeping.crc_errors == 0 && wire.housekeeping.unknown_packets == 0); /* since HELLO */
}

void test_hello(void)
{
    test_hello_lists_the_sensors_that_are_handled();
    test_the_request_is_kept_for_the_application();
    test_a_request_of_any_length_is_answered();
    test_a_request_of_any_version_is_answered_with_our_own();
    test_a_hello_of_any_length_is_read();
    test_a_bench_of_protocol_1_is_told_the_version();
    test_a_damaged_request_of_protocol_1_is_a_crc_error();
    test_what_was_refused_is_told();
}
