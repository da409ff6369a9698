/* A device's own line as a driver sees it: what a port gives, a USART whose interrupt fills a ring, or a file descriptor. */
#ifndef DEVICE_LINE_H
#define DEVICE_LINE_H

#include <stddef.h>
#include <stdint.h>

struct device_line {
    /* Take up to `capacity` octets that have come; 0 when there are none. Never waits. */
    size_t (*receive)(void *context, uint8_t *data, size_t capacity);
    void (*send)(void *context, const uint8_t *data, size_t n);
    void *context;
};

#endif
