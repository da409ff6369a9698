"""With pytest-xdist the tests of one rig on one OBC go to one worker, which makes its runs once."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling


class RigScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """As ``-n`` alone, but for the tests of rigs; all others go out one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        return f"{file}{name[name.rfind('[') :]}" if file.endswith(".toml") else nodeid


def is_about_rigs(config: pytest.Config) -> bool:
    """Whether a session has been asked for rigs, and for nothing about who takes which test."""
    rigs = config.getoption("hil_seeds") is not None or any(".toml" in each for each in config.args)
    return rigs and config.getvalue("dist") == "load"
