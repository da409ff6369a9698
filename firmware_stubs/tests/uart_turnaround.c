/* The bare turn-around that the loop on the emulated board is measured against: the driver of the port, and nothing
 * behind it. A frame as long as SYNC's ends a step and is answered by as many octets as estimate and command have. */
#include "board.h"
#include "hil_link.h"
#include "hil_messages.h"
#include "usart.h"

#define FRAME_SIZE(payload) (HIL_COBS_SIZE_MAX(HIL_PRIMARY_HEADER_SIZE + (payload) + HIL_CRC_SIZE) + 1u)

enum { SYNC_FRAME = FRAME_SIZE(HIL_TIME_SIZE + HIL_SYNC_SIZE) };
enum { REPLY = FRAME_SIZE(HIL_ESTIMATE_SIZE) + FRAME_SIZE(HIL_COMMAND_SIZE) };

int main(void)
{
    static uint8_t reply[REPLY];
    (void)board_clock_init();
    usart_init(board_clock());
    size_t frame = 0;
    for (;;) {
        uint8_t data[64];
        usart_sleep();
        const size_t n = usart_read(data, sizeof data);
        for (size_t i = 0; i < n; i++) {
            frame++;
            if (data[i] == 0) {
                if (frame == SYNC_FRAME) {
                    usart_write(reply, sizeof reply);
                }
                frame = 0;
            }
        }
    }
}
