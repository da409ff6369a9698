"""More rigs made to fail for a known reason, on spacecraft of other kinds; see planted.py."""

from planted import Planted, fault

_AGILE, _MOON = "missions/kazeosat_agile", "missions/lunar_telescope"
_BELIEFS = "[flight_software]\n"
_RODS_ONLY = "[[requirement]]"
_ROD_AXES = (
    "axis_body = [0.999983, -0.005000, 0.003000]",
    "axis_body = [0.004000, 0.999974, -0.006000]",
    "axis_body = [-0.002000, 0.007000, 0.999973]",
)
_SLOW_BY_4000 = (
    '[[requirement]]\nname = "slow"\ncolumn = "truth_rate_body_rad_s"\n'
    "limit_deg_s = 0.5\nby_s = 4000.0\n\n[[requirement]]"
)


def believes(text):
    """A change of the craft: what the flight software is set to."""
    return ((_BELIEFS, f"{_BELIEFS}{text}\n"),)


def detumbling(name, words, craft=(), rig=(), added="", duration_s=4200.0):
    """Al-Farabi-2 is to be slow after 4 000 s, which it is."""
    rig = (*rig, (_RODS_ONLY, _SLOW_BY_4000))
    return Planted(name, words, rig, craft, added, "alfarabi2", duration_s)


def agile(name, words, craft=(), rig=(), added=""):
    """The imager is to be on its first two places."""
    return Planted(name, words, rig, craft, added, _AGILE, 460.0)


MORE = (
    Planted(
        "a gyro with one axis inverted",
        "gyro 0 has its axes wrong",
        added=fault("gyro 0", "swapped", 'axes = ["-x", "y", "z"]', 0.0),
    ),
    Planted(
        "a gyro in degrees",
        "(deg/s for rad/s)",
        added=fault("gyro 0", "scale", "factor = 57.29578", 0.0),
    ),
    Planted(
        "a star tracker turned by a quarter",
        "star tracker 0 is off by 90 deg (mostly z)",
        added=fault("star_tracker 0", "turned", "turn_deg = [0.0, 0.0, 90.0]", 0.0),
    ),
    Planted(
        "a star tracker that is late",
        "samples of star tracker 0 are 2.1 s old by their time stamps",
        added=fault("star_tracker 0", "late", "delay_s = 2.0", 0.0),
    ),
    Planted(
        "time stamps that are behind",
        "samples of star tracker 0 are 2.1 s old by their time stamps",
        added=fault("star_tracker 0", "time_stamp", "offset_s = -2.0", 0.0),
    ),
    Planted(
        "time stamps that are ahead",
        "samples of star tracker 0 are 1.9 s in the future by their time stamps",
        added=fault("star_tracker 0", "time_stamp", "offset_s = 2.0", 0.0),
    ),
    Planted(
        "a GPS antenna that looks down",
        "gps 0 without a valid sample in the whole run: its antenna 179 deg off the zenith",
        rig=(("position_sigma_m = 50.0", "position_sigma_m = 60e3"),),
        craft=(("antenna_body = [0.0, 0.0, -1.0]", "antenna_body = [0.0, 0.0, 1.0]"),),
    ),
    Planted(
        "a GPS receiver of another place",
        "gps 0 is off by 20000 m (mostly x)",
        added=fault("gps 0", "bias", "offset = [20e3, 0.0, 0.0, 0.0, 0.0, 0.0]", 0.0),
    ),
    Planted(
        "a star tracker that was mounted badly",
        "star tracker 0 is off by",
        craft=(
            (
                "latency_s = 0.1\nboresight_body = [0.0, -0.7071",
                "latency_s = 0.1\nmounting_error_sigma_arcsec = 3600.0\n"
                "boresight_body = [0.0, -0.7071",
            ),
        ),
    ),
    Planted(
        "wheel axes swapped in the firmware",
        "not about [0.00, 1.00, 0.00] as the flight software believes",
        craft=believes(
            "wheel0_axis_x_body = 0.0\nwheel0_axis_y_body = 1.0\n"
            "wheel1_axis_x_body = 1.0\nwheel1_axis_y_body = 0.0"
        ),
    ),
    Planted(
        "a spacecraft of three times the inertia",
        "inertia_",
        craft=(
            ("[ 0.1720,  0.0012, -0.0021]", "[ 0.5160,  0.0036, -0.0063]"),
            ("[ 0.0012,  0.1655,  0.0016]", "[ 0.0036,  0.4965,  0.0048]"),
            ("[-0.0021,  0.0016,  0.1038]", "[-0.0063,  0.0048,  0.3114]"),
        ),
        rig=(("from_s = 120.0", "from_s = 40.0"),),
    ),
    Planted(
        "a controller ten times too slow",
        "control_bandwidth_rad_s",
        craft=believes("control_bandwidth_rad_s = 0.02"),
    ),
    Planted(
        "a controller without damping", "control_damping", craft=believes("control_damping = 0.1")
    ),
    Planted(
        "a latency of three periods with a quick loop",
        "control_bandwidth_rad_s",
        rig=(("latency_s = 0.02", "latency_s = 0.3"),),
        craft=believes("control_bandwidth_rad_s = 2.0"),
    ),
    Planted(
        "wheels of another part",
        "wheel_spin_inertia_kg_m2",
        craft=(("wheel_spin_inertia_kg_m2 = 2.35e-5", "wheel_spin_inertia_kg_m2 = 4.0e-3"),),
    ),
    Planted(
        "wheels of ten times the inertia",
        "wheel_spin_inertia_kg_m2 is 0.000235 kg m2, of the rig 2.4e-05 kg m2",
        craft=(("wheel_spin_inertia_kg_m2 = 2.35e-5", "wheel_spin_inertia_kg_m2 = 2.35e-4"),),
    ),
    Planted(
        "wheels that are nearly full",
        "speed limit",
        craft=(("initial_speed_rad_s = 60.0", "initial_speed_rad_s = 597.0"),),
    ),
    Planted(
        "big drag plates",
        "the surroundings push with",
        craft=(
            (
                "centre_body_m = [0.113, 0.0, 0.0]\narea_m2 = 0.07684",
                "centre_body_m = [0.113, 19.0, 0.0]\narea_m2 = 90.0",
            ),
        ),
        rig=(("semi_major_axis_m = 6892.6e3", "semi_major_axis_m = 6632.6e3"),),
    ),
    Planted(
        "a noisy star tracker",
        "star_tracker_sigma_rad",
        craft=(
            (
                'part = "../parts/sagitta.toml"',
                'part = "../parts/sagitta.toml"\nacross_noise_arcsec = 200.0\n'
                "roll_noise_arcsec = 1000.0",
            ),
        ),
    ),
    Planted(
        "the wrong mode",
        "asks for mode nadir",
        rig=(('mode = "nadir"', 'mode = "idle"'),),
    ),
    Planted(
        "a tachometer in other units",
        "tachometer 0 shows 9.55 times the speed of wheel x (rpm for rad/s)",
        added=fault("tachometer 0", "scale", "factor = 9.5493", 0.0),
    ),
    agile(
        "a period of vibration told wrong",
        "flexible_period_s",
        craft=(("flexible_period_s = 1.78", "flexible_period_s = 0.4"),),
    ),
    agile(
        "a gyro that saturates",
        "the range of gyro 0 ends at 1 deg/s, and the body turned at",
        craft=(("range_deg_s = 490.0", "range_deg_s = 1.0"),),
    ),
    agile(
        "slews told to be slow",
        "slew_rate_max_rad_s",
        craft=(("slew_rate_max_rad_s = 0.05", "slew_rate_max_rad_s = 0.004"),),
    ),
    agile(
        "slews told in degrees",  # 0.05 deg/s, as rad/s
        "slew_rate_max_rad_s is 0.00087",
        craft=(("slew_rate_max_rad_s = 0.05", "slew_rate_max_rad_s = 0.00087"),),
    ),
    agile(
        "a gyro with a wrong scale", "gyro 0", added=fault("gyro 0", "scale", "factor = 1.6", 0.0)
    ),
    agile(
        "wheels with a tenth of their torque",
        "wheel_torque_max_Nm",
        craft=(("torque_max_Nm = 0.2\nspeed", "torque_max_Nm = 0.02\nspeed"),),
    ),
    agile(
        "a payload axis told wrong",
        "judges boresight_body",
        craft=believes("payload_axis_x_body = 0.0174524\npayload_axis_z_body = 0.9998477"),
    ),
    detumbling(
        "rods that are too weak",
        "rods of 0.019 A m2 take about",
        craft=tuple((axis, f"{axis}\ndipole_max_A_m2 = 0.02") for axis in _ROD_AXES),
    ),
    detumbling(
        "a magnetometer with a wrong scale",
        "magnetometer 0",
        craft=(
            ("[ 0.998, -0.001,  0.002]", "[ 0.098, -0.001,  0.002]"),
            ("[-0.001,  1.003,  0.001]", "[-0.001,  0.103,  0.001]"),
            ("[ 0.002,  0.001,  0.999]", "[ 0.002,  0.001,  0.099]"),
        ),
    ),
    detumbling(
        "a magnetometer turned by its bracket",
        "magnetometer 0",
        added=fault("magnetometer 0", "turned", "turn_deg = [0.0, 0.0, 100.0]", 0.0),
    ),
    detumbling(
        "a gain of the detumbling ten times too small",
        "detumble_gain_s",
        craft=(("detumble_gain_s = 0.01", "detumble_gain_s = 0.001"),),
    ),
    detumbling(
        "two rods wired backwards",
        "comes out wrong: what the rods make is inverted",
        craft=(
            (
                "axis_body = [0.999983, -0.005000, 0.003000]",
                "axis_body = [-0.999983, 0.005000, -0.003000]\n"
                "drive_axis_body = [0.999983, -0.005000, 0.003000]",
            ),
            (
                "axis_body = [0.004000, 0.999974, -0.006000]",
                "axis_body = [-0.004000, -0.999974, 0.006000]\n"
                "drive_axis_body = [0.004000, 0.999974, -0.006000]",
            ),
        ),
    ),
    Planted(
        "thrusters told the wrong way round",
        "thruster",
        craft=(
            ("thruster0_torque_z_body_Nm = 7.7e-3", "thruster0_torque_z_body_Nm = -7.7e-3"),
            ("thruster1_torque_z_body_Nm = 7.7e-3", "thruster1_torque_z_body_Nm = -7.7e-3"),
            ("thruster2_torque_z_body_Nm = -7.7e-3", "thruster2_torque_z_body_Nm = 7.7e-3"),
            ("thruster3_torque_z_body_Nm = -7.7e-3", "thruster3_torque_z_body_Nm = 7.7e-3"),
            ("initial_speed_rad_s = -470.0", "initial_speed_rad_s = -590.0"),
        ),
        base=_MOON,
        duration_s=1000.0,
    ),
    Planted(
        "a mass centre that is a hand's breadth off",
        "a mass centre that is [0.087, -0.081, 0.004] m off",
        craft=(
            (
                "centre_of_mass_body_m = [0.002, -0.003, 0.004]",
                "centre_of_mass_body_m = [0.09, -0.08, 0.004]",
            ),
            ("initial_speed_rad_s = -470.0", "initial_speed_rad_s = -590.0"),
        ),
        base=_MOON,
        duration_s=1000.0,
    ),
    Planted(
        "a keep-out angle told wrong",
        "keep_out_sun_rad",
        craft=(("keep_out_sun_rad = 0.7854", "keep_out_sun_rad = 0.3"),),
        base=_MOON,
        duration_s=800.0,
    ),
    Planted(
        "an exposure with a gyro of another part",
        "gyro",
        craft=(("angle_random_walk_deg_sqrt_h = 0.012", "angle_random_walk_deg_sqrt_h = 0.5"),),
        base=_MOON,
        duration_s=320.0,
    ),
)
