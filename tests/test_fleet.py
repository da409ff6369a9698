"""Several spacecraft on one bench: a rig of rigs, its members judged by themselves and together."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fake_obc import FakeObc
from rig_files import edited

from hil.bench import Bench, run, run_fleet
from hil.bench.fleet import SeparateMember
from hil.cli import main
from hil.errors import RigError
from hil.judge.fleet import Flown, PairRequirement, WatchRequirement, evaluate_fleet
from hil.obc.places import open_obc
from hil.physics.rotations import angle_between, apply
from hil.recording import Recording, first_difference
from hil.rig import load_fleet, load_rig

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[1]
SCO = ROOT / "rigs" / "fleets" / "sco_fleet.toml"
FLEET = f"""\
title = "Two"
seed = 7
duration_s = 30.0

[[spacecraft]]
name = "a"
rig = "{ROOT}/rigs/dier5_target.toml"

[[spacecraft]]
name = "b"
rig = "{ROOT}/rigs/dier5_target.toml"
orbit = {{ true_anomaly_deg = 20.0 }}
"""
WATCH = """
[[requirement]]
name = "watched"
watched = "Aktau"
within_deg = 1.0
limit_s = 5.0
"""


@pytest.fixture
def fleet_file(tmp_path):
    """Return the path of a fleet's file with this text."""

    def made(text):
        (tmp_path / "fleet.toml").write_text(text)
        return tmp_path / "fleet.toml"

    return made


# -- running ---------------------------------------------------------------------------------------


def test_a_members_run_in_the_fleet_is_the_same_bits_as_its_run_alone(fleet_file, tmp_path):
    fleet = load_fleet(fleet_file(FLEET))
    together = run_fleet(fleet, tmp_path)
    for member in fleet.members:
        alone = run(member.rig, "library", tmp_path / "alone.mcap")
        there = Recording(together[member.name].recording)
        assert there.path == tmp_path / f"{member.name}.mcap"
        assert len(there) == 300
        assert first_difference(Recording(alone.recording), there) is None


@pytest.mark.emulator
def test_places_differ_and_bits_do_not(tmp_path):
    fleet = load_fleet(SCO).with_overrides(duration_s=5.0)
    assert [each.obc for each in fleet.members] == ["qemu", "qemu", "posix", "library"]
    as_written = run_fleet(fleet, tmp_path / "a")
    here = run_fleet(fleet.with_overrides(obc="library"), tmp_path / "b")
    for name, result in as_written.items():
        assert (
            first_difference(Recording(result.recording), Recording(here[name].recording)) is None
        )


def test_members_have_seeds_of_their_own_which_another_seed_moves_together(fleet_file):
    fleet = load_fleet(fleet_file(FLEET))
    assert [each.rig.seed for each in fleet.members] == [7, 8]
    assert [each.rig.seed for each in fleet.with_overrides(seed=11).members] == [11, 12]
    own = edited(FLEET, 'name = "a"\n', 'name = "a"\nseed = 100\n')
    assert [each.rig.seed for each in load_fleet(fleet_file(own)).members] == [100, 8]


def test_a_members_table_is_laid_over_that_of_its_rig(fleet_file):
    a, b = load_fleet(fleet_file(FLEET)).members
    assert (a.rig.orbit.true_anomaly_deg, b.rig.orbit.true_anomaly_deg) == (60.0, 20.0)
    assert a.rig.orbit.raan_deg == b.rig.orbit.raan_deg == 286.0


class _Fakes:
    """Two members on stand-ins for OBCs, of which the second falls silent at step 7."""

    def __init__(self, rig, folder):
        still = set()
        dead = FakeObc(spoil=lambda step, reply: b"" if step == 7 else reply)
        self.members = [
            SeparateMember(still, rig, obc, folder / f"{name}.mcap")
            for name, obc in (("a", FakeObc()), ("b", dead))
        ]


def test_a_member_that_dies_ends_itself_and_not_the_other(nadir, tmp_path):
    fakes = _Fakes(nadir.with_overrides(duration_s=3.0), tmp_path)
    a, b = Bench(fakes.members).run()
    assert (a.ended, a.steps, Recording(a.recording).complete) == ("", 30, True)
    assert "step 7: no complete reply" in b.ended
    dead = Recording(b.recording)
    assert not dead.complete
    assert "step 7" in dead.incomplete_reason
    assert len(dead) == 8


def test_a_member_ahead_of_the_others_ends_itself_alone(nadir, tmp_path):
    rig, still = nadir.with_overrides(duration_s=60.0), set[SeparateMember]()
    with open_obc("library") as good, open_obc("library") as bad:
        a, b = [
            SeparateMember(still, rig, obc, tmp_path / f"{name}.mcap", compiled=True)
            for name, obc in (("a", good), ("b", bad))
        ]

        def grow(step, _total):  # b's planet, until b is inside, where nothing flies
            if step > 200:
                b.world.truth._planet["radius_m"] = 1e9

        Bench([a, b]).run(grow)
    assert (a.result.ended, a.result.steps, a.result.ordinary_loop) == ("", 600, "")
    assert "the simulated world cannot go on" in b.result.ended
    assert 200 < b.result.steps < 600
    assert len(Recording(tmp_path / "b.mcap")) == b.result.steps + 1


def test_the_last_one_that_dies_ends_the_bench(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=3.0)
    dead = FakeObc(spoil=lambda step, reply: b"" if step == 7 else reply)
    with pytest.raises(Exception, match="step 7: no complete reply"):
        Bench([SeparateMember(set(), rig, dead, tmp_path / "a.mcap")]).run()


def test_a_missing_obc_is_told_with_the_members_name_before_the_start(fleet_file, tmp_path):
    text = edited(FLEET, 'name = "b"\n', 'name = "b"\nobc = "/dev/nowhere"\n')
    with pytest.raises(Exception, match=r'\[\[spacecraft\]\] "b": .*/dev/nowhere'):
        run_fleet(load_fleet(fleet_file(text)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


EACH_OTHER = f"""
[[spacecraft]]
name = "c"
rig = "{ROOT}/rigs/dier5_target.toml"
orbit = {{ true_anomaly_deg = 25.0 }}
target = [{{ member = "b", position_sigma_m = 100.0 }}]
telecommand = [{{ at_s = 10.0, target = "b", mode = "target" }}]
requirement = [{{ name = "p", index = "APE", axis = "boresight", target = "ground", ground = "b",
    limit_deg = 0.1, probability = 1.0, interpretation = "temporal", from_s = 20.0 }}]
""".replace("\n    limit", " limit")


def test_a_target_that_is_another_member_has_the_orbit_with_which_that_begins(fleet_file):
    fleet = load_fleet(fleet_file(FLEET + EACH_OTHER))
    _, b, c = fleet.members
    (target,) = c.rig.target
    assert (target.name, target.position_sigma_m) == ("b", 100.0)
    assert c.rig.ground.position_eci_m("b", np.zeros(1))[0] == pytest.approx(b.rig.orbit.state()[0])


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("d", r'"c": \[\[target\]\] member = "d" is no other member; there are a, b'),
        ("c", r'member = "c" is the spacecraft itself'),
    ],
)
def test_a_target_that_is_no_other_member_is_refused(member, words, fleet_file):
    text = (FLEET + EACH_OTHER).replace('member = "b"', f'member = "{member}"')
    with pytest.raises(RigError, match=words):
        load_fleet(fleet_file(text))


def test_two_members_told_of_each_other_look_at_each_other(tmp_path):
    """From the sixth minute on, when the first has had its turn; the slow part runs the whole."""
    fleet = load_fleet(SCO)
    first, second = fleet.members[:2]
    rig = first.rig.with_overrides(duration_s=640.0)
    result = run(rig, "library", tmp_path / "first.mcap")
    recording = Recording(result.recording)
    there = second.rig.ground.position_eci_m("first", recording["time_s"])
    assert there == pytest.approx(recording["truth_position_eci_m"], abs=30.0)
    towards = rig.ground.direction_eci(
        "second", recording["time_s"], recording["truth_position_eci_m"]
    )
    axis = apply(recording["truth_q_eci_from_body"], [0.0, 0.0, 1.0])
    assert np.degrees(angle_between(axis, towards))[5800:].max() < 0.05


# -- the fleet as a whole --------------------------------------------------------------------------


class _Columns(dict):
    """A recording as far as a fleet's requirements read one."""

    path, complete = Path("a.mcap"), True

    def __len__(self):
        return len(self["time_s"])


class _Rig:
    step_s = 1.0

    def __init__(self, rig):
        self.ground, self.orbit = rig.ground, rig.orbit


def _at_rest(rig, position_m, axis, angle_deg, n=10):
    """A spacecraft that stays where it is, turned about an axis from ECI."""
    half = np.radians(angle_deg) / 2.0
    q = [*(np.sin(half) * np.array(axis)), np.cos(half)]
    columns = {
        "time_s": np.arange(n, dtype=float),
        "truth_position_eci_m": np.tile(np.array(position_m, dtype=float), (n, 1)),
        "truth_velocity_eci_m_s": np.zeros((n, 3)),
        "truth_q_eci_from_body": np.tile(q, (n, 1)),
    }
    return Flown(_Rig(rig), _Columns(columns))


def test_two_that_look_at_each_other_are_off_by_the_larger_of_their_errors(nadir):
    pair = PairRequirement(name="p", pair=("a", "b"), limit_deg=0.4, probability=1.0)
    # b is ahead along +z; a looks there, b looks back with half a turn about x less 0.5 deg
    members = {
        "a": _at_rest(nadir, (7e6, 0.0, 0.0), (1.0, 0.0, 0.0), 0.1),
        "b": _at_rest(nadir, (7e6, 0.0, 1e5), (1.0, 0.0, 0.0), 179.5),
    }
    (verdict,) = evaluate_fleet((pair,), members)
    assert verdict.value == pytest.approx(0.5)
    assert not verdict.met
    assert "a and b look at each other within 0.5 deg, limit 0.4 deg" in verdict.text


def test_two_with_the_planet_between_them_are_not_judged(nadir):
    pair = PairRequirement(name="p", pair=("a", "b"), limit_deg=0.4, probability=1.0)
    members = {
        "a": _at_rest(nadir, (7e6, 0.0, 0.0), (1.0, 0.0, 0.0), 0.0),
        "b": _at_rest(nadir, (-7e6, 0.0, 0.0), (1.0, 0.0, 0.0), 180.0),
    }
    (verdict,) = evaluate_fleet((pair,), members)
    assert not verdict.judged
    assert "never in sight of each other" in verdict.text


def test_what_lasts_longer_than_the_run_or_has_other_steps_is_not_judged(nadir):
    pair = PairRequirement(name="p", pair=("a", "b"), limit_deg=0.4, probability=1.0, to_s=20.0)
    at = lambda n: _at_rest(nadir, (7e6, 0.0, 1e5 * n), (1.0, 0.0, 0.0), 0.1, n=n)  # noqa: E731
    (verdict,) = evaluate_fleet((pair,), {"a": at(10), "b": at(10)})
    assert "applies until 20 s, the run ends at 9 s" in verdict.text
    (verdict,) = evaluate_fleet((pair,), {"a": at(10), "b": at(11)})
    assert "the recording of b does not have the steps of the others" in verdict.text
    assert not verdict.judged


def test_a_place_is_watched_while_one_of_them_looks_at_it():
    rig = load_rig(ROOT / "rigs" / "dier5_target.toml")
    there = rig.ground.position_eci_m("Aktau", np.array([0.0]))[0]
    above = there * (1.0 + 5e5 / np.linalg.norm(there))
    down = -there / np.linalg.norm(there)
    axis = np.cross([0.0, 0.0, 1.0], down)
    angle = np.degrees(np.arctan2(np.linalg.norm(axis), down[2]))
    axis /= np.linalg.norm(axis)
    looks = _at_rest(rig, above, axis, angle)
    away = _at_rest(rig, above, axis, angle + 90.0)
    away.recording["truth_q_eci_from_body"][6:] = looks.recording["truth_q_eci_from_body"][6:]
    looks.recording["truth_q_eci_from_body"][3:] = _at_rest(
        rig, above, axis, angle + 90.0
    ).recording["truth_q_eci_from_body"][3:]
    watch = WatchRequirement(name="w", watched="Aktau", within_deg=1.0, limit_s=2.0)
    (verdict,) = evaluate_fleet((watch,), {"a": looks, "b": away})
    assert (verdict.value, verdict.worst_time_s, verdict.met) == (3.0, 3.0, False)
    held = watch.model_copy(update={"limit_s": 3.0})
    assert evaluate_fleet((held,), {"a": looks, "b": away})[0].met


def test_the_sco_fleet_hands_its_target_round(tmp_path):
    """The first hand-over of three: the whole is run by the slow part."""
    fleet = load_fleet(SCO).with_overrides(duration_s=560.0, obc="library")
    results = run_fleet(fleet, tmp_path)
    flown = {
        each.name: Flown(each.rig, Recording(results[each.name].recording))
        for each in fleet.members
    }
    watch = (fleet.requirement[0].model_copy(update={"to_s": 560.0}),)
    (verdict,) = evaluate_fleet(watch, flown)
    assert verdict.met, verdict.text
    # without the second one nobody looks from 517 s on, when the first loses it
    (alone,) = evaluate_fleet(watch, {"first": flown["first"]})
    assert alone.worst_time_s == pytest.approx(517.0, abs=5.0)
    assert not alone.met


# -- mistakes --------------------------------------------------------------------------------------

REQUIREMENT = (
    '\n[[requirement]]\nname = "p"\npair = ["a", "{}"]\nlimit_deg = 0.1\nprobability = 1.0\n'
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (edited(FLEET, "dier5_target", "dier5_tarjet"), '"a": .*no such file; did you mean'),
        (edited(FLEET, 'name = "b"', 'name = "a"'), 'two .*are called "a": name each differently'),
        (edited(FLEET, 'name = "b"', 'name = "b/c"'), "must consist of letters, digits"),
        (edited(FLEET, 'name = "b"', 'name = "b"\nobc = "qmu"'), 'obc = "qmu": no such place'),
        (edited(FLEET, 'name = "b"', 'name = "b"\nstep_s = 0.02'), "step_s is 0.02, that of"),
        (edited(FLEET, 'name = "b"', 'name = "b"\norbitt = 1'), "orbitt: unknown key; did"),
        (
            edited(FLEET, "true_anomaly_deg = 20.0", "epoch_utc = 2026-03-21T10:00:00Z"),
            r"epoch_utc is 2026-03-21T10:00.*all members have one clock",
        ),
        (
            edited(FLEET, "true_anomaly_deg = 20.0", "semi_major_axis_m = 6.3e6"),
            '"b": .*lowest point is .* below the surface of the earth',
        ),
        (edited(FLEET, "seed = 7", 'seed = 7\nwhen_one_ends = "stop"'), "when_one_ends = .*must"),
        (FLEET + REQUIREMENT.format("c"), 'no .*spacecraft.* is called "c"; there are a, b'),
        (FLEET + REQUIREMENT.format("a"), "cannot look at itself"),
        (FLEET + WATCH.replace("Aktau", "Aktav"), 'called "Aktav"; did you mean Aktau'),
        (FLEET.partition('[[spacecraft]]\nname = "b"')[0], "a fleet has at least 2"),
        (
            edited(FLEET, 'name = "b"', 'name = "b"\nrecording = { every = 10 }'),
            "every is 10, that of",
        ),
        (FLEET + WATCH.replace("5.0", "30.0"), "30 s can never be missed in a phase of 30 s"),
        (FLEET + WATCH + "from_s = 30.0\n", "from_s = 30 lies beyond the end of the run, 30 s"),
        (FLEET + WATCH + "to_s = 31.0\n", "to_s = 31 lies beyond the end of the run, 30 s"),
        (FLEET + REQUIREMENT.format("b").replace("0.1", "180.0"), "180 deg can never be missed"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_clear_sentence_before_the_start(text, words, fleet_file):
    with pytest.raises(RigError, match=words):
        load_fleet(fleet_file(text))


# -- the commands ----------------------------------------------------------------------------------


def test_hil_check_names_the_members_and_their_places():
    done = CliRunner().invoke(main, ["check", str(SCO)])
    assert done.exit_code == 0
    assert (
        "a fleet of first on qemu, second on qemu, third on posix, fourth on library" in done.output
    )


def test_hil_run_judges_members_and_fleet_and_names_the_slowest_obc(fleet_file, tmp_path):
    path = fleet_file(FLEET + WATCH)
    command = ["run", str(path), "--obc", "library", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, [*command, "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 1  # thirty seconds are too short to be above the horizon
    assert list(told["spacecraft"]) == ["a", "b"]
    assert [each["name"] for each in told["requirements"]] == ["watched"]
    waited = {
        name: Recording(tmp_path / "out" / f"{name}.mcap")["reply_s"].sum() for name in ("a", "b")
    }
    slowest = max(waited, key=waited.__getitem__)
    assert told["slowest_obc"]["spacecraft"] == slowest
    part = waited[slowest] / sum(waited.values())
    assert told["slowest_obc"]["share_of_waiting"] == pytest.approx(part)
    assert told["spacecraft"]["a"]["recording"] == str(tmp_path / "out" / "a.mcap")
    judged = CliRunner().invoke(main, ["judge", "--rig", str(path), str(tmp_path / "out")])
    assert judged.exit_code == 1
    assert "watched" in judged.output
    assert "slowest OBC" in judged.output
    (tmp_path / "out" / "b.mcap").rename(tmp_path / "out" / "c.mcap")
    odd = CliRunner().invoke(main, ["judge", "--rig", str(path), str(tmp_path / "out")])
    assert (odd.exit_code, 'no recording of [[spacecraft]] "b"' in odd.output) == (2, True)
    (tmp_path / "out" / "c.mcap").rename(tmp_path / "out" / "b.mcap")
    again = CliRunner().invoke(main, [*command[:-1], str(tmp_path / "b"), "--against", command[-1]])
    assert f"same bits as {tmp_path / 'out' / 'a.mcap'}" in again.output
    assert "slowest OBC: " in again.output


@pytest.mark.parametrize("option", [["--plot"], ["--faults", "x.toml"], ["--priority"]])
def test_what_is_for_one_spacecraft_is_refused(option, fleet_file):
    done = CliRunner().invoke(main, ["run", str(fleet_file(FLEET)), *option])
    assert done.exit_code == 2
    assert f"{option[0]} is for one spacecraft" in done.output


def test_pytest_makes_every_requirement_of_a_fleet_a_test(fleet_file, pytester):
    path = fleet_file(edited(FLEET, "duration_s = 30.0", "duration_s = 12.0") + WATCH)
    done = pytester.runpytest_subprocess(
        "-v", "-k", "link or watched or mode", "--hil-obc", "library", str(path)
    )
    told = done.stdout.str()
    for words in ("a: link[library] PASSED", "b: in mode target[library]", "watched[library]"):
        assert words in told
    assert "Aktau is unseen by all of a, b for 12 s" in told
