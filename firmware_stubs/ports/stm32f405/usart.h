/* One USART, 8N1: reception by interrupt into a ring, transmission by polling. Which one is chosen at build time:
 *     HIL_USART   TX / RX pins   alternate function   bus
 *     1           PA9 / PA10     7                    APB2
 *     2           PA2 / PA3      7                    APB1
 *     3           PB10 / PB11    7                    APB1
 *     6           PC6 / PC7      8                    APB2 */
#ifndef USART_H
#define USART_H

#include <stddef.h>
#include <stdint.h>

#include "clock.h"

struct usart_errors {
    uint32_t overrun;   /* a byte came before the one before was read */
    uint32_t framing;   /* no stop bit: wrong baud rate, or a cable pulled */
    uint32_t noise;
    uint32_t ring_full; /* bytes dropped because nobody took them out of the ring */
};

/* Start at HIL_BAUD, given the clocks. */
void usart_init(const struct clock *clock);

/* Take up to `capacity` received bytes; 0 when there are none. */
size_t usart_read(uint8_t *data, size_t capacity);

/* Sleep until a byte or an interrupt came; returns at once when there are bytes. */
void usart_sleep(void);

/* Send all of data[0..n); returns when the last byte is in the transmitter. */
void usart_write(const uint8_t *data, size_t n);

/* Most octets that waited to be read at once, since the start. */
uint32_t usart_unread_max(void);

/* Since the start. */
struct usart_errors usart_errors(void);

#endif
