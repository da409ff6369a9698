"""Builds the firmware's own tests with one mistake in it, and runs its suites."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

LIMIT_S = 900.0
SUITES_OF = {  # a file of the firmware -> suites that are no name of it
    "adcs": "loop without", "parameters": "flight", "modes": "supervisor lacks",
    "gyros": "sensed faults",
    "determination": "sensed attitude", "orbit_filter": "gps orbit", "wheels": "allocation control",
    "star_trackers": "sensed faults", "link": "framing hello", "deframer": "framing",
    "sight": "target sighted", "flight_chip": "finds", "bad_pixels": "bad_pixel_medians",
    "guidance": "air",
    "cfdp_sender": "cfdp", "detect": "vision finds", "classify": "vision",
    "track": "tracks track_costs",
    "flight_settings": "flight", "wheel_faults": "faults", "magnetometry": "field_calibration",
    "intake": "time flight", "flight_samples": "flight", "quat": "rotations", "sun": "almanac",
    "moon": "almanac", "field": "almanac", "rate": "spin", "firing": "valves",
}  # fmt: skip


class Suites:
    """A build of a checkout's C tests, without the address sanitizer: it takes half of the time."""

    def __init__(self, checkout: Path) -> None:
        self.checkout, self.build = checkout, checkout / "build" / "suites"
        off = ["-DHIL_HAS_ADDRESS_SANITIZER=OFF", "-DHIL_HAS_LIBFUZZER=OFF", "-DHIL_TESTS=ON"]
        source = ["-S", str(checkout / "firmware_stubs"), "-B", str(self.build)]
        cmake = shutil.which("cmake") or "cmake"
        subprocess.run([cmake, "-G", "Ninja", *source, *off], check=True, capture_output=True)
        self._names = sorted(
            each.stem.removeprefix("test_")
            for each in checkout.glob("firmware_stubs/tests/test_*.c")
        )
        problem = self.found_by("") if self.builds() else "the build"
        if problem:
            raise SystemExit(f"without any mistake the C suites fail already: {problem}")

    def builds(self) -> bool:
        """Build what has changed; return whether the compiler accepts it."""
        command = ["cmake", "--build", str(self.build), "--target", "firmware-tests"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def found_by(self, stem: str) -> str:
        """Return which suite finds the mistake in a file of that stem, or ""."""
        wanted = SUITES_OF.get(stem, "").split()
        first = [name for name in self._names if name in wanted or name in stem or stem in name]
        for name in first:
            if not self._holds(name):
                return f"suite {name}"
        return "" if self._holds() else "the suites"

    def _holds(self, *suite: str) -> bool:
        program = [self.build / "firmware-tests", self.checkout / "tests/data/frames", *suite]
        try:
            done = subprocess.run(program, capture_output=True, check=False, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0
