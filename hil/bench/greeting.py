"""What a spacecraft on the bench is asked and told before its first step."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from hil.bench.keep import obc_metadata, recorded_as
from hil.bench.names import Names, are_columns, numbers_of, refuse_other_names, unrecorded
from hil.bench.names import metadata as names_metadata
from hil.bench.nowire import NoWire
from hil.bench.stepping import Stepping
from hil.bench.steprow import StepRow
from hil.bench.uplink import booted_utc
from hil.devices.sensor import Sensor
from hil.obc.place import standing_words
from hil.rig.columns import USER_PREFIX


class Greeting(Stepping):
    """HELLO, the settings and the names that the firmware tells; and the columns that they give."""

    _gdb: bool
    _elsewhere: AbstractSet[tuple[str, int]]

    def start(self) -> None:
        """Say HELLO, and tell the OBC all that goes before the first step."""
        self._call()
        self.recorder.declare()

    def _call(self) -> None:
        if self._gdb:
            self.announce(standing_words(self.obc.debug()))
            self.obc.await_debugger()
        if self._deck is not None:
            self._deck.power_on()
        if isinstance(self._driver, NoWire):
            self.announce(f"lines only: {', '.join(line.name for line in self.rig.line)}")
            about = {"place": self.obc.name, "description": self.obc.description}
            self.recorder.metadata("obc", about)
            return
        devices = self._devices_on_the_wire()
        identity = self._driver.hello(devices, booted_utc(self.rig))
        self.result.identity = identity
        self.announce(f"firmware: {identity}")
        not_handled = ", ".join(identity.not_handled(devices))
        self._codec.withhold([kind for kind in devices if kind not in identity.handles])
        if not_handled:
            self.announce(f"the firmware does not handle: {not_handled}")
        self.recorder.metadata("obc", obc_metadata(self.obc, identity, not_handled))
        try:
            self._tell_obc()
        finally:  # a mode that is refused may be one of another name
            self._take_names(self.session.names)

    def _take_names(self, names: Names) -> None:
        if names:
            self.recorder.metadata("names", names_metadata(names))
            refuse_other_names(self.rig, names)
            if not self.rig.obc.telemetry and (words := self._take_numbers(names)):
                self.announce(words)

    def _take_numbers(self, names: Names) -> str:
        """Record numbers that the rig does not name as the firmware calls them; say so."""
        told = numbers_of(names)
        if not told:
            return ""
        if not (are_columns(told) and self._lay_out(told)):
            return unrecorded(told)
        columns = ", ".join(USER_PREFIX + name for name in told)
        return f"recorded of what the firmware tells: {columns}"

    def _lay_out(self, telemetry: tuple[str, ...]) -> bool:
        row = self._row_with(telemetry)
        how = recorded_as(self.rig, row.columns)
        if not self.recorder.lay_out(row.columns, how["kept"], how["every"]):
            return False
        named = self.rig.obc.model_copy(update={"telemetry": telemetry})
        self.rig, self.step_row = self.rig.model_copy(update={"obc": named}), row
        return True

    def _devices_on_the_wire(self) -> dict[str, int]:
        kinds = [each.kind for each in self.world.sensors if self._is_on_the_wire(each)]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    def _row_with(self, telemetry: Sequence[str]) -> StepRow:
        world, rig = self.world, self.rig
        return StepRow(
            world.truth.columns,
            world.sensors,
            self.obc.instruction_ns,
            rig.spacecraft.separate,
            telemetry,
            radio=rig.radio is not None,
        )

    def _is_on_the_wire(self, sensor: Sensor) -> bool:
        return (sensor.kind, sensor.instance) not in self._elsewhere
