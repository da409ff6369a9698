"""The message table: the core messages and those of the devices, by name and by APID.

The Python codec, the C header (`hil wire --c`) and the XTCE ground description (`hil wire --xtce`)
are all made from one; who knows the devices makes it and hands it on.
"""

from collections.abc import Iterable

from hil.link.messages import CORE, Message, kind_number


class MessageTable:
    """Everything that can stand on the wire, in the order of the APIDs.

    samples: the sensors' packets. A kind of sensor has the name of its packet.
    """

    def __init__(self, samples: Iterable[Message] = ()) -> None:
        """Raises ValueError when two messages have one name or one APID."""
        self.samples = tuple(sorted(samples, key=lambda message: message.apid))
        self.messages = tuple(sorted((*CORE, *self.samples), key=lambda message: message.apid))
        self.by_name = {message.name: message for message in self.messages}
        self.by_apid = {message.apid: message for message in self.messages}
        for message in self.messages:
            for other in (self.by_name[message.name], self.by_apid[message.apid]):
                if other is not message:
                    raise ValueError(f"{_called(message)} and {_called(other)} cannot both stand")

    @property
    def kind_numbers(self) -> dict[str, int]:
        """The kinds of sensors by name, and their numbers."""
        return {message.name: kind_number(message) for message in self.samples}


def _called(message: Message) -> str:
    return f"{message.name} (0x{message.apid:03X})"


CORE_TABLE = MessageTable()
"""Without any device: enough to read what an OBC says."""
