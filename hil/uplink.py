"""What the ground tells the OBC before the first step: parameters, orbit, mode."""

from collections.abc import Sequence

from hil.errors import ObcError
from hil.link import messages as m
from hil.link.parameters import PARAMETERS
from hil.obc.dialogue import Dialogue
from hil.rig import Rig
from hil.world import World

_IDS = {parameter.name: number for number, parameter in enumerate(PARAMETERS)}


def send_uplink(dialogue: Dialogue, rig: Rig, world: World) -> None:
    """Send all of it; raises ObcError, in words, when the firmware refuses a part."""
    for name, value in rig.spacecraft.flight_software.items():
        _set(dialogue, m.SET_PARAMETER, (_IDS[name], value), f"parameter {name} = {value}")
    position, velocity = world.determined_orbit()
    _set(dialogue, m.SET_ORBIT, (*position, *velocity), "the orbit", ticks=0)
    _set(dialogue, m.SET_MODE, (m.MODES.index(rig.obc.mode),), f"mode {rig.obc.mode}")


def _set(
    dialogue: Dialogue,
    message: m.Message,
    values: Sequence[float],
    what: str,
    ticks: int | None = None,
) -> None:
    answer = dialogue.set(message, values, ticks)
    if answer != "accepted":
        raise ObcError(f"the firmware refused {what}: {answer}")
