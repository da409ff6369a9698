/* What stands in a bad pixel's place. */
#include <string.h>

#include "bad_pixels.h"
#include "check.h"

#define COLUMNS 160
#define ROWS 120
#define HOT 4095
#define LEARNT_IN 4

static struct frame frame;
static struct bad_pixels map;

static unsigned at(unsigned column, unsigned row)
{
    return row * COLUMNS + column;
}

/* An even picture of 500 with a noise of 6. */
static void take(struct random *random, uint16_t number)
{
    CHECK(frame_begin(&frame, number, COLUMNS, ROWS, 12));
    memset(frame.has, 0xFF, sizeof frame.has);
    for (unsigned i = 0; i < COLUMNS * ROWS; i++) {
        frame_set_pixel(&frame, i, (uint16_t)(500.5 + 6.0 * random_normal(random)));
    }
}

/* In pictures that are even but for the last, where the pixels around a hot one show `shown`, row by row and as far as the
 * picture goes; returns what stands in the hot one's place. The one at `dead`, if that is not negative, is bad too. */
static uint16_t replaced_at(unsigned column, unsigned row, const uint16_t shown[9], int dead)
{
    struct random random = {11};
    bad_pixels_forget(&map);
    for (uint16_t number = 1; number <= LEARNT_IN + 1; number++) {
        take(&random, number);
        for (int k = 0; k < 9; k++) {
            const int i = (int)row + k / 3 - 1, j = (int)column + k % 3 - 1;
            const bool inside = i >= 0 && j >= 0 && i < ROWS && j < COLUMNS;
            if (inside && number > LEARNT_IN) {
                frame_set_pixel(&frame, at((unsigned)j, (unsigned)i), shown[k]);
            }
            if (inside && (k == 4 || k == dead)) {
                frame_set_pixel(&frame, at((unsigned)j, (unsigned)i), k == 4 ? HOT : 0);
            }
        }
        bad_pixels_correct(&map, &frame);
    }
    CHECK(map.count == 1u + (dead >= 0));
    return frame_pixel(&frame, at(column, row));
}

/* The median by hand: of an even number the mean of the middle two. */
static void test_a_bad_pixel_shows_the_median_of_the_good_ones_around_it(void)
{
    static const uint16_t shown[9] = {540, 490, 505, 520, 0, 470, 480, 530, 516};
    CHECK(replaced_at(70, 30, shown, -1) == (505 + 516) / 2);  /* 470 480 490 505 516 520 530 540 */
    CHECK(replaced_at(70, 30, shown, 5) == 516);               /* without 470 */
    CHECK(replaced_at(0, 0, shown, -1) == 516);                /* 470 530 516 */
    CHECK(replaced_at(159, 119, shown, -1) == 520);            /* 540 490 520 */
    CHECK(replaced_at(0, 30, shown, -1) == 505);               /* 490 505 470 530 516 */
    CHECK(replaced_at(159, 30, shown, -1) == 520);             /* 540 490 520 480 530 */
    CHECK(replaced_at(70, 0, shown, -1) == 516);               /* 520 470 480 530 516 */
    CHECK(replaced_at(70, 119, shown, -1) == 505);             /* 540 490 505 520 470 */
}

void test_bad_pixel_medians(void)
{
    test_a_bad_pixel_shows_the_median_of_the_good_ones_around_it();
}
