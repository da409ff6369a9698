"""The message table: the core messages and those of the devices, by name and by APID.

The Python codec, the C header (`hil wire --c`) and the XTCE ground description (`hil wire --xtce`)
are all made from one; who knows the devices makes it and hands it on.
"""

from collections.abc import Iterable, Mapping

from hil.link.messages import COMMAND, CORE, SAMPLE_APIDS, Message, kind_number


class MessageTable:
    """Everything that can stand on the wire, in the order of the APIDs.

    samples: the sensors' packets; a kind of sensor has the name of its packet. separate_commands:
    what an OBC sends beside its command to actuators with a packet of their own; like it, they
    begin with a step. actuator_numbers: kinds of actuators by name, as `set_actuator` has them.
    """

    def __init__(
        self, devices: Iterable[Message] = (), actuator_numbers: Mapping[str, int] | None = None
    ) -> None:
        """devices: the messages of all devices; ValueError when two have one name or one APID."""
        self.messages = tuple(sorted((*CORE, *devices), key=lambda message: message.apid))
        self.samples = tuple(each for each in self.messages if each.apid in SAMPLE_APIDS)
        self.separate_commands = frozenset(filter(_is_separate_command, self.messages))
        self.actuator_numbers = dict(actuator_numbers or {})
        self.by_name = {message.name: message for message in self.messages}
        self.by_apid = {message.apid: message for message in self.messages}
        for message in self.messages:
            for other in (self.by_name[message.name], self.by_apid[message.apid]):
                if other is not message:
                    raise ValueError(
                        f"{_called(message)} and {_called(other)} cannot be used together"
                    )

    @property
    def kind_numbers(self) -> dict[str, int]:
        """The kinds of sensors by name, and their numbers."""
        return {message.name: kind_number(message) for message in self.samples}


def _is_separate_command(message: Message) -> bool:
    begins = message.fields[0].name == "step" if message.fields else False
    return begins and not message.to_obc and message is not COMMAND


def _called(message: Message) -> str:
    return f"{message.name} (0x{message.apid:03X})"


CORE_TABLE = MessageTable()
"""Without any device: enough to read what an OBC says."""
