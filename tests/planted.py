"""Rigs made to fail for a known reason, and what their diagnosis must name first."""

from pathlib import Path
from typing import NamedTuple

from rig_files import edited

from hil import bench, judge
from hil.diagnosis import diagnose
from hil.recording import Recording
from hil.rig import load_rig

RIGS = Path(__file__).parents[1] / "rigs"


class Planted(NamedTuple):
    """A change of a rig or its spacecraft that spoils a run, and words of its first cause.

    rig, craft: (old, new) texts; added: to the rig's end. base: the rig's file.
    """

    name: str
    words: str
    rig: tuple[tuple[str, str], ...] = ()
    craft: tuple[tuple[str, str], ...] = ()
    added: str = ""
    base: str = "dier5_nadir"
    duration_s: float = 170.0


def fault(device, kind, keys="", at_s=100.0):
    """The text of a [[fault]] table."""
    table = f'[[fault]]\nname = "planted"\ndevice = "{device}"\nkind = "{kind}"'
    return f"\n{table}\nat_s = {at_s}\n{keys}\n"


_NO_GPS = (
    """[[gps]]
part = "../parts/oem719.toml"
rate_hz = 1.0
latency_s = 0.1
antenna_body = [0.0, 0.0, -1.0]
""",
    "",
)
_X_AXIS = "axis_body = [0.999998, 0.0015, -0.0013]"
_GYRO = '[[gyro]]\npart = "../parts/stim300.toml"'

CAUSES = (
    Planted(
        "an inverted wheel",
        "wheel x turns the body the wrong way",
        craft=((_X_AXIS, "axis_body = [-0.999998, 0.0015, -0.0013]"),),
    ),
    Planted(
        "two wheels swapped",
        "turns the body about",
        craft=(
            (_X_AXIS, "axis_body = [0.0, 1.0, 0.0]"),
            ("axis_body = [-0.0011, 0.999997, 0.0021]", "axis_body = [1.0, 0.0, 0.0]"),
        ),
    ),
    Planted(
        "a wheel mounted askew",
        "wheel z",
        craft=(("axis_body = [0.0018, -0.0014, 0.999997]", "axis_body = [0.0, 0.96, 0.28]"),),
    ),
    Planted("a wheel that dies", "wheel y", added=fault("wheel y", "dead")),
    Planted(
        "a wheel whose drive is inverted",
        "wheel x",
        added=fault("wheel x", "gain", "factor = -1.0", 130.0),
    ),
    Planted("friction", "wheel x", added=fault("wheel x", "friction", "factor = 60.0")),
    Planted(
        "too small a wheel",
        "wheel_torque_max_Nm is 0.004 N m, of the rig 6e-05",
        craft=(
            (
                'part = "../parts/rwp015.toml"\nname = "y"',
                'part = "../parts/rwp015.toml"\ntorque_max_Nm = 6e-5\nname = "y"',
            ),
        ),
    ),
    Planted(
        "too slow a wheel",
        "wheel_speed_max_rad_s is 600 rad/s, of the rig 75",
        craft=(
            (
                'part = "../parts/rwp015.toml"\nname = "x"',
                'part = "../parts/rwp015.toml"\nspeed_max_rad_s = 75.0\nname = "x"',
            ),
        ),
    ),
    Planted(
        "a wrong inertia",
        "inertia_",
        craft=(
            ("inertia_xx_body_kg_m2 = 0.166", "inertia_xx_body_kg_m2 = 3.3"),
            ("inertia_yy_body_kg_m2 = 0.170", "inertia_yy_body_kg_m2 = 3.4"),
        ),
    ),
    Planted(
        "a wrong orbit",
        "the orbit sent to the OBC",
        rig=(("position_sigma_m = 50.0", "position_sigma_m = 60e3"),),
        craft=(_NO_GPS,),
    ),
    Planted(
        "a gyro of the wrong part",
        "gyro",
        craft=((_GYRO, '[[gyro]]\npart = "../parts/adis16405.toml"'),),
    ),
    Planted(
        "swapped gyro axes",
        "gyro 0 has its axes wrong",
        added=fault("gyro 0", "swapped", 'axes = ["y", "x", "z"]', 0.0),
    ),
    Planted(
        "an inverted gyro",
        "gyro 0 has its axes wrong",
        added=fault("gyro 0", "scale", "factor = -1.0", 0.0),
    ),
    Planted(
        "a gyro's bias step",
        "gyro 0 is off by",
        added=fault("gyro 0", "bias", "offset = [0.0005, 0.0, 0.0]", 125.0),
    ),
    Planted(
        "a gyro that shows one value",
        "gyro 0 shows the same value",
        craft=(("wheel_count = 3.0", "wheel_count = 3.0\nsensor_repeats_max = 0.0"),),
        added=fault("gyro 0", "stuck", "value = [0.0004, -0.0012, 0.0]", 125.0),
    ),
    Planted(
        "a turned star tracker",
        "star tracker 0 is off by",
        added=fault("star_tracker 0", "turned", "turn_deg = [0.0, 0.2, 0.0]", 0.0),
    ),
    Planted(
        "a dead star tracker",
        "star tracker 0 silent",
        added=fault("star_tracker 0", "silent", at_s=20.0),
        duration_s=400.0,
    ),
    Planted(
        "the Sun in the star tracker",
        "Sun ",
        rig=(
            ("raan_deg = 300.0", "raan_deg = 90.0"),
            ("true_anomaly_deg = 0.0", "true_anomaly_deg = 255.0"),
        ),
        duration_s=400.0,
    ),
    Planted(
        "a wrong boresight",
        "judges boresight_body",
        rig=(
            ("boresight_body = [0.0, 0.0, 1.0]", "boresight_body = [0.019996001, 0.0, 0.99980006]"),
        ),
        base="dier5_target",
        duration_s=300.0,
    ),
    Planted(
        "a delay that nobody told",
        "command_delay_s",
        rig=(("latency_s = 0.02", "latency_s = 0.9"),),
        craft=(("wheel_count = 3.0", "wheel_count = 3.0\ncontrol_bandwidth_rad_s = 1.2"),),
    ),
    Planted(
        "replies are lost",
        "replies are missing",
        rig=(("lost_replies = 0", "lost_replies = 100000"),),
        added=fault("line from_obc", "drop", "probability = 0.9", 100.0),
    ),
    Planted(
        "a stray magnet",
        "the surroundings push with",
        craft=(
            (
                "residual_dipole_body_A_m2 = [0.010, -0.006, 0.008]",
                "residual_dipole_body_A_m2 = [9.0, -6.0, 8.0]",
            ),
        ),
    ),
    Planted(
        "an inverted magnetometer",
        "magnetometer 0 has its axes wrong",
        rig=(
            ('mode = "nadir"', 'mode = "detumble"'),
            ("rate_body_deg_s = [0.05, -0.08, 0.06]", "rate_body_deg_s = [1.5, -0.8, 0.6]"),
            (
                "[[requirement]]",
                '[[requirement]]\nname = "slower"\ncolumn = "truth_rate_body_rad_s"\n'
                "limit_deg_s = 1.6\nfrom_s = 200.0\n\n[[requirement]]",
            ),
        ),
        craft=(
            (
                "bias_sigma_nT = 150.0",
                "bias_sigma_nT = 150.0\n"
                "soft_iron = [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]]",
            ),
        ),
        duration_s=300.0,
    ),
    Planted(
        "not settled yet",
        "had not settled yet",
        rig=(("from_s = 120.0", "from_s = 15.0"),),
    ),
)


def planted_rig(each, folder):
    """The rig with its cause planted, in a folder of its own."""
    base = (RIGS / f"{each.base}.toml").read_text().replace('"../spacecraft/', '"spacecraft/')
    craft_name = base.split('spacecraft = "spacecraft/')[1].split('"')[0]
    craft = (RIGS / "spacecraft" / craft_name).read_text()
    for old, new in each.rig:
        base = edited(base, old, new)
    for old, new in each.craft:
        craft = edited(craft, old, new)
    (folder / "spacecraft").mkdir(parents=True)
    (folder / "parts").symlink_to(RIGS / "parts")
    (folder / "spacecraft" / craft_name).write_text(craft)
    path = folder / "rig.toml"
    path.write_text(base + each.added)
    return load_rig(path.resolve())


def diagnosed(each, folder, told=True):
    """Run a rig with a cause planted; return verdicts, recording and diagnosis.

    told: whether the diagnosis sees the events that tell of injected faults.
    """
    rig = planted_rig(each, folder).with_overrides(duration_s=each.duration_s)
    result = bench.run(rig, "library", folder / "run.mcap")
    recording = Recording(result.recording)
    verdicts = judge.evaluate(rig, [recording])
    if not told:
        recording.events = [event for event in recording.events if event.source != "fault"]
    return verdicts, recording, diagnose(recording, verdicts)
