"""What a first run costs, from an empty cache of native code, and where it goes. By hand.

python tests/bench_cold.py [RIG]: processor seconds of each pass of the compiler, the most first.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest.mock import patch

from numba.core import codegen, typed_passes, untyped_passes

SPENT: Counter[str] = Counter()
INNER = [0.0]


def timed(owner, method, name):
    """Have a method's processor time counted, without that of others inside."""
    function = getattr(owner, method)

    def measured(*args, **kws):
        begin = time.process_time()
        INNER.append(0.0)
        try:
            return function(*args, **kws)
        finally:
            whole = time.process_time() - begin
            SPENT[name] += whole - INNER.pop()
            INNER[-1] += whole

    setattr(owner, method, measured)


def main() -> None:
    """Measure."""
    for module in (typed_passes, untyped_passes):
        for name, each in list(vars(module).items()):
            if isinstance(each, type) and "run_pass" in vars(each):
                timed(each, "run_pass", name)
    for method in ("_optimize_functions", "_optimize_final_module", "add_ir_module"):
        timed(codegen.CPUCodeLibrary, method, f"LLVM: {method.strip('_')}")
    timed(codegen.JitEngine, "finalize_object", "LLVM: machine code")
    rig = (
        sys.argv[1]
        if len(sys.argv) > 1
        else str(Path(__file__).parents[1] / "rigs/dier5_nadir.toml")
    )
    with tempfile.TemporaryDirectory() as folder, patch.dict("os.environ", NUMBA_CACHE_DIR=folder):
        from hil import bench  # it reads where the cache is

        begin = time.process_time()
        bench.run(rig, "library", f"{folder}/run.mcap")
        print(f"{time.process_time() - begin:6.2f} s  the first run")
    for name, spent_s in SPENT.most_common(12):
        print(f"{spent_s:6.2f} s  {name}")


if __name__ == "__main__":
    main()
