"""What is sound in a damaged recording, written anew with the summary that other tools look for."""

from __future__ import annotations

import os
from pathlib import Path

import mcap.records as mcap
from mcap.opcode import Opcode

from hil.errors import RecordingError
from hil.recording.chunk import Chunk
from hil.recording.container import Container
from hil.recording.layout import MAGIC, channels, schemas
from hil.recording.messages import parsed, unpacked
from hil.recording.resync import Sound, Survey
from hil.recording.source import not_mcap, not_ours, opened


def recover(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> str:
    """Copy all that is sound in a recording to a new file; return what is damaged, or nothing.

    What follows a damage is copied too. Every message keeps its order, time and bytes. The new file
    says of itself what was damaged, so that it does not pass for a run that came to its end.
    Raises RecordingError when there is nothing to copy, or a file where the new one should go.
    """
    source, target = Path(source), Path(target)
    if target.exists():
        raise RecordingError(f"{target} exists: name a new file for what can be recovered")
    with opened(source, any_begin=True) as (file, size):
        file.seek(0)
        begins_well = file.read(len(MAGIC)) == MAGIC
        survey = Survey(file, size, begins_well)
        sound = [record.at for record in survey.records() if record.opcode in _COPIED]
        contents = survey.contents
        if not contents.columns or not (begins_well or sound):
            raise not_ours(source, contents.metadata) if begins_well else not_mcap(source, size)
        damage = _damage_words(survey)
        lines, cameras = contents.lines, contents.cameras
        declared = channels(contents.epoch_unix_ns, lines=lines, cameras=cameras)
        new = Container(target)
        try:
            new.declare(schemas(contents.columns, lines=lines, cameras=cameras), declared)
            for at in sound:
                _copy(survey.read(at), new)
            if damage and "aborted" not in contents.metadata:
                new.add_metadata("aborted", {"reason": damage})
            new.finish()
        finally:
            new.close()
    return damage


_COPIED = (Opcode.METADATA, Opcode.CHUNK)


def _copy(record: Sound, new: Container) -> None:
    if record.opcode == Opcode.METADATA:
        metadata = parsed(mcap.Metadata.read, record.body)
        new.add_metadata(metadata.name, metadata.metadata)
    elif chunk := Chunk.of(unpacked(parsed(mcap.Chunk.read, record.body))):
        new.add_chunk(chunk)


def _damage_words(survey: Survey) -> str:
    """Return the first damage in words, and how much is left out if something follows it."""
    if not survey.gaps:
        return ""
    first = survey.gaps[0][2]
    lost = sum(end - start for start, end, _ in survey.gaps)
    places = len([gap for gap in survey.gaps if gap[1] > gap[0]])
    if not lost or (places == 1 and survey.gaps[0][1] == survey.size):
        return first
    return f"{first}; {lost} bytes are left out in {places} place{'s' if places > 1 else ''}"
