"""Colours. Curves stay apart for colour-blind eyes (after Okabe and Ito) on dark and on light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["dark", "light"]


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb; curves in the order in which they are taken."""

    name: ThemeName
    window: str
    panel: str
    text: str
    faint: str
    line: str
    curves: tuple[str, ...]
    good: str
    bad: str
    notice: str
    sun: str
    nadir: str
    target: str
    field: str
    body: str

    def curve(self, number: int) -> str:
        """Return the colour of a curve; where there are more than colours, they come again."""
        return self.curves[number % len(self.curves)]


DARK = Theme(
    name="dark",
    window="#14171c",
    panel="#1c2027",
    text="#e8eaee",
    faint="#9aa3b0",
    line="#3a414d",
    curves=("#5ab4f0", "#f5a742", "#3ecf9a", "#e58ac9", "#d8d25e", "#a9b6c6"),
    good="#3ecf9a",
    bad="#ff6f5b",
    notice="#f2cf4a",
    sun="#ffd34d",
    nadir="#9fb4cc",
    target="#e58ac9",
    field="#b79cf5",
    body="#6d7889",
)
LIGHT = Theme(
    name="light",
    window="#eef0f3",
    panel="#ffffff",
    text="#1b2027",
    faint="#5b6573",
    line="#c5cbd4",
    curves=("#0067b1", "#c25e00", "#007a55", "#a83a86", "#7d7400", "#56657a"),
    good="#007a55",
    bad="#c62f1b",
    notice="#8a6d00",
    sun="#c28a00",
    nadir="#52677f",
    target="#a83a86",
    field="#6742c0",
    body="#8a94a3",
)
THEMES: dict[str, Theme] = {"dark": DARK, "light": LIGHT}


def style_sheet(theme: Theme) -> str:
    """Return the Qt style sheet of the window."""
    return f"""
    QWidget {{ background: {theme.window}; color: {theme.text}; }}
    QFrame#panel, QFrame#panel QWidget {{ background: {theme.panel}; }}
    QFrame#panel {{ border: 1px solid {theme.line}; border-radius: 4px; }}
    QPushButton, QComboBox {{
        background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 4px;
        padding: 3px 10px; min-height: 20px;
    }}
    QPushButton:hover, QComboBox:hover {{ border-color: {theme.faint}; }}
    QPushButton:disabled {{ color: {theme.line}; }}
    QPushButton:checked {{ border-color: {theme.notice}; color: {theme.notice}; }}
    QComboBox QAbstractItemView {{ background: {theme.panel}; color: {theme.text}; }}
    QToolTip {{ background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.line}; }}
    """
