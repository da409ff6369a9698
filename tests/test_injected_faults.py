"""Faults of devices and line: each does what its table says, at its time, and nothing before."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from hil import bench
from hil.bench.world import World
from hil.cli import main
from hil.cli.faultpage import PAGE, example, page
from hil.errors import LinkError, RigError
from hil.faults import KINDS, Injector
from hil.faults.kind import ON_LINE
from hil.faults.schedule import Schedule
from hil.judge import evaluate
from hil.physics.rotations import from_rotation_vector, multiply
from hil.recording import Recording
from hil.report.summary import print_summary, summary_dict
from hil.rig import load_rig, rig_of, with_faults

BEGIN = 5.0
EPOCH = "2026-03-21T09:00:00Z"
ROOT = Path(__file__).parents[1]
NADIR = ROOT / "rigs" / "dier5_nadir.toml"
TELESCOPE = ROOT / "tests" / "data" / "rigs" / "far_telescope.toml"


@pytest.fixture(scope="module")
def flown(nadir, tmp_path_factory):
    """Return the recording of a short run with faults; the same run is flown once."""
    folder, done = tmp_path_factory.mktemp("faults"), {}

    def fly(*faults, duration_s=10.0, rig=nadir, place="library", **overrides):
        key = repr((faults, duration_s, rig.name, place, overrides))
        if key not in done:
            tables = [{"name": f"f{number}", **fault} for number, fault in enumerate(faults)]
            changed = rig.with_overrides(duration_s=duration_s, fault=tables, **overrides)
            path = folder / f"{len(done)}.mcap"
            bench.run(changed, place, path)
            done[key] = Recording(path)
        return done[key]

    return fly


def fault(text="", **keys):
    """A [[fault]] table: 'device kind' and its keys."""
    device, _, kind = text.rpartition(" ")
    return {"device": device, "kind": kind, "at_s": BEGIN, **keys}


def before_and_after(recording, column):
    values, began = recording[column], recording["time_s"] >= BEGIN - 1e-9
    return values[~began], values[began]


def events(recording, name):
    return [event for event in recording.events if event.name == name]


def same_until_it_begins(failed, healthy):
    for column in ("truth_q_eci_from_body", "gyro0_rate_body_rad_s", "command_wheel_torque_Nm"):
        a, _ = before_and_after(failed, column)
        b, _ = before_and_after(healthy, column)
        np.testing.assert_array_equal(a, b)


# ---- sensors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "right"),
    [
        (fault("gyro 0 bias", offset=[0.01, 0.0, -0.02]), lambda v: np.add(v, [0.01, 0.0, -0.02])),
        (fault("gyro 0 scale", factor=-2.0), lambda v: -2.0 * v),
        (fault("gyro 0 swapped", axes=["y", "-z", "x"]), lambda v: v[:, [1, 2, 0]] * [1, -1, 1]),
        (fault("gyro 0 coarse", resolution=1e-3), lambda v: np.floor(v / 1e-3 + 0.5) * 1e-3),
        (fault("gyro 0 stuck", value=[1.0, 2.0, 3.0]), lambda v: np.full_like(v, [1.0, 2.0, 3.0])),
        (fault("gyro 0 dark", cell=1), lambda v: v * [1, 0, 1]),
    ],
)
def test_the_first_sample_of_a_failed_sensor_is_the_healthy_one_changed(flown, keys, right):
    failed, healthy = flown(keys), flown()
    same_until_it_begins(failed, healthy)
    _, shown = before_and_after(failed, "gyro0_rate_body_rad_s")
    _, sound = before_and_after(healthy, "gyro0_rate_body_rad_s")
    np.testing.assert_allclose(shown[0], right(sound[:1])[0], rtol=1e-6, atol=1e-9)
    assert not np.array_equal(shown[0], sound[0])


def test_a_held_value_goes_on_from_the_last_healthy_one(flown):
    healthy, shown = before_and_after(flown(fault("gyro 0 held")), "gyro0_rate_body_rad_s")
    np.testing.assert_array_equal(shown, np.broadcast_to(healthy[-1], shown.shape))


def test_a_silent_sensor_delivers_nothing_and_then_again(flown):
    recording = flown(fault("gyro 0 silent", duration_s=2.0))
    missing = np.isnan(recording["gyro0_rate_body_rad_s"][:, 0])
    np.testing.assert_array_equal(np.flatnonzero(missing), np.arange(50, 70))


def test_a_drift_grows_by_its_slope_each_second(flown):
    keys = fault("magnetometer 0 drift", drift_per_s=[1e-6, 0.0, 0.0])
    _, shown = before_and_after(flown(keys), "magnetometer0_field_body_T")
    _, sound = before_and_after(flown(), "magnetometer0_field_body_T")
    assert shown[0, 0] == sound[0, 0]
    assert shown[10, 0] - sound[10, 0] == pytest.approx(1e-6, rel=0.3)  # the body moves otherwise


def test_noise_has_the_sigma_that_the_table_says(flown):
    recording = flown(fault("thermometer 0 noise", sigma=2.0), duration_s=10.0)
    assert np.isfinite(recording["thermometer0_temperature_K"]).any()
    keys = fault("magnetometer 0 noise", sigma=1e-5)
    _, shown = before_and_after(flown(keys, duration_s=60.0), "magnetometer0_field_body_T")
    _, sound = before_and_after(flown(duration_s=60.0), "magnetometer0_field_body_T")
    assert np.std(shown - sound) == pytest.approx(1e-5, rel=0.1)


def test_spikes_come_as_often_and_go_as_far_as_the_table_says(flown):
    keys = fault("magnetometer 0 spikes", size=1e-3, probability=0.25)
    _, shown = before_and_after(flown(keys, duration_s=60.0), "magnetometer0_field_body_T")
    hit = np.abs(shown) > 5e-4  # the field is below 0.05 mT
    assert hit.any(axis=1).mean() == pytest.approx(0.25, abs=0.08)
    assert np.abs(shown[hit]) == pytest.approx(1e-3, rel=0.1)


def test_a_false_attitude_is_valid_and_turned_in_body_axes(flown):
    keys = fault("star_tracker 0 turned", turn_deg=[0.0, 20.0, 0.0])
    failed, healthy = flown(keys), flown()
    row = round(BEGIN / 0.1) + 2  # 5 Hz, 0.1 s late: the first sample that was taken failed
    rows = np.flatnonzero(np.isfinite(failed["star_tracker0_q_eci_from_body"][:, 0]))
    row = rows[rows >= 51][0]
    sound = healthy["star_tracker0_q_eci_from_body"][row]
    turned = multiply(sound, from_rotation_vector(np.radians([0.0, 20.0, 0.0])))
    np.testing.assert_allclose(failed["star_tracker0_q_eci_from_body"][row], turned, atol=1e-6)
    assert failed["star_tracker0_valid"][row] == 1.0


@pytest.mark.parametrize(("kind", "flag"), [("said_invalid", 0.0), ("said_valid", 1.0)])
def test_a_validity_flag_lies(flown, kind, flag):
    # The second fine sun sensor looks up; whatever it sees, its flag is the table's.
    _, shown = before_and_after(flown(fault(f"fine_sun_sensor 1 {kind}")), "fine_sun_sensor1_valid")
    assert set(shown[np.isfinite(shown)]) == {flag}


def test_late_samples_tell_their_true_age_and_a_false_time_stamp_does_not(flown):
    healthy = flown()["gyro0_rate_body_rad_s"]
    late = flown(fault("gyro 0 late", delay_s=0.3))
    np.testing.assert_array_equal(late["gyro0_rate_body_rad_s"][53], healthy[50])
    assert late["gyro0_age_s"][53] == pytest.approx(0.3)
    assert np.isnan(late["gyro0_rate_body_rad_s"][50:53]).all()
    lying = flown(fault("gyro 0 time_stamp", offset_s=-0.3))
    np.testing.assert_array_equal(lying["gyro0_rate_body_rad_s"][50], healthy[50])
    assert lying["gyro0_age_s"][50] == pytest.approx(0.3)


def test_a_late_sample_comes_when_its_delay_is_over_and_not_when_the_next_one_is_due(flown):
    healthy = flown()["gps0_position_ecef_m"]
    taken = np.flatnonzero(np.isfinite(healthy[:, 0]))  # once a second, and 0.1 s late
    late = flown(fault("gps 0 late", delay_s=0.3))
    first = taken[taken >= 50][0]
    np.testing.assert_array_equal(late["gps0_position_ecef_m"][first + 3], healthy[first])
    assert late["gps0_age_s"][first + 3] == pytest.approx(0.4)


def test_a_latched_magnetometer_adds_the_field_that_the_dipole_makes_at_it(flown):
    keys = fault("magnetometer 0 latched", dipole_body_A_m2=[0.3, -0.2, 0.0])
    _, shown = before_and_after(flown(keys), "magnetometer0_field_body_T")
    _, sound = before_and_after(flown(), "magnetometer0_field_body_T")
    # The spacecraft's file: 1600 nT an A m2 along the boom, -800 across; a unit out by percents.
    np.testing.assert_allclose(
        shown[0] - sound[0], [0.3 * 1600e-9, 0.2 * 800e-9, 0.0], rtol=0.03, atol=1e-8
    )


@pytest.mark.parametrize(("weeks", "age_s"), [(-1024, "all"), (1, -604_800.0)])
def test_a_week_rollover_moves_the_time_stamp_by_weeks_and_no_position(flown, weeks, age_s):
    failed, healthy = flown(fault("gps 0 week_rollover", weeks=weeks)), flown()
    rows = np.flatnonzero(np.isfinite(healthy["gps0_position_ecef_m"][:, 0]))
    row = rows[rows >= 51][0]
    np.testing.assert_array_equal(
        failed["gps0_position_ecef_m"][row], healthy["gps0_position_ecef_m"][row]
    )
    sound_s = healthy["gps0_age_s"][row]
    # 1024 weeks ago the OBC's time code had not begun: as early as it goes, at the run's start.
    expected_s = 0.1 * row if age_s == "all" else sound_s + age_s
    assert failed["gps0_age_s"][row] == pytest.approx(expected_s)


# ---- actuators -----------------------------------------------------------------------------------


def torque_of_wheel(recording, wheel):
    """What the motor of a wheel gave on average in each period, from its speed, friction aside."""
    return np.diff(recording["truth_wheel_speed_rad_s"][:, wheel])


@pytest.mark.parametrize(
    ("keys", "ratio"),
    [
        (fault("wheel x gain", factor=0.5), 0.5),
        (fault("wheel x gain", factor=-1.0), -1.0),
        (fault("wheel x dead"), 0.0),
    ],
)
def test_a_wheel_gives_the_part_of_its_torque_that_the_table_says(flown, keys, ratio):
    failed, healthy = flown(keys), flown()
    same_until_it_begins(failed, healthy)
    row = round(BEGIN / 0.1)
    commanded = healthy["command_wheel_torque_Nm"][row, 0]
    # From the command's effect, 20 ms into the period, to its end.
    change = torque_of_wheel(failed, 0)[row] - torque_of_wheel(healthy, 0)[row]
    inertia = 15e-3 / 628.0
    assert change == pytest.approx((ratio - 1.0) * 1.01 * commanded * 0.1 / inertia, rel=0.05)


def test_a_runaway_wheel_speeds_up_by_its_own_torque(flown):
    recording = flown(fault("wheel x runaway", torque_Nm=0.002))
    _, speed = before_and_after(recording, "truth_wheel_speed_rad_s")
    inertia = 15e-3 / 628.0
    expected = (0.002 - 2e-5) * 1.0 / inertia
    assert speed[10, 0] - speed[0, 0] == pytest.approx(expected, rel=0.03)


def test_a_seized_wheel_stops_and_its_momentum_turns_the_body(flown):
    recording = flown(fault("wheel x seized"))
    _, speed = before_and_after(recording, "truth_wheel_speed_rad_s")
    _, rate = before_and_after(recording, "truth_rate_body_rad_s")
    assert abs(speed[10, 0]) < 1e-3
    turned = rate[5, 0] - rate[0, 0]
    inertia = 15e-3 / 628.0
    assert turned == pytest.approx(inertia * speed[0, 0] / 0.172, rel=0.1)


def test_a_wheel_with_more_friction_slows_down_by_it(flown):
    keys = fault("wheel x dead", name="dead"), fault("wheel x friction", factor=3.0)
    rubbing, coasting = flown(*keys), flown(keys[0])
    slowed = [torque_of_wheel(each, 0)[52:90].mean() for each in (rubbing, coasting)]
    assert slowed[0] / slowed[1] == pytest.approx(3.0, rel=0.05)


def test_rods_fail_one_by_one(flown):
    saturated = {"obc": {"mode": "detumble"}, "attitude": {"rate_body_deg_s": [3.0, 2.0, 1.0]}}
    healthy = flown(**saturated)
    for keys, right in (
        (fault("rod 0 dead"), lambda d: d * [0.0, 1.0, 1.0]),
        (fault("rod 1 gain", factor=-1.0), lambda d: d * [1.0, -1.0, 1.0]),
    ):
        failed = flown(keys, **saturated)
        row = 52
        np.testing.assert_allclose(
            failed["truth_rod_dipole_body_A_m2"][row],
            right(healthy["truth_rod_dipole_body_A_m2"][row]),
            atol=0.02,
        )


# ---- the line ------------------------------------------------------------------------------------


def test_a_dropped_command_is_a_lost_reply_and_counted(flown):
    allowed = {"lost_replies": 100, "stale_replies": 100}
    recording = flown(fault("line from_obc silence", duration_s=1.0), allowed=allowed)
    lost = np.isnan(recording["command_wheel_torque_Nm"][:, 0])
    np.testing.assert_array_equal(np.flatnonzero(lost), np.arange(50, 60))
    assert recording.metadata["counters"]["lost_replies"] == "10"
    assert int(recording.metadata["faults"]["f0"]) > 0


def test_every_flipped_frame_is_refused_on_one_side_or_the_other(flown):
    allowed = dict.fromkeys(
        ("lost_replies", "crc_errors", "broken_frames", "stale_replies", "unexpected_frames"),
        10_000,
    )
    keys = fault("line from_obc flip_bits", bit_error_rate=1e-3)
    recording = flown(keys, allowed=allowed, duration_s=60.0)
    counters = {name: int(n) for name, n in recording.metadata["counters"].items()}
    assert counters["crc_errors"] + counters["broken_frames"] > 20
    commanded = recording["command_wheel_torque_Nm"]
    assert np.nanmax(np.abs(commanded)) < 0.01  # no torn number was taken for a command


def test_each_command_that_comes_twice_counts_as_stale_and_changes_nothing(flown):
    keys = fault("line from_obc duplicate", probability=1.0)
    failed, healthy = flown(keys, allowed={"stale_replies": 50}), flown()
    assert failed.metadata["counters"]["stale_replies"] == "50"
    np.testing.assert_array_equal(failed["truth_q_eci_from_body"], healthy["truth_q_eci_from_body"])


def test_a_delay_within_a_period_makes_commands_take_effect_later(flown):
    delayed = flown(fault("line from_obc delay", delay_s=0.05))
    row = round(BEGIN / 0.1)
    gained = torque_of_wheel(delayed, 0)[row] - torque_of_wheel(flown(), 0)[row]
    # From 20 ms to 80 ms, in steps of 20 ms, the command before goes on.
    commanded = flown()["command_wheel_torque_Nm"][row - 1 : row + 1, 0]
    inertia = 15e-3 / 628.0
    expected = 1.01 * (commanded[0] - commanded[1]) * 0.06 / inertia
    assert gained == pytest.approx(expected, rel=0.1)
    np.testing.assert_array_equal(
        delayed["command_wheel_torque_Nm"][row], flown()["command_wheel_torque_Nm"][row]
    )


@pytest.mark.parametrize("way", ["to_obc", "from_obc"])
def test_a_delay_of_whole_periods_makes_each_reply_late_by_them_and_none_is_lost(flown, way):
    allowed = {"lost_replies": 20, "late_replies": 20, "stale_replies": 20}
    keys = fault(f"line {way} delay", delay_s=0.2, duration_s=1.0)
    recording = flown(keys, allowed=allowed)
    unanswered = np.isnan(recording["command_wheel_torque_Nm"][:, 0])
    np.testing.assert_array_equal(np.flatnonzero(unanswered), np.arange(50, 60))
    counted = recording.metadata["counters"]
    assert (counted["late_replies"], counted["lost_replies"]) == ("10", "0")
    assert int(recording.metadata["faults"]["f0"]) > 0


def test_duplicated_frames_to_the_obc_change_next_to_nothing(flown):
    failed, healthy = flown(fault("line to_obc duplicate", probability=1.0)), flown()
    np.testing.assert_allclose(
        failed["estimate_q_eci_from_body"][-1],
        healthy["estimate_q_eci_from_body"][-1],
        atol=1e-5,  # a sample that comes twice counts twice
    )


def test_a_count_ends_a_fault_of_the_line(flown):
    allowed = {"lost_replies": 3}
    recording = flown(fault("line from_obc drop", count=2), allowed=allowed)
    assert recording.metadata["faults"]["f0"] == "2"
    assert [event.time_s for event in events(recording, "fault_ended")] == [pytest.approx(5.1)]


def test_a_line_that_falls_silent_ends_the_run_like_a_dead_obc(flown):
    with pytest.raises(LinkError, match="step 50: no complete reply"):
        flown(fault("line from_obc silence"))


# ---- when ----------------------------------------------------------------------------------------


def test_what_happens_is_told_with_name_device_and_strength(flown):
    recording = flown(fault("gyro 0 scale", factor=2.0, duration_s=1.0))
    [began], [ended] = events(recording, "fault_began"), events(recording, "fault_ended")
    assert began.text == "f0: gyro 0 scale, factor = 2.0"
    assert (began.time_s, ended.time_s) == (pytest.approx(5.0), pytest.approx(6.0))
    assert began.source == "fault"


@pytest.mark.parametrize("on", ["mode nadir", "event mode_entered", "fault f1"])
def test_a_fault_begins_with_what_it_waits_for(flown, on):
    keys = fault("gyro 0 scale", factor=2.0, on=on, after_s=1.0)
    del keys["at_s"]
    recording = flown(keys, fault("thermometer 0 held", at_s=3.0))
    began = {event.text[:2]: event.time_s for event in events(recording, "fault_began")}
    assert began["f0"] == pytest.approx({"fault f1": 4.1}.get(on, 1.1), abs=0.11)


def test_a_fault_begins_when_the_spacecraft_rises_above_a_places_horizon(flown):
    rig = load_rig(ROOT / "rigs" / "dier5_target.toml")
    orbit = tomllib.loads(rig.source.text)["orbit"] | {"true_anomaly_deg": 59.0}  # a little earlier
    keys = fault("thermometer 0 held", at_s=None, on="rise Aktau", after_s=1.0)
    del keys["at_s"]
    recording = flown(keys, rig=rig, duration_s=40.0, orbit=orbit | {"epoch_utc": EPOCH})
    elevation = rig.ground.elevation_rad(
        "Aktau", recording["time_s"], recording["truth_position_eci_m"]
    )
    rises_s = recording["time_s"][
        np.flatnonzero((elevation[1:] > 0) & (elevation[:-1] <= 0))[0] + 1
    ]
    [began] = events(recording, "fault_began")
    assert began.time_s == pytest.approx(rises_s + 1.0)


def test_random_faults_come_as_often_as_the_table_says_and_the_same_again(nadir):
    table = {"name": "f", "device": "gyro 0", "kind": "held"}
    rig = nadir.with_overrides(fault=[table | {"mean_between_s": 50.0, "duration_s": 1.0}])

    def begins(seed):
        schedule = Schedule(rig.fault[0], 0.1, np.random.default_rng(seed))
        active = [schedule.active(step, frozenset()) for step in range(1_000_000)]
        return np.flatnonzero(np.diff(np.array(active, dtype=int)) == 1)

    assert len(begins(1)) == pytest.approx(1e5 / 51.0, rel=0.06)
    np.testing.assert_array_equal(begins(1), begins(1))
    assert not np.array_equal(begins(1), begins(2))


def test_the_same_seed_gives_the_same_run_on_another_place(flown):
    keys = fault("gyro 0 noise", sigma=1e-3), fault("wheel x friction", factor=2.0)
    here, there = flown(*keys), flown(*keys, place="posix")
    for column in ("truth_q_eci_from_body", "estimate_q_eci_from_body"):
        np.testing.assert_array_equal(here[column], there[column])


# ---- what cannot happen --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (fault("gyro 7 silent"), 'device = "gyro 7": no such device; did you mean gyro 0?'),
        (fault("gyro 0 seized"), "gyro 0 cannot have seized; a sensor can have silent, held"),
        (fault("gyro 0 silnt"), 'kind = "silnt": no such kind; did you mean silent?'),
        (fault("gyro 0 bias"), "kind bias needs offset"),
        (fault("gyro 0 bias", offset=[1.0]), "offset has 1 values; gyro 0 has 3"),
        (fault("gyro 0 held", factor=2.0), "kind held takes no factor; it takes none"),
        (fault("line to_obc drop"), "kind drop needs one of probability, count"),
        (fault("gyro 0 held", at_s=None, on="mode party"), "no such mode; there are idle, nadir"),
        (fault("gyro 0 held", at_s=None, on="moonrise"), 'on = "moonrise": give one of eclipse'),
        (fault("gyro 0 held", on="mode nadir"), "give exactly one of at_s, on, mean_between_s"),
        (fault("gyro 0 held", at_s=None, on="rise Mars"), "no such rise; there is none"),
        (fault("gyro 0 latched", dipole_body_A_m2=[1, 0, 0]), "latched: it is for magnetometer"),
        (fault("gyro 0 week_rollover", weeks=1), "week_rollover: it is for gps"),
        (fault("tachometer 0 turned", turn_deg=[1, 2, 3]), "kind turned is for 3 or 4"),
    ],
)
def test_a_fault_that_cannot_happen_is_told_before_the_start(nadir, keys, words):
    table = {"name": "f", **{key: value for key, value in keys.items() if value is not None}}
    with pytest.raises(RigError) as told:
        nadir.with_overrides(duration_s=10.0, fault=[table])
    assert words in str(told.value)


def test_a_fault_after_the_runs_end_is_told_unless_the_run_is_made_shorter(tmp_path):
    text = NADIR.read_text().replace('"spacecraft/', f'"{NADIR.parent}/spacecraft/')
    table = '[[fault]]\nname = "f"\ndevice = "gyro 0"\nkind = "held"\nat_s = 600.0\n'
    (tmp_path / "rig.toml").write_text(f"{text}\n{table}")
    with pytest.raises(RigError, match=r'"f": at_s = 600 is after the run.s last step, 599.9 s'):
        load_rig(tmp_path / "rig.toml")
    (tmp_path / "rig.toml").write_text(f"{text}\n{table.replace('600', '500')}")
    assert load_rig(tmp_path / "rig.toml").with_overrides(duration_s=10.0).fault


def test_a_rig_without_faults_keeps_its_bits(nadir, flown):
    waiting = flown(fault("gyro 0 scale", factor=3.0, at_s=9.9))
    healthy = flown()
    np.testing.assert_array_equal(
        waiting["truth_q_eci_from_body"][:99], healthy["truth_q_eci_from_body"][:99]
    )


def test_every_kind_has_an_example_that_fits_a_rig(nadir):
    assert len(KINDS) == 47
    for kind in KINDS.values():
        assert kind.what.endswith(".")
        assert kind.example.startswith('device = "')


# ---- thrusters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "keys", "right"),
    [
        ("stuck_shut", {}, lambda commanded, periods: 0.0),
        ("stuck_open", {}, lambda commanded, periods: 0.1 * periods),
        ("weak", {"factor": 0.5}, lambda commanded, periods: 0.5 * commanded),
        (
            "leaking",
            {"factor": 0.02},
            lambda commanded, periods: commanded + 0.02 * (0.1 * periods - commanded),
        ),
    ],
)
def test_a_valve_gives_the_impulse_that_the_table_says(kind, keys, right):
    others = [0.0] * 7
    commands = [{"thruster": [0.05 if step % 2 else 0.0, *others]} for step in range(10)]
    assert opened_s(kind, keys, commands) == pytest.approx(right(5 * 0.05, 10), abs=0.004)


@pytest.mark.parametrize(
    ("kind", "keys", "part"), [("stuck_open", {}, 1.0), ("leaking", {"factor": 0.02}, 0.02)]
)
def test_a_valve_that_does_not_shut_needs_no_command(kind, keys, part):
    assert opened_s(kind, keys, [None] * 10) == pytest.approx(part * 1.0, rel=1e-6)


def opened_s(kind, keys, commands):
    """Return for how long the first valve, which fails so from the start, was open in all."""
    rig = load_rig(TELESCOPE)
    name = rig.spacecraft.thruster[0].name
    table = {"name": "f", "device": f"thruster {name}", "kind": kind, "at_s": 0.0, **keys}
    world = World(rig.with_overrides(fault=[table]))
    faults = Injector(world_faults(rig, table), world, 1, rig.step_s, lambda *_: None)
    faults.begin_step(0, 1.0)
    for command in commands:
        world.advance(command, 0.0)
    return world.truth_of("thruster_impulse_N_s")[0] / rig.spacecraft.thruster[0].thrust_N


def world_faults(rig, table):
    return rig.with_overrides(fault=[table]).fault


# ---- the page, and files of faults ---------------------------------------------------------------


def test_the_page_of_what_can_fail_is_not_stale():
    assert PAGE.read_text() == page()


WITHOUT_LINES = [kind for kind in KINDS.values() if ON_LINE not in kind.on]


@pytest.mark.parametrize("kind", WITHOUT_LINES, ids=lambda kind: kind.name)
def test_each_example_of_the_page_fits_a_rig_and_flies(nadir, tmp_path, kind):
    rig = load_rig(TELESCOPE) if "thruster" in kind.on else nadir
    file = tmp_path / "faults.toml"
    text = example(kind).replace("at_s = 20.0", "at_s = 1.0").replace("s = 10.0", "s = 0.5")
    if "thruster" in kind.on:
        text = text.replace('"thruster a"', f'"thruster {rig.spacecraft.thruster[0].name}"')
    file.write_text(text)
    allowed = {"lost_replies": 99, "stale_replies": 99, "crc_errors": 99, "broken_frames": 99}
    failing = with_faults(rig.with_overrides(duration_s=2.0, allowed=allowed), file)
    recording = Recording(bench.run(failing, "library", tmp_path / "run.mcap").recording)
    told = [event.name for event in recording.events if event.source == "fault"]
    assert [name for name in told if name.startswith("fault")] == [
        "fault_began",
        "fault_ended",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[orbit]\nx = 1\n", "holds \\[\\[fault\\]\\] tables .*, and nothing else; found orbit"),
        ('[[fault]]\nname = "a"\n', "device is missing"),
        ('[[fault]]\nname = "a"\ndevice = "x"\nkind = "held"\nat_s = 1.0\nof = 2', "unknown key"),
        ("", "holds \\[\\[fault\\]\\] tables"),
    ],
)
def test_a_file_of_faults_that_cannot_be_laid_over_a_rig_is_told(nadir, tmp_path, text, words):
    (tmp_path / "faults.toml").write_text(text)
    with pytest.raises(RigError, match=f"(?s)faults.toml.*{words}"):
        with_faults(nadir, tmp_path / "faults.toml")


def test_the_command_line_lays_a_file_of_faults_over_a_rig(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("faults.toml").write_text(example(KINDS["held"]).replace("20.0", "1.0"))
    arguments = ["run", str(NADIR), "--obc", "library", "--duration", "3", "--out", "a.mcap"]
    CliRunner().invoke(main, [*arguments, "--faults", "faults.toml"])
    assert [event.text for event in Recording("a.mcap").events if event.source == "fault"] == [
        "held: gyro 0 held"
    ]


# ---- in verdicts and summaries -------------------------------------------------------------------


def test_a_missed_verdict_names_the_faults_in_force_at_its_worst_instant(flown):
    requirement = {"name": "slow", "column": "truth_rate_body_rad_s", "limit": 1e-6}
    seized = fault("wheel x seized", name="bearing")
    recording = flown(seized, fault("thermometer 0 held", at_s=1.0, duration_s=1.0))
    rig = rig_of(recording).with_overrides(requirement=[{**requirement, "from_s": 6.0}])
    [missed, _] = evaluate(rig, [recording])
    assert missed.text.endswith("; in force then: bearing: wheel x seized (since 5 s)")
    rig = rig_of(recording).with_overrides(requirement=[{**requirement, "to_s": 0.5}])
    assert "in force" not in evaluate(rig, [recording])[0].text


def test_a_summary_tells_each_fault_with_its_time(flown):
    recording = flown(fault("gyro 0 held", duration_s=2.0), fault("wheel y dead"))
    console = Console(record=True, width=120)
    print_summary(console, recording, [])
    told = console.export_text()
    assert "fault: f0: gyro 0 held, from 5 s to 7 s" in told
    assert "fault: f1: wheel y dead, from 5 s to the end" in told
    assert [each["end_s"] for each in summary_dict(recording, [])["faults"]] == [7.0, None]
