"""What is written above the panels, as rich text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from hil.dashboard.panel import Panel
from hil.dashboard.pointingpanel import Shown
from hil.dashboard.scales import angle_text, decimals, plain, time_text
from hil.dashboard.session import Session
from hil.dashboard.theme import Theme
from hil.judge import Standing

_SILENT_s = 3.0  # without new data, from when on it is worth a word
_EVENT_LETTERS = 90
_HELP = "wheel zooms time, drag moves it, F: latest, Space: pause"
_TROUBLES = {  # of the line, in the order of the rig's [allowed] -> the word for it
    "lost_replies": "lost",
    "late_replies": "late",
    "stale_replies": "stale",
    "crc_errors": "CRC",
    "broken_frames": "broken",
    "unexpected_frames": "unexpected",
}
_NONE = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"


def values_text(panel: Panel, values: list[float], theme: Theme) -> str:
    """Return a panel's name and its curves' values, each in its curve's colour."""
    values = values[: len(values) - panel.behind]
    digits = decimals(values)
    parts = [
        _coloured(f"{escape(name)} {_number(value, panel, digits)}", theme.curve(i))
        for i, (name, value) in enumerate(zip(panel.curves, values, strict=False))
    ]
    words = [f"<b>{panel.title}</b>", *parts, _coloured(panel.unit, theme.faint)]
    return "  ".join(words)


def limit_text(panel: Panel, values: list[float], theme: Theme) -> str:
    """Return how much of a panel's narrowest limit is in use."""
    if panel.scale == "log" or not panel.limits:
        return ""
    limit = min(panel.limits, key=lambda each: each.value)
    values = values[: len(values) - panel.behind]
    known = [abs(value) for value in values if math.isfinite(value)]
    used = 100.0 * max(known, default=0.0) / limit.value
    colour = theme.bad if used > 100.0 - 1e-6 else theme.faint
    return _coloured(f" · {used:.0f} % of ±{limit.value:g}", colour)


def attitude_text(note: str, colour: str) -> str:
    """Return the attitude view's name and what is to be said of it."""
    return f"<b>Attitude</b>  {_coloured(escape(note), colour)}"


def link_text(session: Session, theme: Theme) -> str:
    """Return what went wrong on the line so far."""
    counted = session.link.so_far
    wrong = [f"{counted[name]} {word}" for name, word in _TROUBLES.items() if counted[name]]
    if not wrong:
        return _coloured(" · no errors", theme.good)
    return _coloured(f" · {', '.join(wrong)}", theme.bad)


def headline(session: Session, row: int, theme: Theme) -> list[str]:
    """Return the verdict on all requirements so far, and the pointing error in large figures.

    The first text is the longest; each of the others is for less room.
    """
    panel = session.panels[0]
    error_deg = session.error_deg(row)
    time_s = float(session.history.time_s[row])
    shown = session.shown(row)
    colour, words, more = theme.text, "", ""
    if shown is not None:
        colour, words, more = _against_the_limit(session, shown, error_deg, time_s, theme)
    value = angle_text(error_deg) if math.isfinite(error_deg) else _NONE
    large = f'<span style="font-size:22px; font-weight:700; color:{colour}">{value}</span>'
    title = f'<span style="font-size:16px; font-weight:600">{panel.title}</span>'
    verdict = verdict_text(session.standings, bool(session.verdicts), theme)
    start = f'{title}  {large}  <span style="font-size:13px">'
    short = "  ".join(filter(None, [verdict, words]))
    return [f"{start}{short}{more}</span>", f"{start}{short}</span>"]


_NAMED_MOST = 2  # missed requirements that fit into the headline
_CURVES_A_LINE = 5


def verdict_text(standings: Sequence[Standing], ended: bool, theme: Theme) -> str:
    """Return how all requirements of a run stand, the line among them."""
    if not standings:
        return ""
    missed = [escape(each.name) for each in standings if each.met is False]
    so_far = "" if ended else " so far"
    if missed:
        named = ", ".join(missed)
        if len(missed) > _NAMED_MOST:
            named = f"{missed[0]} and {len(missed) - 1} others of {len(standings)}"
        return _coloured(f"<b>missed{so_far}: {named}</b>", theme.bad)
    met = sum(each.met is True for each in standings)
    open_ = [escape(each.name) for each in standings if each.met is None] if ended else []
    if open_:
        named = open_[0] if len(open_) == 1 else f"{open_[0]} and {len(open_) - 1} others"
        words = f"<b>{met} of {len(standings)} met, not judged: {named}</b>"
        return _coloured(words, theme.notice)
    return _coloured(f"<b>{met} of {len(standings)} met{so_far}</b>", theme.good)


def curve_lines(session: Session, row: int, theme: Theme) -> list[str]:
    """Return the error curves' names with their values and limits, in two lines if it is many."""
    panel = session.panels[0]
    parts = []
    for i, value in enumerate(session.values(panel, row)):
        limits = "".join(f" of {each.value:.4g}" for each in panel.limits if each.curve == i)
        words = f"━ {escape(panel.curves[i])} {_number(float(value), panel, 3)}{limits}"
        parts.append(_coloured(words, theme.curve(i)))
    parts[-1] += _coloured(f" {panel.unit}", theme.faint)
    half = len(parts) if len(parts) <= _CURVES_A_LINE else (len(parts) + 1) // 2
    return ["   ".join(line) for line in (parts[:half], parts[half:]) if line]


def heading(session: Session, state: str, theme: Theme) -> str:
    """Return the run's name, what played the OBC, and whether it is going on."""
    title = f'<span style="font-size:15px; font-weight:600">{escape(session.title)}</span>'
    return f"{title}   {_coloured(escape(session.place), theme.faint)}   {state}"


def state_text(session: Session, follow: bool, silent_s: float, theme: Theme) -> str:
    """Return whether the run is going on, in words."""
    follower, end_s = session.follower, session.history.end_s
    if session.aborted:
        return _coloured(f"stopped at {time_text(end_s)}: {escape(session.aborted)}", theme.bad)
    if follower.state == "damaged":
        return _coloured(escape(follower.reason), theme.bad)
    if follower.state == "ended":
        return _coloured(f"complete, {time_text(end_s)}", theme.faint)
    if not follow:
        return _coloured(f"incomplete, {time_text(end_s)}: the bench was killed", theme.bad)
    if silent_s > _SILENT_s:
        silence = f"no new data for {silent_s:.0f} s: paused, or is the bench gone?"
        return _coloured(silence, theme.notice)
    return _coloured(f"● live, {time_text(end_s)}", theme.good)


def why_text(lines: Sequence[str], theme: Theme) -> list[str]:
    """Return the likely cause, with how many other lines there are; shorter without that."""
    first = _coloured(f"<b>likely cause:</b> {escape(lines[0])}", theme.bad)
    more = f" · {len(lines) - 1} more" if len(lines) > 1 else ""
    return [first + _coloured(more, theme.faint), first]


def footer(session: Session, row: int, pointed: bool, theme: Theme) -> list[str]:
    """Return the instant that the figures are of, its mode, the last event until then, and help.

    The first text is the longest; each of the others is for less room.
    """
    time_s = float(session.history.time_s[row])
    parts = [f"<b>{'cursor' if pointed else 'at'} {time_text(time_s)}</b>"]
    if mode := session.modes.at(time_s):
        parts.append(f"mode {escape(mode)}")
    events = [e for e in session.follower.events if 1e-9 * e.time_ns <= time_s + 1e-6]
    if events:
        last = events[-1]
        words = last.words[:_EVENT_LETTERS]
        parts.append(f"last event {time_text(1e-9 * last.time_ns)}: {escape(words)}")
    return [" · ".join([*parts, _coloured(_HELP, theme.faint)]), " · ".join(parts)]


def _against_the_limit(
    session: Session, shown: Shown, error_deg: float, time_s: float, theme: Theme
) -> tuple[str, str, str]:
    """Return the colour of the error, how it stands, and what else there is to say of it."""
    phase, name, share = shown.phase, escape(shown.limit.text), _share(shown, theme)
    if phase.last_at(time_s) != time_s:
        when = f"limit from {phase.from_s:g} s on" if time_s < phase.from_s else "no limit now"
        return (
            theme.text,
            _coloured(when, theme.faint),
            _coloured(f" · {name}", theme.faint) + share,
        )
    if error_deg <= session.limit_deg(shown):
        within = _coloured("within the limit", theme.good)
        return theme.good, within, _coloured(f" · {name}", theme.good) + share
    above = _coloured("<b>above the limit</b>", theme.bad)
    return theme.bad, above, _coloured(f" · {name}", theme.bad) + share


def _share(shown: Shown, theme: Theme) -> str:
    """Return for how much of the time the requirement was met so far."""
    if not shown.counted:
        return ""
    needed = 100.0 * shown.requirement.probability
    share = math.floor(1e4 * shown.share) / 1e2  # never rounded up to what is needed
    fares_well = shown.share >= shown.requirement.probability
    words = f" · {share:.2f} % of the time (needs {needed:g} %)"
    return _coloured(words, theme.faint if fares_well else theme.bad)


def _number(value: float, panel: Panel, digits: int) -> str:
    if not math.isfinite(value):
        return _NONE
    if panel.scale == "log":
        return plain(value)
    text = f"{np.round(value, digits) + 0.0:.{digits}f}"  # + 0.0: no minus before a zero
    return text.replace("-", _MINUS)


def _coloured(text: str, colour: str) -> str:
    return f'<span style="color:{colour}">{text}</span>'
