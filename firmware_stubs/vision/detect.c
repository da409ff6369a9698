#include "detect.h"

#include <string.h>

#define OUTER 8 /* half sides of the squares */
#define INNER 3
#define CORE 2              /* half side of the square whose brightest part tells the place */
#define APART 4             /* pixels between the brightest ones of two things */
#define ROUGH 8             /* ground whose spread is more than an eighth of its mean */
#define SIGMA_FLOOR_16THS 24u /* quieter backgrounds than 1.5 counts are not believed, */
#define SIGMA_FLOOR_8_BITS_16THS 74u /* nor such as rounding to 16 of them makes noisier: 16 / sqrt(12) */

struct sums {
    uint32_t n, sum;
    uint64_t square;
};

static int clamp(int x, int low, int high)
{
    return x < low ? low : x > high ? high : x;
}

/* Add a row to the columns' sums, or take it away (sign -1). */
static void add_row(const struct frame *frame, struct detect_work *work, int row, int sign, uint32_t *sum, uint32_t *square)
{
    if (row < 0 || row >= frame->rows) {
        return;
    }
    frame_row(frame, (unsigned)row, work->pixels);
    for (unsigned i = 0; i < frame->columns; i++) {
        const uint32_t x = work->pixels[i];
        sum[i] = sign > 0 ? sum[i] + x : sum[i] - x;
        square[i] = sign > 0 ? square[i] + x * x : square[i] - x * x;
    }
}

static uint32_t rows_within(const struct frame *frame, int row, int half)
{
    return (uint32_t)(clamp(row + half, 0, frame->rows - 1) - clamp(row - half, 0, frame->rows - 1) + 1);
}

static void add_column(struct sums *sums, const struct frame *frame, int column, int sign, uint32_t rows,
                       const uint32_t *sum, const uint32_t *square)
{
    if (column < 0 || column >= frame->columns) {
        return;
    }
    sums->n = sign > 0 ? sums->n + rows : sums->n - rows;
    sums->sum = sign > 0 ? sums->sum + sum[column] : sums->sum - sum[column];
    sums->square = sign > 0 ? sums->square + square[column] : sums->square - square[column];
}

static uint32_t root(uint64_t x)
{
    uint64_t result = 0;
    for (uint64_t bit = (uint64_t)1 << 30; bit != 0; bit >>= 1) {
        const uint64_t candidate = result + bit;
        if (candidate * candidate <= x) {
            result = candidate;
        }
    }
    return (uint32_t)result;
}

/* n^2 times the variance of the ring, never below the floor. */
static uint64_t spread(const struct sums *ring, uint16_t bits)
{
    const uint64_t n = ring->n, sigma = bits == 8u ? SIGMA_FLOOR_8_BITS_16THS : SIGMA_FLOOR_16THS;
    const uint64_t variance = n * ring->square - (uint64_t)ring->sum * ring->sum;
    const uint64_t least = n * n * sigma * sigma / 256u;
    return variance > least ? variance : least;
}

/* Whether a pixel is above the mean of the ring around it by so many sigmas; compared as squares, times n^2. */
static bool stands_out(uint32_t x, const struct sums *ring, uint16_t bits)
{
    const uint64_t above = (uint64_t)x * ring->n;
    if (above <= ring->sum) {
        return false;
    }
    const uint64_t excess = above - ring->sum, variance = spread(ring, bits);
    const bool rough = variance * (ROUGH * ROUGH) > (uint64_t)ring->sum * ring->sum;
    const uint64_t threshold = rough ? DETECT_ROUGH_16THS : DETECT_THRESHOLD_16THS;
    return excess * excess * 256u > variance * (threshold * threshold);
}

struct blob {
    int left, right, top, bottom, column, row; /* its box, and its brightest pixel */
};

/* The blob that a pixel touches, or a new one; NULL when there is no room for it. */
static unsigned blob_of(struct blob *blobs, struct detections *detections, int column, int row)
{
    for (unsigned i = detections->count; i-- > 0;) {
        const struct blob *blob = &blobs[i];
        if (column >= blob->left - 1 && column <= blob->right + 1 && row <= blob->bottom + 1) {
            return i;
        }
    }
    if (detections->count == DETECT_MOST) {
        detections->crowded = true;
        return DETECT_MOST;
    }
    const unsigned i = detections->count++;
    blobs[i] = (struct blob){column, column, row, row, column, row};
    detections->found[i] = (struct detection){.pixels = 0};
    return i;
}

static void note(struct blob *blobs, struct detections *detections, int column, int row, uint16_t x, const struct sums *ring,
                 uint16_t bits)
{
    const unsigned i = blob_of(blobs, detections, column, row);
    if (i == DETECT_MOST) {
        return;
    }
    struct blob *blob = &blobs[i];
    struct detection *found = &detections->found[i];
    blob->left = column < blob->left ? column : blob->left;
    blob->right = column > blob->right ? column : blob->right;
    blob->bottom = row;
    found->pixels++;
    if (x > found->peak) {
        blob->column = column;
        blob->row = row;
        found->peak = x;
        found->mean = (uint16_t)(ring->sum / ring->n);
        const uint32_t sigma = root(spread(ring, bits) * 256u) / ring->n;
        found->sigma_16ths = (uint16_t)(sigma < UINT16_MAX ? sigma : UINT16_MAX);
    }
}

/* The middle of what is brighter than halfway to the peak, near the peak: a wake or smoke does not draw it away. */
static void locate(const struct frame *frame, struct detect_work *work, const struct blob *blob, struct detection *found)
{
    const uint32_t half = ((uint32_t)found->peak + found->mean) / 2u;
    uint32_t total = 0, columns = 0, rows = 0;
    for (int row = clamp(blob->row - CORE, 0, frame->rows - 1); row <= clamp(blob->row + CORE, 0, frame->rows - 1); row++) {
        frame_row(frame, (unsigned)row, work->pixels);
        const int last = clamp(blob->column + CORE, 0, frame->columns - 1);
        for (int column = clamp(blob->column - CORE, 0, frame->columns - 1); column <= last; column++) {
            const uint32_t weight = work->pixels[column] > half ? work->pixels[column] - half : 0;
            total += weight;
            columns += weight * (uint32_t)column;
            rows += weight * (uint32_t)row;
        }
    }
    total = total > 0 ? total : 1;
    found->column_64ths = (uint16_t)((64u * columns + total / 2u) / total); /* 64 x 25 x 4095 x 160 < 2^32 */
    found->row_64ths = (uint16_t)((64u * rows + total / 2u) / total);
}

/* A hull and its superstructure, a fire and its smoke: what is so near is one thing, and its brightest part tells. */
static void join_neighbours(struct blob *blobs, struct detections *detections)
{
    for (unsigned i = 0; i < detections->count; i++) {
        for (unsigned j = i + 1; j < detections->count; j++) {
            const int columns = blobs[i].column - blobs[j].column, rows = blobs[i].row - blobs[j].row;
            if (columns < -APART || columns > APART || rows < -APART || rows > APART) {
                continue;
            }
            const uint16_t pixels = (uint16_t)(detections->found[i].pixels + detections->found[j].pixels);
            if (detections->found[j].peak > detections->found[i].peak) {
                detections->found[i] = detections->found[j];
                blobs[i] = blobs[j];
            }
            detections->found[i].pixels = pixels;
            detections->count--;
            detections->found[j] = detections->found[detections->count];
            blobs[j] = blobs[detections->count];
            j = i; /* it may have moved: all others again */
        }
    }
}

static void search_row(const struct frame *frame, struct detect_work *work, int row, struct blob *blobs,
                       struct detections *detections)
{
    const uint32_t outer_rows = rows_within(frame, row, OUTER), inner_rows = rows_within(frame, row, INNER);
    struct sums outer = {0, 0, 0}, inner = {0, 0, 0};
    for (int column = 0; column < OUTER; column++) {
        add_column(&outer, frame, column, 1, outer_rows, work->outer_sum, work->outer_square);
    }
    for (int column = 0; column < INNER; column++) {
        add_column(&inner, frame, column, 1, inner_rows, work->inner_sum, work->inner_square);
    }
    frame_row(frame, (unsigned)row, work->pixels);
    for (int column = 0; column < frame->columns; column++) {
        add_column(&outer, frame, column + OUTER, 1, outer_rows, work->outer_sum, work->outer_square);
        add_column(&outer, frame, column - OUTER - 1, -1, outer_rows, work->outer_sum, work->outer_square);
        add_column(&inner, frame, column + INNER, 1, inner_rows, work->inner_sum, work->inner_square);
        add_column(&inner, frame, column - INNER - 1, -1, inner_rows, work->inner_sum, work->inner_square);
        const struct sums ring = {outer.n - inner.n, outer.sum - inner.sum, outer.square - inner.square};
        if (stands_out(work->pixels[column], &ring, frame->bits)) {
            note(blobs, detections, column, row, work->pixels[column], &ring, frame->bits);
        }
    }
}

void detect(const struct frame *frame, struct detect_work *work, struct detections *detections)
{
    struct blob blobs[DETECT_MOST];
    memset(work, 0, sizeof *work);
    detections->count = 0;
    detections->crowded = false;
    for (int row = 0; row < OUTER; row++) {
        add_row(frame, work, row, 1, work->outer_sum, work->outer_square);
    }
    for (int row = 0; row < INNER; row++) {
        add_row(frame, work, row, 1, work->inner_sum, work->inner_square);
    }
    for (int row = 0; row < frame->rows; row++) {
        add_row(frame, work, row + OUTER, 1, work->outer_sum, work->outer_square);
        add_row(frame, work, row - OUTER - 1, -1, work->outer_sum, work->outer_square);
        add_row(frame, work, row + INNER, 1, work->inner_sum, work->inner_square);
        add_row(frame, work, row - INNER - 1, -1, work->inner_sum, work->inner_square);
        search_row(frame, work, row, blobs, detections);
    }
    join_neighbours(blobs, detections);
    for (unsigned i = 0; i < detections->count; i++) {
        locate(frame, work, &blobs[i], &detections->found[i]);
    }
}
