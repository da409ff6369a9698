"""Runs as values, and several of them beside each other in one bench."""

import pytest
from fake_obc import FakeObc

from hil.bench import Bench, Member, RunSpecification, run, run_together
from hil.errors import RigError
from hil.recording import Recording, first_difference
from hil.rig import load_rig


@pytest.fixture
def rigs(nadir):
    """Two runs of one spacecraft that differ in all that chance decides."""
    return [nadir.with_overrides(duration_s=60.0, seed=seed) for seed in (1, 2)]


@pytest.mark.parametrize("places", [("library", "library"), ("library", "posix")])
def test_two_runs_beside_each_other_give_the_bits_of_each_alone(places, rigs, tmp_path):
    pairs = list(zip(rigs, places, strict=True))
    together = run_together(
        [
            (RunSpecification(rig, place), tmp_path / f"{i}.mcap")
            for i, (rig, place) in enumerate(pairs)
        ]
    )
    for (rig, place), result in zip(pairs, together, strict=True):
        alone = run(rig, place, tmp_path / "alone.mcap")
        assert first_difference(Recording(alone.recording), Recording(result.recording)) is None
        assert result.counters == alone.counters
        assert result.steps == 600
    assert first_difference(*(Recording(result.recording) for result in together)) is not None


def test_one_that_fails_ends_the_bench_and_both_recordings_are_kept(rigs, tmp_path):
    dead = FakeObc(spoil=lambda step, reply: b"" if step == 7 else reply)
    paths = [tmp_path / "a.mcap", tmp_path / "b.mcap"]
    obcs = [FakeObc(), dead]
    members = [Member(*parts) for parts in zip(rigs, obcs, paths, strict=True)]
    with pytest.raises(Exception, match="step 7: no complete reply"):
        Bench(members).run()
    assert [len(Recording(path)) for path in paths] == [8, 8]
    assert all("step 7" in Recording(path).incomplete_reason for path in paths)


@pytest.mark.parametrize(
    ("change", "realtime", "words"),
    [
        ({"duration_s": 30.0}, False, "its duration_s is 30, the other's 60"),
        ({"step_s": 0.05}, False, "its step_s is 0.05, the other's 0.1"),
        ({}, True, "one of them is to run in real time"),
    ],
)
def test_runs_that_do_not_go_together_are_refused(change, realtime, words, rigs, tmp_path):
    other = rigs[1].model_copy(update=change)
    first = Member(rigs[0], FakeObc(), tmp_path / "a.mcap")
    with pytest.raises(RigError, match=words):
        Bench([first, Member(other, FakeObc(), tmp_path / "b.mcap", realtime=realtime)])


def test_two_runs_cannot_have_one_recording(rigs, tmp_path):
    members = [Member(rig, FakeObc(), tmp_path / "a.mcap") for rig in rigs]
    with pytest.raises(RigError, match=r"both would be recorded into .*a\.mcap"):
        Bench(members)


# -- a run as a value ------------------------------------------------------------------------------


def test_a_run_is_the_same_value_when_the_same_is_to_be_run(nadir):
    again = load_rig(nadir.source.path)
    assert RunSpecification(again, "library") == RunSpecification(nadir, "library")
    assert len({RunSpecification(each, "library") for each in (nadir, again)}) == 1


@pytest.mark.parametrize(
    "other",
    [
        lambda rig: RunSpecification(rig.with_overrides(seed=2), "library"),
        lambda rig: RunSpecification(rig, "posix"),
        lambda rig: RunSpecification(rig, "library", realtime=True),
        lambda rig: RunSpecification(rig, "library", compiler="gcc"),
    ],
)
def test_whatever_is_run_otherwise_is_another_value(other, nadir):
    assert other(nadir) != RunSpecification(nadir, "library")


def test_a_run_says_what_is_to_be_run(nadir):
    wanted = RunSpecification(nadir, "qemu", compiler="zig")
    digest = wanted.digest[:12]
    assert str(wanted) == (
        f"dier5_nadir {digest}, seed 1, 600 s, in lockstep on qemu, built with zig"
    )
