"""The compiled loop: the same bits as the ordinary one, and the ordinary one where it cannot go."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fake_obc import FakeObc
from hypothesis import given
from hypothesis import strategies as st
from rig_files import on_the_benchs_line

from hil import bench
from hil.bench.compiled import clock_times_s
from hil.devices.registry import registry
from hil.errors import RigError
from hil.faults import Injector
from hil.link.clock import Clock
from hil.link.framing import Framer
from hil.link.messages import COMMAND, ESTIMATE, HOUSEKEEPING
from hil.link.packet import crc32c, encode
from hil.native import octets, tables
from hil.native.calls import has_crc_instruction
from hil.native.reply import understand
from hil.obc.places import open_obc
from hil.recording import NOT_COMPARED, Recording
from hil.rig import load_fleet, load_rig

RIGS = Path(__file__).parents[1] / "rigs"
EVERY_RIG = sorted(
    path.relative_to(RIGS).as_posix()
    for folder in (".", "missions", "failures")
    for path in on_the_benchs_line((RIGS / folder).glob("*.toml"))
)
ORDINARY = {
    "dier5_alert.toml": "it has a camera",
    "dier5_alert_later.toml": "it has a camera",
    "dier5_fire.toml": "it has a camera",
    "dier5_recognition.toml": "it has a camera",
}


@pytest.fixture(scope="module")
def nadir():
    return load_rig(RIGS / "dier5_nadir.toml")


def run(rig, path, **how):
    """Make a run; return its result, and everything in its recording that has to be the same."""
    result = bench.run(rig, "library", path, **how)
    return result, contents(Recording(path))


def contents(recording):
    names = [name for name, _ in recording.columns if name not in NOT_COMPARED]
    rows = {name: recording[name].tobytes() for name in names}
    lines = list(recording.to_obc), list(recording.from_obc)
    return rows, lines, [str(event) for event in recording.events]


@pytest.mark.parametrize("name", EVERY_RIG)
def test_every_rig_has_the_same_bits_and_octets_in_both_loops(name, tmp_path):
    rig = load_rig(RIGS / name)
    rig = rig.with_overrides(duration_s=min(rig.duration_s, 100 * rig.step_s), requirement=[])
    compiled, ours = run(rig, tmp_path / "compiled.mcap")
    ordinary, theirs = run(rig, tmp_path / "ordinary.mcap", compiled=False)
    assert compiled.ordinary_loop == ORDINARY.get(name, "")
    assert compiled.counters == ordinary.counters
    assert compiled.steps == ordinary.steps
    assert ours == theirs


def test_telecommands_events_and_new_random_numbers_fall_between_compiled_steps(tmp_path):
    rig = load_rig(RIGS / "missions" / "kazeosat_agile.toml")
    rig = rig.with_overrides(duration_s=130.0, requirement=[])
    _, ours = run(rig, tmp_path / "compiled.mcap")
    _, theirs = run(rig, tmp_path / "ordinary.mcap", compiled=False)
    assert len(ours[2]) > len(list(rig.telecommand)) / 2
    assert ours == theirs


FAULTS = [
    {"name": "a", "device": "gyro 0", "kind": "drift", "drift_per_s": (1e-6, 0, 0), "at_s": 5.0},
    {"name": "b", "device": "star_tracker 0", "kind": "held", "at_s": 20.0},
    {"name": "c", "device": "gps 0", "kind": "late", "delay_s": 1.0, "at_s": 21.0},
    {"name": "d", "device": "rod 0", "kind": "stuck_on", "dipole_A_m2": 0.1, "at_s": 30.0},
    {"name": "e", "device": "wheel x", "kind": "friction", "factor": 3.0, "at_s": 40.0},
    {"name": "f", "device": "line to_obc", "kind": "duplicate", "count": 9, "at_s": 50.0},
    {"name": "g", "device": "magnetometer 0", "kind": "spikes", "mean_between_s": 15.0}
    | {"probability": 0.5, "size": 1e-5},
    {"name": "h", "device": "obc", "kind": "reset", "at_s": 70.0, "duration_s": None},
    {
        "name": "i",
        "device": "line from_obc",
        "kind": "drop",
        "count": 1,
        "on": "event mode_entered",
    },
    {"name": "j", "device": "gyro 0", "kind": "silent", "on": "fault d", "after_s": 5.0},
]


def test_only_steps_about_faults_go_the_ordinary_way_and_the_bits_are_the_same(
    nadir, tmp_path, monkeypatch
):
    faults = [{"duration_s": 2.0, **fault} for fault in FAULTS]
    rig = nadir.with_overrides(duration_s=90.0, requirement=[], fault=faults)
    rig = rig.with_overrides(allowed={"lost_replies": 9})
    begun, begin_step = [], Injector.begin_step

    def seen(self, step, *light):
        begun.append(step)
        begin_step(self, step, *light)

    monkeypatch.setattr(Injector, "begin_step", seen)
    compiled, ours = run(rig, tmp_path / "compiled.mcap")
    assert (compiled.ordinary_loop, len(begun) < 0.8 * rig.steps) == ("", True)
    ordinary, theirs = run(rig, tmp_path / "ordinary.mcap", compiled=False)
    assert compiled.counters == ordinary.counters
    told = [
        each.text for each in Recording(ordinary.recording).events if each.name == "fault_began"
    ]
    assert {fault["name"] for fault in FAULTS} <= {words.partition(":")[0] for words in told}
    assert ours == theirs


@pytest.mark.parametrize("occasion", ["mode nadir", "eclipse entry", "rise somewhere"])
def test_a_fault_that_waits_for_what_no_event_tells_is_watched_for_at_every_step(
    nadir, tmp_path, occasion
):
    place = {"name": "somewhere", "kind": "target", "height_m": 0.0}
    place |= {"latitude_deg": 0.0, "longitude_deg": 0.0}
    fault = {"name": "a", "device": "gyro 0", "kind": "silent", "on": occasion}
    changed = {"fault": [fault], "target": [place], "requirement": [], "duration_s": 1.0}
    result = bench.run(nadir.with_overrides(**changed), "library", tmp_path / "run.mcap")
    assert result.ordinary_loop == f"its fault a waits for {occasion}"


@pytest.mark.parametrize("every", [1, 7])
def test_a_thinned_recording_keeps_the_same(nadir, tmp_path, every):
    thin = {"columns": ["truth_*", "gps0_*"], "octets": False, "every": every}
    rig = nadir.with_overrides(duration_s=60.0, requirement=[], recording=thin)
    _, ours = run(rig, tmp_path / "compiled.mcap")
    _, theirs = run(rig, tmp_path / "ordinary.mcap", compiled=False)
    assert ours[1] == ([], [])
    assert ours == theirs


def test_where_the_time_went_is_told_by_stages(nadir, tmp_path):
    result = bench.run(nadir.with_overrides(duration_s=20.0), "library", tmp_path / "run.mcap")
    spent = {name for name, stage_s in result.stage_s.items() if stage_s > 0.0}
    assert spent == {"devices", "wire", "obc", "truth", "recording"}
    assert sum(result.stage_s.values()) <= result.wall_s


def test_a_world_that_cannot_go_on_ends_the_run_with_all_steps_recorded(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=60.0, requirement=[])
    path = tmp_path / "compiled.mcap"
    with open_obc("library") as obc:
        member = bench.Member(rig, obc, path, compiled=True)

        def grow(step, _total):  # the planet, until the spacecraft is inside, where nothing flies
            if step > 200:
                member.world.truth._planet["radius_m"] = 1e9

        with pytest.raises(RigError, match="the simulated world cannot go on: "):
            bench.Bench([member]).run(grow)
    _, whole = run(rig, tmp_path / "ordinary.mcap", compiled=False)
    rows, lines, _ = contents(Recording(path))
    steps = len(rows["step"]) // 8
    assert 200 < steps == member.result.steps + 1
    for name, ours in rows.items():
        assert whole[0][name].startswith(ours)
    for ours, theirs in zip(lines, whole[1], strict=True):
        assert theirs[: len(ours)] == ours


def test_other_places_go_the_ordinary_way_beside_those_that_are_ahead(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=1.0)
    with FakeObc() as fake, open_obc("library") as obc:
        members = [
            bench.Member(rig, each, tmp_path / f"{each.name}.mcap", compiled=True)
            for each in (fake, obc)
        ]
        results = bench.Bench(members).run()
    assert [each.ordinary_loop for each in results] == [f"it runs on {fake.name}", ""]
    assert [each.steps for each in results] == [10, 10]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_process_on_a_pseudo_terminal_is_called_by_compiled_code_too(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=60.0, requirement=[])
    called = bench.run(rig, "posix", tmp_path / "called.mcap")
    ordinary = bench.run(rig, "posix", tmp_path / "ordinary.mcap", compiled=False)
    assert (called.ordinary_loop, called.steps) == ("", 600)
    assert called.counters == ordinary.counters
    ours, theirs = (contents(Recording(each.recording)) for each in (called, ordinary))
    assert (ours[0], ours[2]) == (theirs[0], theirs[2])
    for one, other in zip(ours[1], theirs[1], strict=True):
        assert b"".join(data for _, data in one) == b"".join(data for _, data in other)


def test_members_of_a_fleet_have_the_same_bits_in_both_loops_and_alone(tmp_path):
    fleet = load_fleet(RIGS / "fleets" / "sco_fleet.toml")
    fleet = fleet.with_overrides(duration_s=125.0, obc="library")  # a telecommand is in it
    ahead = bench.run_fleet(fleet, tmp_path / "ahead")
    in_step = bench.run_fleet(fleet, tmp_path / "in step", compiled=False)
    for member in fleet.members:
        ours = contents(Recording(ahead[member.name].recording))
        assert ours == contents(Recording(in_step[member.name].recording))
        assert ahead[member.name].counters == in_step[member.name].counters
        assert ours == run(member.rig, tmp_path / "alone.mcap")[1]
    assert "telecommand" in "".join(contents(Recording(ahead["first"].recording))[2])


# ---- octets --------------------------------------------------------------------------------------

ROOM = np.zeros(512, np.uint8), np.zeros(1, np.float32)
COUNTS = st.integers(0, 0x3FFF)


def compiled_frame(message, sequence, values, ticks):
    body, narrow = ROOM
    first, length = tables.header_words(message, timed=ticks is not None)
    size = octets.put_header(body, first, length, sequence, ticks or 0, ticks is not None)
    codes = tables.codes_of(message, skip=2)
    size = octets.put_number(body, size, values[0] << 4 | values[1], 1)
    for code, value in zip(codes, values[2:], strict=True):
        size = octets.put_value(body, size, code, float(value), narrow, narrow.view(np.uint32))
    out = np.zeros(300, np.uint8)
    return out[: octets.put_frame(body, size, out, 0)].tobytes()


@given(st.data())
def test_a_samples_frame_is_that_of_the_wire(data):
    message = data.draw(st.sampled_from([kind.message for kind in registry().sensors]))
    if {field.type for field in message.fields[2:]} - {"f32", "u16"} or message.group:
        return
    number = (
        st.integers(0, 0xFFFF)
        if message.fields[2].type == "u16"
        else st.floats(width=32, allow_nan=False)
    )
    codes = tables.codes_of(message, skip=2)
    values = data.draw(st.lists(number, min_size=len(codes), max_size=len(codes)))
    head = [data.draw(st.integers(0, 1)), data.draw(st.integers(0, 15))]
    ticks = data.draw(st.none() | st.integers(0, (1 << 56) - 1))
    sequence, framer = data.draw(COUNTS), Framer()
    framer.sequences[message.apid] = sequence
    made = framer.frame(message, (*head, *values), ticks)
    assert compiled_frame(message, sequence, [*head, *values], ticks) == made


def understood(octets_, step, sequence):
    replies, codes = tables.reply_records()
    body, narrow = ROOM
    heard = np.frombuffer(octets_, np.uint8)
    values, came = np.zeros(len(codes)), np.zeros(len(replies), np.int64)
    bits = narrow.view(np.uint32)
    usual = understand(
        step, sequence, heard, len(octets_), replies, codes, body, narrow, bits, values, came
    )
    return usual, values, came


def an_answer(data, step, sequence):
    """Return an answer's frames, and the values in them."""
    number, framer, frames, values = st.floats(width=32, allow_nan=False), Framer(), [], []
    for message in (HOUSEKEEPING, ESTIMATE, COMMAND):
        own = [
            data.draw(number if field.type == "f32" else st.integers(0, 255))
            for field in message.fields
            for _ in range(field.count)
        ]
        if message is COMMAND:
            own[0] = step
        framer.sequences[message.apid] = sequence
        frames.append(framer.frame(message, own))
        values.append(own)
    return frames, [*values[1], *values[2][1:], *values[0]]


@given(st.data(), st.integers(0, 0xFFFFFFFF), COUNTS)
def test_a_usual_answer_is_understood(data, step, sequence):
    frames, values = an_answer(data, step, sequence)
    usual, told, came = understood(b"".join(frames), step, sequence)
    assert usual
    assert list(came) == [1, 1, 1]
    assert told.tolist() == values
    usual, _, came = understood(b"".join(frames[1:]), step, sequence)
    assert usual
    assert list(came) == [1, 1, 0]


@given(st.data(), st.integers(1, 0xFFFFFFFE), st.integers(1, 0x3FFE))
def test_any_other_answer_is_left_to_the_session(data, step, sequence):
    (housekeeping, estimate, command), _ = an_answer(data, step, sequence)
    usual = housekeeping + estimate + command
    assert not understood(usual, step + 1, sequence)[0]
    assert not understood(usual, step, sequence + 1)[0]
    for other in (
        command,
        command + estimate,
        estimate + estimate + command,
        estimate + command + housekeeping,
        usual[:-1],
        usual + b"\0",
        b"\0" + usual,
        estimate + b"text\0" + command,
        b"",
    ):
        assert not understood(other, step, sequence)[0]
    at, bit = data.draw(st.integers(0, len(usual) - 1)), data.draw(st.integers(0, 7))
    broken = bytearray(usual)
    broken[at] ^= 1 << bit
    assert not understood(bytes(broken), step, sequence)[0]


def test_the_checksum_is_that_of_the_wire():
    check = np.frombuffer(b"123456789", np.uint8)
    assert octets.crc32c(check, 9) == 0xE3069283  # of CRC-32/ISCSI
    packet = np.frombuffer(encode([(COMMAND, (1, *[0.5] * 7), None)], {})[0], np.uint8)
    assert octets.crc32c(packet, packet.size) == 0x48674BC7  # the residue


def test_the_processors_own_checksum_is_that_of_the_tables():
    assert has_crc_instruction() == (octets.crc32c is octets.crc32c_by_instruction)
    data = np.random.default_rng(5).integers(0, 256, 24, np.uint8)
    for size in range(data.size):  # whole words, and what is left of one
        whole = crc32c(data[:size].tobytes())
        assert octets.crc32c_by_tables(data, size) == whole
        assert octets.crc32c(data, size) == whole


def test_it_says_why_a_rig_cannot_go_that_way(nadir, tmp_path):
    latency = {"median_s": 0.01, "p99_s": 0.05}
    slow = nadir.with_overrides(obc={"mode": "nadir", "latency": latency}, duration_s=1.0)
    result = bench.run(slow, "library", tmp_path / "run.mcap")
    assert result.ordinary_loop == "its latency differs from step to step"


@given(st.integers(0, 10**6), st.integers(1, 999_999), st.integers(1, 1000))
def test_instants_of_many_steps_are_the_clocks(first, numerator, denominator):
    clock = Clock(Fraction(numerator, denominator * 1000))
    together = clock_times_s(clock, first, 3).tolist()
    assert together == [clock.time_s(first + k) for k in range(3)]
