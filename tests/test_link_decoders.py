"""Two decoders from elsewhere read a recorded stream and agree with the recording."""

import io
from pathlib import Path
from xml.etree import ElementTree

import ccsdspy
import numpy as np
import pytest
import wire
from ccsdspy.utils import split_by_apid
from cobs import cobs
from space_packet_parser.generators import ccsds_generator
from space_packet_parser.xtce.definitions import XtcePacketDefinition
from space_packet_parser.xtce.validation import validate_xtce

from hil.bench import run
from hil.link import messages as m
from hil.recording import Recording
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
SAMPLES = [wire.GYRO, wire.STAR_TRACKER, wire.TACHOMETER, wire.MAGNETOMETER, wire.COARSE_SUN_SENSOR]
CCSDSPY_TYPES = {"u4": "uint", "u8": "uint", "u16": "uint", "u32": "uint", "f32": "float"}


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    rig = load_rig(ROOT / "rigs" / "dier5_nadir.toml").with_overrides(duration_s=30.0)
    return Recording(run(rig, "library", tmp_path_factory.mktemp("run") / "a.mcap").recording)


def packets(chunks):
    """The space packets of recorded bytes, as a ground station's file would hold them."""
    frames = b"".join(data for _, data in chunks).split(b"\0")
    return b"".join(cobs.decode(frame) for frame in frames if frame)


def recorded(recording, message, instance):
    """The rows of a sensor that were sent, as (n, fields) in the order of the message's fields."""
    fields = message.fields[2:] if message in SAMPLES else message.fields
    prefix = f"{message.name}{instance}_" if message in SAMPLES else f"{message.name}_"
    columns = [recording[prefix + field.name].reshape(-1, field.count) for field in fields]
    rows = np.hstack(columns)
    return rows[~np.isnan(rows).any(axis=1)]


def instances(recording, message):
    return 3 if message is wire.TACHOMETER else 1


def test_the_xtce_is_valid_by_its_schema():
    document = ROOT / "hil" / "link" / "hil_wire.xtce.xml"
    result = validate_xtce(document, allow_schema_download=False)
    assert result.valid, result.errors
    assert result.schema_version == "1.2"


def test_each_message_has_a_container_for_each_form_of_its_secondary_header():
    """Who asks whether there is a time can tell the two forms apart by flag and by name."""
    root = ElementTree.parse(ROOT / "hil" / "link" / "hil_wire.xtce.xml").getroot()
    space = {"x": root.tag[1:].partition("}")[0]}
    found = set()
    for container in root.iterfind(".//x:SequenceContainer", space):
        asked = {
            each.get("parameterRef"): each.get("value")
            for each in container.iterfind(".//x:Comparison", space)
        }
        if asked:
            found.add((container.get("name"), int(asked["PKT_APID"]), asked["SEC_HDR_FLG"]))
    expected, messages = set(), wire.TABLE.messages
    for message in messages:
        if message.time != "always":
            expected.add((message.name, message.apid, "0"))
        if message.time != "never":
            timed = "_timed" if message.time == "optional" else ""
            expected.add((message.name + timed, message.apid, "1"))
    assert {message.time for message in messages} == {"always", "never", "optional"}
    assert found == expected


@pytest.mark.parametrize("message", [*SAMPLES, m.ESTIMATE], ids=lambda message: message.name)
def test_space_packet_parser_reads_the_stream_with_our_xtce(message, recording):
    definition = XtcePacketDefinition.from_xtce(ROOT / "hil" / "link" / "hil_wire.xtce.xml")
    stream = packets(recording.to_obc if message.to_obc else recording.from_obc)
    read = [dict(definition.parse_bytes(raw)) for raw in ccsds_generator(io.BytesIO(stream))]
    for instance in range(instances(recording, message)):
        mine = [
            packet
            for packet in read
            if packet["PKT_APID"] == message.apid
            and packet.get(f"{message.name}_instance", 0) == instance
        ]
        skip = ("_flags", "_instance") if message in SAMPLES else ()
        names = [n for n in mine[0] if n.startswith(f"{message.name}_") and not n.endswith(skip)]
        values = np.array([[packet[name] for name in names] for packet in mine], dtype=float)
        np.testing.assert_array_equal(values, recorded(recording, message, instance))


@pytest.mark.parametrize("message", [*SAMPLES, m.ESTIMATE], ids=lambda message: message.name)
def test_ccsdspy_reads_the_stream(message, recording):
    stream = packets(recording.to_obc if message.to_obc else recording.from_obc)
    read = ccsdspy_packet(message, timed=message is wire.STAR_TRACKER).load(
        split_by_apid(io.BytesIO(stream))[message.apid], include_primary_header=True
    )
    for instance in range(instances(recording, message)):
        mine = read["instance"] == instance if message in SAMPLES else slice(None)
        fields = message.fields[2:] if message in SAMPLES else message.fields
        values = np.hstack(
            [read[field.name][mine].reshape(-1, field.count).astype(float) for field in fields]
        )
        np.testing.assert_array_equal(values, recorded(recording, message, instance))


def ccsdspy_packet(message, timed):
    fields = []
    if timed:
        fields += [
            ccsdspy.PacketField("TIME_SECONDS", "uint", 32),
            ccsdspy.PacketField("TIME_FRACTION", "uint", 24),
        ]
    for field in message.fields:
        kind, bits = CCSDSPY_TYPES[field.type], m.BITS[field.type]
        if field.count > 1:
            fields.append(
                ccsdspy.PacketArray(
                    name=field.name, data_type=kind, bit_length=bits, array_shape=field.count
                )
            )
        else:
            fields.append(ccsdspy.PacketField(field.name, kind, bits))
    return ccsdspy.FixedLength([*fields, ccsdspy.PacketField("CRC", "uint", 32)])


def test_both_read_what_valves_are_told(tmp_path):
    far = load_rig(ROOT / "tests" / "data" / "rigs" / "far_telescope.toml")
    rig = far.with_overrides(duration_s=290.0)
    opening = Recording(run(rig, "library", tmp_path / "a.mcap").recording)
    fired = (opening["command_on_time_s"] > 0.0).any(axis=1)
    definition = XtcePacketDefinition.from_xtce(ROOT / "hil" / "link" / "hil_wire.xtce.xml")
    stream = packets(opening.from_obc)
    read = [dict(definition.parse_bytes(raw)) for raw in ccsds_generator(io.BytesIO(stream))]
    mine = [packet for packet in read if packet["PKT_APID"] == wire.THRUSTER_COMMAND.apid]
    names = [f"thruster_command_on_time_s_{i}" for i in range(m.THRUSTERS_MAX)]
    theirs = np.array([[packet[name] for name in names] for packet in mine], dtype=float)
    np.testing.assert_array_equal(theirs[:, :4], opening["command_on_time_s"][fired])
    assert (theirs[:, 4:] == 0.0).all()
    steps = [packet["thruster_command_step"] for packet in mine]
    assert steps == opening["step"][fired].tolist()
    others = ccsdspy_packet(wire.THRUSTER_COMMAND, timed=False).load(
        split_by_apid(io.BytesIO(stream))[wire.THRUSTER_COMMAND.apid]
    )
    np.testing.assert_array_equal(others["on_time_s"], theirs)


def test_the_packets_time_is_the_recordings(recording):
    definition = XtcePacketDefinition.from_xtce(ROOT / "hil" / "link" / "hil_wire.xtce.xml")
    stream = packets(recording.to_obc)
    syncs = [
        packet
        for raw in ccsds_generator(io.BytesIO(stream))
        if (packet := definition.parse_bytes(raw))["PKT_APID"] == m.SYNC.apid
    ]
    time_s = [packet["TIME_SECONDS"] + packet["TIME_FRACTION"] / 2**24 for packet in syncs]
    np.testing.assert_allclose(time_s, recording["time_s"], rtol=0, atol=2**-25)
    assert [packet["sync_step"] for packet in syncs] == recording["step"].tolist()
