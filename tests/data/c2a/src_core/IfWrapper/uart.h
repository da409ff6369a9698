/* Names of C2A's UART settings. */
#ifndef C2A_UART_STAND_IN_H
#define C2A_UART_STAND_IN_H

#include <stdint.h>

enum { UART, PARITY_SETTINGS_NONE, UART_DATA_LENGTH_8BIT, UART_STOP_BIT_1BIT };
typedef struct {
    uint8_t ch;
    uint32_t baudrate;
    int parity_settings, data_length, stop_bit;
} UART_Config;

#endif
