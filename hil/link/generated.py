"""The message table in its other forms, and the committed files that hold them."""

from collections.abc import Iterator
from pathlib import Path

from hil.link.c_header import c_header
from hil.link.messages import PROTOCOL_VERSION, Field
from hil.link.table import MessageTable
from hil.link.xtce import xtce

_PACKAGE = Path(__file__).parent
_FILES = {
    _PACKAGE.parents[1] / "firmware_stubs" / "link" / "hil_messages.h": c_header,
    _PACKAGE / "hil_wire.xtce.xml": xtce,
}


def text(table: MessageTable) -> str:
    """The table for people to read."""
    lines = [f"protocol version {PROTOCOL_VERSION}"]
    for message in table.messages:
        arrow = "bench -> OBC" if message.to_obc else "OBC -> bench"
        time = {"never": "", "always": ", with time", "optional": ", time when late"}[message.time]
        lines.append(
            f"\n{message.name}  0x{message.apid:03X}  {arrow}  {message.size} octets{time}"
        )
        lines.append(f"  {message.doc}")
        lines += [f"    {_field_text(field)}" for field in message.fields]
        if group := message.group:
            lines.append(f"    then, up to {group.most} times: {group.doc}")
            lines += [f"      {_field_text(field)}" for field in group.fields]
    return "\n".join(lines) + "\n"


def _field_text(field: Field) -> str:
    kind = field.type + (f"[{field.count}]" if field.count > 1 else "")
    meaning = "; ".join(part for part in (field.unit, field.doc) if part)
    return f"{field.name:24} {kind:9} {meaning}".rstrip()


FORMS = {"text": text, "c": c_header, "xtce": xtce}


def write(table: MessageTable) -> Iterator[Path]:
    """Write the committed files anew, one by one; yields each path."""
    for path, make in _FILES.items():
        path.write_text(make(table))
        yield path
