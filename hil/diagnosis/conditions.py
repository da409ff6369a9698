"""What the bad steps have in common: eclipse, a disturbance that is too large, a late settling."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.trouble import Marked, Trouble
from hil.diagnosis.units import amount, share, span_words
from hil.flight.parameters import PARAMETERS
from hil.judge.rows import Rows
from hil.rig import Rig

_MOST_EXTERNAL, _SLEW = "external_torque_max_Nm", "slew_rate_max_rad_s"
COLUMNS = {"time_s", "truth_sunlit", "truth_external_torque_body_Nm", "truth_rate_body_rad_s"}


class Conditions:
    """The surroundings in bad steps and in good ones."""

    def __init__(self, rig: Rig) -> None:
        self._wheels = rig.spacecraft.wheel
        beliefs = rig.spacecraft.flight_software
        usual = next(each.default for each in PARAMETERS if each.name == _MOST_EXTERNAL)
        self._external_Nm = beliefs.get(_MOST_EXTERNAL, usual) if beliefs else None
        self._counts = np.zeros((2, 2))  # good and bad: steps, of them in eclipse
        self._torque_Nm = self._steps = 0.0  # summed up over all steps
        self._fastest_rad_s = self._fastest_axis_rad_s = 0.0
        self._gyros = rig.spacecraft.tables("gyro")
        usual = next(each.default for each in PARAMETERS if each.name == _SLEW)
        self._slew_rad_s = beliefs.get(_SLEW, usual) if beliefs and rig.spacecraft.wheel else None
        self._slewing = np.zeros(2)  # good and bad steps at that rate

    def feed(self, rows: Rows, marked: Marked) -> None:
        """Take the next steps."""
        dark = rows["truth_sunlit"] < 0.5
        load = np.linalg.norm(rows["truth_external_torque_body_Nm"], axis=1)
        for k, mask in enumerate((marked.asked & ~marked.bad, marked.bad)):
            self._counts[k] += [np.count_nonzero(mask), np.count_nonzero(mask & dark)]
        self._torque_Nm, self._steps = self._torque_Nm + float(load.sum()), self._steps + len(load)
        rate = np.linalg.norm(rows["truth_rate_body_rad_s"], axis=1)
        if self._slew_rad_s is not None:
            slewing = (rate > 0.7 * self._slew_rad_s) & (rate < 1.5 * self._slew_rad_s)
            good = marked.asked & ~marked.bad
            self._slewing += [np.count_nonzero(m & slewing) for m in (good, marked.bad)]
        self._fastest_rad_s = max(self._fastest_rad_s, float(rate.max(initial=0.0)))
        largest = float(np.abs(rows["truth_rate_body_rad_s"]).max(initial=0.0))
        self._fastest_axis_rad_s = max(self._fastest_axis_rad_s, largest)

    def findings(self, trouble: Trouble) -> Iterator[Finding]:
        """Yield what is common to the bad steps and rare in the others."""
        (good, good_dark), (bad, bad_dark) = self._counts
        if not bad:
            return
        dark, else_ = bad_dark / bad, good_dark / max(good, 1.0)
        if dark > 0.7 and dark > 1.5 * else_ and good:
            words = f"{share(dark)} of the bad steps are in eclipse, of the others {share(else_)}"
            yield Finding(words, 48.0, "any", "eclipse")
        yield from self._too_slow(trouble)
        if self._slew_rad_s is not None and self._slewing[1] > 0.3 * bad:
            part = self._slewing[1] / bad
            if part > 2.0 * self._slewing[0] / max(good, 1.0):
                words = (
                    f"the body turns at about [flight_software] slew_rate_max_rad_s = "
                    f"{self._slew_rad_s:g} in {share(part)} of the bad steps: it is under way"
                )
                yield Finding(words, 74.0, "control", "slew")
        yield from self._disturbed(self._torque_Nm / max(self._steps, 1.0))
        yield from _settling(trouble)
        yield from self._beyond_range(math.degrees(self._fastest_axis_rad_s))
        if self._fastest_rad_s > math.radians(5.0):
            words = f"the body turned at up to {math.degrees(self._fastest_rad_s):.3g} deg/s"
            yield Finding(words, 20.0, "control", "rate", cause=False)

    def _too_slow(self, trouble: Trouble) -> Iterator[Finding]:
        """Yield a rate of slews by which the error cannot go away in the time of the run."""
        if not self._slew_rad_s:
            return
        needs_s, has_s = trouble.control_rad / self._slew_rad_s, trouble.end_s - trouble.begin_s
        if needs_s > 0.7 * has_s:
            words = (
                f"[flight_software] slew_rate_max_rad_s is {self._slew_rad_s:g}: the control error "
                f"takes {needs_s:.0f} s to go at that rate, and the run has {has_s:.0f} s"
            )
            yield Finding(words, 73.0, "control", "slew rate")

    def _beyond_range(self, fastest_deg_s: float) -> Iterator[Finding]:
        """Yield the first gyro whose range the body went beyond."""
        for n, gyro in enumerate(self._gyros):
            if fastest_deg_s > gyro.range_deg_s:
                words = (
                    f"the range of gyro {n} ends at {gyro.range_deg_s:g} deg/s, and the body "
                    f"turned at up to {fastest_deg_s:.3g} deg/s about an axis"
                )
                yield Finding(words, 81.0, "any", f"gyro {n}")
                return

    def _disturbed(self, torque_Nm: float) -> Iterator[Finding]:
        strongest = max((wheel.torque_max_Nm for wheel in self._wheels), default=math.inf)
        if self._external_Nm is not None and torque_Nm > 1.2 * self._external_Nm:
            words = (
                f"the surroundings push with {amount(1e3 * torque_Nm, 'mNm', 2)} on average; "
                f"the observer takes at most external_torque_max_Nm = "
                f"{self._external_Nm:g} N m for external"
            )
            yield Finding(words, 82.0, "control", "disturbance")
        elif torque_Nm > 0.2 * strongest:
            words = (
                f"the surroundings push with {amount(1e3 * torque_Nm, 'mNm', 2)} on average: "
                f"{share(torque_Nm / strongest)} of what a wheel can give"
            )
            yield Finding(words, 78.0, "control", "disturbance")


def _settling(trouble: Trouble) -> Iterator[Finding]:
    """Yield that the run was bad at first and then good to its end."""
    after = trouble.end_s - trouble.last_s
    span = trouble.last_s - trouble.first_s
    if not after > max(30.0, 2.0 * span) or trouble.bad_steps < 0.9 * span / max(
        _step(trouble), 1e-9
    ):
        return
    when = span_words(trouble.first_s, trouble.last_s, trouble.end_s, trouble.begin_s)
    words = f"it is bad only {when} and good after that: it had not settled yet"
    yield Finding(words, 72.0, "control", "settling")


def _step(trouble: Trouble) -> float:
    return (trouble.end_s - trouble.begin_s) / max(trouble.steps - 1, 1)
