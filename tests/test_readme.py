"""What the README shows is what a user gets: its commands run, its examples hold."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from hil.cli import main
from hil.judge.requirements import PointingRequirement

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    """The README's fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def without_figures(text):
    """Lines with every number and path made one: figures of speed differ from run to run."""
    text = re.sub(r"\S*/\S+", "PATH", text)
    text = re.sub(r"build [0-9a-f]{12}", "build ID", text)
    lines = [re.sub(r"#( #)+", "#", re.sub(r"\d[\d.]*", "#", x)) for x in text.splitlines()]
    return [" ".join(line.split()) for line in lines if line.strip()]


def test_the_first_command_prints_what_the_readme_shows(tmp_path, monkeypatch):
    command, *shown = blocks("console")[0].splitlines()
    assert command.endswith("hil run rigs/dier5_nadir.toml")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["run", str(ROOT / "rigs" / "dier5_nadir.toml")])
    printed = [line for line in without_figures(result.output) if "compiling" not in line]
    doctor = [line for line in shown if line.startswith("found")]
    assert len(doctor) == 1
    assert printed == without_figures("\n".join(shown[1:]))


def test_the_readmes_figures_are_those_of_the_run(hil_run):
    from hil.judge import evaluate
    from hil.rig import load_rig

    rig = load_rig(ROOT / "rigs" / "dier5_nadir.toml")
    for verdict in evaluate(rig, [hil_run(ROOT / "rigs" / "dier5_nadir.toml")])[:-1]:
        shown = re.search(rf"{verdict.name} +met +([\d.]+) ", README)
        assert float(shown[1]) == pytest.approx(verdict.value, rel=0.02)


def test_the_command_on_the_emulated_board_is_one_that_exists():
    for line in blocks("console"):
        for words in re.findall(r"\.venv/bin/hil (.*?)(?: &&|$)", line.splitlines()[0]):
            result = CliRunner().invoke(main, [words.split()[0], "--help"])
            assert result.exit_code == 0, words


def test_the_requirement_shown_is_a_valid_one():
    [toml] = blocks("toml")
    for table in tomllib.loads(toml)["requirement"]:
        PointingRequirement.model_validate(table)


def test_the_python_shown_runs(tmp_path):
    test, _, recording = blocks("python")
    (tmp_path / "test_shown.py").write_text(test)
    (tmp_path / "rigs").symlink_to(ROOT / "rigs")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    done = subprocess.run(
        [*command, "--hil-out", "out", "test_shown.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    [kept] = (tmp_path / "out").rglob("*.mcap")
    exec(recording.replace("run.mcap", str(kept)), {})


def test_the_script_shown_judges_a_run(tmp_path, monkeypatch, capsys):
    (tmp_path / "rigs").symlink_to(ROOT / "rigs")
    monkeypatch.chdir(tmp_path)
    exec(blocks("python")[1], {})
    judged = capsys.readouterr().out.splitlines()
    assert judged[0].startswith("nadir pointing True ")
    assert judged[-1].startswith("link True ")
    assert (tmp_path / "run.mcap").is_file()


def test_the_files_that_the_readme_names_are_there():
    for path in re.findall(r"\]\(([\w./]+)\)", README):
        assert (ROOT / path).exists(), path
