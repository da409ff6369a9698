/* What is one thing in a picture, and the chip that is cut out around it. */
#include <string.h>

#include "check.h"
#include "detect.h"
#include "flight_chip.h"

#define COLUMNS 160
#define ROWS 120

static struct frame frame;
static struct detect_work work;
static struct detections detections;

static void begin(void)
{
    CHECK(frame_begin(&frame, 7, COLUMNS, ROWS, 12));
    memset(frame.has, 0xFF, sizeof frame.has);
}

/* What touches by a side or a corner is one thing, though its ends lie farther apart than the brightest parts of one thing
 * may; a dark pixel between makes two. The first pixel of each is the brightest, then comes the last. */
static void test_pixels_that_touch_are_one_thing(void)
{
    static const struct {
        int places[6][2]; /* column, row */
        unsigned things;
    } cases[] = {
        {{{20, 20}, {21, 20}, {22, 20}, {23, 20}, {24, 20}, {25, 20}}, 1},
        {{{20, 20}, {21, 20}, {22, 20}, {24, 20}, {25, 20}, {26, 20}}, 2},
        {{{30, 20}, {30, 21}, {30, 22}, {30, 23}, {30, 24}, {30, 25}}, 1},
        {{{30, 20}, {30, 21}, {30, 22}, {30, 24}, {30, 25}, {30, 26}}, 2},
        {{{40, 20}, {41, 21}, {42, 22}, {43, 23}, {44, 24}, {45, 25}}, 1},
        {{{40, 20}, {41, 21}, {42, 22}, {44, 23}, {45, 24}, {46, 25}}, 2},
        {{{50, 20}, {49, 21}, {48, 22}, {47, 23}, {46, 24}, {45, 25}}, 1},
        {{{50, 20}, {49, 21}, {48, 22}, {46, 23}, {45, 24}, {44, 25}}, 2}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct random random = {12};
        begin();
        for (unsigned k = 0; k < COLUMNS * ROWS; k++) {
            frame_set_pixel(&frame, k, (uint16_t)(600.5 + 10.0 * random_normal(&random)));
        }
        for (unsigned k = 0; k < 6; k++) {
            const unsigned place = (unsigned)(cases[i].places[k][1] * COLUMNS + cases[i].places[k][0]);
            frame_set_pixel(&frame, place, k == 0 ? 2000 : k == 5 ? 1900 : 1800);
        }
        detect(&frame, &work, &detections);
        CHECK(detections.count == cases[i].things);
        CHECK(detections.found[0].peak == 2000);
        CHECK(detections.found[0].pixels == 6u / cases[i].things);
    }
}

/* Written by hand after netpbm's page on PGM: magic number, comment, columns and rows, largest value; then the pixels, each
 * of two octets, the most significant first. Around a find, or at the picture's edges as near to it as 48 pixels allow. */
static void test_a_chip_is_a_graymap_of_the_part_around_a_find(void)
{
    static const struct {
        unsigned column, row, left, top;
    } cases[] = {{80, 60, 56, 36}, {24, 24, 0, 0}, {25, 24, 1, 0}, {3, 119, 0, 72}, {136, 96, 112, 72}, {137, 95, 112, 71}};
    begin();
    for (unsigned i = 0; i < ROWS * COLUMNS; i++) {
        frame_set_pixel(&frame, i, (uint16_t)(i * 7u % 4096u));
    }
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        static uint8_t chip[CHIP_OCTETS];
        char head[64];
        const struct detection found = {.column_64ths = (uint16_t)(64u * cases[i].column + 63u),
                                        .row_64ths = (uint16_t)(64u * cases[i].row)};
        const uint32_t octets = chip_cut(&frame, &found, chip);
        const int n = snprintf(head, sizeof head, "P5\n# picture 7 at %u %u\n48 48\n4095\n", cases[i].left, cases[i].top);
        CHECK(octets == (uint32_t)n + 48u * 48u * 2u && memcmp(chip, head, (size_t)n) == 0);
        for (unsigned k = 0; k < 48u * 48u; k++) {
            const uint8_t *pixel = chip + n + 2u * k;
            const unsigned place = (cases[i].top + k / 48u) * COLUMNS + cases[i].left + k % 48u;
            CHECK(((unsigned)pixel[0] << 8 | pixel[1]) == place * 7u % 4096u);
        }
    }
}

void test_finds(void)
{
    test_pixels_that_touch_are_one_thing();
    test_a_chip_is_a_graymap_of_the_part_around_a_find();
}
