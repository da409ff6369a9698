"""The date and time at which a run starts, as a rig's file says it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_FIRST, _LAST = datetime(1972, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_A_DATE = "must be a date and time, such as 2025-12-13T04:00:00Z"


def _read_date(epoch: Any) -> Any:
    """Read a date's text; refuse a number, which pydantic would take for seconds since 1970."""
    text = str(epoch).strip()
    if re.fullmatch(r"[-+]?\d+\.?\d*(e\d+)?", text, re.ASCII) and not isinstance(epoch, bool):
        raise ValueError(_A_DATE + _read_otherwise(text))
    if not isinstance(epoch, str):
        return epoch
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_A_DATE) from None


def _read_otherwise(text: str) -> str:
    """Say which date a number may be that is a TLE's epoch or a Julian date."""
    if re.fullmatch(r"\d{5}(\.\d*)?", text) and 1.0 <= float(text[2:]) < 367.0:
        year = int(text[:2]) + (2000 if int(text[:2]) < 57 else 1900)
        found = datetime(year, 1, 1) + timedelta(days=float(text[2:]) - 1.0)
        if found.year < _FIRST.year:
            return _read_otherwise_still(text)
        return f"; as the epoch of two-line elements this is {found:%Y-%m-%dT%H:%M:%SZ}"
    if re.fullmatch(r"24\d{5}(\.\d*)?", text):
        found = datetime(2000, 1, 1, 12) + timedelta(days=float(text) - 2_451_545.0)
        return f"; as a Julian date this is {found:%Y-%m-%dT%H:%M:%SZ}"
    return _read_otherwise_still(text)


def _read_otherwise_still(text: str) -> str:
    """The same for a modified Julian date, and for seconds of a Unix clock."""
    if re.fullmatch(r"[4-8]\d{4}(\.\d*)?", text) and 41_317.0 <= float(text) < 88_069.0:
        found = datetime(2000, 1, 1) + timedelta(days=float(text) - 51_544.0)
        return f"; as a modified Julian date this is {found:%Y-%m-%dT%H:%M:%SZ}"
    if re.fullmatch(r"\d{9,10}(\.\d*)?", text) and float(text) < 4_102_444_800.0:
        found = datetime(1970, 1, 1) + timedelta(seconds=float(text))
        return f"; as seconds of a Unix clock this is {found:%Y-%m-%dT%H:%M:%SZ}"
    return ""


def _in_utc(epoch: AwareDatetime) -> AwareDatetime:
    if not _FIRST <= epoch < _LAST:
        raise ValueError(f"must be from {_FIRST:%Y} to {_LAST:%Y}: UTC as it is began in 1972")
    return epoch.astimezone(UTC)


Epoch = Annotated[AwareDatetime, BeforeValidator(_read_date), AfterValidator(_in_utc)]
