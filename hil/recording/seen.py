"""One picture of a recording as the OBC saw it: its counts, and what was found in it."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import NamedTuple

from hil.recording.blocks import messages
from hil.recording.layout import PICTURES, SIGHTS
from hil.recording.picture import Picture, Sights, decoded_picture, decoded_sights
from hil.recording.scan import Contents

_FRAMES = 1 << 16
_NS = 1_000_000_000
_BACK = 8  # pictures, of which one was looked at already; a line takes some seconds for one


class Seen(NamedTuple):
    """A picture of the first camera. number: how many were sent before it.

    sights: None while the OBC has told nothing of it.
    """

    number: int
    counts: Picture
    sights: Sights | None

    @property
    def frame(self) -> int:
        """Its number on the wire."""
        return self.number % _FRAMES


def latest(contents: Contents, path: Path, time_s: float, last: Seen | None = None) -> Seen | None:
    """Return the picture that the OBC told of last at a time; before it told of one, the last sent.

    last: what was returned before, which is returned again when nothing else is to be.
    Raises RecordingError when the picture is damaged.
    """
    time_ns = round(time_s * _NS)
    sent = bisect_right(contents.picture_ns, time_ns)
    if not sent:
        return None
    told = bisect_right(contents.sights_ns, time_ns)
    sights = _sights(contents, path, told - 1) if told else None
    number = sent - 1
    if sights is not None:
        back = (number - sights.frame) % _FRAMES
        number -= back if back <= _BACK else 0
        sights = sights if back <= _BACK else None
    if last is not None and (last.number, last.sights) == (number, sights):
        return last
    return Seen(number, _picture(contents, path, number), sights)


def _sights(contents: Contents, path: Path, place: int) -> Sights:
    (data,) = _of(path, contents.sights_at[place], SIGHTS, contents, contents.sights_ns[place])
    return decoded_sights(data)


def _picture(contents: Contents, path: Path, place: int) -> Picture:
    at, ns = contents.picture_at[place], contents.picture_ns[place]
    (data,) = _of(path, at, PICTURES[0], contents, ns)
    return decoded_picture(data)


def _of(path: Path, at: int, channel: int, contents: Contents, time_ns: int) -> list[bytes]:
    wanted = time_ns + contents.epoch_unix_ns
    return [data for ns, data in messages(path, [at], channel) if ns == wanted][:1]
