"""Everything outside the OBC: truth, sensors and actuators, one control period at a time."""

import math
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from hil.devices.drives import Drives
from hil.devices.reading import read_all
from hil.devices.registry import registry
from hil.devices.rod import RodDrives
from hil.devices.sensor import Installation, Sample, Sensor, generator, make, starts
from hil.devices.suite import build_sensors
from hil.errors import RigError
from hil.faults.actuators import ActuatorFault, ValveFault, through
from hil.native.calls import address_of
from hil.physics.compiled import is_compiling
from hil.physics.truth import Truth
from hil.physics.vectors import FloatArray
from hil.rig import Rig

Command = Mapping[str, Sequence[float]]
"""What the OBC wants of each kind of actuator, by heading; one that is told nothing is absent."""


class World:
    """A rig's spacecraft in its orbit; knows no wire."""

    def __init__(self, rig: Rig) -> None:
        craft = rig.spacecraft
        self.truth = Truth(
            body=craft.body,
            wheels=craft.wheel,
            faces=craft.face,
            thrusters=craft.thruster,
            flexible_modes=craft.flexible_mode,
            orbit=rig.orbit,
            environment=rig.environment,
            q_eci_from_body=rig.initial_q_eci_from_body(),
            rate_body_rad_s=rig.initial_rate_body_rad_s(),
            step_s=rig.truth_step_s,
            period_steps=round(rig.step_s / rig.truth_step_s),
        )
        self.drives = {
            kind.heading: kind.drives(craft.tables(kind.heading), rig.step_s)
            for kind in registry().actuators
        }
        self._held = {key: each for drives in self._all() for key, each in drives.held.items()}
        for drives in self._all():
            drives.look(self.truth_of)
        self.sensors = self._build_sensors(rig)
        self.schedule()
        self._act = {heading: self._acting(each) for heading, each in self.drives.items()}
        self.follows_slowly = any(drives.follows_slowly for drives in self._all())
        self._moving = [each for each in self._all() if each.moves]
        self._compile(rig)
        self._truth_step_s = rig.truth_step_s
        self.period_steps = round(rig.step_s / rig.truth_step_s)
        self._faults: dict[str, list[ActuatorFault]] = {"wheel": [], "thruster": []}
        # Commands on their way, with the truth's steps from the period's start until their effect.
        self.underway: deque[tuple[int, Command]] = deque()
        self._uplink = rig.uplink
        self._seed = rig.seed
        self._craft = craft

    def schedule(self) -> None:
        """Have each sensor asked as often as it may have something to deliver."""
        self._schedule = [(each, each.at_once, *each.every) for each in self.sensors]

    def _compile(self, rig: Rig) -> None:
        """Have all code of the devices compiled before the first step, some by a throwaway set."""
        if not all(_is_ready(sensor, self.truth.row) for sensor in self.sensors):
            for sensor in self._build_sensors(rig):
                sensor.measure(self.truth.row)
        for kind in registry().actuators:
            drives = kind.drives(rig.spacecraft.tables(kind.heading), rig.step_s)
            drives.command([0.0] * kind.most)
            drives.move(rig.step_s)

    def _acting(self, drives: Drives) -> Callable[[Sequence[float]], object]:
        if type(drives).act is Drives.act:
            return drives.command
        return lambda values: drives.act(values, self.truth)

    def _all(self) -> Iterable[Drives]:
        return self.drives.values()

    def _build_sensors(self, rig: Rig) -> tuple[Sensor, ...]:
        rods, craft = self.drives["rod"], rig.spacecraft
        installation = Installation(
            truth_columns=self.truth.columns,
            step_s=rig.step_s,
            seed=rig.seed,
            central_body=rig.orbit.body,
            albedo=rig.environment.albedo,
            rod_dipole_body_A_m2=rods.dipole_body_A_m2 if isinstance(rods, RodDrives) else None,
            scene=rig.scene,
            pressure_hPa=rig.environment.surface_pressure_hPa,
            epoch_utc=rig.orbit.epoch_utc,
            mass_kg=craft.body.mass_kg,
            centre_of_mass_body_m=craft.body.centre_of_mass_body_m,
            thruster_directions_body=tuple(each.direction_body for each in craft.thruster),
        )
        return build_sensors(rig.spacecraft.devices, installation)

    @property
    def device_count(self) -> dict[str, int]:
        """How many sensors of each kind there are."""
        kinds = [sensor.kind for sensor in self.sensors]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    @property
    def rejected_commands(self) -> int:
        """Refused commands: wheels and rods kept the last valid one, valves stayed shut."""
        return sum(drives.rejected for drives in self._all())

    def sense(self, step: int, first: int = 0, end: int | None = None) -> list[Sample | None]:
        """What each sensor of sensors[first:end] delivers at the start of this step.

        None when nothing. Each is to be asked once a step.
        """
        row, due = self.truth.row, self._schedule[first:end]
        samples: list[Sample | None] = [None] * len(due)
        places, at_once = [], []
        for place, (sensor, reading, every, later) in enumerate(due):
            if step % every and (step - later) % every:
                continue
            if reading is None:
                samples[place] = sensor.sample(step, row)
            else:
                places.append(place)
                at_once.append(reading)
        for place, (values, valid) in zip(places, read_all(at_once, row), strict=True):
            samples[place] = make(Sample, (values, valid, 0.0))
        return samples

    def advance(self, command: Command | None, latency_s: float) -> None:
        """Go one control period on with a new command, or without one.

        The command takes effect `latency_s` after the period's start, rounded up to the truth's
        steps, which may be in a later period; until then the actuators go on with the one before,
        as real ones do. Without one wheels and rods go on too, while a valve that is open shuts
        when its time is over.
        """
        if command is not None:
            self.tell(command, latency_s)
        passed = 0
        if self._faults["thruster"]:
            self._let_valves_fail(commanded=False)
        while self.underway and self.underway[0][0] <= self.period_steps:
            due, taken = self.underway.popleft()
            self._go(max(0, due - passed))
            passed = max(passed, due)
            self._take(taken, begins=passed == 0)
        self._go(self.period_steps - passed)
        if self.underway:
            self.underway = deque((due - self.period_steps, each) for due, each in self.underway)

    def tell(self, command: Command, latency_s: float) -> None:
        """Have a command take effect in the period to come, or later.

        None overtakes another for the same kind of actuator.
        """
        due = self.waiting(latency_s)
        if not self.underway:
            self.underway.append((due, command))
            return
        before = [due for due, each in self.underway if each.keys() & command.keys()]
        insort(self.underway, (max([due, *before]), command), key=lambda each: each[0])

    def waiting(self, latency_s: float) -> int:
        """How many of the truth's steps pass until a command takes effect."""
        return math.ceil(latency_s / self._truth_step_s - 1e-9)

    def _take(self, command: Command, *, begins: bool) -> None:
        """Have a command take effect; begins: at the instant at which the control period begins."""
        for heading, values in command.items():
            self._act[heading](values)
        if self._faults["thruster"] and "thruster" in command:
            self._let_valves_fail(commanded=True)
            if begins:  # what the period began with has been replaced
                self._let_valves_fail(commanded=False)

    def _go(self, steps: int) -> None:
        for part in [1] * steps if self.follows_slowly else [steps] if steps else []:
            for drives in self._moving:
                drives.move(part * self._truth_step_s)
            try:
                held = self._failed() if self._faults["wheel"] else self._held
                self.truth.advance(part, **held)
            except ValueError as error:
                raise RigError(f"the simulated world cannot go on: {error}") from error

    # -- faults ------------------------------------------------------------------------------------

    def actuator(self, kind: str, which: str) -> int:
        """Return the number of an actuator by its kind and its name, a rod by its number."""
        if kind == "rod":
            return int(which)
        return [table.name for table in self._craft.tables(kind)].index(which)

    def put_between(self, kind: str, fault: ActuatorFault) -> None:
        """Have a fault change what an actuator makes of its commands while it is active."""
        rods = self.drives["rod"]
        if kind == "rod" and isinstance(rods, RodDrives):
            rods.put_between(fault)
        else:
            self._faults[kind].append(fault)

    def touch(self, kind: str, fault: ActuatorFault) -> None:
        """Take notice of a fault of an actuator that began or ended."""
        rods = self.drives["rod"]
        if kind == "rod" and isinstance(rods, RodDrives):
            rods.refresh()
        elif kind == "wheel":
            fault.touch(self.truth.wheel(fault.place))

    def _failed(self) -> dict[str, FloatArray]:
        """Return what the truth is advanced with, after the wheels' faults."""
        torque = through(self._faults["wheel"], self._held["wheel_torque_Nm"])
        return {**self._held, "wheel_torque_Nm": torque}

    def _let_valves_fail(self, *, commanded: bool) -> None:
        """Change for how long the valves stay open from now on."""
        period_s, open_s = self.period_steps * self._truth_step_s, self.truth.on_times_s.copy()
        for fault in self._faults["thruster"]:
            if fault.active and isinstance(fault, ValveFault):
                open_s[fault.place] = fault.opened(
                    float(open_s[fault.place]), period_s, commanded=commanded
                )
        self.truth.fire(open_s)

    def truth_of(self, column: str) -> FloatArray:
        """The present value of a truth column; a view."""
        at = starts(self.truth.columns)[column]
        return self.truth.row[at : at + dict(self.truth.columns)[column]]

    def determined_orbit(self) -> tuple[FloatArray, FloatArray]:
        """The ground's orbit determination at the run's start, with its errors: m and m/s, ECI."""
        errors = generator(self._seed, "orbit determination").standard_normal((2, 3))
        return (
            self.truth_of("position_eci_m") + self._uplink.position_sigma_m * errors[0],
            self.truth_of("velocity_eci_m_s") + self._uplink.velocity_sigma_m_s * errors[1],
        )


def _is_ready(sensor: Sensor, row: FloatArray) -> bool:
    """Have all code of a sensor's measuring compiled where that needs no measurement."""
    own = sensor.compiled
    if own is None or not own.is_all_of(sensor) or not is_compiling():
        return False
    address_of(own.measure, own.arguments(row))
    return True
