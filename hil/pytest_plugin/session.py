"""What the tests of one session share: its runs, its options, its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hil.pytest_plugin.against import Earlier
    from hil.pytest_plugin.fleets import FleetRuns
    from hil.pytest_plugin.runs import Runs
    from hil.rig import Rig


_RUNS = pytest.StashKey["Runs"]()
_FLEET_RUNS = pytest.StashKey["FleetRuns"]()
_EARLIER = pytest.StashKey["Earlier | None"]()


def runs_of(config: pytest.Config) -> Runs:
    """Return the session's runs of rigs."""
    if _RUNS not in config.stash:
        from hil.pytest_plugin.runs import Runs  # a session without rigs does without it

        config.stash[_RUNS] = Runs(lambda: folder_of(config), _worker(config), **_how(config))
    return config.stash[_RUNS]


def fleet_runs(config: pytest.Config) -> FleetRuns:
    """Return the session's runs of fleets."""
    if _FLEET_RUNS not in config.stash:
        from hil.pytest_plugin.fleets import FleetRuns

        made = FleetRuns(lambda: folder_of(config), _worker(config), **_how(config))
        config.stash[_FLEET_RUNS] = made
    return config.stash[_FLEET_RUNS]


def earlier_of(config: pytest.Config) -> Earlier | None:
    """Return the session that this one is held against, if any."""
    if _EARLIER not in config.stash:
        folder: Path | None = config.getoption("hil_against")
        if folder is None:
            config.stash[_EARLIER] = None
        else:
            from hil.pytest_plugin.against import Earlier

            config.stash[_EARLIER] = Earlier(folder)
    return config.stash[_EARLIER]


def _how(config: pytest.Config) -> dict[str, Any]:
    how = ("firmware", "compiler", "realtime", "resume")
    return {name: config.getoption(f"hil_{name}") for name in how}


def _worker(config: pytest.Config) -> str:
    return str(getattr(config, "workerinput", {}).get("workerid", ""))


def places_of(config: pytest.Config) -> list[str]:
    """Return the OBCs that rigs run on."""
    from hil.obc.image import place_for

    named: list[str] | None = config.getoption("hil_obc")
    return named or [place_for(config.getoption("hil_firmware"))]


def rig_place(rig: Rig, place: str, config: pytest.Config) -> str:
    """Return where a rig runs: with devices' lines only, in that place's lockstep on lines."""
    from hil.obc.image import on_lines_only

    if rig.obc.wire:
        return place
    return on_lines_only(place, realtime=config.getoption("hil_realtime"))


def item_name(name: str, obc: str) -> str:
    """Return a test's name, such that pytest finds it by the id that it prints."""
    return f"{name.replace('::', ':')}[{obc}]"


def rig_places(rig: Rig, config: pytest.Config) -> list[str]:
    """Return the OBCs that a rig runs on, each once."""
    return list(dict.fromkeys(rig_place(rig, place, config) for place in places_of(config)))


def has_no_lines(rig: Rig, place: str) -> str:
    """Return why a rig does not run in a place that has no devices' lines; else nothing."""
    if not rig.line or place not in ("library", "qemu-fast"):
        return ""
    return (
        f"{rig.name} was not run on {place}, which has no lines, and the rig has [[line]] tables: "
        "run it with --hil-obc posix or --hil-obc qemu"
    )


def folder_of(config: pytest.Config) -> Path:
    """Return where recordings are kept."""
    out: Path | None = config.getoption("hil_out")
    if out is None:
        # An item that is not a function has no fixtures, and pytest no public way to its folder.
        factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
        out = factory.getbasetemp() / "hil"
    return out


def with_seeds(rig: Rig, config: pytest.Config) -> list[Rig]:
    """Return the rig as it is, or once with each seed asked for."""
    seeds: list[int] | None = config.getoption("hil_seeds")
    return [rig] if seeds is None else [rig.with_overrides(seed=seed) for seed in seeds]
