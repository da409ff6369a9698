#include "plume.h"

#define HALF 6               /* half side of the square that is looked at, */
#define REACH 5              /* and of that in which a plume is looked for */
#define SIDE (2 * HALF + 1)
#define LONG_64THS 64        /* from the find to the middle of what is bright about it: a plume's is farther */
#define STEP_64THS 8         /* of the search for the head */
#define MOST_64THS 256
#define FLAMES_64THS 38      /* from where half of the brightness is reached to the flames: figures over rendered fires */

/* A square of pixels, and the place of its middle in the picture. */
struct square {
    int column, row;
    uint16_t pixel[SIDE][SIDE];
};

static int within(int x, int n)
{
    return x < 0 ? 0 : x >= n ? n - 1 : x;
}

/* Beyond the picture's edge the square repeats it. */
static void cut(const struct frame *frame, struct square *square)
{
    uint16_t pixels[FRAME_COLUMNS_MAX];
    for (int i = 0; i < SIDE; i++) {
        frame_row(frame, (unsigned)within(square->row + i - HALF, frame->rows), pixels);
        for (int j = 0; j < SIDE; j++) {
            square->pixel[i][j] = pixels[within(square->column + j - HALF, frame->columns)];
        }
    }
}

static int32_t root(int32_t x)
{
    int32_t result = 0;
    for (int32_t bit = 1 << 14; bit != 0; bit >>= 1) {
        const int32_t candidate = result + bit;
        result = candidate * candidate <= x ? candidate : result;
    }
    return result;
}

struct way {
    int32_t column, row; /* in 64ths of a pixel */
};

/* From the find to the middle of what is brighter than a quarter of its contrast. */
static struct way plume_of(const struct square *square, const struct detection *found)
{
    const int32_t least = found->mean + (found->peak - found->mean) / 4;
    struct way sum = {0, 0};
    int32_t total = 1;
    for (int i = HALF - REACH; i <= HALF + REACH; i++) {
        for (int j = HALF - REACH; j <= HALF + REACH; j++) {
            const int32_t weight = square->pixel[i][j] > least ? square->pixel[i][j] - least : 0;
            total += weight; /* 121 x 4095 x 64 x 6 < 2^31 */
            sum.column += weight * (64 * (square->column + j - HALF) - found->column_64ths);
            sum.row += weight * (64 * (square->row + i - HALF) - found->row_64ths);
        }
    }
    return (struct way){sum.column / total, sum.row / total};
}

/* 4096 times the brightness between four pixels, at a place relative to the square's first one, in 64ths. */
static int32_t brightness(const struct square *square, int32_t column, int32_t row)
{
    const int32_t j = column / 64, i = row / 64, u = column % 64, v = row % 64;
    const int32_t upper = (64 - u) * square->pixel[i][j] + u * square->pixel[i][j + 1];
    const int32_t lower = (64 - u) * square->pixel[i + 1][j] + u * square->pixel[i + 1][j + 1];
    return (64 - v) * upper + v * lower;
}

void plume_head(const struct frame *frame, struct detection *found)
{
    struct square square = {.column = (found->column_64ths + 32) / 64, .row = (found->row_64ths + 32) / 64};
    cut(frame, &square);
    const struct way plume = plume_of(&square, found);
    const int32_t length = root(plume.column * plume.column + plume.row * plume.row);
    if (length < LONG_64THS) {
        return;
    }
    const int32_t half = (found->peak + found->mean) * 2048;
    const int32_t column = found->column_64ths - 64 * (square.column - HALF);
    const int32_t row = found->row_64ths - 64 * (square.row - HALF);
    for (int32_t away = 0; away < MOST_64THS; away += STEP_64THS) {
        if (brightness(&square, column - away * plume.column / length, row - away * plume.row / length) <= half) {
            const int32_t back = away - FLAMES_64THS;
            const int32_t at_column = found->column_64ths - back * plume.column / length;
            const int32_t at_row = found->row_64ths - back * plume.row / length;
            found->column_64ths = (uint16_t)(at_column < 0 ? 0 : at_column);
            found->row_64ths = (uint16_t)(at_row < 0 ? 0 : at_row);
            return;
        }
    }
}
