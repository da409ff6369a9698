"""What another team's firmware is told and tells: dates, Sun cells, wheel speeds, own modes."""

import json
import math
from datetime import UTC, datetime, timedelta

import erfa
import numpy as np
import pytest
from devices_bench import build, row
from fake_obc import FakeObc
from rig_files import told
from wire import TABLE, THRUSTER_COMMAND

from hil import judge
from hil.bench import Bench, Member
from hil.devices.gps_time import GpsTime, leap_s
from hil.devices.power_meter import PowerMeter
from hil.devices.sun_angle_sensor import SunAngleSensor
from hil.devices.sun_cells import SunCells
from hil.errors import ObcError
from hil.judge.link import LINK
from hil.link import messages as m
from hil.recording import Recording
from hil.rig import load_rig

GPS_EPOCH, DAY_0 = datetime(1980, 1, 6, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)
NAN = math.nan
WHEEL_SPEED_COMMAND = TABLE.by_name["wheel_speed_command"]
ROOT_HALF = math.sqrt(0.5)
# Sixteen cells in four rings of four, at 45 degrees up and down, a half ring apart.
NORMALS = [
    (ROOT_HALF * math.cos(a), ROOT_HALF * math.sin(a), s * ROOT_HALF)
    for s in (1.0, -1.0)
    for a in np.arange(8) * math.pi / 4.0
]

RIG = """\
title = "Another team's firmware"
spacecraft = "craft.toml"
seed = 5
duration_s = 12.0

[orbit]
epoch_utc = 2026-03-21T12:00:00Z
semi_major_axis_m = 6900e3
eccentricity = 0.0
inclination_deg = 60.0
raan_deg = 0.0
argument_of_perigee_deg = 0.0
true_anomaly_deg = 0.0

[attitude]
reference = "eci"
offset_axis_body = [0.6, 0.0, 0.8]
offset_deg = 70.0

[obc]
modes = ["boot", "Spin up"]
mode = "boot"

[[telecommand]]
at_s = 1.0
rate_body_deg_s = [0.0, 0.0, 2.0]
mode = "Spin up"
"""

CRAFT = """\
name = "another"

[body]
mass_kg = 4.0
inertia_body_kg_m2 = [[0.04, 0.0, 0.0], [0.0, 0.03, 0.0], [0.0, 0.0, 0.02]]
"""

WHEELS = "".join(
    f"""
[[wheel]]
name = "{name}"
axis_body = {axis}
spin_inertia_kg_m2 = 2.4e-5
torque_max_Nm = 0.004
speed_max_rad_s = 600.0
coulomb_friction_Nm = 4e-5
tachometer_rate_hz = 10.0
{{{name}}}
"""
    for name, axis in (("x", [1.0, 0.0, 0.0]), ("y", [0.0, 1.0, 0.0]), ("z", [0.0, 0.0, 1.0]))
)
GYRO = """
[[gyro]]
rate_hz = 10.0
angle_random_walk_deg_sqrt_h = 0.1
"""


class Foreign(FakeObc):
    """A firmware with modes of its own that answers a step by what `act` makes of the samples."""

    def __init__(self, act=None, needs=()):
        apids = [TABLE.by_name[name].apid for name in needs]
        super().__init__(devices=tuple((apid, 1) for apid in apids))
        self._act = act or (lambda obc, step: ())
        self.samples, self.mode, self.wanted_rate = {}, 0, np.zeros(3)
        self.booted = self.now_s = None

    def _answer(self, packet):
        name, values = packet.message.name, packet.values
        if packet.message is m.HELLO_REQUEST:
            self.booted = DAY_0 + timedelta(days=values[3], milliseconds=values[4])
        elif packet.message.apid in m.SAMPLE_APIDS:
            self.samples[name, values[1]] = (not values[0] & m.FLAG_INVALID, values[2:])
        elif name == "set_mode":
            self.mode = values[0]
        elif name == "set_rate":
            self.wanted_rate = np.array(values)
        elif packet.message is m.SYNC:
            self.now_s = packet.ticks / (1 << 24)
        return super()._answer(packet)

    def reply(self, step):
        torque, said = [0.0] * 4, b""
        for message, values in self._act(self, step):
            if message is m.COMMAND:
                torque = [*values, *[0.0] * (4 - len(values))]
            else:
                said += self._framer.frame(message, values)
        estimate = (0.0, 0.0, 0.0, 1.0, *[0.0] * 6, self.mode, 1)
        said += self._framer.frame(m.ESTIMATE, estimate)
        return said + self._framer.frame(m.COMMAND, (step, *torque, 0.0, 0.0, 0.0))


@pytest.fixture
def flown(tmp_path):
    """Run the rig with more tables in it around a firmware; the rig and its recording."""

    def fly(obc, craft="", rig=RIG, announce=lambda _: None):
        (tmp_path / "craft.toml").write_text(CRAFT + craft)
        (tmp_path / "run.toml").write_text(rig)
        loaded = load_rig(tmp_path / "run.toml")
        Bench([Member(loaded, obc, tmp_path / "run.mcap", announce)]).run()
        return loaded, Recording(tmp_path / "run.mcap")

    return fly


def with_keys(**keys):
    """The wheels, each with keys of its own."""
    text = WHEELS
    for name in "xyz":
        text = text.replace(f"{{{name}}}", keys.get(name, ""))
    return text


# -- modes and rates -------------------------------------------------------------------------------


def spin(obc, step):
    rate = np.array(obc.samples["gyro", 0][1])
    yield m.COMMAND, (0.1 * (rate - obc.wanted_rate) if obc.mode == 1 else np.zeros(3)).tolist()


def test_modes_have_the_firmwares_own_names_and_a_rate_is_told(flown):
    required = """
[[requirement]]
name = "spins up"
mode = "Spin up"
by_s = 1.5

[[requirement]]
name = "spins"
column = "gyro0_rate_body_rad_s"
part = 2
limit = 0.0351
from_s = 11.0
"""
    rig, recording = flown(Foreign(spin, ["gyro"]), GYRO + with_keys(), RIG + required)
    assert recording.metadata["wire"]["modes"] == '["boot", "Spin up"]'
    assert sorted(set(recording["estimate_mode"])) == [0.0, 1.0]
    verdicts = judge.evaluate(rig, [recording])
    assert recording["gyro0_rate_body_rad_s"][-1, 2] > 0.034
    assert [(each.name, each.met) for each in verdicts] == [
        ("spins up", True), ("spins", True), (LINK, True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('mode = "boot"', 'mode = "bot"', '[obc] mode = "bot": no such mode; did you mean boot?'),
        ('mode = "Spin up"\n', 'mode = "nadir"\n', "no such mode; the modes are boot, Spin up"),
        ('["boot", "Spin up"]', '["boot", "boot"]', 'names "boot" twice'),
        ('["boot", "Spin up"]', "[]", "has 0 names: a firmware has 1 to 256 modes"),
    ],
)
def test_a_wrong_mode_is_told_by_the_firmwares_own_names(tmp_path, old, new, words):
    (tmp_path / "craft.toml").write_text(CRAFT)
    (tmp_path / "run.toml").write_text(RIG.replace(old, new))
    assert words in told(tmp_path / "run.toml")


# -- wheel speeds ----------------------------------------------------------------------------------


def hold_speeds(obc, step):
    yield m.COMMAND, [1e-3, 1e-3, 1e-3]
    yield WHEEL_SPEED_COMMAND, (step, 100.0, NAN, -50.0, NAN)


def test_wheels_hold_the_speeds_that_they_are_told_against_friction(flown):
    loop = "speed_time_constant_s = 0.2"
    _, recording = flown(Foreign(hold_speeds), with_keys(x=loop, z=loop))
    speed = recording["truth_wheel_speed_rad_s"]
    assert speed[-1, 0] == pytest.approx(100.0, abs=1e-3)
    assert speed[-1, 2] == pytest.approx(-50.0, abs=1e-3)
    # The one without a speed went on by its torque: (1 mNm - friction) / inertia for 11.9 s.
    assert speed[-1, 1] == pytest.approx(11.9 * (1e-3 - 4e-5) / 2.4e-5, rel=0.01)
    assert recording["command_speed_rad_s"].shape == (120, 3)
    assert np.isnan(recording["command_speed_rad_s"][:, 1]).all()
    assert recording.metadata["counters"]["rejected_commands"] == "0"


def test_a_speed_is_approached_by_the_motors_torque_and_then_by_its_time_constant(flown):
    def act(obc, step):
        yield WHEEL_SPEED_COMMAND, (step, 300.0, NAN, NAN, NAN)

    _, recording = flown(Foreign(act), with_keys(x="speed_time_constant_s = 0.5"))
    speed = recording["truth_wheel_speed_rad_s"][:, 0]
    most = (4e-3 - 4e-5) / 2.4e-5  # rad/s2: so fast at most, up to tau x most below the target
    assert np.diff(speed[:8]) == pytest.approx(0.1 * most, rel=0.01)
    missing = 300.0 - speed[16:24]
    assert missing[1:] / missing[:-1] == pytest.approx(math.exp(-0.1 / 0.5), rel=0.05)


def test_a_speed_for_a_wheel_without_a_speed_controller_is_refused(flown):
    _, recording = flown(Foreign(hold_speeds), with_keys(x="speed_time_constant_s = 0.2"))
    assert recording.metadata["counters"]["rejected_commands"] == "120"
    _, recording = flown(Foreign(hold_speeds), with_keys())
    assert "command_speed_rad_s" not in dict(recording.columns)
    assert recording.metadata["counters"]["rejected_commands"] == "240"


# -- names -----------------------------------------------------------------------------------------

MODE, NUMBER, PARAMETER = 0, 1, 2


class Naming(Foreign):
    """One that says with HELLO what it calls things of its own."""

    def __init__(self, *names, act=None):
        super().__init__(act)
        self.names = names

    def _answer(self, packet):
        answer = super()._answer(packet)
        if packet.message is m.HELLO_REQUEST:
            named = [(what, number, name.encode()) for what, number, name in self.names]
            answer = b"".join(self._framer.frame(m.NAMED, each) for each in named) + answer
        return answer


OWN_MODES = ((MODE, 0, "boot"), (MODE, 1, "Spin up"))


def test_names_that_rig_and_firmware_have_alike_are_recorded(flown):
    rig = RIG.replace('mode = "boot"', 'mode = "boot"\ntelemetry = ["x"]')
    _, recording = flown(Naming(*OWN_MODES, (NUMBER, 0, "x"), (PARAMETER, 3, "gain")), rig=rig)
    told = {key: json.loads(value) for key, value in recording.metadata["names"].items()}
    assert told["modes"] == {"0": "boot", "1": "Spin up"}
    assert (told["numbers"], told["parameters"]) == ({"0": "x"}, {"3": "gain"})


@pytest.mark.parametrize(
    ("names", "keys", "craft", "sentence"),
    [
        (
            [(MODE, 0, "boot"), (MODE, 1, "coast")],
            "",
            "",
            "the firmware calls mode 1 coast, and the rig calls it Spin up: give [obc] modes = "
            '["boot", "coast"]',
        ),
        (
            [*OWN_MODES, (MODE, 2, "point")],
            "",
            "",
            "the firmware calls mode 2 point, and the rig knows 2: give",
        ),
        (
            [(NUMBER, 0, "a"), (NUMBER, 1, "b")],
            'telemetry = ["b", "a"]',
            "",
            "the firmware calls number 0 a, and the rig calls it b: give [obc] telemetry = "
            '["a", "b"]',
        ),
        (
            [(PARAMETER, 7, "gain"), (PARAMETER, 8, "damping")],
            "",
            "damping = 7",
            "damping = 7: the firmware calls 7 gain: give damping = 8",
        ),
        (
            [(PARAMETER, 7, "gain")],
            "",
            "limit = 9",
            "limit = 9: the firmware has no parameter 9: take it out",
        ),
    ],
)
def test_other_names_than_the_rigs_stop_the_run_with_the_cure(flown, names, keys, craft, sentence):
    rig = RIG.replace('mode = "boot"', f'mode = "boot"\n{keys}')
    ids = f"\n[flight_software_ids]\n{craft}\n" if craft else ""
    with pytest.raises(ObcError) as refused:
        flown(Naming(*names), ids, rig)
    assert sentence in str(refused.value)


def test_numbers_that_no_rig_names_are_recorded_as_the_firmware_calls_them(flown):
    said = []
    flown(Naming((NUMBER, 0, "a"), (NUMBER, 1, "b")), announce=said.append)
    assert said.count("recorded of what the firmware tells: user_a, user_b") == 1


# -- time ------------------------------------------------------------------------------------------


def tell_clocks(obc, step):
    """The date by HELLO and by GPS, whose week has ten bits: the date says which one is meant."""
    valid, (week, ms, leap) = obc.samples["gps_time", 0]
    by_hello = obc.booted + timedelta(seconds=obc.now_s)
    if not valid or leap == 255:
        yield m.USER, (step, 1e9)
        return
    since = by_hello - GPS_EPOCH
    week += 1024 * round((since / timedelta(weeks=1) - week) / 1024)
    by_gps = GPS_EPOCH + timedelta(weeks=week, milliseconds=ms, seconds=-leap)
    yield m.USER, (step, (by_gps - by_hello).total_seconds())


CLOCK_RIG = RIG.replace('mode = "boot"', 'mode = "boot"\ntelemetry = ["clocks_differ_s"]')


@pytest.mark.parametrize("uptime_s", [0.0, 1e6])
def test_the_date_of_hello_and_gps_time_agree_over_a_rollover_of_the_week(flown, uptime_s):
    # The second rollover of ten bits: 2019-04-07, 00:00:00 GPS time, 18 s before UTC.
    rig = CLOCK_RIG.replace("2026-03-21T12:00:00", "2019-04-06T23:59:36")
    rig = rig.replace('mode = "boot"', f'mode = "boot"\nuptime_at_start_s = {uptime_s}')
    table = "[[gps_time]]\nrate_hz = 10.0\nweek_bits = 10\nleap_known_after_s = 3.0\n"
    _, recording = flown(Foreign(tell_clocks, ["gps_time"]), table, rig)
    weeks = recording["gps_time0_week"]
    assert (weeks[0], weeks[-1]) == (1023.0, 0.0)
    assert recording["gps_time0_leap_s"][[29, 30]].tolist() == [255.0, 18.0]
    assert (recording["user_clocks_differ_s"][:30] == 1e9).all()
    assert np.abs(recording["user_clocks_differ_s"][30:]).max() < 1e-3


def gps_samples(epoch, steps, **keys):
    """(week, ms, leap) of a receiver at steps of 0.1 s from an epoch on."""
    [unit] = build(gps_time=[GpsTime(rate_hz=10.0, **keys)], epoch_utc=epoch)
    return [unit.sample(step, row()).values for step in steps]


@pytest.mark.parametrize(
    ("utc", "week", "ms", "leap"),
    [  # IS-GPS-200, 3.3.4: week 0 began on 1980-01-06; leap seconds by IERS Bulletin C
        (datetime(1980, 1, 6, tzinfo=UTC), 0, 0, 0),
        (datetime(1999, 8, 21, 23, 59, 47, tzinfo=UTC), 1024, 0, 13),
        (datetime(2019, 4, 6, 23, 59, 42, tzinfo=UTC), 2048, 0, 18),
        (datetime(2026, 3, 21, 12, tzinfo=UTC), 2410, 561_618_000, 18),
    ],
)
def test_gps_time_of_a_date(utc, week, ms, leap):
    assert gps_samples(utc, [0]) == [(week, ms, leap)]


def test_a_leap_second_is_told_once_it_is_over():
    before = datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert [leap for *_, leap in gps_samples(before, [0, 9, 19, 20, 30])] == [17, 17, 17, 18, 18]
    coming = datetime(2027, 1, 1, tzinfo=UTC)
    seen = gps_samples(coming - timedelta(seconds=1), [9, 19, 20], next_leap_second_utc=coming)
    assert [leap for *_, leap in seen] == [18, 18, 19]
    ms = [ms for _, ms, _ in seen]
    assert np.diff(ms).tolist() == [1000, 100]  # GPS time itself has no leaps
    assert leap_s(coming) == 18


# -- sensors ---------------------------------------------------------------------------------------


def test_a_geodetic_fix_is_where_the_truth_is(flown):
    table = """
[[geodetic_gps]]
rate_hz = 1.0
antenna_body = [0.0, 0.0, 1.0]
zenith_range_deg = 180.0
position_noise_m = 0.0
velocity_noise_m_s = 0.0
"""
    _, recording = flown(Foreign(needs=["geodetic_fix"]), table)
    q, r = recording["truth_q_eci_from_ecef"][10], recording["truth_position_eci_m"][10]
    ecef = rotated_back(q, r)
    longitude, latitude, height = erfa.gc2gd(1, ecef)
    shown = [recording[f"geodetic_fix0_{name}"][10] for name in ("latitude_1e7_deg", "height_m")]
    assert shown[0] == pytest.approx(1e7 * math.degrees(latitude), abs=60.0)  # 0.7 m
    assert shown[1] == pytest.approx(height, abs=1.0)
    longitude_1e7 = recording["geodetic_fix0_longitude_1e7_deg"][10]
    assert longitude_1e7 == pytest.approx(1e7 * math.degrees(longitude), abs=120.0)
    # Circular at 60 degrees over the equator: 7 600 m/s less the Earth's 503 eastwards.
    north, east, down = recording["geodetic_fix0_velocity_ned_m_s"][0]
    assert (north, east) == pytest.approx((6582.3, 3800.3 - 503.2), abs=15.0)
    assert abs(down) < 1.0


def rotated_back(q, v):
    x, y, z, w = q
    u = -np.array([x, y, z])
    return v + 2.0 * np.cross(u, np.cross(u, v) + w * v)


def find_sun(obc, step):
    """The Sun by least squares over the cells that see it."""
    counts = np.array(obc.samples["sun_cells", 0][1], float)
    lit = counts > 100.0
    sun = np.linalg.lstsq(np.array(NORMALS)[lit], counts[lit] / 3000.0, rcond=None)[0]
    yield m.USER, (step, *(sun / np.linalg.norm(sun)).tolist())


def test_sixteen_cells_at_45_degrees_show_where_the_sun_is(flown):
    table = "[[sun_cells]]\nrate_hz = 10.0\nfull_sun_adc = 3000.0\nnoise_adc = 3.0\n"
    table += f"normals_body = {[list(normal) for normal in NORMALS]}\n"
    rig = RIG.replace('mode = "boot"', 'mode = "boot"\ntelemetry = ["x", "y", "z"]')
    rig += "\n[environment]\nalbedo = 0.0\n"
    _, recording = flown(Foreign(find_sun, ["sun_cells"]), table, rig)
    told_sun = np.array([recording[f"user_{axis}"][-1] for axis in "xyz"])
    truth = rotated_back(recording["truth_q_eci_from_body"][-1], recording["truth_sun_eci"][-1])
    assert math.degrees(math.acos(told_sun @ truth)) < 0.2


def test_cells_see_the_sun_by_the_cosine_law_and_not_beyond_their_half_angle():
    keys = {"rate_hz": 10.0, "full_sun_adc": 1000.0}
    slanted = (0.6, 0.8, 0.0)  # the Sun is along y
    [unit] = build(sun_cells=[SunCells(normals_body=[(0.0, 1.0, 0.0), slanted], **keys)])
    values, valid = unit.sample(0, row())[:2]
    assert valid
    assert values == (1000, 800, *[0] * 14)
    narrow = SunCells(normals_body=[slanted], half_angle_deg=30.0, **keys)
    assert build(sun_cells=[narrow])[0].sample(0, row()).values[0] == 0
    assert build(sun_cells=[narrow])[0].sample(0, row(sunlit=(0.0,))).values[0] == 0
    lit_earth = build(sun_cells=[SunCells(normals_body=[(0.0, 0.0, -1.0)], **keys)], albedo=0.3)[
        0
    ].sample(0, row(sun_eci=(0.0, 0.0, 1.0)))
    # 629 km above a sphere under the Sun: albedo x view factor of a plate that faces it, (R/r)2.
    assert lit_earth.values[0] == pytest.approx(300.0 * (6371.0 / 7000.0) ** 2, rel=0.005)


def test_a_sun_sensor_tells_angles_in_its_own_axes():
    keys = {"rate_hz": 10.0, "boresight_body": (0.0, 1.0, 0.0), "x_axis_body": (0.0, 0.0, 1.0)}
    keys |= {"field_of_view_deg": 120.0, "noise_deg": 0.0}
    [unit] = build(sun_angle_sensor=[SunAngleSensor(**keys)])
    # Its y axis is boresight x x axis: body x. Twenty degrees towards its x, thirty towards its y.
    a, b = math.radians(20.0), math.radians(30.0)
    sun = np.array([math.tan(b), 1.0, math.tan(a)])
    alpha, beta = unit.sample(0, row(sun_eci=sun / np.linalg.norm(sun))).values
    assert (alpha, beta) == pytest.approx((a, b), abs=1e-6)
    aside = unit.sample(0, row(sun_eci=(math.sin(1.1), math.cos(1.1), 0.0)))
    assert (aside.values, aside.valid) == ((0.0, 0.0), False)
    with pytest.raises(ValueError, match=r"x_axis_body is 53\.1301 degrees from boresight_body"):
        SunAngleSensor(**(keys | {"x_axis_body": (0.8, 0.6, 0.0)}))


def steer_by_angles(obc, step):
    valid, (alpha, beta) = obc.samples["sun_angles", 0]
    yield m.USER, (step, alpha if valid else NAN, beta)


def test_a_firmware_is_told_the_suns_angles(flown):
    table = """
[[sun_angle_sensor]]
rate_hz = 10.0
boresight_body = [1.0, 0.0, 0.0]
x_axis_body = [0.0, 1.0, 0.0]
field_of_view_deg = 179.0
noise_deg = 0.0
"""
    rig = RIG.replace('mode = "boot"', 'mode = "boot"\ntelemetry = ["alpha_rad", "beta_rad"]')
    _, recording = flown(Foreign(steer_by_angles, ["sun_angles"]), table, rig)
    x, y, z = rotated_back(recording["truth_q_eci_from_body"][5], recording["truth_sun_eci"][5])
    expected = (math.atan2(y, x), math.atan2(z, x))
    shown = recording["user_alpha_rad"][5], recording["user_beta_rad"][5]
    assert shown == pytest.approx(expected, abs=1e-6)


THRUSTER = """
[[thruster]]
name = "axial"
position_body_m = [0.0, 0.0, -0.1]
direction_body = [0.0, 0.0, 1.0]
thrust_N = 0.02
"""
ACCELEROMETER = """
[[accelerometer]]
rate_hz = 10.0
position_body_m = [0.1, 0.0, 0.0]
"""


def thrust_while_asked(obc, step):
    if 20 <= step < 60:
        yield THRUSTER_COMMAND, (step, 0.1, *[0.0] * 7)
    yield m.USER, (step, obc.samples["accelerometer", 0][1][2])


def test_an_accelerometer_feels_the_thrusters_and_the_rotation(flown):
    rig = RIG.replace('mode = "boot"', 'mode = "boot"\ntelemetry = ["push_m_s2"]')
    rig = rig.replace("offset_deg = 70.0", "offset_deg = 70.0\nrate_body_deg_s = [0.0, 0.0, 30.0]")
    _, recording = flown(
        Foreign(thrust_while_asked, ["accelerometer"]), THRUSTER + ACCELEROMETER, rig
    )
    felt = recording["accelerometer0_acceleration_body_m_s2"]
    assert felt[10, 0] == pytest.approx(-0.1 * math.radians(30.0) ** 2, rel=1e-3)
    assert felt[30:60, 2] == pytest.approx(0.02 / 4.0, rel=1e-3)
    assert felt[70:, 2] == pytest.approx(0.0, abs=1e-5)
    assert recording["user_push_m_s2"][50] == pytest.approx(0.005, rel=1e-3)


def test_a_power_meter_shows_sunlight_and_the_battery_it_fills():
    keys = {"rate_hz": 1.0, "normal_body": (0.0, 0.8, 0.6), "full_sun_A": 0.5, "load_A": 0.1}
    keys |= {"initial_voltage_V": 7.0, "empty_voltage_V": 6.0, "full_voltage_V": 8.4}
    [unit] = build(step_s=1.0, power_meter=[PowerMeter(capacity_A_h=2.6, **keys)])
    for step in range(3601):  # an hour at 0.4 - 0.1 A into 2.6 A h between 6.0 and 8.4 V
        shown = unit.sample(step, row())
    assert shown.values == pytest.approx((0.4, 7.0 + 0.3 / 2.6 * 2.4), abs=1e-5)
    assert unit.sample(0, row(sunlit=(0.0,))).values[0] == 0.0


def read_power(obc, step):
    yield m.USER, (step, *obc.samples["power_meter", 0][1])


def test_a_firmware_is_told_current_and_voltage(flown):
    table = """
[[power_meter]]
rate_hz = 10.0
normal_body = [1.0, 0.0, 0.0]
full_sun_A = 0.5
load_A = 0.1
initial_voltage_V = 7.5
empty_voltage_V = 6.0
full_voltage_V = 8.4
capacity_A_h = 2.6
"""
    rig = RIG.replace('mode = "boot"', 'mode = "boot"\ntelemetry = ["panel_A", "bus_V"]')
    _, recording = flown(Foreign(read_power, ["power_meter"]), table, rig)
    x, _, _ = rotated_back(recording["truth_q_eci_from_body"][5], recording["truth_sun_eci"][5])
    assert recording["user_panel_A"][5] == pytest.approx(max(0.0, 0.5 * x), abs=1e-6)
    assert recording["user_bus_V"][0] == 7.5
