"""The reference flight software's parameters and events: the one table, also as a C header."""

from dataclasses import dataclass
from itertools import product

from hil.flight.event_table import EVENTS, Event
from hil.link.messages import THRUSTERS_MAX, WHEELS_MAX


@dataclass(frozen=True)
class Parameter:
    """One number that set_parameter changes; its place in PARAMETERS is its id."""

    name: str
    unit: str
    default: float
    minimum: float
    maximum: float
    doc: str


def _inertia() -> tuple[Parameter, ...]:
    doc = "inertia tensor about the centre of mass, wheels locked"
    moments = tuple(
        Parameter(f"inertia_{axis}{axis}_body_kg_m2", "kg m2", default, 1e-4, 100.0, doc)
        for axis, default in zip("xyz", (0.10, 0.12, 0.08), strict=True)
    )
    products = tuple(
        Parameter(f"inertia_{axes}_body_kg_m2", "kg m2", 0.0, -50.0, 50.0, doc)
        for axes in ("xy", "xz", "yz")
    )
    return moments + products


def _axis(name: str, along: str, doc: str) -> tuple[Parameter, ...]:
    """Return the three components of a unit vector, by default a body axis."""
    return tuple(
        Parameter(f"{name}_axis_{axis}_body", "1", 1.0 if axis == along else 0.0, -1.0, 1.0, doc)
        for axis in "xyz"
    )


def _wheel_axes() -> tuple[Parameter, ...]:
    along = {(0, "x"), (1, "y"), (2, "z")}
    return tuple(
        Parameter(
            f"wheel{wheel}_axis_{axis}_body",
            "1",
            1.0 if (wheel, axis) in along else 0.0,
            -1.0,
            1.0,
            f"unit vector of wheel {wheel}: spin is positive about it",
        )
        for wheel, axis in product(range(WHEELS_MAX), "xyz")
    )


def _thruster_torques() -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            f"thruster{thruster}_torque_{axis}_body_Nm",
            "N m",
            0.0,
            -10.0,
            10.0,
            f"of thruster {thruster} while it is open, about the centre of mass",
        )
        for thruster, axis in product(range(THRUSTERS_MAX), "xyz")
    )


__all__ = ["EVENTS", "PARAMETERS", "Event", "Parameter", "c_header"]


def _thruster_forces() -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            f"thruster{thruster}_force_{axis}_body_N",
            "N",
            0.0,
            -50.0,
            50.0,
            f"of thruster {thruster} while it is open",
        )
        for thruster, axis in product(range(THRUSTERS_MAX), "xyz")
    )


PARAMETERS: tuple[Parameter, ...] = (
    *_inertia(),
    Parameter(
        "wheel_count", "1", 3.0, 0.0, 4.0, "wheels that exist; set anew: those out of service too"
    ),
    *_wheel_axes(),
    Parameter("wheel_torque_max_Nm", "N m", 0.004, 1e-6, 10.0, "motor torque limit of a wheel"),
    Parameter("wheel_speed_max_rad_s", "rad/s", 600.0, 1.0, 1e5, "speed limit of a wheel"),
    Parameter(
        "wheel_spin_inertia_kg_m2", "kg m2", 2.4e-5, 1e-8, 1.0, "of one rotor about its axis"
    ),
    Parameter("control_bandwidth_rad_s", "rad/s", 0.3, 0.001, 5.0, "natural frequency of the loop"),
    Parameter("control_damping", "1", 0.8, 0.1, 5.0, "damping ratio of the loop"),
    Parameter("slew_rate_max_rad_s", "rad/s", 0.035, 1e-4, 1.0, "rate asked for by a large error"),
    Parameter(
        "command_delay_s", "s", 0.02, 0.0, 1.0, "from a sync's time until its command takes effect"
    ),
    Parameter(
        "observer_bandwidth_rad_s", "rad/s", 0.4, 0.01, 20.0, "of the observer of rate and torque"
    ),
    Parameter(
        "external_torque_max_Nm", "N m", 1e-4, 0.0, 1.0, "most that the observer takes for external"
    ),
    Parameter(
        "wheel_friction_bandwidth_rad_s", "rad/s", 0.7, 0.0, 20.0, "of the estimate of its friction"
    ),
    Parameter(
        "gyro_angle_random_walk_rad_sqrt_s",
        "rad/sqrt(s)",
        4.4e-5,
        1e-9,
        0.1,
        "white noise of the rate; 0.15 deg/sqrt(h)",
    ),
    Parameter(
        "gyro_rate_random_walk_rad_s_sqrt_s",
        "rad/s/sqrt(s)",
        1e-7,
        1e-12,
        0.1,
        "drift of the bias",
    ),
    Parameter(
        "gyro_bias_sigma_rad_s", "rad/s", 1e-3, 1e-9, 1.0, "1 sigma of the bias at switch-on"
    ),
    Parameter(
        "star_tracker_sigma_rad",
        "rad",
        4.85e-5,
        1e-6,
        0.1,
        "1 sigma across the boresight; 10 arcsec",
    ),
    Parameter(
        "star_tracker_roll_sigma_rad", "rad", 4.85e-5, 1e-6, 0.1, "1 sigma about the boresight"
    ),
    *(
        Parameter(
            f"star_tracker_boresight_{axis}_body",
            "1",
            1.0 if axis == "y" else 0.0,
            -1.0,
            1.0,
            "of star tracker 0, unit vector; others have the larger sigma about every axis",
        )
        for axis in "xyz"
    ),
    Parameter(
        "star_tracker_gate",
        "1",
        30.0,
        1.0,
        1e6,
        "largest squared Mahalanobis distance that is used; 30: 1 in 700 000 good ones is lost",
    ),
    Parameter(
        "star_tracker_age_max_s",
        "s",
        0.5,
        0.0,
        1.0,
        "how far the filter lags behind, waiting for late measurements",
    ),
    Parameter(
        "rod_dipole_max_A_m2", "A m2", 0.2, 0.0, 100.0, "limit along each body axis; 0: no rods"
    ),
    Parameter("coarse_sun_full_adc", "1", 3500.0, 1.0, 4095.0, "counts of a diode in full sun"),
    Parameter("coarse_sun_least", "1", 0.4, 0.01, 1.0, "of full sun; less is taken for eclipse"),
    Parameter("gyro_scale_sigma", "1", 5e-4, 0.0, 0.1, "1 sigma of scale errors and misalignment"),
    Parameter("coarse_sun_sigma_rad", "rad", 0.1, 1e-4, 3.0, "1 sigma of the Sun from the diodes"),
    Parameter("fine_sun_sigma_rad", "rad", 0.01, 1e-5, 3.0, "1 sigma of a fine sun sensor"),
    Parameter("horizon_sigma_rad", "rad", 0.02, 1e-5, 3.0, "1 sigma of a horizon sensor"),
    Parameter("magnetometer_sigma_rad", "rad", 0.02, 1e-4, 3.0, "1 sigma of the field's direction"),
    Parameter("direction_gate", "1", 30.0, 1.0, 1e6, "as star_tracker_gate, for directions"),
    Parameter(
        "star_tracker_timeout_s", "s", 300.0, 0.0, 1e5, "blind for so long: directions are used"
    ),
    Parameter("epoch_day", "d", 0.0, -36525.0, 36525.0, "J2000 to the wire's time 0; 0: not known"),
    Parameter("albedo", "1", 0.0, 0.0, 1.0, "of the Earth, in the light on the diodes"),
    Parameter("rod_on_steps", "1", 3.0, 1.0, 1000.0, "rods on for so many steps at a time"),
    Parameter(
        "rod_off_steps", "1", 0.0, 0.0, 1000.0, "and then off, the field measured at the last one"
    ),
    Parameter("detumble_gain_s", "1/s", 0.004, 1e-6, 1.0, "damping by the rods, over inertia"),
    Parameter(
        "rod_resolution_A_m2", "A m2", 0.0, 0.0, 10.0, "step of their driver; 0: fine enough"
    ),
    Parameter("momentum_gain_s", "1/s", 0.002, 0.0, 1.0, "of the wheels, unloaded by the rods"),
    Parameter(
        "rod_pointing_rad_s", "rad/s", 0.0, 0.0, 0.1, "of nadir by rods alone; 0: it needs wheels"
    ),
    Parameter("sun_spin_rad_s", "rad/s", 0.06, 1e-4, 1.0, "about the sun axis, by rods alone"),
    Parameter("autonomy", "1", 0.0, 0.0, 1.0, "1: back to the commanded mode when all is quiet"),
    Parameter("tumble_rate_rad_s", "rad/s", 0.08, 1e-3, 10.0, "faster is tumbling: rods stop it"),
    Parameter("detumbled_rate_rad_s", "rad/s", 0.01, 1e-4, 10.0, "slower is quiet"),
    Parameter("safe_dwell_s", "s", 120.0, 0.0, 1e5, "quiet in sun_safe for so long: all is well"),
    Parameter("sensor_timeout_s", "s", 5.0, 0.1, 1e5, "without a sample: reported as silent"),
    Parameter("temperature_max_K", "K", 358.0, 1.0, 1000.0, "more is reported"),
    Parameter(
        "wheel_bias_rad_s", "rad/s", 0.0, -1e4, 1e4, "speed of four wheels that turn and do nothing"
    ),
    *_axis("sun", "y", "unit vector that mode sun_safe turns to the Sun"),
    *_axis("payload", "z", "unit vector that mode target points"),
    *_axis("antenna", "z", "unit vector that mode station points"),
    Parameter("gps_position_sigma_m", "m", 5.0, 0.01, 1e5, "1 sigma an axis of a fix"),
    Parameter("gps_velocity_sigma_m_s", "m/s", 0.1, 1e-4, 1e3, "1 sigma an axis of a fix"),
    Parameter(
        "orbit_random_walk_m_s_sqrt_s", "m/s/sqrt(s)", 5e-4, 1e-6, 10.0, "what gravity lacks"
    ),
    Parameter(
        "rod_remanence_A_m2", "A m2", 0.0, 0.0, 1.0, "that a rod keeps after twice as much; 0: none"
    ),
    Parameter("thruster_count", "1", 0.0, 0.0, float(THRUSTERS_MAX), "thrusters that exist"),
    *_thruster_torques(),
    Parameter("thruster_on_time_min_s", "s", 0.01, 1e-4, 1.0, "shortest that opens a valve"),
    Parameter("thruster_resolution_s", "s", 1e-3, 1e-6, 1.0, "on-times are a whole number of it"),
    Parameter(
        "unload_start_Nms", "N m s", 0.0, 0.0, 1e3, "more momentum: thrusters unload; 0: never"
    ),
    Parameter("unload_stop_Nms", "N m s", 0.0, 0.0, 1e3, "less momentum: they have done"),
    Parameter("unload_torque_Nm", "N m", 1e-4, 1e-7, 1.0, "at which they do it, on average"),
    Parameter("spin_gain_s", "1/s", 0.01, 1e-6, 1.0, "of momentum and rate by rods alone"),
    Parameter(
        "direction_correlation_s", "s", 30.0, 0.0, 1e5, "for so long a direction's error lasts"
    ),
    Parameter(
        "star_tracker_aberration",
        "1",
        0.0,
        0.0,
        2.0,
        "that star trackers leave in, taken out here; 0: none, 1: of the orbit, 2: all",
    ),
    *(
        Parameter(
            f"star_tracker_1_boresight_{axis}_body",
            "1",
            0.0,
            -1.0,
            1.0,
            "of star tracker 1, unit vector; 0, 0, 0: not known, its aberration stays in",
        )
        for axis in "xyz"
    ),
    Parameter(
        "apparent_targets",
        "1",
        0.0,
        0.0,
        1.0,
        "1: points at where a target's light comes from; 0: at where it is",
    ),
    Parameter(
        "sensor_repeats_max",
        "1",
        50.0,
        0.0,
        1e4,
        "a gyro or magnetometer that shows one value so often is taken for frozen; 0: never",
    ),
    Parameter("central_body", "1", 0.0, 0.0, 1.0, "0: the Earth, 1: the Moon; before set_orbit"),
    *_axis("keep_out", "z", "unit vector that must not see what follows"),
    Parameter("keep_out_sun_rad", "rad", 0.0, 0.0, 3.0, "from the Sun, in slews; 0: no such cone"),
    Parameter(
        "keep_out_moon_rad",
        "rad",
        0.0,
        0.0,
        3.0,
        "from the Moon; in orbit about it, from the Earth",
    ),
    Parameter("keep_out_limb_rad", "rad", 0.0, 0.0, 3.0, "from the planet's limb; 0: no such cone"),
    Parameter("keep_out_velocity_rad", "rad", 0.0, 0.0, 3.0, "from the way it flies; 0: none"),
    *_axis("keep_in", "y", "unit vector that must stay near the Sun"),
    Parameter("keep_in_sun_rad", "rad", 0.0, 0.0, 3.1, "from the Sun at most; 0: as it comes"),
    Parameter("keep_out_margin_rad", "rad", 0.1, 0.0, 1.0, "that slews pass a cone's edge by"),
    Parameter(
        "flexible_period_s",
        "s",
        0.0,
        0.0,
        60.0,
        "of a mode of vibration that slews do not excite; 0: slews are not planned",
    ),
    Parameter(
        "divergence_max_rad",
        "rad",
        0.5,
        0.0,
        3.2,
        "by which the pointing error may grow for 20 s before it is safe mode; 0: for ever",
    ),
    Parameter("mass_kg", "kg", 10.0, 0.01, 1e5, "of the spacecraft, which burns push"),
    *_thruster_forces(),
    Parameter(
        "camera_follow",
        "1",
        0.0,
        0.0,
        3.0,
        "what the camera follows: 0 nothing, 1 ships, 2 fires, 3 both",
    ),
    Parameter("camera_pixel_rad", "rad", 8.7e-5, 1e-7, 0.1, "angle of a pixel in the middle"),
    *_axis("camera_up", "x", "direction that is up in pictures, across the payload_axis"),
    Parameter("telemetry", "1", 0.0, 0.0, 1.0, "1: message user each second"),
    Parameter(
        "camera_alignment_sigma_rad",
        "rad",
        2.5e-5,
        0.0,
        0.1,
        "1 sigma of camera against star tracker",
    ),
    Parameter(
        "careful_slew_rate_max_rad_s",
        "rad/s",
        0.015,
        1e-4,
        1.0,
        "as slew_rate_max_rad_s, after a failure until the mode holds again",
    ),
    Parameter(
        "camera_ship_speed_m_s",
        "m/s",
        0.0,
        0.0,
        50.0,
        "that a ship was seen to make before it is alerted; 0: it is alerted at once",
    ),
    Parameter(
        "refraction_lift_m",
        "m",
        0.0,
        0.0,
        5.0,
        "by which air raises apparent targets seen from straight above: 2.34; 0: no air",
    ),
    Parameter(
        "camera_bad_pixels",
        "1",
        1.0,
        0.0,
        1.0,
        "1: hot and dead pixels are learnt and replaced; 0: not, as for blur below 0.4 pixels",
    ),
    Parameter(
        "camera_place_sigma_m",
        "m",
        0.0,
        0.0,
        1e5,
        "1 sigma to which an alert waits for its place to be known; 0: it does not wait",
    ),
    Parameter(
        "star_tracker_alignment_sigma_rad",
        "rad",
        0.0,
        0.0,
        0.1,
        "1 sigma of a star tracker against the body, that no average takes away; told",
    ),
)

_HEADER = """\
/* Generated from hil/flight/parameters.py; edit the table there, not this file. */
#ifndef ADCS_PARAMETERS_H
#define ADCS_PARAMETERS_H

"""


def c_header() -> str:
    """The table as a C99 header: ids, event codes, and a list of limits for the preprocessor."""
    ids = [f"    {_c_name(p)} = {i}, /* {p.unit}; {p.doc} */" for i, p in enumerate(PARAMETERS)]
    events = [
        f"    ADCS_EVENT_{event.name.upper()} = {code}, "
        f"/* {event.severity}: {event.doc}; value: {event.value} */"
        for code, event in enumerate(EVENTS, start=1)
    ]
    limits = [
        f"    X({_c_name(p)}, {_c_float(p.default)}, {_c_float(p.minimum)}, {_c_float(p.maximum)})"
        for p in PARAMETERS
    ]
    subjects = [f"    X(ADCS_EVENT_{event.name.upper()})" for event in EVENTS if event.by_value]
    return (
        _HEADER
        + "\n".join(["enum adcs_parameter {", *ids, f"    ADCS_PARAMETERS = {len(ids)}", "};\n\n"])
        + "\n".join(["enum adcs_event {", *events, "};\n\n"])
        + "/* X(code) of those that are told for each value by itself */\n"
        + " \\\n".join(["#define ADCS_EVENTS_BY_VALUE(X)", *subjects])
        + "\n\n/* X(id, default, minimum, maximum) */\n"
        + " \\\n".join(["#define ADCS_PARAMETER_LIMITS(X)", *limits])
        + "\n\n#endif\n"
    )


def _c_name(parameter: Parameter) -> str:
    return f"ADCS_{parameter.name.upper()}"


def _c_float(value: float) -> str:
    digits = f"{value:.9g}"
    return digits + ("f" if any(mark in digits for mark in ".e") else ".0f")


if __name__ == "__main__":
    from pathlib import Path

    Path("firmware_stubs/adcs/adcs_parameters.h").write_text(c_header())
