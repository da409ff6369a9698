"""Reports: the page stands alone and escapes what it shows; JUnit, CSV, the matrix."""

import csv
import io
import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import platformdirs
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from planted import CAUSES, planted_rig
from rig_files import edited

from hil import bench
from hil.campaign.folder import Folder
from hil.cli import main
from hil.errors import RigError
from hil.report.envelope import Distribution, Envelope
from hil.report.judged import judged
from hil.report.page import _confidence, page
from hil.rig import load_rig

pytest_plugins = ["pytester"]
_CACHE = str(platformdirs.user_cache_path())
pytestmark = pytest.mark.filterwarnings("error::UserWarning:hil")
_HOSTILE = "<script>alert(1)</script> $x^2$ & done"
_IDS = 'name = "nadir pointing"\nid = "AOCS-012"\nverifies = ["SYS-004", "SYS-011"]'


def invoke(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def missed(tmp_path_factory):
    """The recording of a rig that misses, with ids and a hostile title."""
    folder = tmp_path_factory.mktemp("missed")
    planted = next(each for each in CAUSES if each.name == "a turned star tracker")
    texts = (
        ('name = "nadir pointing"', _IDS),
        ('title = "Di\'er-5 held at nadir"', f'title = "{_HOSTILE}"'),
    )
    rig = planted_rig(planted._replace(rig=texts), folder / "rig").with_overrides(duration_s=150.0)
    bench.run(rig, "library", folder / "run.mcap")
    return folder / "run.mcap"


@pytest.fixture(scope="module")
def html(missed):
    return page(judged([missed]))


def test_the_page_tells_verdicts_margin_cause_and_what_was_tested(html):
    for words in (
        "AOCS-012", "SYS-004, SYS-011", "nadir pointing", "missed", "Likely cause:",
        "star tracker 0 is off by 719 arcsec", "hil-adcs build", "sha256", "Budget by cause",
        "Where the time went", "limit 42 arcsec", "run.mcap",
    ):  # fmt: skip
        assert words in html, words
    assert re.search(r"[\d.]+ x limit", html)  # a margin that is used up


def test_the_page_stands_alone(html):
    assert "<script" not in html
    links = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert all(link.startswith("#") for link in links)
    assert "@import" not in html
    assert "url(http" not in html


def test_what_comes_from_a_recording_is_escaped(html):
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $x^2$ &amp; done" in html
    assert "\x1b" not in html


def test_ids_of_svg_parts_are_different_from_plot_to_plot(html):
    clips = re.findall(r'<clipPath id="([^"]+)"', html)
    assert len(clips) > 4
    assert len(set(clips)) == len(clips)


def test_junit_carries_ids_as_properties(missed, tmp_path):
    told = invoke("report", missed, "--junit", tmp_path / "out" / "junit.xml", "-o", tmp_path / "a")
    assert told.exit_code == 1
    root = ElementTree.parse(tmp_path / "out" / "junit.xml").getroot()
    suite = root.find("testsuite")
    assert suite.get("failures") == "2"
    case = next(c for c in suite if c.get("name") == "nadir pointing")
    properties = [(p.get("name"), p.get("value")) for p in case.iter("property")]
    assert ("requirement_id", "AOCS-012") in properties
    assert ("verifies", "SYS-004") in properties
    assert ("verifies", "SYS-011") in properties
    assert "likely cause: star tracker 0" in case.find("failure").text


def test_csv_and_json_have_the_same_figures(missed):
    rows = list(csv.DictReader(io.StringIO(invoke("report", missed, "--csv").stdout)))
    told = json.loads(invoke("report", missed, "--json").stdout)["rigs"][0]["requirements"]
    assert [row["requirement"] for row in rows] == [each["name"] for each in told]
    for row, each in zip(rows, told, strict=True):
        assert row["verdict"] == ("met" if each["met"] else "missed")
        assert float(row["value"]) == pytest.approx(each["value"], rel=1e-8)
        assert (row["id"] or None) == each["id"]
    assert float(rows[0]["margin"]) == pytest.approx(1.0 - told[0]["value"] / 42.0)


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (None, ""),
        (SimpleNamespace(confidence=None), ""),
        (SimpleNamespace(confidence=0.9973), "99.7 %"),
    ],
)
def test_a_page_has_a_confidence_where_the_verdict_has_one(basis, words):
    assert _confidence(SimpleNamespace(basis=basis)) == words


def test_a_report_of_nothing_says_what_to_name(tmp_path, missed):
    assert "name what to make" in invoke("report", missed).stderr
    told = invoke("report", tmp_path, "--csv")
    assert told.exit_code == 2
    assert "holds no recording" in told.stderr


def test_an_id_is_for_one_requirement(tmp_path):
    text = edited(_IDS, "nadir pointing", "nadir pointing")
    twice = (
        ('name = "nadir pointing"', text),
        ('name = "steadiness"', 'name = "s"\nid = "AOCS-012"'),
    )
    with pytest.raises(RigError, match="two requirements have the id 'AOCS-012'"):
        planted_rig(CAUSES[0]._replace(rig=twice, craft=()), tmp_path / "rig")


# ---- the matrix ----------------------------------------------------------------------------------


def test_the_matrix_has_the_last_verdict_of_each_place(tmp_path, nadir):
    rig = tmp_path / "rigs"
    planted_rig(CAUSES[0]._replace(craft=(), rig=(('name = "nadir pointing"', _IDS),)), rig)
    short = load_rig(rig / "rig.toml").with_overrides(duration_s=130.0)
    bench.run(short, "library", tmp_path / "old.mcap")
    os.utime(tmp_path / "old.mcap", (1, 1))
    bench.run(short.with_overrides(duration_s=5.0), "library", tmp_path / "new.mcap")
    told = json.loads(invoke("matrix", rig / "rig.toml", tmp_path, "--json").stdout)
    line = told[0]
    assert (line["id"], line["verifies"]) == ("AOCS-012", ["SYS-004", "SYS-011"])
    assert line["cells"]["library"]["word"] == "not judged"  # the newer one is too short
    only = json.loads(invoke("matrix", rig / "rig.toml", tmp_path / "old.mcap", "--json").stdout)
    assert only[0]["cells"]["library"]["word"] == "met"
    assert not only[0]["cells"]["library"]["changed"]
    (rig / "rig.toml").write_text((rig / "rig.toml").read_text() + "\n# changed\n")
    rows = list(csv.reader(io.StringIO(
        invoke("matrix", rig / "rig.toml", tmp_path / "old.mcap", "--csv").stdout
    )))  # fmt: skip
    assert rows[0] == ["rig", "id", "verifies", "requirement", "library"]
    assert re.fullmatch(r"met [\d.]+ arcsec \*", rows[1][4])
    assert "AOCS-012" in invoke("matrix", rig / "rig.toml", tmp_path / "old.mcap").stdout


def test_pytest_makes_the_page_of_its_session(pytester, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", _CACHE)  # pytester moves the home
    planted = next(each for each in CAUSES if each.name == "a turned star tracker")
    rig = planted_rig(planted._replace(rig=(('name = "nadir pointing"', _IDS),)), tmp_path / "rig")
    path = rig.source.path
    path.write_text(path.read_text().replace("duration_s = 600.0", "duration_s = 150.0"))
    junit, out = tmp_path / "junit.xml", tmp_path / "page.html"
    pytester.runpytest_inprocess(str(path), f"--hil-report={out}", f"--junitxml={junit}")
    assert "star tracker 0 is off by 719 arcsec" in Path(out).read_text()
    assert '<property name="requirement_id" value="AOCS-012"' in junit.read_text()


# ---- campaigns -----------------------------------------------------------------------------------


def test_a_campaigns_folder_is_shown_with_its_statistics(tmp_path, nadir):
    folder = Folder(tmp_path / "campaign")
    settings = {"obc": "library", "blocks": [60], "rig": nadir.source.metadata()}
    folder.keep_settings(settings)
    names = [*(each.name for each in nadir.requirement), "link"]
    for case in range(1, 61):
        told = {name: {"judged": True, "met": True, "value": 0.4 * case} for name in names}
        told["attitude knowledge"] = {"judged": True, "met": case != 60, "value": 0.75 * case}
        folder.keep_outcome(
            {"case": case, "seed": case, "met": case != 60, "requirements": told,
             "dispersed": {"spacecraft.wheel.x.coulomb_friction_Nm": 1e-6 * case}}
        )  # fmt: skip
    out = tmp_path / "page.html"
    told = invoke("report", folder.path, "-o", out)
    assert told.exit_code == 1
    assert "not met: attitude knowledge" in told.stderr
    html = out.read_text()
    assert "Campaign campaign: 60 runs" in html
    assert "attitude knowledge over the runs" in html
    assert "spacecraft.wheel.x.coulomb_friction_Nm" in html
    assert "unfinished" in html  # there is no manifest yet
    assert "45 arcsec" in html  # the worst, in case 60


# ---- what plots are made of ----------------------------------------------------------------------


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=6))
def test_an_envelope_keeps_the_least_and_the_largest_value(sizes):
    values = np.random.default_rng(sum(sizes)).normal(size=sum(sizes))
    envelope, at = Envelope(), 0
    for size in sizes:
        envelope.add(np.arange(at, at + size, dtype=float), values[at : at + size])
        at += size
    time_s, least, largest = envelope.curve
    assert len(time_s) <= 3001
    assert (least.min(), largest.max()) == (values.min(), values.max())
    assert (np.diff(time_s) > 0).all()


def test_a_distribution_has_the_figures_of_its_values():
    sizes = np.random.default_rng(1).gamma(2.0, size=20_000)
    found = Distribution()
    for part in np.array_split(sizes, 7):
        found.add(part)
    found.add(np.array([np.nan]))
    assert (found.count, found.unknown) == (20_000, 1)
    assert found.mean == pytest.approx(sizes.mean())
    assert found.rms == pytest.approx(np.sqrt((sizes**2).mean()))
    for probability in (0.5, 0.95, 0.9973):
        assert found.quantile(probability) == pytest.approx(
            np.quantile(sizes, probability), rel=0.013
        )
    edges, shares = found.table
    assert len(edges) == len(shares) + 1
    assert shares.sum() == pytest.approx(1.0)
