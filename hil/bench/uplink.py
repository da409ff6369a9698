"""What the ground tells the OBC: all that a run starts with, and later what the timeline says."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from hil.bench.world import World
from hil.devices.sensor import generator
from hil.errors import ObcError
from hil.flight.parameters import PARAMETERS
from hil.link import messages as m
from hil.link.clock import Clock, exact_s
from hil.obc.driver import Driver
from hil.physics.celestial import OrbitTarget, SkyTarget
from hil.physics.constants import CENTRAL_BODIES
from hil.physics.scan import Scan
from hil.physics.vectors import FloatArray
from hil.rig import Rig, Telecommand

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_NOT_ITS_OWN = (
    "the parameters in the spacecraft's [flight_software] are the reference firmware's: empty it, "
    "or number your own in [flight_software_ids]"
)
_IDS = {parameter.name: number for number, parameter in enumerate(PARAMETERS)}


class SetMessage(NamedTuple):
    """One set_ message, sent before the samples of its step.

    ticks: the CUC time that it carries, if it carries one. what: it in words. needed: False for
    what the bench tells every firmware and not every firmware wants to know. may_be_refused:
    whether the run goes on when the firmware does not obey.
    """

    step: int
    message: m.Message
    values: Sequence[float | int]
    ticks: int | None
    what: str
    needed: bool = True
    may_be_refused: bool = False


def telecommands(rig: Rig, world: World) -> list[SetMessage]:
    """Return all that a rig has the ground tell the OBC, in the order of time."""
    later = [
        each._replace(may_be_refused=order.may_be_refused)
        for order in rig.telecommand
        for each in _ordered(rig, order)
    ]
    later += [each for scan in rig.scan for each in _scanned(rig, scan)]
    commands = [*_initial(rig, world), *sorted(later, key=lambda each: each.step)]
    return [each for each in commands if each.step < rig.steps]


def send(driver: Driver, telecommand: SetMessage) -> str:
    """Send one telecommand; return what was told, and whether it was refused though it may be.

    Raises ObcError, in words, when the firmware refuses another.
    """
    answer = driver.set(telecommand.message, telecommand.values, telecommand.ticks)
    needless = answer == "unknown id" and not telecommand.needed
    if answer != "accepted" and telecommand.may_be_refused:
        return f"{telecommand.what}: refused, {answer}"
    if answer != "accepted" and not needless:
        when = f" at step {telecommand.step}" if telecommand.step else ""
        unknown = telecommand.message is m.SET_PARAMETER and answer == "unknown id"
        hint = f"; {_NOT_ITS_OWN}" if unknown else ""
        why = f" ({'; '.join(driver.said)})" if driver.said else ""
        raise ObcError(f"the firmware refused {telecommand.what}{when}: {answer}{why}{hint}")
    return telecommand.what


def _parameters(rig: Rig) -> Iterator[SetMessage]:
    ids = rig.spacecraft.flight_software_ids or _IDS
    for name, value in rig.spacecraft.flight_software.items():
        what = f"parameter {name} = {value}"
        yield SetMessage(0, m.SET_PARAMETER, (ids[name], value), None, what)


def _initial(rig: Rig, world: World) -> Iterator[SetMessage]:
    yield from _parameters(rig)
    if rig.orbit.central_body != "earth" and not rig.spacecraft.flight_software_ids:
        yield _planet(rig)
    position, velocity = world.determined_orbit()
    start = _clock(rig).ticks(0)
    yield SetMessage(0, m.SET_ORBIT, (*position, *velocity), start, "the orbit")
    q = rig.ground.q_eci_from_ecef(0.0).tolist()
    yield SetMessage(0, m.SET_EARTH, q, start, "the Earth's orientation", needed=False)
    if not rig.spacecraft.flight_software_ids:  # another firmware's has this number, too
        yield _date(rig)
    for kind in m.TARGET_SLOTS:
        first = next((target.name for target in rig.target if target.kind == kind), None)
        if first is not None:
            yield _target(rig, 0, first)
    yield _mode(rig, 0, rig.obc.mode)


def _planet(rig: Rig) -> SetMessage:
    values = (_IDS["central_body"], float(list(CENTRAL_BODIES).index(rig.orbit.central_body)))
    return SetMessage(0, m.SET_PARAMETER, values, None, "what it orbits", needed=False)


def booted_utc(rig: Rig) -> datetime:
    """Return the date of the wire's time 0."""
    return rig.orbit.epoch_utc - timedelta(seconds=rig.obc.uptime_at_start_s)


def _date(rig: Rig) -> SetMessage:
    day = (booted_utc(rig) - _J2000) / timedelta(days=1)
    values = (_IDS["epoch_day"], day)
    return SetMessage(0, m.SET_PARAMETER, values, None, "the date", needed=False)


def _ordered(rig: Rig, order: Telecommand) -> Iterator[SetMessage]:
    step = round(order.at_s / rig.step_s)
    for name in (order.target, order.station):
        if name is not None:
            yield _target(rig, step, name)
    if order.q_eci_from_body is not None:
        yield SetMessage(step, m.SET_ATTITUDE, order.q_eci_from_body, None, "the attitude to hold")
    if order.delta_v_body_m_s is not None:
        yield SetMessage(step, m.SET_BURN, order.delta_v_body_m_s, None, "the burn")
    if order.rate_body_deg_s is not None:
        rate = [math.radians(each) for each in order.rate_body_deg_s]
        yield SetMessage(step, m.SET_RATE, rate, None, "the rate to hold")
    if order.mode is not None:
        yield _mode(rig, step, order.mode)


def _scanned(rig: Rig, scan: Scan) -> Iterator[SetMessage]:
    """The attitude for each cell, from where the spacecraft will be by the ground's orbit."""
    if scan.at_s is None or scan.every_s is None:
        return
    places = rig.free_fall.states(scan.looked_at_s())[:, :3]
    for number, place in enumerate(places):
        step = round((scan.at_s + number * scan.every_s) / rig.step_s)
        q = scan.attitude(number, place).tolist()
        yield SetMessage(step, m.SET_ATTITUDE, q, None, f"cell {number + 1} of {scan.name}")


def _clock(rig: Rig) -> Clock:
    return Clock(exact_s(rig.step_s), exact_s(rig.obc.uptime_at_start_s))


def _target(rig: Rig, step: int, name: str) -> SetMessage:
    """Where a target is, and how it moves, at the instant of a step."""
    target, clock = rig.ground.targets[name], _clock(rig)
    time_s, ticks = clock.time_s(step), clock.ticks(step)
    slot, what = m.TARGET_SLOTS.index(target.kind), f"the {target.kind} {name}"
    if isinstance(target, SkyTarget):
        direction = target.direction_eci.tolist()
        return SetMessage(step, m.SET_TARGET_DIRECTION, (slot, *direction), None, what)
    if isinstance(target, OrbitTarget):
        state = rig.ground.state_eci(name, np.array([time_s]))[0] + _told_wrong(rig, target)
        return SetMessage(step, m.SET_TARGET_ORBIT, (slot, *state.tolist()), ticks, what)
    position, velocity = target.position_ecef_m(time_s), target.velocity_ecef_m_s(time_s)
    values = (slot, *position.tolist(), *velocity.tolist())
    return SetMessage(step, m.SET_TARGET, values, ticks, what)


def _told_wrong(rig: Rig, target: OrbitTarget) -> FloatArray:
    """Errors (6,) of what the ground knows of an orbit, the same whenever it is told, m and m/s."""
    errors = generator(rig.seed, f"orbit of {target.name}").standard_normal(6)
    sigma = np.repeat([target.position_sigma_m, target.velocity_sigma_m_s], 3)
    return np.asarray(sigma * errors)


def _mode(rig: Rig, step: int, name: str) -> SetMessage:
    number = rig.obc.modes.index(name)
    return SetMessage(step, m.SET_MODE, (number,), None, f"mode {name}")
