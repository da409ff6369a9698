"""The message table as an XTCE 1.2 description, so that ground tools can read a recorded stream.

Both directions stand in one container set: a recording holds what each end sent.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as xml

from hil.link.messages import BITS, MESSAGES, PROTOCOL_VERSION, Field, Message

_NAMESPACE = "http://www.omg.org/spec/XTCE/20180204"
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
_CHECKSUM = ("CRC", 16)


def xtce() -> str:
    """The whole XTCE document as text."""
    xml.register_namespace("xtce", _NAMESPACE)
    root = xml.Element(_tag("SpaceSystem"), name="hil")
    xml.SubElement(root, _tag("Header"), version=str(PROTOCOL_VERSION), validationStatus="Draft")
    telemetry = xml.SubElement(root, _tag("TelemetryMetaData"))
    _parameter_types(xml.SubElement(telemetry, _tag("ParameterTypeSet")))
    _parameters(xml.SubElement(telemetry, _tag("ParameterSet")))
    _containers(xml.SubElement(telemetry, _tag("ContainerSet")))
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


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


def _parameter_types(parent: xml.Element) -> None:
    header_bits = {bits for _, bits in (*_HEADER, *_TIME, _CHECKSUM)}
    table_bits = {BITS[f.type] for m in MESSAGES for f in m.fields if f.type.startswith("u")}
    for bits in sorted(header_bits | table_bits):
        kind = xml.SubElement(parent, _tag("IntegerParameterType"), name=f"u{bits}", signed="false")
        xml.SubElement(kind, _tag("IntegerDataEncoding"), sizeInBits=str(bits), encoding="unsigned")
    kind = xml.SubElement(parent, _tag("FloatParameterType"), name="f32", sizeInBits="32")
    xml.SubElement(kind, _tag("FloatDataEncoding"), sizeInBits="32", encoding="IEEE754_1985")
    for count in sorted({f.count for m in MESSAGES for f in m.fields if f.type == "char"}):
        _string_type(parent, count)


def _string_type(parent: xml.Element, octets: int) -> None:
    kind = xml.SubElement(parent, _tag("StringParameterType"), name=f"char{octets}")
    encoding = xml.SubElement(kind, _tag("StringDataEncoding"), encoding="US-ASCII")
    size = xml.SubElement(xml.SubElement(encoding, _tag("SizeInBits")), _tag("Fixed"))
    xml.SubElement(size, _tag("FixedValue")).text = str(8 * octets)


def _parameters(parent: xml.Element) -> None:
    named = [(name, f"u{bits}") for name, bits in (*_HEADER, *_TIME, _CHECKSUM)]
    named += [slot for message in MESSAGES for slot in field_slots(message)]
    for name, kind in named:
        xml.SubElement(parent, _tag("Parameter"), name=name, parameterTypeRef=kind)


def _containers(parent: xml.Element) -> None:
    base = xml.SubElement(parent, _tag("SequenceContainer"), name="CCSDSPacket", abstract="true")
    _entries(base, [name for name, _ in _HEADER])
    for message in MESSAGES:
        if message.time != "always":
            _container(parent, message, timed=False)
        if message.time != "never":
            _container(parent, message, timed=True)


def _container(parent: xml.Element, message: Message, *, timed: bool) -> None:
    name = message.name + ("_timed" if timed and message.time == "optional" else "")
    container = xml.SubElement(parent, _tag("SequenceContainer"), name=name)
    if message.doc:
        container.set("shortDescription", message.doc)
    time = [name for name, _ in _TIME] if timed else []
    _entries(container, [*time, *(name for name, _ in field_slots(message)), _CHECKSUM[0]])
    base = xml.SubElement(container, _tag("BaseContainer"), containerRef="CCSDSPacket")
    criteria = xml.SubElement(base, _tag("RestrictionCriteria"))
    comparisons = xml.SubElement(criteria, _tag("ComparisonList"))
    for parameter, value in (("PKT_APID", message.apid), ("SEC_HDR_FLG", int(timed))):
        xml.SubElement(
            comparisons,
            _tag("Comparison"),
            parameterRef=parameter,
            value=str(value),
            useCalibratedValue="false",
        )


def _entries(container: xml.Element, names: list[str]) -> None:
    entries = xml.SubElement(container, _tag("EntryList"))
    for name in names:
        xml.SubElement(entries, _tag("ParameterRefEntry"), parameterRef=name)
