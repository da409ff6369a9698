/* The loop closed in memory, bytes and all: 10 degrees off at the start, then held at nadir. */
#include "check.h"
#include "reference.h"
#include "wire.h"

#define STEP_S 0.1
#define DELAY_S 0.02

static const double gyro_noise_rad_s = 1.38e-4, gyro_bias_rad_s[3] = {1.5e-4, -1.2e-4, 0.7e-4};
static const double star_tracker_noise_rad = 4.85e-5, tachometer_noise_rad_s = 0.05;

struct loop {
    struct wire wire;
    struct random random;
    struct reference_orbit orbit;
    struct reference_body body;
    double motor_torque_Nm[3];
    unsigned gyro_dies_at; /* step */
    double exposure_q[4]; /* what the star tracker saw a step ago */
};

static void start(struct loop *loop, uint64_t seed)
{
    static const double offset[3] = {0.105, -0.112, 0.084}; /* 10 degrees */
    double turn[4];
    *loop = (struct loop){.random = {seed}, .orbit = reference_orbit_start(), .gyro_dies_at = 1000000};
    loop->body = (struct reference_body){.rate_body_rad_s = {1e-3, -2.5e-3, 1e-3}, .wheel_speed_rad_s = {60, 60, -3}};
    reference_lvlh(&loop->orbit, loop->body.q_eci_from_body);
    reference_exponential(offset, turn);
    reference_multiply(loop->body.q_eci_from_body, turn, loop->body.q_eci_from_body);
    wire_start(&loop->wire);
    wire_hello(&loop->wire);
    CHECK(wire_set_parameter(&loop->wire, ADCS_INERTIA_XX_BODY_KG_M2, 0.166f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_parameter(&loop->wire, ADCS_INERTIA_YY_BODY_KG_M2, 0.170f) == HIL_ACK_ACCEPTED);
    CHECK(wire_set_parameter(&loop->wire, ADCS_INERTIA_ZZ_BODY_KG_M2, 0.107f) == HIL_ACK_ACCEPTED);
    (void)wire_set_orbit(&loop->wire, loop->orbit.position_eci_m, loop->orbit.velocity_eci_m_s);
    (void)wire_set_mode(&loop->wire, HIL_MODE_NADIR);
}

static void sense(struct loop *loop, unsigned step)
{
    double rate[3], noise[3], turn[4], q[4];
    for (uint8_t i = 0; i < 3; i++) {
        rate[i] = loop->body.rate_body_rad_s[i] + gyro_bias_rad_s[i] + gyro_noise_rad_s * random_normal(&loop->random);
        noise[i] = star_tracker_noise_rad * random_normal(&loop->random);
        wire_tachometer(&loop->wire, i,
                        loop->body.wheel_speed_rad_s[i] + tachometer_noise_rad_s * random_normal(&loop->random));
    }
    if (step < loop->gyro_dies_at) {
        wire_gyro(&loop->wire, 0, rate);
    }
    if (step % 2 == 1) { /* 5 Hz, 100 ms late */
        reference_exponential(noise, turn);
        reference_multiply(loop->exposure_q, turn, q);
        wire_star_tracker(&loop->wire, q, STEP_S * (step - 1));
    }
    for (int i = 0; i < 4; i++) {
        loop->exposure_q[i] = loop->body.q_eci_from_body[i];
    }
}

/* The old command holds until the new one has come through. */
static void act(struct loop *loop)
{
    reference_body_advance(&loop->body, loop->motor_torque_Nm, DELAY_S);
    for (int i = 0; i < 3; i++) {
        CHECK(fabs((double)loop->wire.command.wheel_torque_Nm[i]) <= 0.004 + 1e-9);
        loop->motor_torque_Nm[i] = (double)loop->wire.command.wheel_torque_Nm[i];
    }
    reference_body_advance(&loop->body, loop->motor_torque_Nm, STEP_S - DELAY_S);
    reference_orbit_advance(&loop->orbit, STEP_S);
}

/* Angle from nadir attitude in arcsec, before the step. */
static double step(struct loop *loop, unsigned number)
{
    double target[4], off[3];
    reference_lvlh(&loop->orbit, target);
    reference_difference(target, loop->body.q_eci_from_body, off);
    sense(loop, number);
    wire_sync(&loop->wire, number, STEP_S * number);
    act(loop);
    return 206265.0 * sqrt(off[0] * off[0] + off[1] * off[1] + off[2] * off[2]);
}

/* A wheel goes through zero speed on the way, its friction turning round. */
static void check_run(uint64_t seed)
{
    static struct loop loop;
    double worst_after_30_s = 0.0, worst_after_120_s = 0.0;
    start(&loop, seed);
    for (unsigned number = 0; number < 4000; number++) {
        const double error = step(&loop, number);
        worst_after_30_s = number >= 300 ? fmax(worst_after_30_s, error) : 0.0;
        worst_after_120_s = number >= 1200 ? fmax(worst_after_120_s, error) : 0.0;
    }
    printf("loop: worst %.0f arcsec after 30 s, %.1f after 120 s\n", worst_after_30_s, worst_after_120_s);
    CHECK(worst_after_30_s < 360.0);
    CHECK(worst_after_120_s < 42.0);
}

/* The rate then comes from the wheels' momentum and the star tracker. */
static void test_pointing_outlives_the_gyro(void)
{
    static struct loop loop;
    double worst = 0.0;
    start(&loop, 43);
    loop.gyro_dies_at = 1500;
    for (unsigned number = 0; number < 4000; number++) {
        const double error = step(&loop, number);
        worst = number >= 1500 ? fmax(worst, error) : 0.0;
    }
    printf("loop: worst %.0f arcsec without a gyro\n", worst);
    CHECK(worst < 120.0 && loop.wire.estimate.mode == HIL_MODE_NADIR);
}

void test_loop(void)
{
    check_run(41);
    check_run(42);
    test_pointing_outlives_the_gyro();
}
