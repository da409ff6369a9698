"""Thrusters over the wire: what becomes of their command, and wheels that only they can unload."""

import math
from pathlib import Path

import numpy as np
import pytest
from fake_obc import FakeObc, TestModeObc
from hypothesis import given
from hypothesis import strategies as st
from wire import GYRO, TABLE, THRUSTER_COMMAND

from hil.bench import Bench, Member, run
from hil.devices.thruster import Thruster, ThrusterDrives
from hil.judge import evaluate
from hil.link import messages as m
from hil.link.budget import budget
from hil.link.framing import Deframer
from hil.obc.places import open_obc
from hil.phasing import phase
from hil.recording import Recording, first_difference
from hil.rig import load_rig

RIG = Path(__file__).parent / "data" / "rigs" / "far_telescope.toml"
TORQUES = [f"thruster{i}_torque_{axis}_body_Nm" for i in range(4) for axis in "xyz"]


@pytest.fixture(scope="module")
def rig():
    return load_rig(RIG)


def changed(rig, believed=None, **tables):
    """The rig with other beliefs, or other tables, of its spacecraft."""
    craft = rig.spacecraft
    own = {**craft.flight_software, **(believed or {})}
    craft = craft.model_copy(update={"flight_software": own, **tables})
    return rig.model_copy(update={"spacecraft": craft})


def recorded(rig, place, path):
    return Recording(run(rig, place, path).recording)


# ---- the law, in the loop ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unloaded(rig, tmp_path_factory):
    return recorded(rig, "library", tmp_path_factory.mktemp("far") / "a.mcap")


def told(recording, kind):
    return [e.time_ns / 1e9 for e in recording.events if e.source == "obc" and kind in e.text]


def test_thrusters_unload_the_wheels_and_the_pointing_is_held(rig, unloaded):
    assert {verdict.name: verdict.met for verdict in evaluate(rig, [unloaded])} == {
        "pointing": True, "wheels": True, "fuel": True, "link": True,
    }  # fmt: skip
    (begun_s,), (ended_s,) = told(unloaded, "unloading began"), told(unloaded, "unloading ended")
    assert 100.0 < begun_s < ended_s < begun_s + 250.0
    fired = (unloaded["command_on_time_s"] > 0.0).any(axis=1)
    assert not fired[unloaded["time_s"] > ended_s].any()


def test_without_them_the_wheels_saturate_and_the_pointing_is_lost(rig, tmp_path):
    without = changed(rig, {"unload_start_Nms": 0.0})
    recording = recorded(without, "library", tmp_path / "a.mcap")
    met = {verdict.name: verdict.met for verdict in evaluate(without, [recording])}
    assert not met["wheels"]
    assert not met["pointing"]
    assert (recording["command_on_time_s"] == 0.0).all()
    assert (recording["truth_thruster_impulse_N_s"] == 0.0).all()


@pytest.mark.parametrize("place", ["posix", pytest.param("qemu-fast", marks=pytest.mark.emulator)])
def test_it_is_the_same_bits_in_every_place(place, rig, unloaded, tmp_path):
    part = recorded(rig.with_overrides(duration_s=400.0), place, tmp_path / "a.mcap")
    assert (part["command_on_time_s"] > 0.0).any()
    difference = first_difference(unloaded, part)
    assert (difference.step, difference.column) == (4000, "step")  # where the part ends


def test_the_flight_software_gives_up_thrusters_that_push_the_wrong_way(rig, tmp_path):
    backwards = [
        valve.model_copy(update={"direction_body": tuple(-x for x in valve.direction_body)})
        for valve in rig.spacecraft.thruster
    ]
    wrong = changed(rig, thruster=tuple(backwards)).model_copy(update={"duration_s": 900.0})
    recording = recorded(wrong, "library", tmp_path / "a.mcap")
    (begun_s,), (failed_s,) = told(recording, "unloading began"), told(recording, "unloading fail")
    assert failed_s < begun_s + 60.0
    fired = (recording["command_on_time_s"] > 0.0).any(axis=1)
    assert not fired[recording["time_s"] > failed_s].any()
    at = np.flatnonzero(recording["time_s"] >= failed_s)[0]
    momentum_Nms = 2.4e-5 * recording["truth_wheel_speed_rad_s"][at]
    assert (
        np.linalg.norm(momentum_Nms) < 1.11 * wrong.spacecraft.flight_software["unload_start_Nms"]
    )


def test_a_spacecraft_without_thrusters_hears_nothing_of_them(nadir, rig, tmp_path):
    frames = {}
    for each, duration_s in ((nadir, 20.0), (rig, 300.0)):
        short = each.with_overrides(duration_s=duration_s)
        recording, heard = recorded(short, "library", tmp_path / "a.mcap"), Deframer(TABLE)
        packets = [p for _, data in recording.from_obc for p in heard.receive(data)]
        frames[each.name] = [p.message for p in packets]
        assert ("command_on_time_s" in recording) == bool(each.spacecraft.thruster)
    assert THRUSTER_COMMAND not in frames["dier5_nadir"]
    after = [
        following
        for message, following in zip(frames[rig.name], frames[rig.name][1:], strict=False)
        if message is THRUSTER_COMMAND
    ]
    assert after
    assert set(after) == {m.COMMAND}


# ---- what becomes of a command -------------------------------------------------------------------


class ValveObc(FakeObc):
    """Opens valves as a step's entry says."""

    def __init__(self, on_times, told_step=lambda step: step, **keys):
        super().__init__(**keys)
        self._on_times, self._told_step = on_times, told_step

    def reply(self, step):
        on_times = self._on_times.get(step)
        if on_times is None:
            return super().reply(step)
        values = (self._told_step(step), *on_times, *[0.0] * (m.THRUSTERS_MAX - len(on_times)))
        return self._framer.frame(THRUSTER_COMMAND, values) + super().reply(step)


def fired(rig, obc, tmp_path, **overrides):
    member = Member(rig.with_overrides(duration_s=1.0, **overrides), obc, tmp_path / "run.mcap")
    bench = Bench([member])
    bench.run()
    return member.result, Recording(tmp_path / "run.mcap")


def impulses(rig, recording):
    """What each thruster gave in each step, as seconds of its thrust."""
    thrust_N = np.array([valve.thrust_N for valve in rig.spacecraft.thruster])
    return np.diff(recording["truth_thruster_impulse_N_s"] / thrust_N, axis=0)


def test_a_pulse_begins_after_the_latency_and_ends_by_itself(rig, tmp_path):
    obc = ValveObc({2: (0.03, 0.0, 0.1, 0.0)})
    _, recording = fired(rig, obc, tmp_path)
    given_s = impulses(rig, recording)
    expected_s = np.zeros_like(given_s)
    expected_s[2] = [0.03, 0.0, 0.08, 0.0]  # 20 ms late
    expected_s[3] = [0.0, 0.0, 0.02, 0.0]
    np.testing.assert_allclose(given_s, expected_s, atol=1e-12)
    commanded = recording["command_on_time_s"]
    np.testing.assert_allclose(commanded[2], [0.03, 0.0, 0.1, 0.0], rtol=1e-7)
    assert (np.delete(commanded, 2, axis=0) == 0.0).all()


def test_the_valves_driver_shuts_what_the_obc_would_leave_open(rig, tmp_path):
    """Longer than a control period, by an OBC that says nothing any more."""
    obc = ValveObc({2: (9.0,)}, spoil=lambda step, reply: b"" if step > 2 else reply)
    result, recording = fired(rig, obc, tmp_path, allowed={"lost_replies": 100})
    assert result.counters["lost_replies"] == 7
    assert impulses(rig, recording).sum(axis=0) == pytest.approx([0.1, 0.0, 0.0, 0.0])
    assert np.isnan(recording["command_on_time_s"][3:]).all()


def test_valves_stay_shut_for_what_is_no_time_and_it_is_counted(rig, tmp_path):
    obc = ValveObc({2: (math.nan, -1.0, math.inf, 0.02), 3: (0.005, 0.0104, 0.0, 0.0)})
    result, recording = fired(rig, obc, tmp_path)
    assert result.counters["rejected_commands"] == 3
    given_s = impulses(rig, recording)
    np.testing.assert_allclose(given_s[2], [0.0, 0.0, 0.0, 0.02], atol=1e-12)
    np.testing.assert_allclose(given_s[3], [0.0, 0.01, 0.0, 0.0], atol=1e-12)


def test_a_command_of_another_step_opens_nothing(rig, tmp_path):
    obc = ValveObc({2: (0.03,)}, told_step=lambda step: step - 1)
    _, recording = fired(rig, obc, tmp_path)
    assert (recording["truth_thruster_impulse_N_s"] == 0.0).all()
    assert (recording["command_on_time_s"] == 0.0).all()


@given(st.lists(st.floats(allow_nan=True), min_size=8, max_size=8))
def test_a_valve_is_open_for_nothing_or_for_what_it_can_do(wanted):
    keys = {"position_body_m": (0.1, 0.0, 0.0), "direction_body": (0.0, 1.0, 0.0), "thrust_N": 1.0}
    valve = Thruster(name="a", minimum_on_time_s=0.01, on_time_resolution_s=0.001, **keys)
    drives = ThrusterDrives([valve] * 5, 0.1)
    open_s = drives.command(wanted)
    shut = [not (math.isfinite(x) and x >= 0.0) for x in wanted[:5]]
    assert drives.rejected == sum(shut)
    for each_s, wanted_s, refused in zip(open_s, wanted, shut, strict=False):
        assert each_s == 0.0 or 0.01 - 1e-12 <= each_s <= 0.1
        assert each_s == 0.0 or abs(each_s - min(wanted_s, 0.1)) <= 0.0005 + 1e-12
        assert not (refused and each_s)


def test_a_line_carries_the_thrusters_command_too():
    without, with_ = (
        budget({GYRO: 1}, 921_600, 0.1, commands=some) for some in ([], [THRUSTER_COMMAND])
    )
    framed = 6 + THRUSTER_COMMAND.size + 4 + 2  # primary header, checksum, COBS
    assert with_.octets_from_obc - without.octets_from_obc == framed
    assert with_.octets_to_obc == without.octets_to_obc


def test_a_spacecraft_has_no_more_thrusters_than_the_wire_and_none_called_alike(rig, tmp_path):
    from pydantic import ValidationError

    from hil.rig import Spacecraft

    table = rig.spacecraft.model_dump()
    with pytest.raises(ValidationError, match="two thrusters are called 'a'"):
        Spacecraft.model_validate(table | {"thruster": [table["thruster"][0]] * 2})
    nine = [table["thruster"][0] | {"name": str(i)} for i in range(9)]
    with pytest.raises(ValidationError, match="at most 8"):
        Spacecraft.model_validate(table | {"thruster": nine})


# ---- phasing -------------------------------------------------------------------------------------


def findings(rig, obc):
    return {each.axis: each for each in phase(rig, obc) if each.device == "thruster"}


@pytest.mark.parametrize(
    "place", ["library", pytest.param("qemu-fast", marks=pytest.mark.emulator)]
)
def test_every_thruster_turns_the_body_as_the_flight_software_believes(place, rig):
    with open_obc(place) as obc:
        found = phase(rig, obc)
    assert {each.verdict for each in found} == {"pass"}
    assert [each.axis for each in found if each.device == "thruster"] == ["a", "b", "c", "d"]


def test_a_thruster_that_points_the_other_way_is_named(rig):
    valves = list(rig.spacecraft.thruster)
    turned = tuple(-x for x in valves[1].direction_body)
    valves[1] = valves[1].model_copy(update={"direction_body": turned})
    with open_obc("library") as obc:
        found = findings(changed(rig, thruster=tuple(valves)), obc)
    assert {name: each.verdict for name, each in found.items()} == {
        "a": "pass", "b": "inverted", "c": "pass", "d": "pass",
    }  # fmt: skip


def test_swapped_valves_are_named(rig):
    def drive(kind, instance, value):
        return kind, {0: 2, 2: 0}.get(instance, instance) if kind == 2 else instance, value

    found = findings(rig, TestModeObc(drive=drive))
    assert {name: each.verdict for name, each in found.items()} == {
        "a": "swapped", "b": "pass", "c": "swapped", "d": "pass",
    }  # fmt: skip
    assert found["a"].detail == "answers as c should"


def test_a_thrust_in_the_wrong_unit_is_named(rig):
    own = rig.spacecraft.flight_software
    believed = {name: own[name] * 1e3 for name in TORQUES if own[name] * 1e3 <= 10.0}
    with open_obc("library") as obc:
        found = findings(changed(rig, believed), obc)
    assert {each.verdict for each in found.values()} == {"scaled"}
    assert "units for milli" in found["a"].detail


def test_a_valve_that_the_firmware_does_not_know_is_dead(rig):
    with open_obc("library") as obc:
        found = findings(changed(rig, {"thruster_count": 3.0}), obc)
    assert found["d"].verdict == "dead"
    assert found["d"].detail == "the firmware refuses it: out of range"
    nothing = dict.fromkeys(TORQUES[:3], 0.0)
    with open_obc("library") as obc:
        found = findings(changed(rig, nothing), obc)
    assert (found["a"].verdict, found["a"].detail) == ("dead", "believed to turn nothing")
    assert found["b"].verdict == "pass"


def test_a_firmware_of_ones_own_is_held_to_the_design(rig):
    bare = rig.spacecraft.model_copy(update={"flight_software": {}})
    found = findings(rig.model_copy(update={"spacecraft": bare}), TestModeObc())
    assert {each.verdict for each in found.values()} == {"pass"}
