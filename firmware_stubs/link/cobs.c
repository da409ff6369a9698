#include "hil_cobs.h"

size_t hil_cobs_encode(const uint8_t *data, size_t n, uint8_t *out)
{
    size_t code_at = 0;
    size_t end = 1;
    uint8_t code = 1; /* distance from code_at to the next zero */
    for (size_t i = 0; i < n; i++) {
        if (data[i] != 0) {
            out[end++] = data[i];
            code++;
        }
        if (data[i] == 0 || (code == 0xFF && i + 1 < n)) {
            out[code_at] = code;
            code_at = end++;
            code = 1;
        }
    }
    out[code_at] = code;
    return end;
}
