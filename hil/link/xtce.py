"""The message table as an XTCE 1.2 description, so that ground tools can read a recorded stream.

Both directions stand in one container set: a recording holds what each end sent.
"""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from hil.link.messages import BITS, PROTOCOL_VERSION, Field, Message
from hil.link.packet import CRC_OCTETS
from hil.link.table import MessageTable

_NAMESPACE = "http://www.omg.org/spec/XTCE/20180204"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = f"{_NAMESPACE} https://www.omg.org/spec/XTCE/20180204/SpaceSystem.xsd"
_HEADER = (
    ("VERSION", 3),
    ("TYPE", 1),
    ("SEC_HDR_FLG", 1),
    ("PKT_APID", 11),
    ("SEQ_FLGS", 2),
    ("SRC_SEQ_CTR", 14),
    ("PKT_LEN", 16),
)
_TIME = (("TIME_SECONDS", 32), ("TIME_FRACTION", 24))
_CHECKSUM = ("CRC", 8 * CRC_OCTETS)
_CHECKSUM_TYPE = f"crc{8 * CRC_OCTETS}"


def xtce(table: MessageTable) -> str:
    """The whole XTCE document as text."""
    ElementTree.register_namespace("xtce", _NAMESPACE)
    ElementTree.register_namespace("xsi", _INSTANCE)
    located = {f"{{{_INSTANCE}}}schemaLocation": _SCHEMA}
    root = ElementTree.Element(_tag("SpaceSystem"), located, name="hil")
    ElementTree.SubElement(
        root, _tag("Header"), version=str(PROTOCOL_VERSION), validationStatus="Draft"
    )
    telemetry = ElementTree.SubElement(root, _tag("TelemetryMetaData"))
    _parameter_types(ElementTree.SubElement(telemetry, _tag("ParameterTypeSet")), table.messages)
    _parameters(ElementTree.SubElement(telemetry, _tag("ParameterSet")), table.messages)
    _containers(ElementTree.SubElement(telemetry, _tag("ContainerSet")), table.messages)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def field_slots(message: Message) -> Iterator[tuple[str, str]]:
    """Each value of a message as (XTCE parameter name, type name); arrays are numbered from 0."""
    for field in message.fields:
        name = f"{message.name}_{field.name}"
        if field.type == "char" or field.count == 1:
            yield name, _type_name(field)
        else:
            yield from ((f"{name}_{i}", _type_name(field)) for i in range(field.count))


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _type_name(field: Field) -> str:
    return f"char{field.count}" if field.type == "char" else field.type


def _parameter_types(parent: ElementTree.Element, messages: Sequence[Message]) -> None:
    header_bits = {bits for _, bits in (*_HEADER, *_TIME)}
    table_bits = {BITS[f.type] for m in messages for f in m.fields if f.type.startswith("u")}
    for bits in sorted(header_bits | table_bits):
        _integer_type(parent, f"u{bits}", bits)
    _integer_type(parent, _CHECKSUM_TYPE, _CHECKSUM[1], byteOrder="leastSignificantByteFirst")
    signed = {f.type: BITS[f.type] for m in messages for f in m.fields if f.type.startswith("i")}
    for name, bits in sorted(signed.items()):
        _integer_type(parent, name, bits, signed=True, encoding="twosComplement")
    kind = ElementTree.SubElement(parent, _tag("FloatParameterType"), name="f32", sizeInBits="32")
    ElementTree.SubElement(
        kind, _tag("FloatDataEncoding"), sizeInBits="32", encoding="IEEE754_1985"
    )
    for count in sorted({f.count for m in messages for f in m.fields if f.type == "char"}):
        _string_type(parent, count)
    for message in messages:
        if message.group:
            _group_type(parent, message)


def _integer_type(
    parent: ElementTree.Element, name: str, bits: int, *, signed: bool = False, **encoding: str
) -> None:
    told = {"name": name, "signed": str(signed).lower()}
    kind = ElementTree.SubElement(parent, _tag("IntegerParameterType"), told)
    encoding = {"sizeInBits": str(bits), "encoding": "unsigned"} | encoding
    ElementTree.SubElement(kind, _tag("IntegerDataEncoding"), encoding)


def _group_name(message: Message) -> str | None:
    return f"{message.name}_{message.group.name}" if message.group else None


def _group_type(parent: ElementTree.Element, message: Message) -> None:
    """Octets up to the checksum: as many as the header's length leaves."""
    kind = ElementTree.SubElement(
        parent, _tag("BinaryParameterType"), name=f"{_group_name(message)}_octets"
    )
    encoding = ElementTree.SubElement(kind, _tag("BinaryDataEncoding"))
    size = ElementTree.SubElement(
        ElementTree.SubElement(encoding, _tag("SizeInBits")), _tag("DynamicValue")
    )
    ElementTree.SubElement(
        size, _tag("ParameterInstanceRef"), parameterRef="PKT_LEN", useCalibratedValue="false"
    )
    # The length field holds one less than the octets after the primary header.
    rest = 8 * (1 - message.size - CRC_OCTETS)
    ElementTree.SubElement(size, _tag("LinearAdjustment"), slope="8", intercept=str(rest))


def _string_type(parent: ElementTree.Element, octets: int) -> None:
    kind = ElementTree.SubElement(parent, _tag("StringParameterType"), name=f"char{octets}")
    encoding = ElementTree.SubElement(kind, _tag("StringDataEncoding"), encoding="US-ASCII")
    size = ElementTree.SubElement(
        ElementTree.SubElement(encoding, _tag("SizeInBits")), _tag("Fixed")
    )
    ElementTree.SubElement(size, _tag("FixedValue")).text = str(8 * octets)


def _parameters(parent: ElementTree.Element, messages: Sequence[Message]) -> None:
    named = [(name, f"u{bits}") for name, bits in (*_HEADER, *_TIME)]
    named += [(_CHECKSUM[0], _CHECKSUM_TYPE)]
    named += [(name, f"{name}_octets") for message in messages if (name := _group_name(message))]
    named += [slot for message in messages for slot in field_slots(message)]
    for name, kind in named:
        ElementTree.SubElement(parent, _tag("Parameter"), name=name, parameterTypeRef=kind)


def _containers(parent: ElementTree.Element, messages: Sequence[Message]) -> None:
    base = ElementTree.SubElement(
        parent, _tag("SequenceContainer"), name="CCSDSPacket", abstract="true"
    )
    _entries(base, [name for name, _ in _HEADER])
    for message in messages:
        if message.time != "always":
            _container(parent, message, timed=False)
        if message.time != "never":
            _container(parent, message, timed=True)


def _container(parent: ElementTree.Element, message: Message, *, timed: bool) -> None:
    name = message.name + ("_timed" if timed and message.time == "optional" else "")
    container = ElementTree.SubElement(parent, _tag("SequenceContainer"), name=name)
    if message.doc:
        container.set("shortDescription", message.doc)
    time = [name for name, _ in _TIME] if timed else []
    group = [octets] if (octets := _group_name(message)) else []
    fields = [slot for slot, _ in field_slots(message)]
    _entries(container, [*time, *fields, *group, _CHECKSUM[0]])
    base = ElementTree.SubElement(container, _tag("BaseContainer"), containerRef="CCSDSPacket")
    criteria = ElementTree.SubElement(base, _tag("RestrictionCriteria"))
    comparisons = ElementTree.SubElement(criteria, _tag("ComparisonList"))
    for parameter, value in (("PKT_APID", message.apid), ("SEC_HDR_FLG", int(timed))):
        ElementTree.SubElement(
            comparisons,
            _tag("Comparison"),
            parameterRef=parameter,
            value=str(value),
            useCalibratedValue="false",
        )


def _entries(container: ElementTree.Element, names: list[str]) -> None:
    entries = ElementTree.SubElement(container, _tag("EntryList"))
    for name in names:
        ElementTree.SubElement(entries, _tag("ParameterRefEntry"), parameterRef=name)
