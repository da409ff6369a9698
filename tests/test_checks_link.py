"""Whole runs whose pointing says nothing: the firmware commands no numbers, restarts, gives up."""

import pytest
from fake_obc import FakeObc

from hil.bench import Bench, Member
from hil.flight.parameters import EVENTS
from hil.judge import evaluate_link
from hil.judge.allowed import Allowed
from hil.link import messages as m
from hil.recording import Recording

CODES = {event.name: code for code, event in enumerate(EVENTS, start=1)}


def link_verdict(obc, nadir, tmp_path, **allowed):
    path = tmp_path / "run.mcap"
    Bench([Member(nadir.with_overrides(duration_s=1.0), obc, path)]).run()
    return evaluate_link(Allowed(**allowed), [Recording(path)])


class ReferenceObc(FakeObc):
    """Goes by the reference flight software's name, and has more to say at some steps."""

    def __init__(self, said):
        super().__init__()
        self._hello = (self._hello[0], b"hil-adcs", *self._hello[2:])
        self._said = said

    def reply(self, step):
        said = [self._framer.frame(*each) for at, *each in self._said if at == step]
        return b"".join(said) + super().reply(step)


class LostObc(FakeObc):
    """Commands no number to any wheel in steps 3 and 4."""

    def reply(self, step):
        if step not in (3, 4):
            return super().reply(step)
        rest = sum(field.count for field in m.COMMAND.fields[2:])
        values = (step, *[float("nan")] * m.WHEELS_MAX, *[0.0] * rest)
        return self._framer.frame(m.COMMAND, values)


def test_commands_that_are_no_numbers_fail_a_run(nadir, tmp_path):
    verdict = link_verdict(LostObc(), nadir, tmp_path)
    rejected = 2 * len(nadir.spacecraft.wheel)
    assert (verdict.met, verdict.judged, verdict.value) == (False, True, rejected)
    assert f"link: missed: rejected_commands {rejected} (allowed 0)" in verdict.text
    assert link_verdict(LostObc(), nadir, tmp_path, rejected_commands=rejected).met


def housekeeping(resets=0, refused=(0, 0, 0), unknown=0):
    return m.HOUSEKEEPING, (*[1e-4] * 6, *refused, unknown, 0, 0, 0, resets, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(("counts", "rise"), [((4, 4), 0), ((4, 5), 1), ((0, 2), 2)])
def test_a_watchdogs_resets_during_the_run_fail_it(nadir, tmp_path, counts, rise):
    first, later = counts
    said = [(1, *housekeeping(first)), (6, *housekeeping(later))]
    verdict = link_verdict(ReferenceObc(said), nadir, tmp_path)
    assert (verdict.met, verdict.value) == (rise == 0, rise)
    assert ("watchdog_resets" in verdict.text) == (rise > 0)


@pytest.mark.parametrize("refused", [(1, 0, 0), (0, 2, 0), (0, 0, 3), (1, 2, 3)])
def test_frames_that_came_damaged_to_the_obc_fail_a_run(nadir, tmp_path, refused):
    said = [(1, *housekeeping()), (6, *housekeeping(refused=refused))]
    verdict = link_verdict(ReferenceObc(said), nadir, tmp_path)
    assert (verdict.met, verdict.value) == (False, sum(refused))
    assert f"frames_refused_by_obc {sum(refused)} (allowed 0)" in verdict.text
    allowed = link_verdict(ReferenceObc(said), nadir, tmp_path, frames_refused_by_obc=sum(refused))
    assert allowed.met


def test_packets_that_an_obc_does_not_know_are_no_damage(nadir, tmp_path):
    assert link_verdict(ReferenceObc([(1, *housekeeping(unknown=9))]), nadir, tmp_path).met


def test_a_state_that_the_firmware_calls_impossible_fails_a_run(nadir, tmp_path):
    code = CODES["state_impossible"]
    obc = ReferenceObc([(5, m.EVENT, (code, 0.0)), (6, m.EVENT, (code - 1, 0.0))])
    verdict = link_verdict(obc, nadir, tmp_path)
    assert (verdict.met, verdict.value) == (False, 1)
    assert "link: missed: impossible_states 1 (allowed 0)" in verdict.text
