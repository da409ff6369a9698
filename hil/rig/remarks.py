"""What is valid in a rig and yet most likely not meant."""

from hil.rig.model import Rig


def remarks(rig: Rig) -> list[str]:
    """Return a sentence each, the file's name first; a rig that says what it is for has none."""
    found = []
    if not rig.requirement:
        found.append("it has no [[requirement]]: a run of it passes whatever the spacecraft does")
    return [f"{rig.source.path}: {words}" for words in found]
