/* Where a fire is whose smoke is brighter than its flames. */
#include <string.h>

#include "check.h"
#include "classify.h"
#include "plume.h"

#define COLUMNS 160
#define ROWS 120
#define GROUND 1600
#define BRIGHT 2700

static uint16_t picture[ROWS][COLUMNS];
static struct frame frame;
static struct detect_work work;
static struct detections detections;

static void take_picture(void)
{
    uint8_t all[FRAME_PIECES_MAX * FRAME_PIECE_OCTETS] = {0};
    const uint16_t *pixels = &picture[0][0];
    for (unsigned i = 0; i < ROWS * COLUMNS / 2; i++) {
        const unsigned a = pixels[2 * i], b = pixels[2 * i + 1];
        all[3 * i] = (uint8_t)(a >> 4);
        all[3 * i + 1] = (uint8_t)((a & 15u) << 4 | b >> 8);
        all[3 * i + 2] = (uint8_t)b;
    }
    CHECK(frame_begin(&frame, 0, COLUMNS, ROWS, 12));
    memcpy(frame.octets, all, sizeof all);
}

static void fill(void)
{
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        (&picture[0][0])[i] = (uint16_t)(GROUND + i % 7);
    }
}

static const struct detection *brightest(void)
{
    const struct detection *best = NULL;
    detect(&frame, &work, &detections);
    for (unsigned i = 0; i < detections.count; i++) {
        best = best == NULL || detections.found[i].peak > best->peak ? &detections.found[i] : best;
    }
    return best;
}

/* Smoke to the right and upwards of a place, as bright as the flames: the find is moved back to where it begins. */
static void test_a_fire_is_where_its_plume_begins(void)
{
    fill();
    for (int k = 0; k < 8; k++) {
        picture[60 - k][80 + k] = (uint16_t)(BRIGHT - 20 * k * (k > 1) + 60 * (k == 1));
        picture[60 - k][81 + k] = picture[59 - k][80 + k] = (uint16_t)(BRIGHT - 300);
    }
    take_picture();
    const struct detection *found = brightest();
    CHECK(found != NULL);
    if (found != NULL) {
        struct detection head = *found;
        plume_head(&frame, &head);
        CHECK_NEAR(found->column_64ths / 64.0, 81.3, 0.5); /* in the smoke */
        CHECK_NEAR(head.column_64ths / 64.0, 80.2, 0.3);
        CHECK_NEAR(head.row_64ths / 64.0, 59.8, 0.3);
    }
}

static void test_what_has_no_plume_stays_where_it_is(void)
{
    fill();
    picture[60][80] = BRIGHT;
    picture[59][80] = picture[61][80] = picture[60][79] = picture[60][81] = 2000;
    take_picture();
    const struct detection *found = brightest();
    CHECK(found != NULL);
    if (found != NULL) {
        struct detection head = *found;
        plume_head(&frame, &head);
        CHECK(memcmp(&head, found, sizeof head) == 0);
    }
}

static void test_a_plume_at_any_edge_stays_in_the_picture(void)
{
    struct random random = {11};
    for (unsigned n = 0; n < 2000u; n++) {
        for (int i = 0; i < 40; i++) {
            picture[random_below(&random, ROWS)][random_below(&random, COLUMNS)] = (uint16_t)random_below(&random, 4096u);
        }
        if (n % 100u == 0) {
            take_picture();
        }
        const uint16_t mean = (uint16_t)random_below(&random, 4095u);
        struct detection found = {.column_64ths = (uint16_t)random_below(&random, 64u * (COLUMNS - 1)),
                                  .row_64ths = (uint16_t)random_below(&random, 64u * (ROWS - 1)),
                                  .peak = (uint16_t)(mean + 1u + random_below(&random, 4095u - mean)),
                                  .mean = mean};
        const struct detection before = found;
        plume_head(&frame, &found);
        CHECK_NEAR(found.column_64ths, before.column_64ths, 257.0);
        CHECK_NEAR(found.row_64ths, before.row_64ths, 257.0);
    }
}

/* The likeliest of n kinds has at least an n-th of all, and is not always sure. */
static void test_confidence_is_the_share_of_the_likeliest_kind(void)
{
    struct random random = {11};
    unsigned unsure = 0;
    for (int run = 0; run < 200; run++) {
        int8_t inputs[CLASSIFY_INPUTS];
        for (unsigned i = 0; i < CLASSIFY_INPUTS; i++) {
            inputs[i] = (int8_t)((int)random_below(&random, 255) - 127);
        }
        const struct judgement judgement = classify(inputs);
        CHECK(judgement.kind < CLASSIFY_KINDS && judgement.confidence >= 255u / CLASSIFY_KINDS);
        unsure += judgement.confidence < 200u;
    }
    CHECK(unsure > 0);
}

void test_plume(void)
{
    test_confidence_is_the_share_of_the_likeliest_kind();
    test_a_fire_is_where_its_plume_begins();
    test_what_has_no_plume_stays_where_it_is();
    test_a_plume_at_any_edge_stays_in_the_picture();
}
