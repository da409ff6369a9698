#include "hil_protocol1.h"

#include "hil_messages.h"

/* CRC-16/IBM-3740, the packet error control of protocol 1. */
static uint16_t crc16(const uint8_t *bytes, size_t n)
{
    uint16_t crc = 0xFFFF;
    for (size_t i = 0; i < n; i++) {
        uint16_t x = (uint16_t)(crc >> 8 ^ bytes[i]);
        x = (uint16_t)(x ^ x >> 4);
        crc = (uint16_t)((unsigned)crc << 8 ^ (unsigned)x << 12 ^ (unsigned)x << 5 ^ x);
    }
    return crc;
}

bool hil_protocol1_asked(const uint8_t *bytes, size_t n)
{
    return n > 8 && hil_get_u16(bytes) == (0x1000u | HIL_APID_HELLO_REQUEST) && crc16(bytes, n) == 0;
}

void hil_protocol1_hello(uint8_t bytes[HIL_PROTOCOL1_HELLO_SIZE])
{
    hil_put_u16(bytes, HIL_APID_HELLO);
    hil_put_u16(bytes + 2, 0xC000u);
    hil_put_u16(bytes + 4, HIL_PROTOCOL1_HELLO_SIZE - 7u);
    hil_put_u16(bytes + 6, HIL_PROTOCOL_VERSION);
    hil_put_u16(bytes + 8, crc16(bytes, 8));
}
