/* Clocks and crystals of the STM32F4, on a register file that behaves as the chips do. */
#include "check.h"
#include "clock.h"
#include "fake_clocks.h"
#include "rm0090.h"

static const struct {
    const struct chip *chip;
    struct fake_limits limits; /* DS8626 table 14, DS10693 table 17, DS10314 table 14 */
} families[] = {
    {&chip_stm32f405, {168e6, 42e6, 84e6, 1u}},
    {&chip_stm32f446, {180e6, 45e6, 90e6, 3u}},
    {&chip_stm32f411, {100e6, 50e6, 100e6, 3u}},
};
#define FAMILIES (sizeof families / sizeof families[0])

/* The whole truth: what the firmware says its clocks are is what they are, and nothing forbidden was done. */
static void check_true(const struct fake_clocks *fake, const struct clock *clock)
{
    const double relative = clock->hse_hz != 0 ? 1e-9 : fabs(fake->hsi_hz / 16e6 - 1.0) + 1e-9;
    CHECK_NEAR(clock->core_hz, fake_core_hz(fake), relative * fake_core_hz(fake));
    CHECK_NEAR(clock->apb1_hz, fake_apb1_hz(fake), relative * fake_apb1_hz(fake));
    CHECK_NEAR(clock->apb2_hz, fake_apb2_hz(fake), relative * fake_apb2_hz(fake));
    CHECK(fake->faults == 0);
    if (fake->faults != 0) {
        printf("  forbidden: %s\n", fake->fault);
    }
}

static struct fake_clocks with(unsigned family, enum fake_hse hse, double hse_hz, double hsi_error)
{
    return (struct fake_clocks){
        .limits = families[family].limits, .hse = hse, .hse_hz = hse_hz, .hsi_hz = 16e6 * (1.0 + hsi_error)};
}

static struct clock started(struct fake_clocks *fake, unsigned family, double board_hz, bool external)
{
    fake_clocks_begin(fake);
    return clock_start(families[family].chip, (uint32_t)board_hz, external);
}

static const double usual_hz[] = {8e6, 12e6, 16e6, 25e6};

static void test_every_usual_crystal_is_found_whatever_the_image_was_built_for(void)
{
    for (unsigned family = 0; family < FAMILIES; family++) {
        for (unsigned i = 0; i < 4; i++) {
            for (unsigned built_for = 0; built_for < 4; built_for++) {
                for (int error = -1; error <= 1; error++) {
                    struct fake_clocks fake = with(family, HSE_CRYSTAL, usual_hz[i], 0.01 * error);
                    const struct clock clock = started(&fake, family, usual_hz[built_for], false);
                    CHECK(clock.source == CLOCK_CRYSTAL && clock.hse_hz == (uint32_t)usual_hz[i]);
                    CHECK(clock.core_hz == families[family].chip->core_hz);
                    check_true(&fake, &clock);
                }
            }
        }
    }
}

/* DS8626 table 39: -8 to +4.5 % from -40 to 105 degC. */
static void test_the_boards_own_crystal_is_known_in_the_cold_and_in_the_heat(void)
{
    for (double hse_hz = 4e6; hse_hz <= 26e6; hse_hz += 1e6) {
        for (double error = -0.08; error <= 0.0451; error += 0.025) {
            struct fake_clocks fake = with(0, HSE_CRYSTAL, hse_hz, error);
            const struct clock clock = started(&fake, 0, hse_hz, false);
            CHECK(clock.source == CLOCK_CRYSTAL && clock.hse_hz == (uint32_t)hse_hz);
            check_true(&fake, &clock);
        }
    }
}

static void test_the_measure_is_as_good_as_the_internal_oscillator(void)
{
    for (double hse_hz = 4e6; hse_hz <= 26e6; hse_hz += 1e6) {
        struct fake_clocks fake = with(0, HSE_CRYSTAL, hse_hz, 0.01);
        fake_clocks_begin(&fake);
        fake.cr |= RCC_CR_HSEON;
        fake.hse_since_s = -1.0;
        CHECK_NEAR(clock_measure_hse_khz(), hse_hz / 1.01 * 1e-3, 1.0 + 2e-4 * hse_hz * 1e-3);
        CHECK(fake.faults == 0);
    }
}

static void test_another_chips_clock_is_taken_by_the_by_pass(void)
{
    for (unsigned family = 0; family < FAMILIES; family++) {
        struct fake_clocks fake = with(family, HSE_CLOCK, 8e6, -0.01);
        const struct clock clock = started(&fake, family, 8e6, true);
        CHECK(clock.source == CLOCK_EXTERNAL && clock.hse_hz == 8000000u);
        check_true(&fake, &clock);
    }
}

static void test_a_crystal_that_was_said_to_be_a_clock_is_found_and_the_other_way(void)
{
    struct fake_clocks crystal = with(0, HSE_CRYSTAL, 12e6, 0.01), given = with(0, HSE_CLOCK, 8e6, 0.01);
    const struct clock by_crystal = started(&crystal, 0, 8e6, true);
    CHECK(by_crystal.source == CLOCK_CRYSTAL && by_crystal.hse_hz == 12000000u);
    check_true(&crystal, &by_crystal);
    const struct clock by_clock = started(&given, 0, 12e6, false);
    CHECK(by_clock.source == CLOCK_EXTERNAL && by_clock.hse_hz == 8000000u);
    check_true(&given, &by_clock);
}

static void test_without_a_crystal_or_with_an_unusual_one_the_internal_oscillator_drives(void)
{
    for (unsigned family = 0; family < FAMILIES; family++) {
        struct fake_clocks none = with(family, HSE_NOTHING, 8e6, 0.01);
        const struct clock alone = started(&none, family, 8e6, false);
        CHECK(alone.source == CLOCK_INTERNAL && alone.hse_hz == 0 && alone.core_hz == families[family].chip->core_hz);
        check_true(&none, &alone);
        CHECK(none.now_s < 0.1);
        struct fake_clocks odd = with(family, HSE_CRYSTAL, 14.318e6, 0.0);
        const struct clock without = started(&odd, family, 8e6, false);
        CHECK(without.source == CLOCK_INTERNAL && without.hse_hz == 0);
        check_true(&odd, &without);
    }
}

static void test_a_crystal_that_cannot_be_measured_is_taken_for_what_the_board_has(void)
{
    struct fake_clocks fake = with(0, HSE_CRYSTAL, 25e6, 0.0);
    fake.capture_is_dead = true;
    const struct clock clock = started(&fake, 0, 25e6, false);
    CHECK(clock.source == CLOCK_CRYSTAL && clock.hse_hz == 25000000u);
    check_true(&fake, &clock);
}

static void test_a_pll_that_does_not_lock_leaves_the_internal_oscillator_undivided(void)
{
    struct fake_clocks fake = with(0, HSE_CRYSTAL, 8e6, 0.01);
    fake.pll_is_dead = true;
    const struct clock clock = started(&fake, 0, 8e6, false);
    CHECK(clock.source == CLOCK_INTERNAL && clock.core_hz == 16000000u && clock.apb2_timer_hz == 16000000u);
    check_true(&fake, &clock);
    CHECK((fake.cr & (RCC_CR_PLLON | RCC_CR_HSEON)) == 0);
}

/* PLL and dividers set, on a crystal, the internal oscillator off, the timer running: as ST's own leaves it after USB. */
static void test_it_starts_rightly_after_a_boot_loader(void)
{
    for (unsigned family = 0; family < FAMILIES; family++) {
        for (unsigned i = 0; i < 4; i++) {
            struct fake_clocks fake = with(family, HSE_CRYSTAL, usual_hz[i], 0.01);
            fake_clocks_boot_loader(&fake);
            const struct clock clock = clock_start(families[family].chip, 8000000u, false);
            CHECK(clock.source == CLOCK_CRYSTAL && clock.hse_hz == (uint32_t)usual_hz[i]);
            check_true(&fake, &clock);
        }
    }
}

static void test_a_crystal_is_watched_once_it_drives(void)
{
    struct fake_clocks fake = with(0, HSE_CRYSTAL, 8e6, 0.0), none = with(0, HSE_NOTHING, 8e6, 0.0);
    (void)started(&fake, 0, 8e6, false);
    CHECK((fake.cr & RCC_CR_CSSON) != 0);
    (void)started(&none, 0, 8e6, false);
    CHECK((none.cr & RCC_CR_CSSON) == 0);
}

static void test_where_no_clock_controller_answers_nothing_is_said_of_it(void)
{
    struct fake_clocks fake = with(0, HSE_NOTHING, 8e6, 0.0);
    fake.absent = true;
    const struct clock clock = started(&fake, 0, 8e6, false);
    CHECK(clock.source == CLOCK_UNKNOWN && clock.hse_hz == 0 && clock.core_hz == 168000000u);
}

void test_clock(void)
{
    test_every_usual_crystal_is_found_whatever_the_image_was_built_for();
    test_the_boards_own_crystal_is_known_in_the_cold_and_in_the_heat();
    test_the_measure_is_as_good_as_the_internal_oscillator();
    test_another_chips_clock_is_taken_by_the_by_pass();
    test_a_crystal_that_was_said_to_be_a_clock_is_found_and_the_other_way();
    test_without_a_crystal_or_with_an_unusual_one_the_internal_oscillator_drives();
    test_a_crystal_that_cannot_be_measured_is_taken_for_what_the_board_has();
    test_a_pll_that_does_not_lock_leaves_the_internal_oscillator_undivided();
    test_it_starts_rightly_after_a_boot_loader();
    test_a_crystal_is_watched_once_it_drives();
    test_where_no_clock_controller_answers_nothing_is_said_of_it();
}
