"""The pages make a site without a broken link, and the first tutorial's commands work."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def commands(page):
    """The commands of a page's console blocks, in their order."""
    found = re.findall(r"^```console\n(.*?)^```", (DOCS / page).read_text(), re.M | re.S)
    return [line[2:] for block in found for line in block.splitlines() if line.startswith("$ ")]


def test_the_pages_make_a_site_without_a_broken_link(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", tmp_path / "site"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    copied = (tmp_path / "site/repository/firmware_stubs/examples/minimal/main.c.txt").read_text()
    assert copied == (ROOT / "firmware_stubs/examples/minimal/main.c").read_text()


def test_the_site_fetches_nothing(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", tmp_path / "site"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    for page in (tmp_path / "site").rglob("*.html"):
        fetched = re.findall(r'(?:src|<link[^>]* href)="(https?://[^"]*)"', page.read_text())
        assert not fetched, page


@pytest.mark.slow
def test_the_first_tutorial_works_from_its_first_command_to_its_last(tmp_path):
    folder = tmp_path
    for command in commands("first_satellite.md"):
        program, *arguments = shlex.split(command)
        if program == "cd":
            folder = folder / arguments[0]
            continue
        module = {"hil": ["-m", "hil"], "pytest": ["-m", "pytest", "-q"]}[program]
        done = subprocess.run(
            [sys.executable, *module, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
