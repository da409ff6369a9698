/* Hot and dead pixels are learnt from pictures and replaced; what a lens draws, and noise, are not. */
#include <string.h>

#include "bad_pixels.h"
#include "check.h"
#include "detect.h"

#define COLUMNS 160
#define ROWS 120
#define HOT 4095
#define LEARNT_IN 4
#define BAD_PIXELS 40

static struct frame frame;
static struct bad_pixels map;
static struct detect_work work;
static struct detections detections;
static double light[ROWS][COLUMNS];

static void uniform(double counts)
{
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        light[i / COLUMNS][i % COLUMNS] = counts;
    }
}

/* The share of a point's light that falls between two edges, blurred by so many pixels. */
static double share(double from, double to, double blur)
{
    return 0.5 * (erf(to / (blur * sqrt(2.0))) - erf(from / (blur * sqrt(2.0))));
}

static void add_point(double column, double row, double counts, double blur)
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < COLUMNS; j++) {
            light[i][j] += counts * share(j - 0.5 - column, j + 0.5 - column, blur)
                * share(i - 0.5 - row, i + 0.5 - row, blur);
        }
    }
}

static unsigned at(unsigned column, unsigned row)
{
    return row * COLUMNS + column;
}

/* A picture of the light, with noise; its missing pieces are those of the one before. */
static void take(struct random *random, uint16_t number, uint16_t bits, double sigma)
{
    CHECK(frame_begin(&frame, number, COLUMNS, ROWS, bits));
    memset(frame.has, 0xFF, sizeof frame.has);
    for (unsigned i = 0; i < COLUMNS * ROWS; i++) {
        const double counts = light[i / COLUMNS][i % COLUMNS] + sigma * random_normal(random) + 0.5;
        frame_set_pixel(&frame, i, (uint16_t)(counts < 0.0 ? 0.0 : counts > HOT ? HOT : counts));
    }
}

/* Every second one is hot, every other one dead; two of them touch, one is in a corner, one at an edge. */
static unsigned bad_place(unsigned i)
{
    static const unsigned special[4] = {0, 80, COLUMNS * 60 + 80, COLUMNS * 61 + 81};
    return i < 4 ? special[i] : (i * 6007u + 1801u) % (COLUMNS * ROWS);
}

static void spoil(uint16_t hot)
{
    for (unsigned i = 0; i < BAD_PIXELS; i++) {
        frame_set_pixel(&frame, bad_place(i), i % 2u == 0 ? hot : 0);
    }
}

static void check_replaced(uint16_t bits)
{
    struct random random = {3};
    bad_pixels_forget(&map);
    uniform(500.0);
    for (uint16_t number = 1; number <= LEARNT_IN; number++) {
        CHECK(map.count == 0 && !bad_pixels_news(&map));
        take(&random, number, bits, 6.0);
        spoil(HOT);
        bad_pixels_correct(&map, &frame);
    }
    CHECK(map.count == BAD_PIXELS && !bad_pixels_news(&map)); /* it may get more */
    for (unsigned i = 0; i < BAD_PIXELS; i++) {
        CHECK_NEAR(frame_pixel(&frame, bad_place(i)), 500.0, 20.0);
    }
    take(&random, LEARNT_IN + 1, bits, 6.0);
    spoil(HOT);
    bad_pixels_correct(&map, &frame);
    CHECK(map.count == BAD_PIXELS && bad_pixels_news(&map) && !bad_pixels_news(&map));
}

static void test_hot_and_dead_pixels_are_learnt_and_replaced(void)
{
    check_replaced(12);
    check_replaced(8);
}

static void test_what_was_hidden_is_found(void)
{
    struct random random = {4};
    bad_pixels_forget(&map);
    uniform(500.0);
    add_point(52.3, 33.8, 700.0, 0.6);
    for (uint16_t number = 1; number <= LEARNT_IN; number++) {
        take(&random, number, 12, 6.0);
        spoil(HOT);
        detect(&frame, &work, &detections);
        CHECK(detections.count > 10);
        bad_pixels_correct(&map, &frame);
    }
    detect(&frame, &work, &detections);
    CHECK(detections.count == 1);
    CHECK_NEAR(detections.found[0].column_64ths, 64.0 * 52.3, 20.0);
    CHECK_NEAR(detections.found[0].row_64ths, 64.0 * 33.8, 20.0);
}

/* Noise of 1 % of the light differs between pixels and stays; points stand still, in the middle of a pixel and elsewhere. */
static void test_a_good_camera_keeps_its_bits(void)
{
    static uint8_t before[sizeof frame.octets];
    struct random fixed = {5}, random = {6};
    bad_pixels_forget(&map);
    uniform(900.0);
    for (unsigned i = 0; i < 12; i++) {
        add_point(10.0 + 12.0 * i + 0.1 * i, 60.0 + 0.2 * (i % 5u), 200.0 * (i + 1u), i % 2u == 0 ? 0.4 : 0.6);
    }
    for (unsigned i = 0; i < COLUMNS * ROWS; i++) {
        light[i / COLUMNS][i % COLUMNS] *= 1.0 + 0.01 * random_normal(&fixed);
    }
    for (uint16_t number = 0; number < 30; number++) {
        take(&random, number, 12, 6.0);
        memcpy(before, frame.octets, sizeof before);
        bad_pixels_correct(&map, &frame);
        CHECK(map.count == 0 && memcmp(before, frame.octets, sizeof before) == 0);
    }
}

/* Until it is forgotten it is replaced, though what it shows is within the noise. */
static void test_a_pixel_that_recovers_is_forgotten_slowly(void)
{
    struct random random = {7};
    bad_pixels_forget(&map);
    uniform(500.0);
    uint16_t number = 1;
    for (; number <= LEARNT_IN; number++) {
        take(&random, number, 12, 6.0);
        frame_set_pixel(&frame, at(70, 30), HOT);
        bad_pixels_correct(&map, &frame);
    }
    CHECK(map.count == 1);
    for (; map.count > 0 && number < 1000; number++) {
        take(&random, number, 12, 0.0);
        frame_set_pixel(&frame, at(70, 30), 510);
        bad_pixels_correct(&map, &frame);
        CHECK(frame_pixel(&frame, at(70, 30)) == (map.count > 0 ? 500 : 510));
    }
    CHECK(number > 100 && number < 150);
}

static void test_a_spike_of_one_picture_is_left_alone(void)
{
    struct random random = {8};
    bad_pixels_forget(&map);
    uniform(500.0);
    for (uint16_t number = 0; number < 20; number++) {
        take(&random, number, 12, 6.0);
        if (number % 4u == 0) {
            frame_set_pixel(&frame, at(70, 30), HOT);
        }
        bad_pixels_correct(&map, &frame);
        CHECK(map.count == 0);
    }
}

/* What stands in the place of a lost piece repeats the row above, whose hot pixel is replaced first. */
static void test_a_lost_piece_repeats_no_hot_pixel(void)
{
    struct random random = {9};
    bad_pixels_forget(&map);
    uniform(500.0);
    for (uint16_t number = 1; number <= LEARNT_IN + 1; number++) {
        take(&random, number, 12, 6.0);
        frame_set_pixel(&frame, at(3, 6), HOT);
        if (number > LEARNT_IN) {
            frame.has[1] = 0x7F; /* piece 15 begins with row 7 */
            frame_fill(&frame);
            CHECK(frame_pixel(&frame, at(3, 7)) == HOT);
        }
        bad_pixels_correct(&map, &frame);
    }
    CHECK(map.count == 1);
    CHECK(frame_pixel(&frame, at(3, 6)) < 540 && frame_pixel(&frame, at(3, 7)) < 540);
}

static void test_pictures_of_another_size_begin_another_map(void)
{
    struct random random = {10};
    check_replaced(12);
    CHECK(frame_begin(&frame, 0, 17, 16, 12));
    for (unsigned i = 0; i < 17u * 16u; i++) {
        frame_set_pixel(&frame, i, (uint16_t)(500u + random_below(&random, 9)));
    }
    bad_pixels_correct(&map, &frame);
    CHECK(map.count == 0 && map.columns == 17 && map.rows == 16);
}

void test_bad_pixels(void)
{
    test_hot_and_dead_pixels_are_learnt_and_replaced();
    test_what_was_hidden_is_found();
    test_a_good_camera_keeps_its_bits();
    test_a_pixel_that_recovers_is_forgotten_slowly();
    test_a_spike_of_one_picture_is_left_alone();
    test_a_lost_piece_repeats_no_hot_pixel();
    test_pictures_of_another_size_begin_another_map();
}
