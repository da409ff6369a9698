#include "slip.h"

#define END 0xC0u
#define ESCAPE 0xDBu
#define ESCAPED_END 0xDCu
#define ESCAPED_ESCAPE 0xDDu

static void add(struct slip *slip, uint8_t octet)
{
    if (slip->size < SLIP_MOST) {
        slip->content[slip->size++] = octet;
    } else {
        slip->broken = true;
    }
}

static void add_escaped(struct slip *slip, uint8_t octet)
{
    slip->escaped = false;
    if (octet == ESCAPED_END || octet == ESCAPED_ESCAPE) {
        add(slip, octet == ESCAPED_END ? END : ESCAPE);
    } else {
        slip->broken = true;
    }
}

/* Between the END of one frame and that of the next there is nothing, which is no frame. */
static bool end(struct slip *slip)
{
    const bool bad = slip->broken || slip->escaped;
    slip->broken_frames += bad;
    slip->escaped = slip->broken = false;
    slip->ended = !bad && slip->size > 0;
    return slip->ended;
}

bool slip_take(struct slip *slip, uint8_t octet)
{
    if (octet == END) {
        const bool whole = !slip->ended && end(slip);
        slip->size = whole ? slip->size : 0;
        return whole;
    }
    if (slip->ended) {
        slip->ended = false;
        slip->size = 0;
    }
    if (slip->escaped) {
        add_escaped(slip, octet);
    } else if (octet == ESCAPE) {
        slip->escaped = true;
    } else {
        add(slip, octet);
    }
    return false;
}

size_t slip_encode(const uint8_t *content, size_t n, uint8_t *frame)
{
    size_t size = 0;
    frame[size++] = END;
    for (size_t i = 0; i < n; i++) {
        const uint8_t octet = content[i];
        if (octet == END || octet == ESCAPE) {
            frame[size++] = ESCAPE;
            frame[size++] = octet == END ? ESCAPED_END : ESCAPED_ESCAPE;
        } else {
            frame[size++] = octet;
        }
    }
    frame[size++] = END;
    return size;
}
