"""One run with a fault, and the healthy one that it is held against; made in a worker process."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import NamedTuple

from hil import bench
from hil.errors import HilError, RigError
from hil.judge.allowed import Allowed
from hil.recording import Recording
from hil.rig import Rig
from hil.survey.outcome import RATE, Outcome, outcome_of
from hil.survey.plan import Trial

_ANY = dict.fromkeys(Allowed.model_fields, 1_000_000_000)
_number = itertools.count()


class Flight(NamedTuple):
    """A trial on one seed. begin_s, end_s: when its faults are in force at the earliest and latest.

    place, firmware: as for ``hil.bench.run``. healthy: the recording of the run without faults.
    folder: for the recording; keep: whether that stays.
    """

    rig: Rig
    trial: Trial
    place: str
    firmware: Path | None
    healthy: Path
    folder: Path
    keep: bool = False


class Row(NamedTuple):
    """What came of a trial on one seed.

    broken: of the bench itself, not of what flies. untried: why it cannot be done in this place.
    """

    trial: Trial
    seed: int
    outcome: Outcome
    broken: bool = False
    untried: str = ""


def healthy(rig: Rig, place: str, firmware: Path | None, folder: Path) -> Path:
    """Make the run without faults; return its recording.

    Raises LinkError or ObcError when it does not come to its end: then nothing can be compared.
    """
    path = folder / f"healthy-{rig.seed}.mcap"
    bench.run(_thin(rig, []), place, path, firmware=firmware)
    return path


def fly(flight: Flight) -> Row:
    """Make the run, and hold it against the healthy one; a run that dies is lost.

    One that cannot be made in this place is not tried.
    """
    faults, seed = flight.trial.faults, flight.rig.seed
    path = flight.folder / f"{_file_name(flight.trial.name)}-{seed}-{next(_number)}.mcap"
    try:
        failing = _thin(flight.rig, list(faults))
        bench.run(failing, flight.place, path, firmware=flight.firmware)
        begin_s, end_s = in_force_s(flight.trial, failing.duration_s)
        outcome = outcome_of(flight.rig, Recording(flight.healthy), Recording(path), begin_s, end_s)
    except RigError as error:
        return Row(flight.trial, seed, died("it did not begin"), untried=str(error))
    except HilError as error:
        outcome = died(str(error))
    finally:
        if not flight.keep:
            path.unlink(missing_ok=True)
    return Row(flight.trial, seed, outcome)


def in_force_s(trial: Trial, duration_s: float) -> tuple[float, float]:
    """Return when faults are in force: from the first one's start to the last one's end."""
    begins = [fault["at_s"] for fault in trial.faults]
    ends = [fault["at_s"] + fault.get("duration_s", 0.0) for fault in trial.faults]
    return min(begins), min(max(ends), duration_s)


def died(why: str) -> Outcome:
    """Return what came of a run that did not come to its end."""
    return Outcome(
        "lost", why=f"the run ended: {why.splitlines()[0] if why else 'for an unknown reason'}"
    )


def _thin(rig: Rig, faults: list[dict[str, object]]) -> Rig:
    """Return the rig with these faults alone, recorded as far as outcomes need it."""
    plain = [
        each.model_dump(mode="json", exclude_unset=True)
        for each in rig.requirement
        if each.fault is None
    ]
    return rig.with_overrides(
        fault=faults,
        requirement=plain,
        allowed=_ANY,
        recording={"columns": [RATE], "octets": False},
    )


def _file_name(name: str) -> str:
    return "".join(each if each.isalnum() else "_" for each in name)[:60]
