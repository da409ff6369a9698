"""What a control step costs the OBC: counted in instructions where they can be, and limited."""

import numpy as np
import pytest
from fake_obc import FakeObc

from hil.bench import Bench, Member, run
from hil.judge import evaluate_requirement
from hil.judge.requirements import ColumnRequirement
from hil.link import messages as m
from hil.obc.qemu import QemuFastObc
from hil.recording import Recording, first_difference

CORE_HZ = 168e6
COUNTS = ("housekeeping_instructions", "housekeeping_instructions_max")


@pytest.fixture(scope="module")
def counted(nadir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("counted")
    rig = nadir.with_overrides(duration_s=20.0)
    return [Recording(run(rig, "qemu-fast", folder / name).recording) for name in ("a", "b")]


def limited(column, limit):
    return ColumnRequirement(name="cost", column=f"housekeeping_{column}", limit=limit)


@pytest.mark.emulator
def test_instructions_are_the_same_from_run_to_run(counted):
    assert first_difference(*counted, prefixes=["housekeeping_"], exclude=()) is None
    for column in COUNTS:
        counts = counted[0][column]
        assert (counts == np.round(counts)).all()
        assert counts.min() > 1000
        assert counts.max() < 0.01 * CORE_HZ * 0.1
    assert (counted[0][COUNTS[0]] <= counted[0][COUNTS[1]]).all()


@pytest.mark.emulator
def test_the_clock_counts_whole_instructions(counted):
    """It is 6 ns coarse; were an instruction a time of another length, the rest would be any."""
    for time, count in zip(("cpu_time_ns", "cpu_time_max_ns"), COUNTS, strict=True):
        rest_ns = (
            counted[0][f"housekeeping_{time}"] - QemuFastObc.instruction_ns * counted[0][count]
        )
        assert abs(rest_ns).max() <= 8.0


@pytest.mark.emulator
def test_no_step_took_the_emulated_board_longer_than_its_reply(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=20.0)
    told = Recording(run(rig, "qemu", tmp_path / "a.mcap").recording)
    assert np.nanmin(told["housekeeping_cpu_time_ns"]) > 1000.0
    assert np.nanmax(told["housekeeping_cpu_time_max_ns"]) * 1e-9 < told["reply_s"].max()


@pytest.mark.emulator
def test_a_requirement_limits_instructions_and_stack(counted):
    most = counted[0]["housekeeping_instructions_max"].max()
    for limit, met in ((most, True), (most - 1.0, False)):
        verdict = evaluate_requirement(limited("instructions_max", limit), counted)
        assert (verdict.met, verdict.judged, verdict.value) == (met, True, most)
    assert verdict.unit == "instructions"
    assert evaluate_requirement(limited("stack_used_max", 8192.0), counted).met


def test_where_nothing_counts_a_limit_is_never_met(nadir, tmp_path):
    rig = nadir.with_overrides(duration_s=2.0)
    recording = Recording(run(rig, "library", tmp_path / "a.mcap").recording)
    for column in (*COUNTS, "housekeeping_cpu_time_max_ns", "housekeeping_stack_used_max"):
        assert np.isnan(recording[column]).all()
    assert not evaluate_requirement(limited("instructions_max", 1e9), [recording]).met
    assert (recording["housekeeping_attitude_sigma_rad"][1:] > 0.0).all()


class HousekeepingObc(FakeObc):
    """Tells of itself in step 3 and in step 5."""

    instruction_ns = 32
    told = {  # noqa: RUF012
        3: (99.0, 6405, 9605, 1200, 1, 0, 60, 1, 25, 3),
        5: (98.0, 0, 0, 0, 2, 4, 0, 0, 0, 0),
    }

    def reply(self, step):
        if step not in self.told:
            return super().reply(step)
        sigma, *machine = self.told[step]
        told = self._framer.frame(m.HOUSEKEEPING, (*[sigma] * 6, 3, 2, 1, 0, *machine))
        return told + super().reply(step)


def test_housekeeping_stays_in_the_recording_until_the_next(nadir, tmp_path):
    path = tmp_path / "a.mcap"
    Bench([Member(nadir.with_overrides(duration_s=0.7), HousekeepingObc(), path)]).run()
    recording, nan = Recording(path), float("nan")
    expected = {
        "gyro_bias_sigma_rad_s": [nan, nan, nan, 99.0, 99.0, 98.0, 98.0],
        "crc_errors": [nan, nan, nan, 3.0, 3.0, 3.0, 3.0],
        "broken_frames": [nan, nan, nan, 2.0, 2.0, 2.0, 2.0],
        "line_errors": [nan, nan, nan, 0.0, 0.0, 4.0, 4.0],
        "watchdog_resets": [nan, nan, nan, 1.0, 1.0, 2.0, 2.0],
        "unread_octets_max": [nan, nan, nan, 60.0, 60.0, nan, nan],
        "clock_source": [nan, nan, nan, 1.0, 1.0, nan, nan],
        "clock_MHz": [nan, nan, nan, 25.0, 25.0, nan, nan],
        "reset_cause": [nan, nan, nan, 3.0, 3.0, 0.0, 0.0],
        "stack_used_max": [nan, nan, nan, 1200.0, 1200.0, nan, nan],
        "cpu_time_max_ns": [nan, nan, nan, 9605.0, 9605.0, nan, nan],
        "instructions": [nan, nan, nan, 200.0, 200.0, nan, nan],
        "instructions_max": [nan, nan, nan, 300.0, 300.0, nan, nan],
    }
    for name, values in expected.items():
        column = recording[f"housekeeping_{name}"]
        np.testing.assert_array_equal(column if column.ndim == 1 else column[:, 2], values)
