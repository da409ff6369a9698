#include "bad_pixels.h"

#include <string.h>

#define AROUND 8
#define BAD 8u             /* doubt from which on a pixel is on the map, */
#define SURE 15u           /* which it has after each picture in which it stands alone */
#define DOUBT 2u           /* more in a picture in which a pixel stands alone; one less in others */
#define FORGET_PICTURES 16u /* one of so many lessens the doubt of those on the map */
#define LEAST 24           /* counts: more than a step of 8 bits, */
#define SHARE 8            /* and an eighth of the brightness: twelve times what good pixels differ in response */
#define SPREADS 8          /* times what the neighbours differ */
#define BLACK 4            /* the dark in the middle of light gets a third of it by blur, if all around is as light */

/* Three rows of a picture as it came, and which one is in the middle. */
struct strip {
    uint16_t pixels[3][FRAME_COLUMNS_MAX];
    int columns, row;
};

static unsigned doubt_of(const struct bad_pixels *map, unsigned pixel)
{
    return pixel % 2u == 0 ? map->doubt[pixel / 2u] & 15u : map->doubt[pixel / 2u] >> 4;
}

static void set_doubt(struct bad_pixels *map, unsigned pixel, unsigned doubt)
{
    uint8_t *pair = &map->doubt[pixel / 2u];
    *pair = (uint8_t)(pixel % 2u == 0 ? (*pair & 0xF0u) | doubt : (*pair & 0x0Fu) | doubt << 4);
}

void bad_pixels_forget(struct bad_pixels *map)
{
    memset(map, 0, sizeof *map);
}

/* Beyond the edge a picture goes on as in a mirror. */
static int mirrored(int at, int n)
{
    return at < 0 ? 1 : at >= n ? n - 2 : at;
}

static const uint16_t *row_at(const struct strip *strip, int row)
{
    return strip->pixels[row % 3];
}

/* The pixels around one, in order of size. */
static void sort_around(const struct strip *strip, int rows, int column, int sorted[AROUND])
{
    const int left = mirrored(column - 1, strip->columns), right = mirrored(column + 1, strip->columns);
    int n = 0;
    for (int i = -1; i <= 1; i++) {
        const uint16_t *row = row_at(strip, mirrored(strip->row + i, rows));
        const int three[3] = {row[left], row[right], row[column]};
        for (int j = 0; j < (i == 0 ? 2 : 3); j++, n++) {
            int at = n;
            for (; at > 0 && sorted[at - 1] > three[j]; at--) {
                sorted[at] = sorted[at - 1];
            }
            sorted[at] = three[j];
        }
    }
}

/* Most pixels are like those to their left and right: then two neighbours are near them, and the others need no look. */
static bool like_those_beside(const uint16_t *row, int columns, int column)
{
    const int x = row[column], left = row[mirrored(column - 1, columns)], right = row[mirrored(column + 1, columns)];
    return x - left <= LEAST && left - x <= LEAST && x - right <= LEAST && right - x <= LEAST;
}

static bool stands_alone(const struct strip *strip, int rows, int column)
{
    const uint16_t *row = row_at(strip, strip->row);
    if (like_those_beside(row, strip->columns, column)) {
        return false;
    }
    int sorted[AROUND];
    sort_around(strip, rows, column, sorted);
    const int low = sorted[1], high = sorted[AROUND - 2], x = row[column];
    const int most = LEAST + SPREADS * (high - low);
    return x - high > most + high / SHARE || low - x > most + low / SHARE || low - BLACK * x > LEAST;
}

static void judge(struct bad_pixels *map, unsigned pixel, bool alone, bool forgetting)
{
    const unsigned before = doubt_of(map, pixel);
    unsigned doubt = before;
    if (alone) {
        doubt = doubt + DOUBT >= BAD ? SURE : doubt + DOUBT;
    } else if (before > BAD) {
        doubt -= forgetting ? 1u : 0u;
    } else {
        doubt = before == BAD ? (forgetting ? 0u : BAD) : before - 1u;
    }
    if ((doubt >= BAD) != (before >= BAD)) {
        map->count = (uint16_t)(doubt >= BAD ? map->count + 1u : map->count - 1u);
        map->changed = true;
    }
    if (doubt != before) {
        set_doubt(map, pixel, doubt);
    }
}

static void judge_row(struct bad_pixels *map, const struct frame *frame, const struct strip *strip)
{
    const unsigned first = (unsigned)strip->row * frame->columns;
    const bool forgetting = frame->number % FORGET_PICTURES == 0;
    for (unsigned i = 0; i < frame->columns; i++) {
        const bool alone = stands_alone(strip, frame->rows, (int)i);
        if (alone || doubt_of(map, first + i) != 0) {
            judge(map, first + i, alone, forgetting);
        }
    }
}

static void read_row(const struct frame *frame, struct strip *strip, int row)
{
    if (row < frame->rows) {
        frame_row(frame, (unsigned)row, strip->pixels[row % 3]);
    }
}

static void learn(struct bad_pixels *map, const struct frame *frame)
{
    struct strip strip = {.columns = frame->columns, .row = 0};
    read_row(frame, &strip, 0);
    for (; strip.row < frame->rows; strip.row++) {
        read_row(frame, &strip, strip.row + 1);
        judge_row(map, frame, &strip);
    }
}

/* The median of the good pixels within a distance of one; where there are none, what it shows itself. */
static uint16_t median_around(const struct bad_pixels *map, const struct frame *frame, int column, int row)
{
    uint16_t good[AROUND];
    unsigned n = 0;
    for (int i = row > 0 ? row - 1 : 0; i <= row + 1 && i < frame->rows; i++) {
        for (int j = column > 0 ? column - 1 : 0; j <= column + 1 && j < frame->columns; j++) {
            const unsigned pixel = (unsigned)i * frame->columns + (unsigned)j;
            if ((i == row && j == column) || doubt_of(map, pixel) >= BAD) {
                continue;
            }
            const uint16_t x = frame_pixel(frame, pixel);
            unsigned at = n++;
            for (; at > 0 && good[at - 1] > x; at--) {
                good[at] = good[at - 1];
            }
            good[at] = x;
        }
    }
    return n == 0 ? frame_pixel(frame, (unsigned)row * frame->columns + (unsigned)column)
                  : (uint16_t)((good[(n - 1u) / 2u] + good[n / 2u]) / 2u);
}

static void replace(const struct bad_pixels *map, struct frame *frame)
{
    for (int row = 0; row < frame->rows; row++) {
        for (int column = 0; column < frame->columns; column++) {
            const unsigned pixel = (unsigned)row * frame->columns + (unsigned)column;
            if (doubt_of(map, pixel) >= BAD) {
                frame_set_pixel(frame, pixel, median_around(map, frame, column, row));
            }
        }
    }
}

void bad_pixels_correct(struct bad_pixels *map, struct frame *frame)
{
    if (map->columns != frame->columns || map->rows != frame->rows) {
        bad_pixels_forget(map);
        map->columns = frame->columns;
        map->rows = frame->rows;
    }
    map->changed = false;
    learn(map, frame);
    if (map->count > 0) {
        replace(map, frame);
        frame_fill(frame);
    }
}

bool bad_pixels_news(struct bad_pixels *map)
{
    const bool news = !map->changed && map->count != map->told;
    map->told = news ? map->count : map->told;
    return news;
}
