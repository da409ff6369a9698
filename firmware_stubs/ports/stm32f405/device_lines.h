/* USARTs for devices on lines of their own, 8N1: reception by interrupt into a ring each, transmission by polling. Pins
 * as in usart.h. A transceiver of RS-485 has to turn its direction by itself. */
#ifndef DEVICE_LINES_H
#define DEVICE_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "line.h"

enum device_lines_usart { LINE_USART1, LINE_USART2, LINE_USART3, LINE_UART4, LINE_USART6, LINE_USARTS };

/* Start one; returns the line of it. */
struct device_line device_lines_start(enum device_lines_usart which, const struct clock *clock, uint32_t baud);

/* Sleep until an octet or an interrupt came; returns at once when there are octets. */
void device_lines_sleep(void);

#endif
