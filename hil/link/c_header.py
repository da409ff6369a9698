"""The message table as a C99 header: a struct, an encoder and a decoder for every message."""

from collections.abc import Iterator

from hil.link.c_fields import declarations, reads, writes
from hil.link.messages import (
    ACK_RESULTS,
    FLAG_INVALID,
    MODES,
    PROTOCOL_VERSION,
    RODS_MAX,
    SAMPLE_APIDS,
    SIGHT_KINDS,
    TARGET_SLOTS,
    THRUSTERS_MAX,
    WHEELS_MAX,
    Group,
    Message,
)
from hil.link.table import MessageTable

_PREAMBLE = """\
/* Generated from the bench's message table by `hil wire --c`; edit the table, not this file.
 *
 * hil_<message>_decode() reads the fields of a packet, which start after its headers; false when
 * `size` is not the message's. hil_<message>_encode() writes HIL_<MESSAGE>_SIZE octets and returns
 * that number. A message that ends with a list has any length: fields that are missing read as
 * zero, and encode() writes up to HIL_<MESSAGE>_SIZE_MAX octets. Octet order on the wire is
 * big-endian whatever the machine's is. */
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
static inline int32_t hil_get_i32(const uint8_t *p) {
    const uint32_t bits = hil_get_u32(p);
    int32_t value;
    memcpy(&value, &bits, sizeof value);
    return value;
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
static inline void hil_put_i32(uint8_t *p, int32_t value) {
    hil_put_u32(p, (uint32_t)value);
}
static inline void hil_put_f32(uint8_t *p, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    hil_put_u32(p, bits);
}
"""


def c_header(table: MessageTable) -> str:
    """The whole header file as text."""
    parts = [_PREAMBLE, *_constants(table), _HELPERS, *_groups(table)]
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
        f"#define HIL_APID_FIRST_SAMPLE 0x{SAMPLE_APIDS.start:03X}u\n"
        f"#define HIL_APID_LAST_SAMPLE 0x{SAMPLE_APIDS.stop - 1:03X}u\n"
    )
    yield _enum("HIL_APID", {message.name: message.apid for message in table.messages}, "0x{:03X}")
    yield _enum("HIL_DEVICE", table.kind_numbers)
    yield _enum("HIL_MODE", {name: number for number, name in enumerate(MODES)})
    yield _enum("HIL_SLOT", {name: number for number, name in enumerate(TARGET_SLOTS)})
    yield _enum("HIL_ACTUATOR", table.actuator_numbers)
    sights = {name.replace(" ", "_"): number for number, name in enumerate(SIGHT_KINDS)}
    yield _enum("HIL_SIGHT", sights)
    results = {name.replace(" ", "_"): number for number, name in enumerate(ACK_RESULTS)}
    yield _enum("HIL_ACK", results)


def _enum(prefix: str, numbers: dict[str, int], form: str = "{}") -> str:
    lines = [f"    {prefix}_{name.upper()} = {form.format(n)}," for name, n in numbers.items()]
    return "\n".join(["enum {", *lines, "};\n"])


def _groups(table: MessageTable) -> Iterator[str]:
    """Each group once: a struct for one of its entries, and what reads and writes it."""
    groups = {message.group.name: message.group for message in table.messages if message.group}
    for group in groups.values():
        entry = _entry(group)
        lines = [
            f"#define {_most(group)} {group.most}u",
            "typedef struct {",
            *declarations(group.fields),
            f"}} {entry};\n",
            f"static inline void {entry}_get(const uint8_t *p, {entry} *out) {{",
            *reads(group.fields),
            "}\n",
            f"static inline void {entry}_put(const {entry} *in, uint8_t *p) {{",
            *writes(group.fields),
            "}\n",
        ]
        yield "\n".join(lines)


def _entry(group: Group) -> str:
    return f"hil_{group.name.removesuffix('s')}"


def _most(group: Group) -> str:
    return f"HIL_{group.name.upper()}_MAX"


def _struct(message: Message) -> str:
    lines = declarations(message.fields)
    sizes = [f"#define HIL_{message.name.upper()}_SIZE {message.size}u"]
    if group := message.group:
        size_max = message.size + group.most * group.size
        sizes += [f"#define HIL_{message.name.upper()}_SIZE_MAX {size_max}u"]
        lines += [f"    uint8_t {group.name}_count;"]
        lines += [f"    {_entry(group)} {group.name}[{_most(group)}]; /* {group.doc} */"]
    time = {"never": "no time", "always": "with CUC time", "optional": "CUC time when late"}
    direction = "to the OBC" if message.to_obc else "from the OBC"
    return "\n".join(
        [
            f"/* {message.name}: {direction}, {time[message.time]}. {message.doc} */",
            *sizes,
            "typedef struct {",
            *lines,
            f"}} hil_{message.name};\n",
        ]
    )


def _decoder(message: Message) -> str:
    if message.group:
        return _group_decoder(message, message.group)
    return "\n".join(
        [
            f"static inline bool hil_{message.name}_decode(",
            f"    const uint8_t *p, size_t size, hil_{message.name} *out) {{",
            f"    if (size != HIL_{message.name.upper()}_SIZE) return false;",
            *reads(message.fields),
            "    return true;",
            "}\n",
        ]
    )


def _group_decoder(message: Message, group: Group) -> str:
    size, count = f"HIL_{message.name.upper()}_SIZE", f"out->{group.name}_count"
    return "\n".join(
        [
            f"static inline bool hil_{message.name}_decode(",
            f"    const uint8_t *octets, size_t size, hil_{message.name} *out) {{",
            f"    uint8_t p[{size}] = {{0}};",
            f"    memcpy(p, octets, size < {size} ? size : {size});",
            *reads(message.fields),
            f"    size_t at = {size};",
            f"    for ({count} = 0; at + {group.size}u <= size && {count} < {_most(group)};) {{",
            f"        {_entry(group)}_get(octets + at, &out->{group.name}[{count}++]);",
            f"        at += {group.size}u;",
            "    }",
            "    return true;",
            "}\n",
        ]
    )


def _encoder(message: Message) -> str:
    size = f"HIL_{message.name.upper()}_SIZE"
    return "\n".join(
        [
            f"static inline size_t hil_{message.name}_encode(",
            f"    const hil_{message.name} *in, uint8_t *p) {{",
            *writes(message.fields),
            *(_group_writes(message.group, size) if message.group else [f"    return {size};"]),
            "}\n",
        ]
    )


def _group_writes(group: Group, size: str) -> Iterator[str]:
    count = f"in->{group.name}_count"
    yield f"    for (size_t i = 0; i < {count}; i++)"
    yield f"        {_entry(group)}_put(&in->{group.name}[i], p + {size} + {group.size}u * i);"
    yield f"    return {size} + {group.size}u * {count};"
