/* Pictures from pieces, and what stands out of noise. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "detect.h"

#define COLUMNS 160
#define ROWS 120

static uint16_t picture[ROWS][COLUMNS];
static struct frame frame;
static struct detect_work work;
static struct detections detections;

static void fill_with_noise(struct random *random, double mean, double sigma)
{
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            picture[row][column] = (uint16_t)(mean + sigma * random_normal(random) + 0.5);
        }
    }
}

static void piece_of_picture(unsigned piece, uint8_t octets[FRAME_PIECE_OCTETS])
{
    static uint8_t all[FRAME_PIECES_MAX * FRAME_PIECE_OCTETS];
    const uint16_t *pixels = &picture[0][0];
    for (unsigned i = 0; i < ROWS * COLUMNS / 2; i++) {
        const unsigned a = pixels[2 * i], b = pixels[2 * i + 1];
        all[3 * i] = (uint8_t)(a >> 4);
        all[3 * i + 1] = (uint8_t)((a & 15u) << 4 | b >> 8);
        all[3 * i + 2] = (uint8_t)b;
    }
    memcpy(octets, all + piece * FRAME_PIECE_OCTETS, FRAME_PIECE_OCTETS);
}

/* Send the picture without one piece (FRAME_PIECES_MAX: with all); returns how many were missing. */
static unsigned send_without(unsigned lost)
{
    uint8_t octets[FRAME_PIECE_OCTETS];
    bool whole = false;
    CHECK(frame_begin(&frame, 7, COLUMNS, ROWS, 12));
    CHECK(frame.pieces == 258);
    for (unsigned piece = 0; piece < frame.pieces; piece++) {
        piece_of_picture(piece, octets);
        CHECK(!whole);
        whole = piece == lost ? whole : frame_take(&frame, 7, (uint16_t)piece, octets);
    }
    CHECK(whole || lost == frame.pieces - 1u);
    return frame_close(&frame);
}

static void test_a_picture_is_what_was_sent(void)
{
    struct random random = {5};
    uint16_t row[FRAME_COLUMNS_MAX];
    fill_with_noise(&random, 2000.0, 300.0);
    CHECK(send_without(FRAME_PIECES_MAX) == 0);
    for (unsigned i = 0; i < ROWS; i++) {
        frame_row(&frame, i, row);
        CHECK(memcmp(row, picture[i], sizeof picture[i]) == 0);
    }
}

static void test_a_lost_piece_is_counted_and_shows_the_row_above(void)
{
    struct random random = {6};
    uint16_t row[FRAME_COLUMNS_MAX];
    fill_with_noise(&random, 1000.0, 30.0);
    CHECK(send_without(15) == 1); /* octets 1680 to 1791: row 7, from its first octet on */
    frame_row(&frame, 7, row);
    CHECK(row[0] == picture[6][0]);
    CHECK(row[150] == picture[7][150]);
    CHECK(send_without(257) == 1); /* the last one: nothing but the next picture tells */
}

/* Rows of an odd number of 12 bits end within an octet: what is lost repeats two rows higher, not half a pixel beside. */
static void test_a_lost_piece_of_an_odd_picture_shows_whole_pixels(void)
{
    CHECK(frame_begin(&frame, 9, 17, 64, 12));
    for (uint16_t piece = 0; piece < frame.pieces; piece++) {
        (void)(piece != 5 && frame_take(&frame, 9, piece, (const uint8_t[FRAME_PIECE_OCTETS]){0}));
    }
    for (unsigned i = 0; i < 17u * 64u; i++) {
        frame_set_pixel(&frame, i, (uint16_t)(300u + i / 17u));
    }
    CHECK(frame_close(&frame) == 1); /* octets 560 to 671: pixels 374 to 447, rows 22 to 26 */
    for (unsigned i = 374; i < 447; i++) {
        CHECK((300u + i / 17u - frame_pixel(&frame, i)) % 2u == 0 && frame_pixel(&frame, i) >= 300u + i / 17u - 6u);
    }
}

static void test_pieces_of_another_picture_are_dropped(void)
{
    const uint8_t octets[FRAME_PIECE_OCTETS] = {0};
    CHECK(frame_begin(&frame, 7, COLUMNS, ROWS, 12));
    CHECK(!frame_take(&frame, 8, 257, octets));
    CHECK(!frame_take(&frame, 7, 258, octets));
    CHECK(!frame_take(&frame, 7, 3, octets));
    CHECK(!frame_take(&frame, 7, 3, octets)); /* it has it already */
    CHECK(frame.received == 1);
    CHECK(!frame_begin(&frame, 7, COLUMNS + 1, ROWS, 12));
    CHECK(!frame_begin(&frame, 7, COLUMNS, ROWS, 10));
    CHECK(!frame_begin(&frame, 7, 0, ROWS, 8));
    CHECK(!frame_begin(&frame, 7, FRAME_SIDE_MIN - 1u, ROWS, 8)); /* around a find are 8 pixels, or their mirror's */
    CHECK(!frame_begin(&frame, 7, COLUMNS, FRAME_SIDE_MIN - 1u, 8));
    CHECK(!frame.open);
}

static void test_false_alarms_are_as_rare_as_said(void)
{
    struct random random = {7};
    unsigned alarms = 0;
    for (int i = 0; i < 60; i++) {
        fill_with_noise(&random, 600.0, 20.0);
        (void)send_without(FRAME_PIECES_MAX);
        detect(&frame, &work, &detections);
        alarms += detections.count;
    }
    CHECK(alarms <= 6); /* 1 of 1e6 pixels: 1.2 of 1.15e6 are expected; more than 6 come once in 1e4 */
}

/* Light like a normal distribution of 0.9 pixels about a place. */
static void add_light(double column, double row, double peak)
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < COLUMNS; j++) {
            const double away2 = (i - row) * (i - row) + (j - column) * (j - column);
            picture[i][j] = (uint16_t)(picture[i][j] + peak * exp(-away2 / (2.0 * 0.9 * 0.9)));
        }
    }
}

static void test_what_stands_out_is_found_where_it_is(void)
{
    struct random random = {8};
    static const double places[4][2] = {{80.3, 60.7}, {20.0, 10.5}, {3.4, 100.2}, {157.0, 2.0}};
    fill_with_noise(&random, 600.0, 10.0);
    for (int i = 0; i < 4; i++) {
        add_light(places[i][0], places[i][1], 300.0);
    }
    (void)send_without(FRAME_PIECES_MAX);
    detect(&frame, &work, &detections);
    CHECK(detections.count == 4);
    for (unsigned i = 0; i < detections.count; i++) {
        double least = 1e9;
        for (int k = 0; k < 4; k++) {
            least = fmin(least, hypot(detections.found[i].column_64ths / 64.0 - places[k][0],
                                      detections.found[i].row_64ths / 64.0 - places[k][1]));
        }
        CHECK(least < 0.35);
        CHECK_NEAR(detections.found[i].mean, 600.0, 4.0);
        CHECK_NEAR(detections.found[i].sigma_16ths / 16.0, 10.0, 2.5);
        CHECK(detections.found[i].peak > 800);
    }
    CHECK(!detections.crowded);
}

/* Mean and spread of the pixels around a place, 8 to every side without the inner 3, as far as the picture goes. */
static void check_ring(const struct detection *found, int column, int row)
{
    double n = 0.0, sum = 0.0, square = 0.0;
    for (int i = row < 8 ? 0 : row - 8; i <= row + 8 && i < ROWS; i++) {
        for (int j = column < 8 ? 0 : column - 8; j <= column + 8 && j < COLUMNS; j++) {
            const bool ring = abs(i - row) > 3 || abs(j - column) > 3;
            n += ring;
            sum += ring ? picture[i][j] : 0.0;
            square += ring ? (double)picture[i][j] * picture[i][j] : 0.0;
        }
    }
    CHECK(found->mean == (uint16_t)(sum / n));
    CHECK_NEAR(found->sigma_16ths, 16.0 * sqrt(square / n - sum / n * (sum / n)), 1.0);
}

static void test_the_ring_of_each_is_that_around_it(void)
{
    static const int places[4][2] = {{2, 60}, {80, 3}, {121, 90}, {158, 118}};
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        picture[i / COLUMNS][i % COLUMNS] = (uint16_t)(300 + 7 * (i % COLUMNS) + 9 * (i / COLUMNS)); /* a slope */
    }
    for (int i = 0; i < 4; i++) {
        picture[places[i][1]][places[i][0]] = 4095;
    }
    (void)send_without(FRAME_PIECES_MAX);
    detect(&frame, &work, &detections);
    CHECK(detections.count == 4);
    for (unsigned i = 0; i < detections.count; i++) {
        const struct detection *found = &detections.found[i];
        CHECK(found->peak == 4095);
        check_ring(found, found->column_64ths / 64, found->row_64ths / 64);
    }
}

/* Fields of 3 pixels, dark ones and bright ones, 250 counts from their mean: as rough as noise of 1 sigma, but bounded. */
static void fill_with_fields(struct random *random)
{
    static bool bright[ROWS / 3][COLUMNS / 3 + 1];
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            bool *field = &bright[row / 3][column / 3];
            *field = row % 3 == 0 && column % 3 == 0 ? random_below(random, 2) != 0 : *field;
            picture[row][column] = (uint16_t)(1400.0 + (*field ? 250.0 : -250.0) + 8.0 * random_normal(random));
        }
    }
}

static void test_rough_ground_has_a_lower_threshold(void)
{
    struct random random = {11};
    fill_with_fields(&random);
    (void)send_without(FRAME_PIECES_MAX);
    detect(&frame, &work, &detections);
    CHECK(detections.count == 0);
    picture[60][80] = 1400 + 4 * 250;
    (void)send_without(FRAME_PIECES_MAX);
    detect(&frame, &work, &detections);
    CHECK(detections.count == 1 && detections.found[0].peak == 2400);
    fill_with_noise(&random, 1400.0, 100.0); /* as many sigma, where they are those of noise */
    picture[60][80] = 1400 + 4 * 100;
    (void)send_without(FRAME_PIECES_MAX);
    detect(&frame, &work, &detections);
    CHECK(detections.count == 0);
}

static void test_too_many_are_told_as_a_crowd(void)
{
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            picture[row][column] = row % 20 == 10 && column % 20 == 10 ? 1500 : 500;
        }
    }
    (void)send_without(FRAME_PIECES_MAX);
    detect(&frame, &work, &detections);
    CHECK(detections.count == DETECT_MOST);
    CHECK(detections.crowded);
}

void test_vision(void)
{
    test_a_picture_is_what_was_sent();
    test_a_lost_piece_is_counted_and_shows_the_row_above();
    test_a_lost_piece_of_an_odd_picture_shows_whole_pixels();
    test_pieces_of_another_picture_are_dropped();
    test_false_alarms_are_as_rare_as_said();
    test_what_stands_out_is_found_where_it_is();
    test_the_ring_of_each_is_that_around_it();
    test_rough_ground_has_a_lower_threshold();
    test_too_many_are_told_as_a_crowd();
}
