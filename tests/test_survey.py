"""Every fault on every device: what is planned, how it is rated, and what a user reads of it."""

import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from hil import bench
from hil.cli import main
from hil.errors import LinkError, RigError
from hil.faults import KINDS
from hil.faults.kind import ON_LINE
from hil.faults.rating import RATINGS, ExpectedRating, expected_of
from hil.recording import Recorder, Recording
from hil.rig import load_rig, with_faults
from hil.survey import Flight, Outcome, Row, Trial, fly, page, plan_of, rows_dict, surveyed
from hil.survey import pool as pool_module
from hil.survey.outcome import RATE, goal_of, outcome_of
from hil.survey.page import toml_of
from hil.survey.table import by_trial

RIGS = Path(__file__).parents[1] / "rigs"
NADIR = RIGS / "dier5_nadir.toml"
MODES = ["idle", "nadir", "sun_safe", "detumble"]
STEPS, STEP_s = 1000, 0.1


# ---- what is planned -----------------------------------------------------------------------------


def test_every_kind_is_tried_on_every_device_that_can_have_it(nadir):
    trials = plan_of(nadir).trials
    tried = {(device, kind) for trial in trials for device, kind in trial.about}
    kinds = {name for name, kind in KINDS.items() if kind.on not in [("thruster",), (ON_LINE,)]}
    assert kinds - {kind for _, kind in tried} == {"bit_flip"}  # hil seu flips them all
    assert len({trial.name for trial in trials}) == len(trials)
    assert {("wheel z", "seized"), ("rod 2", "stuck_on"), ("fine_sun_sensor 1", "turned")} < tried
    assert ("thermometer 0", "turned") not in tried  # it has no direction


def test_a_fault_is_as_hard_as_the_devices_table_makes_it(nadir):
    keys = {trial.name: trial.faults[0] for trial in plan_of(nadir).trials}
    wheel = nadir.spacecraft.wheel[0]
    assert keys["wheel x runaway"]["torque_Nm"] == wheel.torque_max_Nm
    noise_T = 1e-9 * nadir.spacecraft.devices["magnetometer"][0].noise_nT
    assert keys["magnetometer 0 noise"]["sigma"] == pytest.approx(20.0 * noise_T)
    tracker = nadir.spacecraft.devices["star_tracker"][0]
    roll_rad = math.radians(tracker.roll_noise_arcsec / 3600.0)
    assert keys["star_tracker 0 bias"]["offset"][0] == pytest.approx(100.0 * roll_rad)


def test_faults_begin_when_the_requirement_holds_and_end_in_time_for_it_to_hold_again(nadir):
    plan = plan_of(nadir)
    assert (plan.at_s, plan.lasting_s) == (200.0, 120.0)  # it holds from 120 s to 600 s
    assert plan_of(nadir, at_s=300.0, lasting_s=10.0).trials[0].faults[0]["at_s"] == 300.0


def test_pairs_are_of_different_devices_and_one_comes_after_the_other(nadir):
    pairs = plan_of(nadir, ["dead", "seized"], ["wheel *"], pairs=True).trials
    assert len(pairs) == 12  # of six faults, but not two on one wheel
    first, second = pairs[0].faults
    assert second["at_s"] - first["at_s"] == 10.0


@pytest.mark.parametrize("name", ["dier5_nadir", "alfarabi1", "alfarabi2"])
def test_all_that_is_planned_for_a_rig_can_be_run_on_it(name):
    rig = load_rig(RIGS / f"{name}.toml")
    trials = plan_of(rig).trials
    assert rig.with_overrides(fault=[fault for trial in trials for fault in trial.faults]).fault


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kinds": ["heldd"]}, "no kind of this rig's faults is heldd; did you mean held?"),
        ({"devices": ["gyro 7"]}, "no device of this rig's faults is gyro 7; did you mean gyro 0?"),
        ({"kinds": ["seized"], "devices": ["gyro *"]}, "no device of these can have a fault"),
        ({"at_s": 700.0}, "do not lie in the run of 600 s: give --at and --lasting"),
    ],
)
def test_what_cannot_be_planned_is_told(nadir, arguments, words):
    with pytest.raises(RigError) as told:
        plan_of(nadir, **arguments)
    assert words in str(told.value)


# ---- how it is rated -----------------------------------------------------------------------------

RIG_KEYS = {
    "duration_s": 100.0,
    "requirement": [
        {"name": "slow", "column": "truth_rate_body_rad_s", "limit": 0.001, "from_s": 10.0}
    ],
}


@pytest.fixture
def judged(nadir, tmp_path):
    """Hold a run against a healthy one in mode nadir; the fault is in force from 20 s to 50 s."""
    rig = nadir.with_overrides(**RIG_KEYS)
    time_s = STEP_s * np.arange(STEPS)

    def record(name, mode, rate, told):
        columns = [("time_s", 1), ("estimate_mode", 1), (RATE, 3)]
        metadata = {"wire": {"modes": json.dumps(MODES)}, "run": {"step_s": STEP_s}}
        rates = np.zeros((STEPS, 3))
        rates[:, 0] = rate
        rows = np.column_stack([time_s, np.broadcast_to(mode, STEPS), rates])
        with Recorder(tmp_path / name, columns, metadata=metadata) as recorder:
            for k, row in enumerate(rows):
                for at_s, event, value in told:
                    if round(at_s / STEP_s) == k:
                        severity = "info" if event == "mode_entered" else "warning"
                        recorder.event(
                            k * 10**8, "obc", event, event, value=value, severity=severity
                        )
                recorder.step(k * 10**8, row)
        return Recording(tmp_path / name)

    def judge(mode=1.0, rate=0.0, told=(), healthy_told=(), of=rig):
        healthy = record("healthy.mcap", 1.0, 0.0, healthy_told)
        return outcome_of(of, healthy, record("run.mcap", mode, rate, told), 20.0, 50.0)

    return judge


def between(first_s, last_s, value, otherwise):
    time_s = STEP_s * np.arange(STEPS)
    return np.where((time_s > first_s - 0.05) & (time_s < last_s - 0.05), value, otherwise)


def test_a_run_that_stays_within_its_limits_has_no_effect(judged):
    outcome = judged(rate=0.0005)
    assert (outcome.rating, outcome.lost_s, outcome.recovered_s) == ("no effect", 0.0, None)
    assert outcome.noticed_s is None


def test_a_run_that_comes_back_is_degraded_for_so_long(judged):
    outcome = judged(rate=between(25.0, 62.0, 0.01, 0.0))
    assert outcome.rating == "degraded"
    assert outcome.lost_s == pytest.approx(37.0)
    assert outcome.recovered_s == pytest.approx(12.0)
    assert outcome.worst == "0.01 rad/s"
    assert outcome.fastest_deg_s == pytest.approx(math.degrees(0.01))


def test_a_run_that_is_back_before_the_fault_ends_needs_no_time_after_it(judged):
    assert judged(rate=between(25.0, 30.0, 0.01, 0.0)).recovered_s == 0.0


def test_a_run_that_ends_in_a_safe_mode_is_safe_unless_it_turns_fast(judged):
    outcome = judged(mode=between(30.0, 200.0, 2.0, 1.0), rate=between(30.0, 200.0, 0.01, 0.0))
    assert (outcome.rating, outcome.modes) == ("safe", ("sun_safe",))
    fast = judged(mode=between(30.0, 200.0, 2.0, 1.0), rate=between(30.0, 200.0, 0.02, 0.0))
    assert fast.rating == "lost"
    assert fast.why == "it turns at 1.1 deg/s at the end"


def test_a_body_without_wheels_is_safe_when_it_spins(judged):
    by_rods = load_rig(RIGS / "alfarabi2_nadir.toml").with_overrides(**RIG_KEYS)

    def spinning(deg_s):
        rate = between(30.0, 200.0, math.radians(deg_s), 0.0)
        return judged(mode=between(30.0, 200.0, 2.0, 1.0), rate=rate, of=by_rods).rating

    assert (spinning(4.0), spinning(5.1)) == ("safe", "lost")


@pytest.mark.parametrize(
    ("mode", "rate", "why"),
    [(0.0, 0.0, "in mode idle at the end"), (1.0, 0.0101, "0.0101 rad/s at the end in mode nadir")],
)
def test_a_run_that_ends_elsewhere_is_lost(judged, mode, rate, why):
    outcome = judged(mode=between(30.0, 200.0, mode, 1.0), rate=between(30.0, 200.0, rate, 0.0))
    assert (outcome.rating, outcome.why) == ("lost", why)


def test_the_first_alarm_that_the_healthy_run_did_not_give_is_what_was_noticed(judged):
    news = [(5.0, "sensor_silent", 0.0), (21.0, "mode_entered", 2.0), (22.0, "gps_outlier", 9.0)]
    told = [*news, (23.5, "wheel_stalled", 1.0)]
    outcome = judged(told=told, healthy_told=[(22.3, "gps_outlier", 7.0)])
    assert (outcome.noticed, outcome.noticed_s) == ("wheel_stalled 1", pytest.approx(3.5))


def test_the_goal_is_the_first_pointing_of_a_rig_then_knowledge_then_a_column(nadir):
    assert goal_of(nadir).name == "nadir pointing"
    assert goal_of(load_rig(RIGS / "alfarabi2.toml")).name == "attitude knowledge"
    assert goal_of(nadir.with_overrides(requirement=[])) is None


def test_what_is_expected_is_the_first_that_fits_and_of_a_pair_the_worse():
    tables = [
        ExpectedRating(device="gyro *", kind="held", at_worst="safe"),
        ExpectedRating(device="gyro *", at_worst="no effect"),
        ExpectedRating(device="wheel x", at_worst="degraded"),
    ]
    assert expected_of(tables, [("gyro 0", "held")]) == "safe"
    assert expected_of(tables, [("gyro 1", "stuck")]) == "no effect"
    assert expected_of(tables, [("gyro 1", "stuck"), ("wheel x", "dead")]) == "degraded"
    assert expected_of(tables, [("wheel y", "dead")]) is None


# ---- what a user reads ---------------------------------------------------------------------------


def trial(name, device="gyro 0", kind="held"):
    return Trial(name, ({"name": name, "device": device, "kind": kind, "at_s": 1.0},))


def rows():
    worse = Outcome("safe", "sensor_silent 3", 4.9, ("sun_safe",), 7.0, None, "3 deg", 0.5, "why")
    return [
        Row(trial("one"), 1, Outcome("no effect")),
        Row(trial("other <b>", kind="stuck"), 1, Outcome("degraded", lost_s=2.0, recovered_s=1.0)),
        Row(trial("other <b>", kind="stuck"), 2, worse),
    ]


def test_rows_come_worst_first_with_their_worst_seed():
    expected = [ExpectedRating(kind="stuck", at_worst="degraded")]
    other, one = by_trial(rows(), expected)
    assert (other.worst.seed, other.too_bad, one.too_bad) == (2, True, False)
    told = rows_dict([other, one])
    assert [each["rating"] for each in told] == ["safe", "no effect"]
    assert told[0]["seeds"][1]["noticed_s"] == 4.9
    json.dumps(told)


class Loads(HTMLParser):
    """What a page would fetch."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for key, value in attrs if key in ("src", "href")]


def test_the_page_is_one_file_that_tells_each_fault_and_how_to_fly_it_again():
    text = page("A rig", {"place": "library"}, by_trial(rows(), ()))
    loads = Loads()
    loads.feed(text)
    assert loads.found == []
    assert "other &lt;b&gt;" in text
    assert "other <b>" not in text
    assert "4.9 s, sensor silent 3" in text
    for rating in RATINGS:
        assert f">{rating}</span>" in text
    headings = re.findall("<th>(.*?)</th>", text)
    assert len(headings) == 8
    assert all(headings)


def test_the_text_under_a_fault_is_a_file_of_faults(nadir, tmp_path):
    for planned in plan_of(nadir).trials[::9]:
        (tmp_path / "faults.toml").write_text(toml_of(planned))
        failing = with_faults(nadir, tmp_path / "faults.toml")
        assert failing.fault[0].name == planned.name


# ---- flown ---------------------------------------------------------------------------------------

SHORT = ["--duration", "14", "--obc", "library", "--workers", "1", "--at", "10", "--lasting", "2"]


@pytest.fixture
def rig_file(tmp_path):
    text = NADIR.read_text().replace('"spacecraft/', f'"{NADIR.parent}/spacecraft/')
    # Ten degrees off at the start, 0.91 after ten seconds, 5.7 with the wheel that ran away.
    text = text.replace("limit_arcsec = 42.0", "limit_deg = 2.0").replace("120.0", "9.0")

    def write(*expected):
        (tmp_path / "rig.toml").write_text("\n".join([text, *expected]))
        return tmp_path / "rig.toml"

    return write


RUNAWAY = ["--kinds", "runaway", "--devices", "wheel x"]


def expects(at_worst, kind="*"):
    return f'[[expected_rating]]\ndevice = "wheel x"\nkind = "{kind}"\nat_worst = "{at_worst}"\n'


def test_the_command_flies_each_fault_and_is_1_where_one_is_worse_than_expected(rig_file, tmp_path):
    arguments = ["faults", *RUNAWAY, *SHORT]
    out = tmp_path / "faults.html"
    done = CliRunner().invoke(main, [*arguments, str(rig_file(expects("lost"))), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "wheel x runaway" in done.stdout
    assert "1/1 wheel x runaway, seed 1" in done.stderr
    assert "wheel x runaway" in out.read_text()
    strict = CliRunner().invoke(main, [*arguments, str(rig_file(expects("no effect"))), "--json"])
    assert strict.exit_code == 1
    [told] = json.loads(strict.stdout)["trials"]
    assert told["too_bad"]
    assert told["rating"] in RATINGS[1:]  # what the flight software makes of it is its own affair
    assert told["seeds"][0]["lost_s"] > 0.5
    assert "worse than expected: wheel x runaway" in strict.stderr


@pytest.mark.slow
def test_a_worker_that_dies_or_hangs_is_a_row(nadir, tmp_path, monkeypatch):
    flights = [
        Flight(nadir, trial(name), "library", None, tmp_path / "none.mcap", tmp_path)
        for name in ("killed", "hangs", "misses its healthy run")
    ]
    # The pool sends its function by name to other processes: theirs is this module's.
    monkeypatch.setattr(pool_module, "fly", misbehaving)
    told = {row.trial.name: row for row in surveyed(flights, 1, wait_s=8.0)}
    assert told["killed"].outcome.why == "the run ended: the process of the run died with signal 11"
    assert "no end after 8 s of the wall clock" in told["hangs"].outcome.why
    assert told["misses its healthy run"].broken
    assert {row.outcome.rating for row in told.values()} == {"lost"}


def misbehaving(flight):
    import os
    import signal
    import threading

    if flight.trial.name == "killed":
        os.kill(os.getpid(), signal.SIGSEGV)
    if flight.trial.name == "hangs":
        threading.Event().wait()
    raise ZeroDivisionError


def test_a_run_that_cannot_be_made_is_not_tried_and_one_that_dies_is_lost(
    nadir, tmp_path, monkeypatch
):
    flight = Flight(nadir, trial("it"), "nowhere", None, tmp_path / "none.mcap", tmp_path)
    assert fly(flight).untried.startswith("--obc nowhere: expected one of library")

    def dies(*_, **__):
        raise LinkError("step 7: no complete reply\n  last sent: sync")

    monkeypatch.setattr(bench, "run", dies)
    row = fly(flight._replace(place="library"))
    assert (row.untried, row.outcome.rating) == ("", "lost")
    assert row.outcome.why == "the run ended: step 7: no complete reply"


def test_a_camera_that_is_switched_off_has_no_faults(nadir):
    """A rig without a [scene] leaves it off; with one it can fail."""
    assert not [trial for trial in plan_of(nadir).trials if "camera" in trial.name]
    assert plan_of(load_rig(RIGS / "dier5_fire.toml"), ["silent"], ["camera 0"]).trials
