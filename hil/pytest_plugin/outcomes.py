"""What a requirement's test may come to that pytest has no word for."""

from __future__ import annotations

import pytest


class TooFewRunsWarning(pytest.PytestWarning):
    """What the requirement says of runs to come is not shown by the few that met it."""


class NotRunWarning(pytest.PytestWarning):
    """A rig cannot run in a place that was asked for: its requirements were not judged there."""


class MissedError(AssertionError):
    """A requirement that was judged and not met."""
