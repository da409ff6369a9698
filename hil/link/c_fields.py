"""One field of a message in C99: its declaration, and the statements that read and write it."""

from collections.abc import Iterator, Sequence

from hil.link.messages import BITS, Field

_C_TYPES = {
    "u4": "uint8_t",
    "u8": "uint8_t",
    "u16": "uint16_t",
    "u32": "uint32_t",
    "i32": "int32_t",
    "f32": "float",
}


def declarations(fields: Sequence[Field]) -> list[str]:
    """The members of a struct that holds the fields."""
    return [f"    {_declaration(field)};{_comment(field)}" for field in fields]


def reads(fields: Sequence[Field]) -> list[str]:
    """Statements that fill *out from the octets at p."""
    return [_read(field, at) for field, at in _offsets(fields)]


def writes(fields: Sequence[Field]) -> Iterator[str]:
    """Statements that put *in into the octets at p."""
    high = ""
    for field, at in _offsets(fields):
        if field.type == "u4" and at % 1 == 0:
            high = field.name  # written together with the low half that follows
        elif field.type == "u4":
            both = f"((unsigned)in->{high} << 4) | (in->{field.name} & 0x0Fu)"
            yield f"    p[{int(at)}] = (uint8_t)({both});"
        else:
            yield _write(field, at)


def _declaration(field: Field) -> str:
    kind = "char" if field.type == "char" else _C_TYPES[field.type]
    return f"{kind} {field.name}" + (f"[{field.count}]" if field.count > 1 else "")


def _comment(field: Field) -> str:
    text = "; ".join(part for part in (field.unit, field.doc) if part)
    return f" /* {text} */" if text else ""


def _offsets(fields: Sequence[Field]) -> Iterator[tuple[Field, float]]:
    """Each field with its place in octets; the second `u4` of a pair is at half an octet."""
    at = 0
    for field in fields:
        yield field, at / 8
        at += BITS[field.type] * field.count


def _read(field: Field, at: float) -> str:
    if field.type == "u4":
        half = f"p[{int(at)}] " + ("& 0x0Fu" if at % 1 else ">> 4")
        return f"    out->{field.name} = (uint8_t)({half});"
    if field.type == "char" or (field.type == "u8" and field.count > 1):
        return f"    memcpy(out->{field.name}, p + {int(at)}, {field.count}u);"
    if field.type == "u8":
        return f"    out->{field.name} = p[{int(at)}];"
    read = f"out->{field.name}{{index}} = hil_get_{field.type}(p + {int(at)}{{stride}});"
    return _loop(field, read)


def _write(field: Field, at: float) -> str:
    if field.type == "char" or (field.type == "u8" and field.count > 1):
        return f"    memcpy(p + {int(at)}, in->{field.name}, {field.count}u);"
    if field.type == "u8":
        return f"    p[{int(at)}] = in->{field.name};"
    write = f"hil_put_{field.type}(p + {int(at)}{{stride}}, in->{field.name}{{index}});"
    return _loop(field, write)


def _loop(field: Field, statement: str) -> str:
    if field.count == 1:
        return "    " + statement.format(index="", stride="")
    octets = BITS[field.type] // 8
    body = statement.format(index="[i]", stride=f" + {octets}u * i")
    return f"    for (size_t i = 0; i < {field.count}u; i++) {body}"
