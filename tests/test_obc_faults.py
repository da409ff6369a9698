"""The OBC itself fails: it restarts, stands still, has no power, or its clock is wrong."""

import mmap
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from hil import bench
from hil.errors import ObcError, RigError
from hil.faults.obc import refused
from hil.faults.seu import BitFlips
from hil.flight.event_table import EVENTS
from hil.judge import LinkCounts, evaluate
from hil.link.clock import Clock
from hil.link.framing import Deframer
from hil.link.messages import ACK, COMMAND, EVENT, HELLO, MODES
from hil.link.session import Session
from hil.machine.build import build
from hil.obc.board import rams_in
from hil.obc.memory import Memory
from hil.obc.place import Cause
from hil.obc.places import open_obc
from hil.obc.port import PortObc
from hil.obc.symbols import Variable
from hil.recording import Recording
from hil.replay import replay

BEGIN = 1.0
ONE_OF_EACH = (
    {"kind": "reset", "at_s": 1.0},
    {"kind": "power_off", "at_s": 2.0, "duration_s": 0.3},
    {"kind": "hang", "at_s": 3.0, "duration_s": 0.3},
    {"kind": "hang", "at_s": 4.0, "watchdog_s": 0.3},
    {"kind": "reset", "at_s": 4.6, "duration_s": 0.2},
    {"kind": "clock_jump", "at_s": 5.0, "duration_s": 0.3, "offset_s": -2.0},
)


@pytest.fixture(scope="module")
def flown(nadir, tmp_path_factory):
    """Return the recording of a short run with faults of the OBC; the same run is flown once."""
    folder, done = tmp_path_factory.mktemp("obc"), {}

    def fly(*faults, place="library", duration_s=3.0):
        key = repr((faults, place, duration_s))
        if key not in done:
            tables = [{"name": f"f{n}", "device": "obc", **each} for n, each in enumerate(faults)]
            path = folder / f"{len(done)}.mcap"
            bench.run(nadir.with_overrides(duration_s=duration_s, fault=tables), place, path)
            done[key] = Recording(path)
        return done[key]

    return fly


def unanswered(recording):
    return np.flatnonzero(np.isnan(recording["command_wheel_torque_Nm"][:, 0])).tolist()


def modes(recording):
    return [MODES[int(mode)] for mode in recording["estimate_mode"] if np.isfinite(mode)]


def counter(recording, name):
    return int(recording.metadata["counters"][name])


def events(recording):
    return [each.name for each in recording.events if each.source == "fault"]


def link(rig, recording):
    [verdict] = [each for each in evaluate(rig, [recording]) if each.name == "link"]
    return verdict


def test_a_reset_boots_at_its_step_and_costs_no_reply(flown):
    recording = flown({"kind": "reset", "at_s": BEGIN})
    assert unanswered(recording) == []
    assert modes(recording) == ["nadir"] * 10 + ["sun_safe"] * 20
    assert events(recording) == ["fault_began", "obc_reset", "fault_ended"]
    assert [e.code for e in recording.events if e.name == "obc_reset"] == [Cause.PIN]
    assert counter(recording, "injected_restarts") == 1


def test_an_obc_without_power_is_silent_and_boots_when_it_is_back(flown):
    recording = flown({"kind": "power_off", "at_s": BEGIN, "duration_s": 0.5})
    assert unanswered(recording) == [10, 11, 12, 13, 14]
    assert modes(recording)[10:] == ["sun_safe"] * 15
    assert counter(recording, "replies_lost_to_faults") == 5
    assert counter(recording, "lost_replies") == 0


def test_an_obc_that_hangs_goes_on_where_it_was(flown):
    recording = flown({"kind": "hang", "at_s": BEGIN, "duration_s": 0.5})
    assert unanswered(recording) == [10, 11, 12, 13, 14]
    assert set(modes(recording)) == {"nadir"}
    assert counter(recording, "injected_restarts") == 0


def test_a_watchdog_ends_a_hang_by_a_reset(flown):
    recording = flown({"kind": "hang", "at_s": BEGIN, "watchdog_s": 0.4})
    assert unanswered(recording) == [10, 11, 12, 13]
    assert modes(recording)[10:] == ["sun_safe"] * 16
    [reset] = [each for each in recording.events if each.name == "obc_reset"]
    assert Cause(reset.code) is Cause.WATCHDOG


def test_a_clock_that_jumps_moves_the_time_of_what_is_sent_and_nothing_else(flown):
    jumped = flown({"kind": "clock_jump", "at_s": BEGIN, "offset_s": 1.5, "duration_s": 1.0})
    healthy = flown({"kind": "clock_jump", "at_s": BEGIN, "offset_s": 0.0, "duration_s": 1.0})
    ahead_s = sync_times_s(jumped) - sync_times_s(healthy)
    np.testing.assert_allclose(ahead_s, [0.0] * 10 + [1.5] * 10 + [0.0] * 10, atol=1e-6)


def test_a_clock_that_runs_off_gains_its_ppm(flown):
    off = flown({"kind": "clock_drift", "at_s": BEGIN, "ppm": -5e4})
    healthy = flown({"kind": "clock_drift", "at_s": BEGIN, "ppm": 0.0})
    ahead_s = sync_times_s(off) - sync_times_s(healthy)
    expected_s = [0.0] * 10 + [-5e4 * 1e-6 * 0.1 * n for n in range(20)]
    np.testing.assert_allclose(ahead_s, expected_s, atol=1e-6)


def sync_times_s(recording):
    from hil.devices.registry import registry
    from hil.link.cuc import TICKS_PER_SECOND
    from hil.link.framing import Deframer
    from hil.link.messages import SYNC

    reader = Deframer(registry().table)
    packets = [packet for _, data in recording.to_obc for packet in reader.receive(data)]
    return np.array([each.ticks / TICKS_PER_SECOND for each in packets if each.message is SYNC])


@pytest.mark.emulator
@pytest.mark.parametrize("place", ["posix", "qemu", "qemu-fast"])
def test_all_faults_of_the_obc_give_the_same_bits_in_every_place(flown, place):
    here, there = (flown(*ONE_OF_EACH, place=each, duration_s=6.0) for each in ("library", place))
    for column in ("truth_q_eci_from_body", "estimate_q_eci_from_body", "command_wheel_torque_Nm"):
        np.testing.assert_array_equal(here[column], there[column])
    for source in ("fault", "obc"):
        assert [e[:4] for e in here.events if e.source == source] == [
            e[:4] for e in there.events if e.source == source
        ]


def test_the_firmware_counts_its_boots_and_tells_why_it_booted(flown):
    recording = flown(*ONE_OF_EACH, duration_s=6.0)
    told = {"restarted": [], "reset_cause": []}
    for each in recording.events:
        told.get(each.name, []).append(each.value)
    assert told["restarted"] == [2.0, 3.0, 4.0, 5.0]
    assert told["reset_cause"] == [Cause.PIN, Cause.POWER, Cause.WATCHDOG, Cause.PIN]


@pytest.mark.parametrize("place", ["library", "posix"])
def test_a_run_finds_nothing_of_the_run_before_it(flown, place):
    restarts = [{"kind": "reset", "at_s": 1.0}, {"kind": "reset", "at_s": 2.0}]
    counts = [
        [each.value for each in flown(*restarts, place=place, duration_s=length).events
         if each.name == "restarted"]
        for length in (2.5, 2.6)
    ]  # fmt: skip
    assert counts == [[2.0, 3.0]] * 2


@pytest.mark.emulator
@pytest.mark.parametrize("place", ["qemu", "qemu-fast"])
def test_a_crash_leaves_its_trace_in_the_events_of_the_next_life(flown, place):
    said = flown(duration_s=6.0).to_obc
    with open_obc(place) as obc:
        told = told_by(obc, said, crash_at_ns=1_000_000_000)
    assert (told["restarted"], told["reset_cause"]) == (2.0, 4.0)  # by a crash
    crashed = function_at(build(place), 0x0800_0000 + int(told["crashed_at"]))
    assert crashed in ("dispatch", "hil_link_receive")  # which the former is a part of
    assert int(told["crash_status"]) & 0x8200 == 0x8200  # a precise bus fault, at a known address


def told_by(obc, said, crash_at_ns):
    """Send what a bench said to an OBC whose table of handlers is lost at a time; its events."""
    reader, told, whole = Deframer(), {}, True
    for time_ns, octets in said:
        if whole and time_ns >= crash_at_ns:
            memory, whole = obc.memory(), False
            memory.flip(memory.find("flight.application.handlers"), 30)
        obc.write(octets, time.monotonic() + 5.0)
        for packet in answer(obc, reader):
            if packet.message is EVENT:
                code, value = packet.values
                told[EVENTS[code - 1].name] = value
        if "crash_status" in told:
            break
    return told


def answer(obc, reader, patience_s=2.0):
    """Return the packets up to the next answer; a busy emulator hands it over in many pieces."""
    deadline_s, packets = time.monotonic() + patience_s, []
    while not any(each.message in (COMMAND, ACK, HELLO) for each in packets):
        if not (octets := obc.read(deadline_s)):
            break
        packets += [each for each in reader.receive(octets) if hasattr(each, "message")]
    return packets


def function_at(elf, address):
    from elftools.elf.elffile import ELFFile

    with elf.open("rb") as opened:
        for symbol in ELFFile(opened).get_section_by_name(".symtab").iter_symbols():
            begin = symbol["st_value"] & ~1
            if (
                symbol["st_info"]["type"] == "STT_FUNC"
                and begin <= address < begin + symbol["st_size"]
            ):
                return symbol.name
    return None


def test_what_was_set_and_commanded_before_a_reset_is_in_force_on_command(nadir, tmp_path):
    reset = [{"name": "f", "device": "obc", "kind": "reset", "at_s": 60.0}]
    order = [{"at_s": 61.0, "mode": "nadir"}]
    path = tmp_path / "run.mcap"
    bench.run(
        nadir.with_overrides(duration_s=300.0, fault=reset, telecommand=order), "library", path
    )
    recording = Recording(path)
    assert modes(recording)[600:620] == ["sun_safe"] * 10 + ["nadir"] * 10
    verdict = next(v for v in evaluate(nadir, [recording]) if v.name == "nadir pointing")
    assert verdict.met, verdict.text


def test_a_threads_heap_as_large_as_the_boards_ram_is_not_taken_for_it():
    """As Linux showed both, each with what follows it."""
    after = 0x7F5637230000 + mmap.PAGESIZE
    maps = f"""\
7f55e8000000-7f55e8030000 rw-p 00000000 00:00 0
7f55e8030000-7f55ec000000 ---p 00000000 00:00 0
7f5636a00000-7f5637200000 rw-p 00000000 00:00 0
7f5637200000-7f5637230000 rw-p 00000000 00:00 0
7f5637230000-{after:x} ---p 00000000 00:00 0
"""
    assert list(rams_in(maps)) == [0x7F5637200000]


@pytest.mark.emulator
def test_memory_that_the_startup_code_leaves_alone_survives_a_reset_and_not_a_loss_of_power():
    from hil.obc.board import RAM_BEGIN, ram_at

    def say_hello():
        obc.write(Session(Clock(Fraction(1, 10))).hello({}), time.monotonic() + 5.0)
        assert obc.read(time.monotonic() + 5.0)

    with open_obc("qemu-fast") as obc:
        say_hello()
        end = RAM_BEGIN + 0x1_8000  # beyond .noinit and far below the stack

        def octets(write=None):
            with Path(f"/proc/{obc.pid}/mem").open("r+b", buffering=0) as memory:
                memory.seek(ram_at(obc.pid) + end - RAM_BEGIN)
                return memory.write(write) if write else memory.read(4)

        octets(b"kept")
        obc.reset()
        say_hello()
        assert octets() == b"kept"
        obc.power_off()
        obc.power_on()
        say_hello()
        assert octets() == bytes(4)


BIAS = "flight.adcs.attitude.filter.gyro_bias_body_rad_s.x"
FLIP = {"kind": "bit_flip", "at_s": BEGIN, "symbol": BIAS, "bit": 31}


@pytest.mark.emulator
@pytest.mark.parametrize("place", ["library", "posix", "qemu", "qemu-fast"])
def test_the_sign_of_a_named_variable_is_flipped_in_every_place(flown, place):
    recording, healthy = flown(FLIP, place=place), flown({**FLIP, "at_s": 2.9})
    bias, right = (r["estimate_gyro_bias_body_rad_s"][:11, 0] for r in (recording, healthy))
    np.testing.assert_array_equal(bias[:10], right[:10])
    assert bias[10] == -right[10] != 0.0
    assert [e.text for e in recording.events if e.name == "bit_flipped"] == [f"{BIAS} bit 31"]
    assert recording.metadata["faults"]["f0"] == "1"


def test_bits_flip_at_the_rate_that_the_table_says_and_the_same_again(nadir):
    flips = []
    memory = Memory([Variable("a", 0, 100), Variable("b", 200, 25)], lambda *at: flips.append(at))

    class Remembers:
        def memory(self):
            return memory

    [fault] = nadir.with_overrides(
        fault=[
            {"name": "f", "device": "obc", "kind": "bit_flips", "at_s": 0, "rate_per_bit_day": 86.4}
        ]
    ).fault

    def flown_flips():
        flips.clear()
        source = np.random.default_rng(5)
        upset = BitFlips(fault, Remembers(), 0.1, lambda *_: None, source)
        for _ in range(10_000):
            upset.step()
        return list(flips)

    first = flown_flips()
    assert len(first) == pytest.approx(1e-3 * 1000 * 1000.0, rel=0.15)  # 1e-3 a bit and s
    assert {address for address, _ in first} == {*range(100), *range(200, 225)}
    assert flown_flips() == first


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"symbol": "flight.adcs.mood"}, '"f": symbol = "flight.adcs.mood": the firmware has no'),
        ({"bit": 900}, f"bit = 900: {BIAS} has bits 0 to 31"),
    ],
)
def test_a_bit_that_is_not_there_is_told_before_the_start(nadir, tmp_path, keys, words):
    rig = nadir.with_overrides(fault=[{"name": "f", "device": "obc", **FLIP, **keys}])
    with pytest.raises(RigError, match=words):
        bench.run(rig, "library", tmp_path / "never.mcap")
    assert not (tmp_path / "never.mcap").exists()


def test_the_verdict_on_the_link_says_what_was_injected(nadir, flown):
    recording = flown({"kind": "power_off", "at_s": BEGIN, "duration_s": 0.5})
    verdict = link(nadir, recording)
    assert verdict.met
    assert "injected and not counted: 1 restarts of the OBC, 5 lost replies" in verdict.text


def test_while_a_run_goes_on_silence_that_was_injected_is_no_lost_reply(flown):
    recording, counts = flown({"kind": "power_off", "at_s": BEGIN, "duration_s": 0.5}), LinkCounts()
    events = list(recording.events)
    for rows in recording.blocks(rows=1):
        while events and events[0].time_s <= rows["time_s"][0] + 1e-9:
            counts.note(events.pop(0))
        counts.feed(rows)
    assert counts.so_far["lost_replies"] == 0


def test_a_restart_that_nobody_injected_still_ends_the_run(nadir, tmp_path, monkeypatch):
    from hil.obc.library import LibraryObc

    write, calls = LibraryObc.write, iter(range(10**6))

    def restarting(self, data, deadline_s):
        if next(calls) == 40:
            self.reset()
        return write(self, data, deadline_s)

    monkeypatch.setattr(LibraryObc, "write", restarting)
    keys = {"name": "f", "device": "obc", "kind": "reset", "at_s": 0.5}
    rig = nadir.with_overrides(duration_s=6.0, fault=[keys])
    with pytest.raises(ObcError, match="restarted"):
        bench.run(rig, "library", tmp_path / "r", compiled=False)  # which writes at every step


@pytest.mark.parametrize("place", ["library", "posix"])
def test_a_recording_with_faults_of_the_obc_can_be_replayed(flown, place):
    for faults in (ONE_OF_EACH, (FLIP,)):
        with open_obc(place) as obc:
            assert replay(flown(*faults, duration_s=6.0), obc).difference is None


def test_a_place_that_cannot_have_a_fault_says_so_before_the_start(nadir, monkeypatch, tmp_path):
    keys = {"name": "f", "device": "obc", "kind": "power_off", "at_s": 1.0}
    rig = nadir.with_overrides(duration_s=3.0, fault=[keys])
    monkeypatch.setattr("hil.obc.library.LibraryObc.can", PortObc.can)
    words = "kind power_off cannot be done on library, where the OBC can have clock_drift"
    with pytest.raises(RigError, match=words):
        bench.run(rig, "library", tmp_path / "never.mcap")
    assert not (tmp_path / "never.mcap").exists()
    jump = nadir.with_overrides(fault=[{**keys, "kind": "clock_jump", "offset_s": 1.0}])
    assert not list(refused(jump.fault, PortObc.__new__(PortObc)))


def test_a_telecommand_to_an_obc_that_is_down_is_lost(nadir, tmp_path):
    keys = {"name": "f", "device": "obc", "kind": "power_off", "at_s": 1.0, "duration_s": 1.0}
    orders = [{"at_s": 1.5, "mode": "detumble"}, {"at_s": 2.5, "mode": "nadir"}]
    bench.run(
        nadir.with_overrides(duration_s=4.0, fault=[keys], telecommand=orders),
        "library",
        tmp_path / "run.mcap",
    )
    recording = Recording(tmp_path / "run.mcap")
    told = [each.text for each in recording.events if each.name == "telecommand"]
    assert told[-2:] == ["mode detumble: lost, the OBC is down", "mode nadir"]
    assert "detumble" not in modes(recording)
