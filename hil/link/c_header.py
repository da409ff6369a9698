"""The message table as a C99 header: a struct, an encoder and a decoder for every message."""

from collections.abc import Iterator

from hil.link.messages import (
    ACK_RESULTS,
    ACTUATOR_KINDS,
    BITS,
    DEVICE_KINDS_MAX,
    FLAG_INVALID,
    MODES,
    PROTOCOL_VERSION,
    RODS_MAX,
    TARGET_SLOTS,
    THRUSTERS_MAX,
    WHEELS_MAX,
    Field,
    Message,
)
from hil.link.table import MessageTable

_C_TYPES = {"u4": "uint8_t", "u8": "uint8_t", "u16": "uint16_t", "u32": "uint32_t", "f32": "float"}

_PREAMBLE = """\
/* Generated from the bench's message table by `hil wire --c`; edit the table, not this file.
 *
 * hil_<message>_decode() reads the fields of a packet, which start after its headers; false when
 * `size` is not the message's. hil_<message>_encode() writes HIL_<MESSAGE>_SIZE octets and returns
 * that number. Octet order on the wire is big-endian whatever the machine's is. */
#ifndef HIL_MESSAGES_H
#define HIL_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
"""

_HELPERS = """\
static inline uint16_t hil_get_u16(const uint8_t *p) {
    return (uint16_t)(((uint32_t)p[0] << 8) | p[1]);
}
static inline uint32_t hil_get_u32(const uint8_t *p) {
    return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
}
static inline float hil_get_f32(const uint8_t *p) {
    const uint32_t bits = hil_get_u32(p);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static inline void hil_put_u16(uint8_t *p, uint16_t value) {
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}
static inline void hil_put_u32(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}
static inline void hil_put_f32(uint8_t *p, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    hil_put_u32(p, bits);
}
"""


def c_header(table: MessageTable) -> str:
    """The whole header file as text."""
    parts = [_PREAMBLE, *_constants(table), _HELPERS]
    for message in table.messages:
        parts += [_struct(message), _decoder(message), _encoder(message)]
    return "\n".join([*parts, "#endif\n"])


def _constants(table: MessageTable) -> Iterator[str]:
    yield (
        f"#define HIL_PROTOCOL_VERSION {PROTOCOL_VERSION}u\n"
        f"#define HIL_FLAG_INVALID {FLAG_INVALID}u\n"
        f"#define HIL_WHEELS_MAX {WHEELS_MAX}u\n"
        f"#define HIL_RODS_MAX {RODS_MAX}u\n"
        f"#define HIL_THRUSTERS_MAX {THRUSTERS_MAX}u\n"
        f"#define HIL_DEVICE_KINDS_MAX {DEVICE_KINDS_MAX}u\n"
    )
    yield _enum("HIL_APID", {message.name: message.apid for message in table.messages}, "0x{:03X}")
    yield _enum("HIL_DEVICE", table.kind_numbers)
    yield _enum("HIL_MODE", {name: number for number, name in enumerate(MODES)})
    yield _enum("HIL_SLOT", {name: number for number, name in enumerate(TARGET_SLOTS)})
    yield _enum("HIL_ACTUATOR", {name: number for number, name in enumerate(ACTUATOR_KINDS)})
    results = {name.replace(" ", "_"): number for number, name in enumerate(ACK_RESULTS)}
    yield _enum("HIL_ACK", results)


def _enum(prefix: str, numbers: dict[str, int], form: str = "{}") -> str:
    lines = [f"    {prefix}_{name.upper()} = {form.format(n)}," for name, n in numbers.items()]
    return "\n".join(["enum {", *lines, "};\n"])


def _struct(message: Message) -> str:
    lines = [f"    {_declaration(field)};{_comment(field)}" for field in message.fields]
    time = {"never": "no time", "always": "with CUC time", "optional": "CUC time when late"}
    direction = "to the OBC" if message.to_obc else "from the OBC"
    return "\n".join(
        [
            f"/* {message.name}: {direction}, {time[message.time]}. {message.doc} */",
            f"#define HIL_{message.name.upper()}_SIZE {message.size}u",
            "typedef struct {",
            *lines,
            f"}} hil_{message.name};\n",
        ]
    )


def _declaration(field: Field) -> str:
    kind = "char" if field.type == "char" else _C_TYPES[field.type]
    return f"{kind} {field.name}" + (f"[{field.count}]" if field.count > 1 else "")


def _comment(field: Field) -> str:
    text = "; ".join(part for part in (field.unit, field.doc) if part)
    return f" /* {text} */" if text else ""


def _decoder(message: Message) -> str:
    return "\n".join(
        [
            f"static inline bool hil_{message.name}_decode(",
            f"    const uint8_t *p, size_t size, hil_{message.name} *out) {{",
            f"    if (size != HIL_{message.name.upper()}_SIZE) return false;",
            *(_read(field, at) for field, at in _offsets(message)),
            "    return true;",
            "}\n",
        ]
    )


def _encoder(message: Message) -> str:
    return "\n".join(
        [
            f"static inline size_t hil_{message.name}_encode(",
            f"    const hil_{message.name} *in, uint8_t *p) {{",
            *_writes(message),
            f"    return HIL_{message.name.upper()}_SIZE;",
            "}\n",
        ]
    )


def _offsets(message: Message) -> Iterator[tuple[Field, float]]:
    """Each field with its place in octets; the second `u4` of a pair is at half an octet."""
    at = 0
    for field in message.fields:
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


def _writes(message: Message) -> Iterator[str]:
    high = ""
    for field, at in _offsets(message):
        if field.type == "u4" and at % 1 == 0:
            high = field.name  # written together with the low half that follows
        elif field.type == "u4":
            both = f"((unsigned)in->{high} << 4) | (in->{field.name} & 0x0Fu)"
            yield f"    p[{int(at)}] = (uint8_t)({both});"
        else:
            yield _write(field, at)


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
