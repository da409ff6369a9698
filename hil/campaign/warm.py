"""Compiled code is made before there are workers, by a process that ends with it.

Compiling takes about half as much memory again as flying, and a worker would keep it.
"""

from __future__ import annotations

import json
import subprocess
import sys

from hil.bench.compiled import loop_is_to_be_compiled
from hil.campaign.work import COMPILED_ON, Task, run_case
from hil.rig import Rig


def compile_first(rig: Rig, obc: str) -> None:
    """Have a process make one run, where the cache holds no compiled loop; its outcome is dropped.

    What goes wrong in it goes wrong in the campaign's runs, too, which tell of it.
    """
    if obc != COMPILED_ON or not loop_is_to_be_compiled():
        return
    subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(rig.source.metadata()),
        text=True,
        stdout=subprocess.DEVNULL,
        check=False,
    )


if __name__ == "__main__":
    run_case(Task(0, json.load(sys.stdin), COMPILED_ON))
