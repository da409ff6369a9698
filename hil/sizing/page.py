"""The page of a spacecraft for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.errors import visible


def print_sizing(console: Console, page: dict[str, Any]) -> None:
    """Print what ``sizing_dict`` returns, as tables under headings."""
    where = f" in {page['rig']}" if "rig" in page else ""
    _heading(console, f"{page['spacecraft']} ({page['file']}){where}")
    _pairs(console, _mass(page["mass"]))
    _heading(console, "devices")
    _table(
        console,
        ("table", "name", "what it is, and where its figures come from"),
        _devices(page["devices"]),
    )
    _heading(console, "actuators")
    _pairs(console, _actuators(page["actuators"]))
    _slew(console, page["slew"])
    if "orbit" in page:
        _in_orbit(console, page)
    else:
        console.print("\nbudgets need an orbit: hil info RIG, of a rig that names this spacecraft")


def _in_orbit(console: Console, page: dict[str, Any]) -> None:
    _heading(console, "orbit")
    _pairs(console, _orbit(page["orbit"]))
    budget = page["budget"]
    _heading(console, "worst disturbances on this orbit, at any attitude")
    rows = [(d["name"], _si(d["torque_Nm"], "Nm"), d["source"]) for d in budget["disturbances"]]
    rows.append(("all together", _si(budget["worst_together_Nm"], "Nm"), ""))
    _table(console, ("disturbance", "torque", "by"), rows)
    _pairs(console, _margins(budget))
    if page["star_trackers"]:
        _heading(console, "where the star trackers see, of a revolution")
        columns = ("star tracker", "at nadir", "blinded there by", "any direction")
        _table(console, columns, _trackers(page["star_trackers"]))


def _heading(console: Console, words: str) -> None:
    console.print(Text(f"\n{visible(words)}", style="bold"))


def _pairs(console: Console, pairs: Iterable[tuple[str, str]]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in pairs:
        table.add_row(Text(name), Text(visible(value)))
    console.print(table)


def _table(console: Console, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    table = Table(*columns, box=None, pad_edge=False, header_style="")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    console.print(table)


def _mass(mass: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "mass", f"{mass['mass_kg']:g} kg"
    yield "centre of mass", f"{mass['centre_of_mass_body_m']} m"
    moments = ", ".join(f"{each:.4g}" for each in mass["principal_moments_kg_m2"])
    turned = max(mass["principal_axes_off_body_axes_deg"])
    yield "principal moments", f"{moments} kg m2, axes within {turned:.2g} deg of the body's"
    if mass["believed_inertia_off"]:
        off = ", ".join(f"{100.0 * each:+.1f} %" for each in mass["believed_inertia_off"].values())
        yield "believed moments off by", off
    yield "residual dipole", _si(mass["residual_dipole_A_m2"], "A m2")
    for hz in mass["flexible_modes_hz"]:
        yield "flexible mode", f"{hz:g} Hz"


def _devices(devices: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield a row for each device, several that are alike together, and below it its sources."""
    alike: dict[str, list[dict[str, Any]]] = {}
    for each in devices:
        alike.setdefault(str({**each, "name": ""}), []).append(each)
    for same in alike.values():
        yield f"[[{same[0]['heading']}]]", ", ".join(each["name"] for each in same), same[0]["what"]
        yield from (("", "", f"  {told}") for told in _told_of(same[0]))


def _told_of(device: dict[str, Any]) -> Iterator[str]:
    yield from device["sources"]
    if device["guesses"]:
        yield f"guesses: {device['guesses']}"
    if device["overridden"]:
        yield f"not the part's, but this spacecraft's own: {', '.join(device['overridden'])}"


def _actuators(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if found["wheels"]:
        yield (
            "wheels, in any direction",
            (
                f"{_si(found['wheel_torque_any_direction_Nm'], 'Nm')}, "
                f"{_si(found['wheel_momentum_any_direction_Nms'], 'Nms')}"
            ),
        )
        yield "their momentum at the start", _si(found["wheel_momentum_at_start_Nms"], "Nms")
    if found["rods"]:
        yield "rods, in any direction", _si(found["rod_dipole_any_direction_A_m2"], "A m2")
    for each in found["thrusters"]:
        torque = math.hypot(*each["torque_body_Nm"])
        yield (
            f"thruster {each['name']}",
            (
                f"{_si(each['thrust_N'], 'N')}, {_si(torque, 'Nm')}, at least "
                f"{_si(each['smallest_impulse_N_s'], 'N s')}"
            ),
        )


def _slew(console: Console, slews: list[dict[str, Any]]) -> None:
    if not any(each["rate_deg_s"] for each in slews):
        return
    _heading(console, "slews from rest to rest by the wheels, all of their torque used")
    angles = list(slews[0]["time_s_by_deg"])
    rows = []
    for each in slews:
        times = (each["time_s_by_deg"][angle] for angle in angles)
        told = ("-" if time is None else f"{time:.1f} s" for time in times)
        rate = f"{each['acceleration_deg_s2']:.3g} deg/s2", f"{each['rate_deg_s']:.3g} deg/s"
        rows.append((each["axis"], *rate, *told))
    columns = ("about", "acceleration", "rate", *(f"{angle} deg" for angle in angles))
    _table(console, columns, rows)


def _orbit(orbit: dict[str, Any]) -> Iterator[tuple[str, str]]:
    low, high = (f"{each / 1e3:.0f}" for each in orbit["height_m"])
    period = "none" if orbit["period_s"] is None else f"{orbit['period_s']:.0f} s"
    yield f"about the {orbit['about']}", f"{low} to {high} km high, period {period}"
    yield "Sun above its plane", f"{orbit['beta_deg']:.1f} deg"
    yield "in eclipse", f"{100.0 * orbit['eclipse_share']:.0f} %"
    weakest, strongest = (each * 1e9 for each in orbit["field_T"])
    yield "magnetic field", f"{weakest:.0f} to {strongest:.0f} nT" if strongest else "none"


def _margins(budget: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "wheels' torque over all of it", _times(budget["wheel_torque_margin"])
    if budget["momentum_of_an_orbit_Nms"] is not None:
        yield (
            "momentum that it builds up and down each orbit",
            (
                f"{_si(budget['momentum_of_an_orbit_Nms'], 'Nms')}, in the wheels "
                f"{_times(budget['wheel_momentum_margin'])}"
            ),
        )
    if budget["wheels_full_after_s"]:
        yield "wheels full, were it steady, after", f"{budget['wheels_full_after_s']:.0f} s"
    if budget["rod_torque_across_weakest_field_Nm"]:
        yield (
            "rods across the weakest field",
            (
                f"{_si(budget['rod_torque_across_weakest_field_Nm'], 'Nm')}, "
                f"{_times(budget['rod_torque_margin'])}"
            ),
        )


def _trackers(found: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    for each in found:
        by = (f"{name} {_percent(part)}" for name, part in each["nadir_blinded_by"].items() if part)
        yield (
            str(each["star_tracker"]),
            _percent(each["nadir_share"]),
            ", ".join(by) or "nothing",
            _percent(each["anywhere_share"]),
        )


def _percent(part: float) -> str:
    return f"{100.0 * part:.0f} %"


def _times(margin: float | None) -> str:
    return "nothing to hold against" if margin is None else f"{margin:.3g} times"


def _si(value: float, unit: str) -> str:
    """Return a value with a prefix that leaves one to three digits before the point."""
    for factor, prefix in ((1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n")):
        if abs(value) >= factor or factor == 1e-9:
            return f"{value / factor:.3g} {prefix}{unit}" if value else f"0 {unit}"
    return f"{value:g} {unit}"
