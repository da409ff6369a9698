/* Magnetic torque: B-dot, unloading, and the pauses in which the field is measured. */
#include "check.h"
#include "rods.h"

static adcs_ticks at(double time_s)
{
    return (adcs_ticks)llround(time_s * 16777216.0);
}

static struct adcs_parameters parameters_with(float on, float off)
{
    struct adcs_parameters parameters;
    adcs_parameters_init(&parameters);
    CHECK(adcs_parameters_set(&parameters, ADCS_ROD_ON_STEPS, on) == ADCS_SET_DONE);
    CHECK(adcs_parameters_set(&parameters, ADCS_ROD_OFF_STEPS, off) == ADCS_SET_DONE);
    return parameters;
}

/* A torque along the field cannot be had; one across it comes out whole. */
static void test_torque_across_the_field_is_given_whole(void)
{
    const struct rods rods = {.field_known = true, .field_body_T = {0.0f, 3e-5f, 0.0f}};
    const struct vec3 wanted = v3(2e-6f, 5e-6f, -1e-6f);
    const struct vec3 given = v3_cross(rods_torque(&rods, wanted), rods.field_body_T);
    CHECK_NEAR(given.x, 2e-6, 1e-12);
    CHECK_NEAR(given.y, 0.0, 1e-12);
    CHECK_NEAR(given.z, -1e-6, 1e-12);
}

/* Turning about z in a field along x: the field seems to turn backwards, and the torque is against the turning. */
static void test_b_dot_brakes(void)
{
    const struct adcs_parameters parameters = parameters_with(3.0f, 0.0f);
    struct rods rods = {.turn = 0};
    const double rate = 0.1;
    CHECK(rods_measure(&rods, &parameters, at(0.0), v3(3e-5f, 0, 0)));
    CHECK(!rods.change_known);
    const struct vec3 later = v3((float)(3e-5 * cos(0.5 * rate)), (float)(-3e-5 * sin(0.5 * rate)), 0);
    CHECK(rods_measure(&rods, &parameters, at(0.5), later));
    CHECK(rods.change_known);
    CHECK_NEAR(rods.field_change_body_T_s.y, -3e-6, 1e-8);
    const struct vec3 dipole = rods_detumble(&rods, &parameters, rods.field_change_body_T_s);
    const struct vec3 torque = v3_cross(dipole, rods.field_body_T);
    CHECK_NEAR(torque.z, -0.004 * 0.12 * rate, 2e-6); /* gain and largest moment: the defaults */
}

static void test_a_dipole_beyond_the_limit_keeps_its_direction(void)
{
    const struct adcs_parameters parameters = parameters_with(3.0f, 0.0f);
    struct rods rods = {.turn = 0};
    const struct vec3 dipole = rods_drive(&rods, &parameters, v3(0.1f, -0.8f, 0.2f), false);
    CHECK_NEAR(dipole.y, -0.2, 1e-7);
    CHECK_NEAR(dipole.x, 0.025, 1e-7);
}

/* On for three steps, off for two; the field is taken where two steps before were off, and only there. */
static void test_the_field_is_measured_in_the_pauses(void)
{
    const struct adcs_parameters parameters = parameters_with(3.0f, 2.0f);
    struct rods rods = {.turn = 0};
    for (unsigned step = 0; step < 50; step++) {
        const bool taken = rods_measure(&rods, &parameters, at(0.1 * step), v3(3e-5f, 0, 0));
        const bool on = v3_norm(rods_drive(&rods, &parameters, v3(0.1f, 0, 0), false)) > 0.0f;
        CHECK(on == (step % 5 < 3));
        CHECK(taken == (step % 5 == 0 && step > 0));
    }
}

static void test_rods_that_stay_off_leave_every_sample_clean(void)
{
    const struct adcs_parameters parameters = parameters_with(3.0f, 2.0f);
    struct rods rods = {.turn = 0};
    for (unsigned step = 0; step < 10; step++) {
        CHECK(rods_measure(&rods, &parameters, at(0.1 * step), v3(3e-5f, 0, 0)) == (step >= 2));
        (void)rods_drive(&rods, &parameters, v3(0, 0, 0), false);
    }
}

static void test_an_old_field_is_forgotten(void)
{
    const struct adcs_parameters parameters = parameters_with(3.0f, 0.0f);
    struct rods rods = {.turn = 0};
    CHECK(rods_measure(&rods, &parameters, at(10.0), v3(3e-5f, 0, 0)));
    rods_forget(&rods, at(14.0));
    CHECK(rods.field_known);
    rods_forget(&rods, at(16.0));
    CHECK(!rods.field_known && v3_norm(rods_torque(&rods, v3(1, 0, 0))) == 0.0f);
}

static void command(struct rods *rods, const struct adcs_parameters *parameters, float dipole_A_m2)
{
    (void)rods_drive(rods, parameters, v3(dipole_A_m2, -dipole_A_m2, 0.0f), false);
}

/* After a great swing a core keeps its remanence, of the command's sign; after one of just that the other way, nothing. */
static void test_what_the_cores_remember(void)
{
    struct adcs_parameters parameters = parameters_with(1.0f, 0.0f);
    struct rods rods = {.turn = 0};
    command(&rods, &parameters, 0.1f);
    command(&rods, &parameters, 0.0f);
    CHECK(v3_norm(rods.core_body_A_m2) == 0.0f); /* by default there is none */
    CHECK(adcs_parameters_set(&parameters, ADCS_ROD_REMANENCE_A_M2, 0.002f) == ADCS_SET_DONE);
    command(&rods, &parameters, 0.1f);
    command(&rods, &parameters, 0.0f);
    CHECK_NEAR(rods.core_body_A_m2.x, 0.002, 1e-8);
    CHECK_NEAR(rods.core_body_A_m2.y, -0.002, 1e-8);
    CHECK(rods.core_body_A_m2.z == 0.0f);
    command(&rods, &parameters, -0.002f);
    command(&rods, &parameters, 0.0f);
    CHECK_NEAR(v3_norm(rods.core_body_A_m2), 0.0, 1e-8);
}

/* A torque says nothing of a dipole along the field; three fields across each other tell all of it. */
static void test_the_spacecrafts_own_dipole_is_learnt_from_its_torque(void)
{
    const struct vec3 own = v3(-0.004f, 0.005f, 0.006f);
    const struct vec3 fields_T[] = {{3e-5f, 0.0f, 0.0f}, {0.0f, 2e-5f, 0.0f}, {0.0f, 0.0f, 4e-5f}};
    struct rods rods = {.field_known = true};
    struct vec3 learnt = v3(0.0f, 0.0f, 0.0f);
    for (unsigned step = 0; step < 600; step++) {
        rods.field_body_T = fields_T[step % 3];
        const struct vec3 rest = v3_cross(v3_sub(own, learnt), rods.field_body_T);
        learnt = rods_learnt(&rods, learnt, rest, 0.02f, 0.1f);
    }
    CHECK_NEAR(v3_norm(v3_sub(learnt, own)), 0.0, 1e-5);
    CHECK(v3_norm(rods_learnt(&rods, learnt, v3(1.0f, 0.0f, 0.0f), 1.0f, 0.1f)) <= 0.1001f);
    rods.field_known = false;
    const struct vec3 after = rods_learnt(&rods, learnt, v3(1.0f, 0.0f, 0.0f), 1.0f, 0.1f);
    CHECK(v3_norm(v3_sub(after, learnt)) == 0.0f);
}

/* What the rods give along x on average, of cores whose loop has another width than the flight software takes it for. The
 * two other axes, of which the contrary and as much is wanted, give that. */
static double given_on_average(float wanted_A_m2, float believed_A_m2, float remanence_A_m2, float on_steps,
                               float off_steps)
{
    struct adcs_parameters parameters = parameters_with(on_steps, off_steps);
    CHECK(adcs_parameters_set(&parameters, ADCS_ROD_RESOLUTION_A_M2, 0.002f) == ADCS_SET_DONE);
    CHECK(adcs_parameters_set(&parameters, ADCS_ROD_REMANENCE_A_M2, believed_A_m2) == ADCS_SET_DONE);
    struct rods rods = {.field_known = false};
    float core[3] = {0.0f, 0.0f, 0.0f};
    double sum[3] = {0.0, 0.0, 0.0};
    for (unsigned step = 0; step < 1000; step++) {
        float current[3];
        v3_store(rods_drive(&rods, &parameters, v3(wanted_A_m2, 0.0001f - wanted_A_m2, wanted_A_m2), true), current);
        for (unsigned i = 0; i < 3; i++) {
            CHECK_NEAR((double)current[i] / 0.002, round((double)current[i] / 0.002), 1e-4);
            core[i] = adcs_clamp(core[i], current[i] - remanence_A_m2, current[i] + remanence_A_m2);
            sum[i] += (double)core[i];
        }
    }
    CHECK_NEAR(sum[1] / 1000.0, 0.0001 - (double)wanted_A_m2, off_steps > 0.0f ? 1.8e-4 : 5e-5);
    CHECK_NEAR(sum[2], sum[0], 1e-6);
    return sum[0] / 1000.0;
}

/* Of a driver with steps of 2 mA m2, however wide the cores' loop is. */
static void test_small_dipoles_come_out_right_on_average(void)
{
    for (int i = -5; i <= 5; i++) {
        const float wanted = 0.0006f * (float)i;
        CHECK_NEAR(given_on_average(wanted, 0.0018f, 0.0018f, 1000.0f, 0.0f), wanted, 5e-5);
        CHECK_NEAR(given_on_average(wanted, 0.0018f, 0.0024f, 1000.0f, 0.0f), wanted, 5e-5);
        CHECK_NEAR(given_on_average(wanted, 0.0018f, 0.0012f, 1000.0f, 0.0f), wanted, 5e-5);
    }
}

/* The cores remember in a pause up to 0.2 mA m2 more than they are taken for, two fifths of the time. */
static void test_pauses_are_made_up_for(void)
{
    for (int i = -5; i <= 5; i++) {
        const float wanted = 0.0011f * (float)i;
        CHECK_NEAR(given_on_average(wanted, 0.0018f, 0.002f, 3.0f, 2.0f), wanted, 1e-4 + 0.4 * 2e-4);
    }
}

void test_rods(void)
{
    test_small_dipoles_come_out_right_on_average();
    test_pauses_are_made_up_for();
    test_the_spacecrafts_own_dipole_is_learnt_from_its_torque();
    test_torque_across_the_field_is_given_whole();
    test_b_dot_brakes();
    test_a_dipole_beyond_the_limit_keeps_its_direction();
    test_the_field_is_measured_in_the_pauses();
    test_rods_that_stay_off_leave_every_sample_clean();
    test_an_old_field_is_forgotten();
    test_what_the_cores_remember();
}
