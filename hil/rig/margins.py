"""The [margins] table: stability margins of the control loop, and how they are measured."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hil.config import Model, NonNegative, Positive


class Margins(Model):
    """What hil margins holds the loop about each body axis against, and how it shakes it.

    gain_margin_dB, phase_margin_deg, delay_margin_s: the least; no requirement on the delay if not
    given. torque_Nm: root mean square of the torque that is added to the truth; one hundredth of
    the strongest wheel's if not given. settle_s: when it begins. period_s: of the torque, 1 over
    the lowest frequency. periods: how many are measured.
    """

    gain_margin_dB: Positive = 6.0
    phase_margin_deg: Positive = 30.0
    delay_margin_s: Positive | None = None
    torque_Nm: Positive | None = None
    settle_s: NonNegative = 200.0
    period_s: Positive = 100.0
    periods: Annotated[int, Field(ge=3)] = 10
