"""A campaign: many runs on a cluster's workers, each a rig of its own, judged together."""

import json
import os
import re
import shutil
from pathlib import Path

import pandas as pd
import psutil
import pytest
from click.testing import CliRunner
from drawn_cases import cases_of

from hil.bench import run
from hil.campaign.campaign import Campaign
from hil.campaign.folder import Folder
from hil.campaign.looks import Looks
from hil.campaign.plan import Plan
from hil.campaign.verdicts import Wanted, all_wanted
from hil.campaign.work import Task, digest, run_case, thinned
from hil.cli import main
from hil.errors import RigError
from hil.judge import Run, RunJudge, evaluate
from hil.link.messages import MODES
from hil.recording import Recording
from hil.rig import load_rig, with_dispersal
from hil.rig.recorded import kept_columns, recorded_columns

ROOT = Path(__file__).parents[1]
NADIR = ROOT / "rigs/dier5_nadir.toml"
FRICTION = "spacecraft.wheel.x.coulomb_friction_Nm"
DISPERSED = f"""\
[[disperse]]
key = "{FRICTION}"
distribution = "normal"
sigma = 4e-6

[[disperse]]
key = "attitude.rate_body_deg_s"
distribution = "uniform"
min = -0.1
max = 0.1
"""
SHORT = "130"


def hil(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def over(tmp_path_factory):
    path = tmp_path_factory.mktemp("over") / "over.toml"
    path.write_text(DISPERSED)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory, over):
    """A campaign of four runs, two more of which were added to it; and what was printed."""
    from distributed import LocalCluster

    folder = tmp_path_factory.mktemp("campaign") / "nadir"
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        options = ["--disperse", over, "--duration", SHORT, "--out", folder, "--json"]
        options += ["--scheduler", cluster.scheduler_address, NADIR]
        first = hil("campaign", "-n", 4, "--keep", "all", *options)
        again = hil("campaign", "-n", 6, "--resume", *options)
    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr + again.stderr
    return folder, json.loads(first.stdout), json.loads(again.stdout)


# ---- runs ----------------------------------------------------------------------------------------


def test_a_campaign_goes_on_where_it_was(made):
    _, first, again = made
    assert (first["runs"], again["runs"]) == (4, 6)
    assert again["simulated_s"] == 2 * 130.0
    for each in again["requirements"]:
        assert (each["verdict"], each["missed"]) == ("met", 0)
        assert each["share_at_least"] == pytest.approx(0.1 ** (1 / 6))  # Clopper-Pearson


def test_the_table_of_cases_is_parquet_with_all_that_is_known_of_a_run(made):
    folder, _, again = made
    table = pd.read_parquet(folder / "cases.parquet")
    assert list(table["case"]) == [1, 2, 3, 4, 5, 6]
    assert list(table["seed"]) == [1, 2, 3, 4, 5, 6]
    assert table[FRICTION].nunique() == 6
    assert table["nadir pointing met"].all()
    assert (table["wall_s"] > 0.0).all()
    pointing = again["requirements"][0]
    assert table["nadir pointing (arcsec)"].max() == pointing["worst"]
    assert table["case"][table["nadir pointing (arcsec)"].idxmax()] == pointing["worst_case"]
    assert (folder / table["recording"][1]).is_file()


def test_a_case_runs_alone_with_the_same_bits_and_its_figures_are_its_own(made, tmp_path):
    folder = made[0]
    kept = folder / "recordings/0003.mcap"
    out = tmp_path / "alone.mcap"
    done = hil("run", folder, "--case", 3, "--out", out, "--against", kept, "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["obc"] == "library"
    table = pd.read_parquet(folder / "cases.parquet").set_index("case")
    assert told["requirements"][0]["value"] == table["nadir pointing (arcsec)"][3]
    rig = load_rig(folder / "cases/0003.toml")
    assert digest(rig, Recording(out)) == table["digest"][3]


def test_the_digest_does_not_depend_on_how_much_was_recorded(made):
    folder = made[0]
    source = load_rig(folder / "cases/0002.toml").source.metadata()
    outcome, octets = run_case(Task(2, source, "library", keep="none"))
    assert (outcome["digest"], octets) == (Folder(folder).outcomes()[1]["digest"], b"")


@pytest.mark.parametrize("path", sorted(ROOT.glob("rigs/*.toml")), ids=lambda path: path.stem)
def test_a_campaign_records_all_that_verdicts_are_made_from(path):
    rig = load_rig(path)
    names = recorded_columns(vars(rig.spacecraft))
    run = Run(str(path), rig.step_s, tuple(MODES), rig.steps, frozenset(names))
    judged = set(RunJudge(rig, run, path).columns)
    assert judged <= set(kept_columns(thinned(rig), names))


def test_the_worst_case_is_kept(made):
    folder, _, again = made
    worst = {each["worst_case"] for each in again["requirements"] if each["worst"]}
    kept = {int(path.stem) for path in (folder / "recordings").glob("*.mcap")}
    assert worst <= kept
    assert {1, 2, 3, 4} <= kept


@pytest.mark.slow
def test_a_lost_workers_runs_are_made_again(over, tmp_path):
    rig = with_dispersal(load_rig(NADIR).with_overrides(duration_s=130.0), over)
    killed = []

    def kill_a_worker(state):
        if not killed:
            workers = [
                each
                for each in psutil.Process().children(recursive=True)
                if "spawn_main" in " ".join(each.cmdline())
            ]
            killed.append(workers[0].pid)
            workers[0].kill()

    plan = Plan(rig, tmp_path / "c", runs=6, workers=2, keep="none")
    finished = Campaign(plan, kill_a_worker).run()
    assert killed
    assert [each["case"] for each in finished.outcomes] == [1, 2, 3, 4, 5, 6]
    assert finished.exit_status == 0


# ---- verification --------------------------------------------------------------------------------


@pytest.fixture
def copied(made, tmp_path):
    """A campaign's folder to be tampered with."""
    return Path(shutil.copytree(made[0], tmp_path / "copied"))


def test_a_campaign_verifies_with_the_hash_that_it_printed(made):
    folder, _, again = made
    done = hil("verify", folder, "--sample", 2, "--json")
    assert done.exit_code == 0, done.stdout
    told = json.loads(done.stdout)
    assert (told["wrong"], told["manifest"]) == ([], again["manifest"])
    assert len(told["cases"]) == 2


def test_files_that_were_changed_added_or_taken_away_are_named(copied):
    case = copied / "cases/0002.toml"
    case.write_text(case.read_text().replace("limit_arcsec = 42.0", "limit_arcsec = 41.0"))
    (copied / "recordings/0001.mcap").unlink()
    (copied / "cases/0099.toml").touch()
    done = hil("verify", copied, "--sample", 0)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[:3] == [
        "recordings/0001.mcap is missing",
        "cases/0099.toml was added",
        "cases/0002.toml was changed",
    ]


def test_figures_that_were_made_up_are_found_even_under_new_hashes(copied):
    results = copied / "results.jsonl"
    told = sorted(map(json.loads, results.read_text().splitlines()), key=lambda each: each["case"])
    told[0]["requirements"]["nadir pointing"]["value"] = 1.0
    told[1]["digest"] = "0" * 64
    results.write_text("".join(f"{json.dumps(each)}\n" for each in told))
    Folder(copied).keep_manifest()
    done = hil("verify", copied, "--all")
    assert done.exit_code == 1
    assert re.search(
        r"case 1: its figure of nadir pointing is [\d.]+, not what is told", done.stdout
    )
    assert "case 2: its bits are not those that are told" in done.stdout
    assert "case 2: its recording is of another run" in done.stdout
    assert "case 1: cases.parquet has another nadir pointing (arcsec)" in done.stdout
    assert "case 3" not in done.stdout


def test_a_pipe_in_place_of_the_hashes_gives_way_to_them(tmp_path):
    os.mkfifo(tmp_path / "manifest.json")
    folder = Folder(tmp_path)
    assert folder.keep_manifest() == folder.manifest_hash()
    assert folder.tampered() == []
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_a_folder_without_a_campaign_is_told(tmp_path):
    done = hil("verify", tmp_path)
    assert done.exit_code == 2
    assert "is not a campaign's folder" in done.stderr


# ---- failures ------------------------------------------------------------------------------------


def task(rig, **others):
    return Task(1, rig.source.metadata(), "library", **others)


def test_a_run_that_misses_a_requirement_is_recorded_in_full():
    rig = load_rig(NADIR).with_overrides(
        duration_s=20.0,
        requirement=[{"name": "still", "column": "truth_rate_body_rad_s", "limit_deg_s": 1e-6}],
    )
    outcome, octets = run_case(task(rig, keep="worst"))
    assert not outcome["met"]
    assert outcome["requirements"]["still"]["text"].startswith("still: ")
    assert len(octets) > 50_000


def test_a_run_that_fails_is_an_outcome_with_its_error():
    rig = load_rig(NADIR).with_overrides(requirement=[])
    outcome, octets = run_case(task(rig, firmware="/nowhere/libobc.so"))
    assert (outcome["met"], outcome["exit_status"], octets) == (False, 2, b"")
    assert "/nowhere/libobc.so" in outcome["error"]
    outcome, _ = run_case(task(rig)._replace(source={}))
    assert outcome["exit_status"] == 4
    assert outcome["error"].startswith("a fault of the bench itself: KeyError")


# ---- until shown ---------------------------------------------------------------------------------


def outcomes(n, missed=()):
    def told(case):
        met = case not in missed
        return {"met": met, "judged": True, "value": 1.0}

    return {n: {"case": n, "requirements": {"slow": told(n)}} for n in range(1, n + 1)}


SLOW = Wanted("slow", 0.95, 0.9, False, 2.0, "deg/s")


def test_it_stops_when_every_requirement_is_shown():
    looks = Looks([SLOW, SLOW._replace(share=0.9)])
    assert looks.stop(outcomes(48)) == ""
    assert looks.words == ["open", "shown"]
    assert looks.why_open.startswith("all runs are made, too few to show or to refute: slow (more")
    assert looks.stop(outcomes(60)) == (
        "every requirement is shown or refuted: slow shown after 50 runs, slow shown after 24 runs"
    )
    assert looks.words == ["shown", "shown"]


def test_it_waits_for_the_runs_before_and_counts_no_others():
    looks = Looks([SLOW])
    some = outcomes(60)
    del some[7]
    assert looks.stop(some) == ""
    assert looks.stop(outcomes(60, missed=[60])) != ""
    assert looks.words == ["shown"]


def test_it_stops_when_a_requirement_is_refuted():
    looks = Looks([SLOW])
    assert "refuted" in looks.stop(outcomes(20, missed=range(1, 9)))
    assert looks.words == ["refuted"]


DECIDED = """\
[[requirement]]
name = "in mode nadir"
mode = "nadir"
by_s = 10.0
runs_share = 0.5
confidence = 0.8
"""
BEYOND_REACH = """\
[[requirement]]
name = "a hundredth of the pixel"
index = "APE"
target = "nadir"
axis = "boresight"
boresight_body = [0.0, 0.0, 1.0]
limit_arcsec = 0.01
probability = 0.95
interpretation = "temporal"
from_s = 5.0
runs_share = 0.5
confidence = 0.8
"""


def test_until_shown_ends_where_a_real_rig_shows_or_refutes_each_requirement(over, tmp_path):
    from distributed import LocalCluster

    text = NADIR.read_text().partition("[[requirement]]")[0]
    text = text.replace('"spacecraft/', f'"{ROOT.as_posix()}/rigs/spacecraft/')
    shown, both = tmp_path / "shown.toml", tmp_path / "both.toml"
    shown.write_text(text + DECIDED)
    both.write_text(text + DECIDED + BEYOND_REACH)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        done = [
            hil(
                *("campaign", rig, "--until-shown", "--disperse", over, "--duration", 12),
                *("--keep", "none", "--out", tmp_path / rig.stem, "--json"),
                *("--scheduler", cluster.scheduler_address),
            )
            for rig in (shown, both)
        ]
    assert [each.exit_code for each in done] == [0, 1], done[0].stderr + done[1].stderr
    first, second = (json.loads(each.stdout) for each in done)
    # 3 runs without a miss show a half at the share of the error that a first look may spend.
    assert (first["requirements"][0]["verdict"], first["runs"]) == ("shown", 3)
    assert first["stopped"] == (
        "every requirement is shown or refuted: in mode nadir shown after 3 runs"
    )
    assert [each["verdict"] for each in second["requirements"]][:2] == ["shown", "refuted"]
    assert second["stopped"].endswith("a hundredth of the pixel refuted after 16 runs")


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-n", "3", "--obc", "/dev/ttyACM0"], "a campaign runs on library, posix, qemu"),
        ([], "say how many runs: -n 852"),
        (["-n", "3", "--resume"], "holds no campaign that could go on"),
        (["-n", "3", "--workers", "2", "--scheduler", "tcp://a:1"], "give one"),
    ],
)
def test_what_cannot_be_a_campaign_is_told(tmp_path, options, words):
    done = hil("campaign", NADIR, "--out", tmp_path / "c", *options)
    assert done.exit_code == 2
    assert words in done.stderr


def test_a_folder_is_never_taken_for_another_campaign(made, over, tmp_path):
    folder = made[0]
    done = hil("campaign", NADIR, "-n", 9, "--out", folder)
    assert "holds a campaign: go on with it by --resume" in done.stderr
    done = hil("campaign", NADIR, "-n", 9, "--out", folder, "--resume", "--disperse", over)
    assert "is a campaign of another rig (its overrides differs)" in done.stderr
    (tmp_path / "mine.txt").touch()
    done = hil("campaign", NADIR, "-n", 9, "--out", tmp_path)
    assert f"{tmp_path} is not empty: name a new folder" in done.stderr


def test_a_campaigns_folder_is_no_rig_without_a_case(made):
    folder = made[0]
    assert "name one of its runs by --case N" in hil("run", folder).stderr
    assert "has no case 7: its cases are 1 to 6" in hil("run", folder, "--case", 7).stderr


def test_a_case_that_takes_its_workers_down_is_an_outcome_with_its_files(tmp_path):
    class Lost:
        def result(self):
            raise RuntimeError("5 workers died")

    campaign = Campaign(Plan(load_rig(NADIR), tmp_path / "c", runs=1))
    [drawn] = campaign.cases.drawn([1], [1])
    campaign._take(drawn, campaign._result(Lost(), drawn))
    [outcome] = campaign.folder.outcomes()
    assert outcome["error"] == "its worker was lost: RuntimeError: 5 workers died"
    assert load_rig(campaign.folder.case_path(1)).seed == outcome["seed"] == drawn.seed


@pytest.mark.parametrize(
    ("file", "words"), [(False, "lies beyond the end of the run"), (True, "is a file: name a")]
)
def test_what_could_never_be_run_is_told_before_a_case_is_drawn(tmp_path, file, words):
    if file:
        (tmp_path / "c").write_text("")
    rig = load_rig(NADIR).with_overrides(duration_s=600.0 if file else 60.0)
    with pytest.raises(RigError, match=words):
        Campaign(Plan(rig, tmp_path / "c", runs=3))


def test_until_shown_needs_independent_runs(tmp_path):
    rig = load_rig(NADIR).with_overrides(sampling={"method": "sobol"})
    with pytest.raises(Exception, match="--until-shown needs independent runs"):
        Campaign(Plan(rig, tmp_path / "c", runs=3, until_shown=True))


def test_a_rig_without_dispersal_runs_with_the_seeds_that_follow(tmp_path):
    rig = load_rig(NADIR)
    seeds = [case.drawn.seed for case in cases_of(rig, tmp_path, 3)]
    assert seeds == [1, 2, 3]
    assert load_rig(tmp_path / "cases/0001.toml").spacecraft == rig.spacecraft


def test_the_share_and_the_confidence_wanted_are_the_requirements_own():
    requirement = {
        "name": "slow", "column": "truth_rate_body_rad_s", "limit_deg_s": 1.0,
        "confidence": 0.95, "runs_share": 0.99,
    }  # fmt: skip
    rig = load_rig(NADIR).with_overrides(requirement=[requirement])
    slow, link = all_wanted(rig)
    assert (slow.share, slow.confidence) == (0.99, 0.95)
    assert (link.share, link.confidence) == (0.9973, 0.9)
    requirement |= {"probability": 0.95, "interpretation": "ensemble"}
    with pytest.raises(Exception, match="leave runs_share out"):
        rig.with_overrides(requirement=[requirement])


def test_a_column_that_is_to_hold_by_a_moment_is_held_against_that_moment(tmp_path):
    requirement = {
        "name": "slow", "column": "truth_rate_body_rad_s", "limit_deg_s": 90.0, "by_s": 2.0,
    }  # fmt: skip
    rig = load_rig(NADIR).with_overrides(requirement=[requirement], duration_s=5.0)
    verdict = evaluate(rig, [Recording(run(rig, "library", tmp_path / "run.mcap").recording)])[0]
    slow = all_wanted(rig)[0]
    assert (verdict.value, verdict.limit, verdict.unit) == (0.0, 2.0, "s")
    assert (slow.limit, slow.unit) == (verdict.limit, verdict.unit)
