"""The atlas of memory: each bit is found, flipped in a run of its own, and its outcome told."""

import csv
import json
import math
import re
import subprocess
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import beta

from hil.cli import main
from hil.errors import RigError
from hil.judge.binomial import lower_bound, upper_bound
from hil.obc import symbols
from hil.obc.memory import Memory
from hil.obc.places import open_obc
from hil.obc.symbols import Variable, members_of_argument, named, variables
from hil.rig import load_rig
from hil.seu import KINDS, Plan, drawn, survey
from hil.seu.atlas import Atlas, Flip, shortened
from hil.seu.outcome import Outcome, outcome_of
from hil.seu.plan import usual_limit_deg, usual_moment_s
from hil.seu.trace import Trace

ROOT = Path(__file__).parents[1]
BIAS = "flight.adcs.attitude.filter.gyro_bias_body_rad_s.x"

# ---- variables -----------------------------------------------------------------------------------

SOURCE = """
struct pair { char kind; int value[2]; };
struct state { struct pair pairs[2]; double rate; };
int counted = 1;
int none[0] = {};
int after = 2;
static struct state state;
const int constant = 5;
static const char *const names[] = {"a", "b"};
int step(struct state *memory) {
    static short calls;
    struct state *mine = memory ? memory : &state;
    return ++calls + (int)mine->rate + constant + (names[calls & 1][0]);
}
int main(void) { return step(0) + counted++; }
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Compile the source above with options."""
    folder = tmp_path_factory.mktemp("elf")
    (folder / "main.c").write_text(SOURCE)

    def program(*options):
        out = folder / ("program" + "".join(options))
        command = ["cc", str(folder / "main.c"), "-o", str(out), *options]
        subprocess.run(command, check=True, capture_output=True)
        return out

    return program


@pytest.mark.parametrize(("tag", "octets"), [("pointer", 4), ("subroutine", 0)])
def test_a_pointer_that_states_no_size_has_that_of_an_address(tag, octets):
    """Clang's pointers state none."""
    typed = SimpleNamespace(tag=f"DW_TAG_{tag}_type", attributes={}, cu={"address_size": 4})
    assert symbols._size(typed) == octets


def test_structures_are_taken_apart_into_their_members(compiled):
    found = variables(compiled("-g"))
    sizes = {each.name: each.size for each in found}
    assert (
        sizes.items()
        >= {
            "counted": 4,
            "calls": 2,
            "state.pairs[0].kind": 1,
            "state.pairs[1].value": 8,
            "state.rate": 8,
        }.items()
    )
    places = {each.name: each.address for each in found}
    assert places["state.rate"] - places["state.pairs[0].kind"] == 24
    assert "constant" not in sizes
    assert "names" not in sizes


def test_without_debugging_information_whole_variables_are_known(compiled):
    sizes = {each.name.split(".")[0]: each.size for each in variables(compiled("-g0"))}
    assert sizes.items() >= {"counted": 4, "after": 4, "state": 32, "calls": 2}.items()
    assert "none" not in sizes


def test_a_program_without_symbols_says_how_to_build_it(compiled):
    with pytest.raises(RigError, match="build it without -s"):
        variables(compiled("-s"))


def test_a_structure_that_a_function_is_given_is_found_by_its_size(compiled):
    found = members_of_argument(compiled("-g"), "step", 32)
    assert named(found, "pairs[1].value") == Variable("pairs[1].value", 16, 8)
    assert members_of_argument(compiled("-g"), "step", 33) == ()


def test_a_name_stands_for_all_of_its_members():
    found = [Variable("a.b", 8, 4), Variable("a.c[0].d", 12, 2), Variable("ab", 14, 1)]
    assert named(found, "a") == Variable("a", 8, 6)
    assert named(found, "a.c") == Variable("a.c", 12, 2)
    assert named(found, "a.") is None


def test_a_sample_has_no_bit_twice_and_all_has_each():
    memory = Memory([Variable("a", 0, 2), Variable("b", 9, 1)], lambda *_: None)
    bits = [(each.name, bit) for each, bit in drawn(memory, "", None, 1)]
    assert bits == [("a", n) for n in range(16)] + [("b", n) for n in range(8)]
    sample = drawn(memory, "", 20, 1)
    assert len(set(sample)) == 20
    assert sample == drawn(memory, "", 20, 1) != drawn(memory, "", 20, 2)
    assert len(drawn(memory, "b", None, 1)) == 8


# ---- outcomes ------------------------------------------------------------------------------------


def trace(error_deg=0.0, said=0.0, mode=1.0, flags=0.0, told=()):
    """A run of 100 steps that is off by so much from step 10 on."""
    half = np.radians(np.where(np.arange(100) < 10, 0.0, error_deg)) / 2.0
    q = np.column_stack([np.sin(half), 0.0 * half, 0.0 * half, np.cos(half)])
    modes = np.where(np.arange(100) < 50, 1.0, mode)
    return Trace(q, np.full((100, 2), said), modes, np.full(100, flags), Counter(told))


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        (trace(), "nothing"),
        (trace(0.05, said=1.0), "healed"),
        (trace(0.5, said=1.0, mode=3.0), "safe mode"),
        (trace(0.5, said=1.0, told=["sensor_failed"]), "pointing lost"),
        (trace(0.5, said=1.0, flags=1.0), "pointing lost"),
        (trace(0.5, said=1.0), "wrong without a word"),
        (trace(float("nan"), said=1.0), "wrong without a word"),
    ],
)
def test_each_outcome_is_told(run, kind):
    outcome = outcome_of(run, trace(), 1.0, 0.1, 60.0)
    assert outcome.kind == kind
    assert kind in KINDS


def test_a_short_error_without_a_word_is_lost_pointing_and_measured():
    run = trace(0.5, said=1.0)
    run.q_eci_from_body[40:] = trace().q_eci_from_body[40:]
    outcome = outcome_of(run, trace(), 1.0, 0.1, 60.0)
    assert outcome.kind == "pointing lost"
    assert outcome.worst_deg == pytest.approx(0.5)
    assert outcome.silent_s == 30.0


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 50), (49, 50), (50, 50), (12, 43_000)])
def test_confidence_is_that_of_clopper_and_pearson(k, n):
    low, high = lower_bound(k, n, 0.975), upper_bound(k, n, 0.975)
    assert low == pytest.approx(beta.ppf(0.025, k, n - k + 1) if k else 0.0, rel=1e-6)
    assert high == pytest.approx(beta.ppf(0.975, k + 1, n - k) if k < n else 1.0, rel=1e-6)


# ---- runs ----------------------------------------------------------------------------------------


def plan(rig, place="library", **keys):
    usual = {"at_s": 2.0, "for_s": 4.0, "limit_deg": 0.1, "silent_s": 2.0}
    return Plan(rig, place, **(usual | keys))


def test_a_flip_does_the_same_in_a_fork_as_in_a_run_of_its_own(nadir):
    here, there = (survey(plan(nadir, each), BIAS, 4) for each in ("library", "posix"))
    assert [flip[:2] for flip in here.flips] == [flip[:2] for flip in there.flips]
    assert [flip.outcome for flip in here.flips] == [flip.outcome for flip in there.flips]
    assert {flip.outcome.kind for flip in here.flips} >= {"healed"}


def test_a_firmware_that_crashes_takes_nothing_along(nadir):
    atlas = survey(plan(nadir), "flight.application.context", 8)
    assert len(atlas.flips) == 8
    ends = [flip.outcome.why for flip in atlas.flips if flip.outcome.kind == "reset"]
    assert any("crashes with SIG" in why for why in ends)
    healthy = survey(plan(nadir), "flight.application.build", 4)
    assert healthy.share("nothing")[0] == 1.0


def test_a_share_is_without_doubt_where_every_bit_was_flipped_and_unknown_where_none_was():
    healed, lost = (
        Flip("x", bit, Outcome(kind, 0.0, 0.0))
        for bit, kind in enumerate(("healed", "pointing lost"))
    )
    assert Atlas({"x": 2}, [healed, lost]).share("healed") == (0.5, 0.5, 0.5)
    # Of a sample: Clopper and Pearson's bounds of 1 in 2 at 95 %, 1 -+ sqrt(0.975).
    share, least, most = Atlas({"x": 64}, [healed, lost]).share("healed")
    assert share == 0.5
    assert least == pytest.approx(1.0 - math.sqrt(0.975), rel=1e-6)
    assert most == pytest.approx(math.sqrt(0.975), rel=1e-6)
    share, least, most = Atlas({}, []).share("healed")
    assert math.isnan(share)
    assert (least, most) == (0.0, 1.0)


@pytest.mark.emulator
def test_an_atlas_of_the_flown_elf(nadir):
    atlas = survey(plan(nadir, "qemu-fast"), BIAS, 2)
    same = survey(plan(nadir), BIAS, 2)
    assert [flip.outcome for flip in atlas.flips] == [flip.outcome for flip in same.flips]


def test_an_atlas_of_a_firmware_that_is_not_the_projects_own(tmp_path):
    page = (ROOT / "docs" / "bring_your_own_firmware.md").read_text()
    [command] = re.findall(r"^\$ (cc .*) -o minimal$", page, re.MULTILINE)
    program = tmp_path / "minimal"
    subprocess.run(f"{command} -g -o {program}", cwd=ROOT, check=True, shell=True)
    rig = load_rig(ROOT / "firmware_stubs" / "examples" / "rate_damping.toml")
    with open_obc("posix", firmware=program) as obc:
        largest = max(obc.memory().variables, key=lambda each: each.size)
    atlas = survey(plan(rig, "posix", firmware=program), largest.name, 2)
    assert len(atlas.flips) == 2


def test_the_usual_moment_and_limit_are_those_of_the_rig(nadir):
    assert usual_moment_s(nadir) == 200.0
    assert usual_moment_s(nadir.with_overrides(duration_s=30.0)) == pytest.approx(15.0)
    assert usual_limit_deg(nadir) == pytest.approx(42.0 / 3600.0)


def test_a_run_that_is_not_watched_for_long_enough_is_refused(nadir):
    with pytest.raises(RigError, match="is to be watched for longer than the 60 s"):
        Plan(nadir, "library", 10.0, 30.0, 0.1)


@pytest.mark.parametrize(
    ("at_s", "for_s", "words"),
    [
        (float("nan"), 100.0, "give times in seconds"),
        (10.0, float("inf"), "give times in seconds"),
        (1e308, 1e308, "give times in seconds"),
        (10.0, 1e300, "more than 1e\\+09 steps"),
    ],
)
def test_a_time_that_is_none_is_refused(nadir, at_s, for_s, words):
    with pytest.raises(RigError, match=words):
        Plan(nadir, "library", at_s, for_s, 0.1)


def test_numbers_of_elements_are_left_out_of_the_table():
    assert shortened("flight.sensed.entry[3].values", 3) == "flight.sensed.entry"


# ---- the command ---------------------------------------------------------------------------------

RIG = str(ROOT / "rigs" / "dier5_nadir.toml")
SHORT = ["--at", "2", "--for", "4", "--silent", "2", "--symbol", BIAS]


def test_the_command_prints_shares_with_confidence_and_writes_each_flip(tmp_path):
    out = tmp_path / "atlas.csv"
    done = CliRunner().invoke(main, ["seu", RIG, *SHORT, "--samples", "3", "--csv", str(out)])
    assert done.exit_code == 0, done.output
    assert "3 flips, of 32 bits" in done.stdout
    with out.open() as opened:
        rows = list(csv.DictReader(opened))
    assert [row["symbol"] for row in rows] == [BIAS] * 3
    assert {row["outcome"] for row in rows} <= set(KINDS)


def test_the_command_tells_all_in_json():
    done = CliRunner().invoke(main, ["seu", RIG, *SHORT, "--all", "--json", "--jobs", "2"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["bits"] == len(told["flips"]) == 32
    assert sum(each["flips"] for each in told["outcomes"].values()) == 32


def test_the_command_lists_the_variables_and_refuses_what_is_none():
    done = CliRunner().invoke(main, ["seu", RIG, "--list"])
    assert f"{BIAS}  32 bits" in done.stdout
    done = CliRunner().invoke(main, ["seu", RIG, *SHORT[:-1], "flight.adcs.mood"])
    assert done.exit_code == 2
    assert "the firmware has no such variable" in done.stderr
