"""The cases of a campaign without their runs: drawn, redrawn if they make no rig, and written."""

from typing import NamedTuple

from hil.campaign.case import Drawn, files_of, write_case
from hil.campaign.cases import Cases
from hil.rig import Rig, Source


class Case(NamedTuple):
    """What was drawn for a case, its files, and the rig that they describe."""

    drawn: Drawn
    source: Source
    rig: Rig

    @property
    def values(self):
        """What was drawn, by name."""
        return self.drawn.values


def cases_of(rig, folder, n):
    """Draw n cases into a folder, as a campaign and its workers do together."""
    cases = Cases(rig, folder)
    cases.write_inputs()
    return [_case(cases, drawn) for drawn in cases.drawn([n], range(1, n + 1))]


def _case(cases, drawn):
    files = files_of(cases.template, drawn)
    if isinstance(files.made, list):
        return _case(cases, cases.again(drawn, files.made))
    write_case(files.source)
    return Case(drawn, files.source, files.made)
