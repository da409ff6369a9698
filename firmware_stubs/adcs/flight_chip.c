#include "flight_chip.h"

#include "hil_messages.h"

uint8_t *chip_decimal(uint8_t *at, unsigned number)
{
    uint8_t digits[5];
    unsigned n = 0;
    do {
        digits[n++] = (uint8_t)('0' + number % 10u);
        number /= 10u;
    } while (number > 0 && n < sizeof digits);
    while (n > 0) {
        *at++ = digits[--n];
    }
    return at;
}

uint8_t *chip_text(uint8_t *at, const char *text)
{
    while (*text != '\0') {
        *at++ = (uint8_t)*text++;
    }
    return at;
}

static unsigned first_of(uint16_t middle_64ths, unsigned side, unsigned all)
{
    const unsigned middle = middle_64ths / 64u, half = side / 2u;
    const unsigned first = middle > half ? middle - half : 0;
    return first + side <= all ? first : all - side;
}

uint32_t chip_cut(const struct frame *frame, const struct detection *found, uint8_t chip[CHIP_OCTETS])
{
    const unsigned columns = frame->columns < CHIP_SIDE ? frame->columns : CHIP_SIDE;
    const unsigned rows = frame->rows < CHIP_SIDE ? frame->rows : CHIP_SIDE;
    const unsigned left = first_of(found->column_64ths, columns, frame->columns);
    const unsigned top = first_of(found->row_64ths, rows, frame->rows);
    uint8_t *at = chip_decimal(chip_text(chip, "P5\n# picture "), frame->number);
    at = chip_decimal(chip_text(at, " at "), left);
    at = chip_decimal(chip_text(at, " "), top);
    at = chip_decimal(chip_text(at, "\n"), columns);
    at = chip_text(chip_decimal(chip_text(at, " "), rows), "\n4095\n");
    for (unsigned row = 0; row < rows; row++) {
        uint16_t pixels[FRAME_COLUMNS_MAX];
        frame_row(frame, top + row, pixels);
        for (unsigned column = 0; column < columns; column++) {
            hil_put_u16(at, pixels[left + column]);
            at += 2;
        }
    }
    return (uint32_t)(at - chip);
}
