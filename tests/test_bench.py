"""The loop: the same bits in every place, honest latency, and what is kept when an OBC fails."""

import math
import os
import re
import signal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from bench_calls import traced
from bench_loop import Octets, bare_rate, flight_rate
from fake_obc import FakeObc
from wire import TABLE

from hil.bench import Bench, Member, run
from hil.errors import LinkError, ObcError, RigError
from hil.machine.build import build
from hil.obc.places import open_obc
from hil.obc.qemu import QemuObc
from hil.recording import Recording, first_difference


@pytest.fixture(scope="session")
def whole_run(nadir, tmp_path_factory):
    """The whole of the main rig on the library, which every other place must equal."""
    return Recording(run(nadir, "library", tmp_path_factory.mktemp("whole") / "a.mcap").recording)


def record(rig, obc, tmp_path):
    """A run on an OBC that is already open, whatever becomes of it."""
    bench = Bench([Member(rig, obc, tmp_path / "run.mcap")])
    return bench, tmp_path / "run.mcap"


@pytest.mark.parametrize(
    "place",
    [
        "library",
        "posix",
        pytest.param("qemu", marks=[pytest.mark.emulator, pytest.mark.slow]),
        pytest.param("qemu-fast", marks=pytest.mark.emulator),
    ],
)
def test_a_whole_run_is_the_same_bits_in_every_place(place, nadir, whole_run, tmp_path):
    result = run(nadir, place, tmp_path / "b.mcap")
    assert result.steps == len(whole_run["step"]) == 6000
    assert first_difference(whole_run, Recording(result.recording)) is None


@pytest.mark.emulator
def test_two_minutes_are_the_same_bits_over_the_emulated_usart(nadir, tmp_path):
    """A fifth of the run, which takes this place more than half a minute."""
    rig = nadir.with_overrides(duration_s=120.0)
    on = {place: run(rig, place, tmp_path / f"{place}.mcap") for place in ("library", "qemu")}
    assert on["qemu"].steps == 1200
    first, second = (Recording(on[place].recording) for place in ("library", "qemu"))
    assert first_difference(first, second) is None
    assert first.complete


@pytest.mark.parametrize("kind", [str, Path])
def test_a_run_takes_paths_for_its_files(kind, nadir, whole_run, tmp_path):
    firmware, out = kind(build("library")), kind(tmp_path / "b.mcap")
    result = run(kind(nadir.source.path), "library", out, firmware=firmware)
    assert result.recording == tmp_path / "b.mcap"
    assert first_difference(whole_run, Recording(result.recording)) is None


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("file", "rate"), [("obc-usart", flight_rate), ("uart-turnaround", bare_rate)]
)
def test_what_the_loop_is_measured_against_answers_as_many_octets(file, rate, nadir, tmp_path):
    """The sizes in the bare turn-around follow the messages'."""
    run(nadir.with_overrides(duration_s=1.0), "library", tmp_path / "a.mcap")
    with QemuObc(build("qemu").parent / f"{file}.elf") as obc:
        assert rate(obc, Octets(Recording(tmp_path / "a.mcap"))) > 0.0


@pytest.mark.compilers
@pytest.mark.parametrize("compiler", ["gcc", "clang", "zig"])
def test_a_whole_run_is_the_same_bits_from_every_host_compiler(
    compiler, nadir, whole_run, tmp_path
):
    result = run(nadir, "library", tmp_path / "b.mcap", compiler=compiler)
    assert compiler in result.description
    assert first_difference(whole_run, Recording(result.recording)) is None


@pytest.mark.emulator
@pytest.mark.compilers
@pytest.mark.parametrize("compiler", ["arm-none-eabi-gcc", "zig"])
def test_a_whole_run_is_the_same_bits_from_every_board_compiler(
    compiler, nadir, whole_run, tmp_path
):
    result = run(nadir, "qemu-fast", tmp_path / "b.mcap", compiler=compiler)
    assert compiler in result.description
    assert first_difference(whole_run, Recording(result.recording)) is None


def test_another_seed_is_another_run(nadir, whole_run, tmp_path):
    result = run(nadir.with_overrides(seed=2, duration_s=1.0), "library", tmp_path / "b.mcap")
    difference = first_difference(whole_run, Recording(result.recording))
    assert difference is not None
    assert difference.step == 0


def test_a_difference_is_named_by_step_and_column(nadir, whole_run, tmp_path):
    softer = nadir.spacecraft.model_copy(
        update={
            "flight_software": {**nadir.spacecraft.flight_software, "inertia_xx_body_kg_m2": 0.165}
        }
    )
    rig = nadir.model_copy(update={"spacecraft": softer, "duration_s": 20.0})
    difference = first_difference(
        whole_run, Recording(run(rig, "library", tmp_path / "b.mcap").recording)
    )
    assert difference.column.startswith("command_wheel_torque_Nm")
    assert f"step {difference.step}" in str(difference)


def test_what_the_obc_hears_is_only_samples_and_sync(whole_run):
    from hil.link.framing import Deframer

    heard = Deframer(TABLE)
    for _, data in whole_run.to_obc:
        heard.receive(data)
    assert not heard.faults
    assert heard.packets["sync"] == heard.packets["gyro"] == 6000
    assert heard.packets["tachometer"] == 18_000
    assert all(TABLE.by_name[name].to_obc for name in heard.packets)


def test_a_command_takes_effect_after_the_latency(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=0.2)
    bench, path = record(rig, FakeObc(), tmp_path)  # it always commands 1 mN m on every wheel
    bench.run()
    speed = Recording(path)["truth_wheel_speed_rad_s"]
    wheel = nadir.spacecraft.wheel[0]
    friction = wheel.coulomb_friction_Nm + wheel.viscous_friction_Nm_s * wheel.initial_speed_rad_s
    acting_s = nadir.step_s - nadir.obc.latency_s
    gained = 1e-3 * wheel.torque_gain * acting_s - friction * nadir.step_s
    assert speed[1, 0] - speed[0, 0] == pytest.approx(gained / wheel.spin_inertia_kg_m2, rel=2e-3)


@pytest.mark.parametrize("place", ["posix", pytest.param("qemu-fast", marks=pytest.mark.emulator)])
def test_an_obc_killed_in_mid_run_is_told_and_the_recording_kept(place, nadir, tmp_path):
    with open_obc(place) as obc:
        bench, path = record(nadir, obc, tmp_path)

        def kill_at_100(step, _total):
            if step == 100:
                os.kill(obc.pid, signal.SIGKILL)

        with pytest.raises(
            ObcError, match=r"ended with signal SIGKILL\n  last sent: .*sync of step"
        ):
            bench.run(kill_at_100)
    kept = Recording(path)
    assert 100 <= len(kept["step"]) <= 102
    assert "SIGKILL" in kept.metadata["aborted"]["reason"]
    assert kept.metadata["counters"]["lost_replies"] == "0"


def test_a_lost_reply_stops_the_run_with_the_step_and_the_last_frames(nadir, tmp_path):
    obc = FakeObc(spoil=lambda step, reply: b"" if step == 7 else reply)
    bench, path = record(nadir.with_overrides(duration_s=2.0), obc, tmp_path)
    with pytest.raises(LinkError, match=r"step 7: no complete reply(.|\n)*last heard: .*step 6"):
        bench.run()
    kept = Recording(path)
    assert kept.metadata["counters"]["lost_replies"] == "1"
    assert kept["step"].tolist() == list(range(8))  # the step that was lost stands there too


def test_a_frame_that_goes_ahead_of_the_others_changes_no_byte(nadir, tmp_path):
    class SlowObc(FakeObc):
        send_ahead = True

    rig = nadir.with_overrides(duration_s=2.0)
    sent = {}
    for obc in (FakeObc(), SlowObc()):
        _, path = record(rig, obc, tmp_path)
        Bench([Member(rig, obc, path)]).run()
        kept = Recording(path)
        sent[obc.send_ahead] = [data for time_ns, data in kept.to_obc if time_ns > 0]
        assert len(kept["step"]) == 20
    assert b"".join(sent[True]) == b"".join(sent[False])
    assert len(sent[True]) == 2 * len(sent[False]) == 2 * 19


def test_an_allowed_loss_holds_the_last_command_and_is_counted(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=2.0, allowed={"lost_replies": 1})
    obc = FakeObc(spoil=lambda step, reply: b"" if step == 7 else reply)
    bench, path = record(rig, obc, tmp_path)
    (result,) = bench.run()
    assert result.counters["lost_replies"] == 1
    kept = Recording(path)
    assert np.isnan(kept["command_wheel_torque_Nm"][7]).all()
    gained = np.diff(kept["truth_wheel_speed_rad_s"], axis=0)
    # Rate of change of a wheel hardly differs between a commanded and a held period.
    assert gained[7] == pytest.approx(gained[9], rel=1e-2)


@pytest.mark.parametrize("seconds", [1e18, 4.4e8])
def test_a_run_longer_than_the_line_can_count_is_refused(nadir, tmp_path, seconds):
    path = tmp_path / "run.mcap"
    with pytest.raises(RigError, match=r"more than the line can count|the line counts"):
        record(nadir.with_overrides(duration_s=seconds), FakeObc(), tmp_path)[0].run()
    assert not path.exists()


@pytest.fixture
def disk_with(monkeypatch):
    """Disks that have so many bytes left."""
    return lambda free: monkeypatch.setattr(
        "hil.bench.preflight.shutil.disk_usage", lambda _: SimpleNamespace(free=free)
    )


def test_a_recording_larger_than_the_disk_is_refused_before_the_start(nadir, tmp_path, disk_with):
    kept = Recording(run(nadir, "library", tmp_path / "kept.mcap").recording)
    size = kept.path.stat().st_size
    disk_with(size // 2)
    with pytest.raises(RigError, match=r"a recording of 6000 steps takes about .* GB are free"):
        record(nadir, FakeObc(), tmp_path)[0].run()
    assert not (tmp_path / "run.mcap").exists()
    disk_with(1.25 * size)  # how far the estimate may be off
    assert run(nadir, "library", tmp_path / "fits.mcap").steps == 6000


def test_a_large_recording_is_told_of(nadir, tmp_path, disk_with):
    disk_with(1e12)
    said = []

    def stop(text):
        said.append(text)
        raise KeyboardInterrupt

    rig = nadir.with_overrides(duration_s=1e6)
    with pytest.raises(KeyboardInterrupt):
        Bench([Member(rig, FakeObc(), tmp_path / "run.mcap", stop)]).run()
    assert re.fullmatch(r"the recording will take about \d\.\d+ GB", said[0])


def test_a_refused_parameter_is_told_by_name(nadir, tmp_path):
    bench, _ = record(nadir, FakeObc(ack=2), tmp_path)
    with pytest.raises(ObcError, match=r"refused parameter inertia_xx_body_kg_m2 = 0.166: out of"):
        bench.run()


def test_a_command_that_is_no_number_is_counted_and_the_actuators_keep_theirs(nadir, tmp_path):
    from hil.link import messages as m

    obc = FakeObc()
    nan = float("nan")
    obc._spoil = lambda step, reply: (
        obc._framer.frame(m.COMMAND, (step, *[nan] * 4, *[0.0] * 3)) if step == 3 else reply
    )
    bench, path = record(nadir.with_overrides(duration_s=1.0), obc, tmp_path)
    assert bench.run()[0].counters["rejected_commands"] == len(nadir.spacecraft.wheel)
    assert np.isfinite(Recording(path)["truth_rate_body_rad_s"]).all()


def test_numbers_of_the_firmwares_own_are_columns_that_keep_their_last_value(nadir, tmp_path):
    from hil.link import messages as m

    obc = FakeObc()

    def tell(step, reply):
        values = [0.5 + step, -1.0][: 2 if step else 0]
        return obc._framer.frame(m.USER, (step, *values)) + reply if step % 2 else reply

    obc._spoil = tell
    named = nadir.obc.model_copy(update={"telemetry": ("residual", "count")})
    rig = nadir.with_overrides(duration_s=0.5).model_copy(update={"obc": named})
    bench, path = record(rig, obc, tmp_path)
    (result,) = bench.run()
    kept = Recording(path)
    residual = [math.nan, 1.5, 1.5, 3.5, 3.5]
    np.testing.assert_array_equal(kept["user_residual"], residual)
    np.testing.assert_array_equal(kept["user_count"], [math.nan, *[-1.0] * 4])
    assert result.counters["unexpected_frames"] == result.counters["stale_replies"] == 0


def test_numbers_that_the_rig_does_not_name_are_told_once(nadir, tmp_path):
    from hil.link import messages as m

    obc = FakeObc()
    obc._spoil = lambda step, reply: obc._framer.frame(m.USER, (step, 1.0, 2.0)) + reply
    said = []
    path = tmp_path / "a.mcap"
    Bench([Member(nadir.with_overrides(duration_s=0.5), obc, path, said.append)]).run()
    words = "the firmware tells 2 numbers of its own and [obc] telemetry names 0"
    assert said.count(words) == 1


@pytest.mark.parametrize(("name", "recorded"), [("steps", True), ("no column", False)])
def test_numbers_are_recorded_as_the_firmware_calls_them_where_that_can_be(
    name, recorded, nadir, tmp_path
):
    from hil.link import messages as m

    obc, said, path = FakeObc(), [], tmp_path / "a.mcap"
    obc._spoil = lambda step, reply: obc._framer.frame(m.USER, (step, 7.0)) + reply
    answer = obc._answer

    def name_it(packet):
        named = obc._framer.frame(m.NAMED, (1, 0, name.encode()))
        return (named if packet.message.name.startswith("set_") else b"") + answer(packet)

    obc._answer = name_it
    Bench([Member(nadir.with_overrides(duration_s=0.5), obc, path, said.append)]).run()
    assert ("recorded of what the firmware tells: user_steps" in said) == recorded
    assert any(f'[obc] telemetry = ["{name}"]' in words for words in said) != recorded
    columns = dict(Recording(path).columns)
    assert ("user_steps" in columns) == recorded
    if recorded:
        assert Recording(path)["user_steps"].tolist() == [7.0] * 5


def test_truth_that_is_no_number_stops_the_run_at_its_step(nadir, tmp_path):
    bench, path = record(nadir.with_overrides(duration_s=5.0), FakeObc(), tmp_path)

    def spoil_at_0(step, _total):
        bench.members[0].world.truth._state[4] = np.nan  # a part of the rate

    with pytest.raises(RigError, match=r"cannot go on: truth_\w+ is not finite, .* at 0\.12 s"):
        bench.run(spoil_at_0)
    kept = Recording(path)
    assert len(kept) == 2
    assert np.isfinite(kept["truth_rate_body_rad_s"]).all()


def test_a_world_that_cannot_go_on_says_why_and_keeps_the_recording(nadir, tmp_path):
    low = {
        "epoch_utc": "2026-03-21T12:00:00Z",
        "position_eci_m": [6.5e6, 0.0, 0.0],
        "velocity_eci_m_s": [-2000.0, 7800.0, 0.0],
    }
    with pytest.raises(RigError, match="surface"):
        nadir.with_overrides(orbit=low)
    bench, path = record(nadir.with_overrides(duration_s=5.0), FakeObc(), tmp_path)

    def give_out(*_, **__):
        raise ValueError("the orbit has met the ground")

    bench.members[0].world.truth.advance = give_out
    with pytest.raises(RigError, match="world cannot go on: the orbit has met the ground"):
        bench.run()
    assert len(Recording(path)) == 1


def test_a_control_period_takes_few_calls_and_seldom_goes_to_another_file():
    calls, switches, _ = traced()
    assert calls <= 90.0
    assert switches <= 50.0
