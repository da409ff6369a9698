"""How many Python calls a control period takes, and how often it goes from one file to another.

By hand: python tests/bench_calls.py [N]. Counts the calls of Python functions in 50 steps of the
main rig on the library, and of these the ones into another file than the call before. They are
those of the ordinary loop: the compiled one makes none.
"""

import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

from hil import bench
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
FROM_STEP, STEPS = 100, 50  # progress is told every 50 steps


def traced() -> tuple[float, float, Counter[tuple[str, str]]]:
    """Return calls and file switches a period, and how often each (file, function) was called."""
    calls: list[tuple[str, str]] = []

    def on_call(frame, event, _):
        if event == "call":
            calls.append((frame.f_code.co_filename, frame.f_code.co_name))

    def progress(step, _total):
        sys.setprofile(on_call if step == FROM_STEP else None)

    rig = load_rig(ROOT / "rigs" / "dier5_nadir.toml").with_overrides(duration_s=20.0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.mcap"
        bench.run(rig, "library", path, progress=progress, compiled=False)
    switches = sum(one[0] != other[0] for one, other in pairwise(calls))
    return len(calls) / STEPS, switches / STEPS, Counter(calls)


def main() -> None:
    """Print both figures, then the functions that are called most."""
    calls, switches, functions = traced()
    print(f"{calls:.1f} calls and {switches:.1f} file switches a period")
    for (path, name), count in functions.most_common(int(sys.argv[1]) if sys.argv[1:] else 20):
        print(f"{count / STEPS:6.1f}  {Path(path).name}: {name}")


if __name__ == "__main__":
    main()
