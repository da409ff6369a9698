"""What `hil doctor` says is missing, and what it would run to get it."""

import pytest
from click.testing import CliRunner

from hil.cli import main
from hil.machine import doctor
from hil.machine.doctor import USES, Need, install, missing, needs, remedy

ABSENT = Need("a thing", ("qemu",), lambda: None, ("a-package", "b-package"))
WHEEL = Need("a wheel", ("posix",), lambda: None, pip=("a-wheel>=1",))


@pytest.fixture
def ran(monkeypatch):
    """The commands that would have been run, all of them with success."""
    commands = []
    monkeypatch.setattr(doctor, "_run", lambda command, _: commands.append(list(command)) or True)
    return commands


def test_every_need_serves_a_use_and_has_one_way_to_get_it():
    for need in doctor.NEEDS:
        assert set(need.uses) <= set(USES)
        assert len([way for way in (need.apt, need.pip, need.npm) if way]) == 1


def test_needs_of_a_use_are_only_its_own():
    assert {need.what for need in needs(["posix"])} == {"C compiler for the host"}
    assert len(needs([])) == len(doctor.NEEDS)


def test_a_remedy_is_a_command_that_one_can_copy():
    assert remedy(ABSENT).startswith("sudo apt-get install -y")
    assert remedy(ABSENT).endswith("a-package b-package")
    assert remedy(WHEEL).endswith("-m pip install 'a-wheel>=1'")


def test_packages_are_installed_in_one_go_with_sudo_where_it_is_needed(ran, monkeypatch):
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert install([ABSENT, WHEEL], lambda _: None)
    assert [command[:3] for command in ran[1:]] == [
        ["sudo", "apt-get", "update"],
        ["sudo", "apt-get", "install"],
    ]
    assert ran[0][-1] == "a-wheel>=1"


def test_without_apt_it_says_what_to_do(ran, monkeypatch):
    said = []
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    assert not install([ABSENT], said.append)
    assert not ran
    assert said[0].startswith("no apt-get here: install a thing with this system's package manager")


def test_without_root_and_sudo_it_says_whom_to_ask(ran, monkeypatch):
    said = []
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(
        doctor.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}"
    )
    assert not install([ABSENT], said.append)
    assert not ran
    assert said[0].startswith("neither root nor sudo: ask an administrator")


def test_what_is_there_is_not_missing(monkeypatch):
    there = Need("a thing", ("qemu",), lambda: "/usr/bin/thing", ("a-package",))
    monkeypatch.setattr(doctor, "NEEDS", (there, ABSENT))
    assert missing(["qemu"]) == [ABSENT]


def test_the_uses_that_help_names_are_those_that_can_be_asked_for():
    told = CliRunner().invoke(main, ["doctor", "--help"]).stdout
    listed = [line.split()[0] for line in told.splitlines() if line.startswith("    ")]
    assert listed == list(USES)


def ask_doctor(*uses):
    result = CliRunner().invoke(main, ["doctor", *uses])
    return result.exit_code, [line.split()[0] for line in result.stdout.splitlines()]


def test_what_was_not_asked_for_may_lack_without_failing(monkeypatch):
    there = Need("a compiler", ("posix",), lambda: "/usr/bin/cc", pip=("a-wheel",))
    monkeypatch.setattr(doctor, "NEEDS", (there, ABSENT))
    assert ask_doctor() == (0, ["found", "lacking"])
    assert ask_doctor("posix") == (0, ["found"])
    assert ask_doctor("qemu") == (1, ["MISSING"])
    assert ask_doctor("posix", "qemu") == (1, ["found", "MISSING"])


def test_what_nothing_does_without_fails_in_any_case(monkeypatch):
    monkeypatch.setattr(doctor, "NEEDS", (WHEEL, ABSENT))
    assert ask_doctor() == (1, ["MISSING", "lacking"])
