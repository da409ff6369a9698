/* Made by python -m hil.flight.mission rigs/spacecraft/dier5.toml; do not edit. */
#ifndef MISSION_H
#define MISSION_H

#include "craft.h"

static const struct craft_setting mission_settings[] = {
    {0, 0.166f}, /* inertia_xx_body_kg_m2 */
    {1, 0.17f}, /* inertia_yy_body_kg_m2 */
    {2, 0.107f}, /* inertia_zz_body_kg_m2 */
    {6, 3.0f}, /* wheel_count */
    {19, 0.004f}, /* wheel_torque_max_Nm */
    {20, 600.0f}, /* wheel_speed_max_rad_s */
    {21, 2.35e-05f}, /* wheel_spin_inertia_kg_m2 */
    {28, 1.4f}, /* wheel_friction_bandwidth_rad_s */
    {29, 4.4e-05f}, /* gyro_angle_random_walk_rad_sqrt_s */
    {31, 0.0003f}, /* gyro_bias_sigma_rad_s */
    {32, 1e-05f}, /* star_tracker_sigma_rad */
    {33, 4.85e-05f}, /* star_tracker_roll_sigma_rad */
    {168, 2.42e-05f}, /* star_tracker_alignment_sigma_rad */
    {34, 0.0f}, /* star_tracker_boresight_x_body */
    {35, -0.70710678f}, /* star_tracker_boresight_y_body */
    {36, -0.70710678f}, /* star_tracker_boresight_z_body */
    {110, 2.0f}, /* star_tracker_aberration */
    {114, 1.0f}, /* apparent_targets */
    {165, 2.34f}, /* refraction_lift_m */
    {39, 0.3f}, /* rod_dipole_max_A_m2 */
    {50, 0.3f}, /* albedo */
    {156, 3.0f}, /* camera_follow */
    {164, 5.0f}, /* camera_ship_speed_m_s */
    {167, 50.0f}, /* camera_place_sigma_m */
    {157, 8.727e-05f}, /* camera_pixel_rad */
    {25, 0.01f}, /* command_delay_s: to the wheels */
};
static const uint8_t mission_wheels[] = {0x21, 0xC0, 0xDB};
static const struct craft_mission mission = {
    .settings = mission_settings,
    .setting_count = sizeof mission_settings / sizeof mission_settings[0],
    .wheel_addresses = mission_wheels,
    .wheel_count = sizeof mission_wheels,
    .mode = 1,              /* nadir */
    .star_delay_us = 107700, /* its latency, and 89 octets at 115 200 baud */
    .gps_delay_us = 112500,  /* its latency, and 144 octets at 115 200 baud */
};

#endif
