"""The camera on the bench: its pieces on the wire, what the OBC makes of them, what is recorded."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader
from mcap_ros1.decoder import DecoderFactory
from PIL import Image
from pydantic import ValidationError
from scene_views import CAMERA, PLACE, camera, look

from hil import bench
from hil.devices.camera import Camera, CameraUnit
from hil.devices.camera_pieces import packed
from hil.devices.registry import registry
from hil.link.budget import budget
from hil.link.framing import Deframer
from hil.recording import Recording
from hil.rig import load_rig
from hil.scene.model import Scene

RIG = Path(__file__).parents[1] / "rigs" / "dier5_recognition.toml"
SEA = Scene(**PLACE)


def unpacked(octets, columns, rows):
    """Pixels of 12 bits, two in three octets."""
    a, b, c = np.frombuffer(octets, np.uint8).reshape(-1, 3).astype(np.uint16).T
    pixels = np.stack([(a << 4) | (b >> 4), ((b & 0xF) << 8) | c], axis=1)
    return pixels.reshape(rows, columns)


def sent_pictures(recording):
    """The pictures that the octets on the line make, by their number."""
    heard, headers, pieces = Deframer(registry().table), {}, {}
    for _, data in recording.to_obc:
        for packet in heard.receive(data):
            if packet.message is CameraUnit.message:
                headers[packet.values[2]] = packet.values[3:]
            elif packet.message is CameraUnit.stream:
                _, _, frame, piece, *octets = packet.values
                pieces.setdefault(frame, {})[piece] = bytes(octets)
    made = {}
    for frame, (columns, rows, _) in headers.items():
        data = b"".join(pieces.get(frame, {}).get(i, bytes(112)) for i in range(258))
        made[frame] = unpacked(data[: columns * rows * 3 // 2], columns, rows)
    return made


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Three seconds of a rig with a camera."""
    out = tmp_path_factory.mktemp("camera") / "run.mcap"
    rig = load_rig(RIG).with_overrides(duration_s=3.0)
    result = bench.run(rig, "library", out)
    return result, Recording(result.recording)


def test_a_picture_goes_out_in_pieces_over_the_steps_that_it_may_take():
    unit = camera(SEA, latency_s=0.2, transfer_s=0.5)
    counts = []
    for step in range(10):
        told = unit.sample(step, look())
        counts.append(len(unit.pieces()))
        assert (told is not None) == (step == 2)
    assert counts == [0, 0, 52, 52, 52, 52, 50, 0, 0, 0]
    assert sum(counts) == unit.model.piece_count == 258


def test_pieces_hold_all_pixels_and_nothing_else():
    unit = camera(SEA)
    told = unit.sample(0, look())
    picture = unit.begun()
    pieces = [unit.pieces() for _ in range(10)]
    flat = [piece for step in pieces for piece in step]
    assert told.values == (0, 160, 120, 12)
    assert [piece[:4] for piece in flat] == [(0, 0, 0, i) for i in range(258)]
    data = b"".join(bytes(piece[4:]) for piece in flat)
    assert (unpacked(data[:28800], 160, 120) == picture).all()
    assert not any(data[28800:])  # the last piece is padded


def test_pixels_of_8_bits_are_octets():
    picture = np.arange(12, dtype=np.uint16).reshape(3, 4)
    assert packed(picture, 8) == bytes(range(12))
    assert unpacked(packed(picture * 300, 12), 4, 3).tolist() == (picture * 300).tolist()


def test_the_wire_carries_pixels_only(run):
    """Neither message has room for truth, and what is sent is the picture that the sensor took."""
    assert [f.name for f in CameraUnit.message.fields[2:]] == ["frame", "columns", "rows", "bits"]
    names = [field.name for field in CameraUnit.stream.fields]
    assert names == ["flags", "instance", "frame", "piece", "pixels"]
    _, recording = run
    made, recorded = sent_pictures(recording), [p for _, p in recording.pictures()]
    assert len(recorded) == 3
    for number in (0, 1):  # the last one is still under way when the run ends
        assert (made[number] == recorded[number]).all()


def test_the_same_run_sends_the_same_bits(run, tmp_path):
    rig = load_rig(RIG).with_overrides(duration_s=3.0)
    again = Recording(bench.run(rig, "library", tmp_path / "again.mcap").recording)
    assert again.to_obc == run[1].to_obc


def test_the_obc_tells_what_came_of_each_picture(run):
    _, recording = run
    assert [s.frame for _, s in recording.sights()] == [0, 1, 2]
    assert {s.pieces_lost for _, s in recording.sights()} == {0}
    assert not [e for e in recording.events if e.name.startswith("picture")]


def test_a_lost_piece_is_told_to_both_sides(tmp_path):
    """The OBC knows which piece is missing; the bench hears how many were."""

    class Lossy:
        """A line that loses the 300th frame: a piece of the second picture."""

        def __init__(self, line):
            self._line, self._sent = line, 0

        def __getattr__(self, name):
            return getattr(self._line, name)

        def write(self, data, deadline_s):
            frames = data.split(b"\0")
            kept = [f for i, f in enumerate(frames, self._sent) if i != 300]
            self._sent += len(frames) - 1
            return self._line.write(b"\0".join(kept), deadline_s)

    from hil.bench import Bench, Member
    from hil.obc.places import open_obc

    rig = load_rig(RIG).with_overrides(duration_s=3.0)
    out = tmp_path / "run.mcap"
    with open_obc("library", rig.obc.baud) as obc:
        member = Member(rig, obc, out, wrap_line=lambda line, _: Lossy(line))
        Bench([member]).run()
    recording = Recording(out)
    lost = [(s.frame, s.pieces_lost) for _, s in recording.sights()]
    assert lost.count((0, 0)) + lost.count((1, 0)) + lost.count((2, 0)) == 2
    assert sum(n for _, n in lost) == 1
    events = [(e.source, e.name, e.value) for e in recording.events if "picture" in e.name]
    assert events == [("obc", "picture_pieces_lost", 1.0)]


def test_frames_that_come_twice_lose_no_picture(tmp_path):
    """A picture that is announced twice is one picture, and the pieces before stay."""
    twice = {"name": "twice", "device": "line to_obc", "kind": "duplicate", "probability": 0.3}
    fault = twice | {"at_s": 0.0, "duration_s": 5.0}
    rig = load_rig(RIG).with_overrides(duration_s=5.0, fault=[fault])
    recording = Recording(bench.run(rig, "library", tmp_path / "run.mcap").recording)
    assert [s.frame for _, s in recording.sights()] == [0, 1, 2, 3, 4]
    assert {s.pieces_lost for _, s in recording.sights()} == {0}
    assert not [e for e in recording.events if "picture" in e.name]


def test_without_a_scene_the_camera_is_switched_off(nadir):
    world = bench.member.World(nadir)
    assert nadir.spacecraft.tables("camera")
    assert "camera" not in world.device_count


def test_pieces_count_in_the_budget():
    counts = Counter({CameraUnit.message: 1})
    without = budget(counts, 921_600, 0.1)
    with_pieces = budget(counts, 921_600, 0.1, pieces={CameraUnit.stream: 52})
    assert with_pieces.octets_to_obc - without.octets_to_obc == 52 * 129


def test_foxglove_and_ros_read_the_pictures(run):
    _, recording = run
    with recording.path.open("rb") as file:
        reader = make_reader(file, decoder_factories=[DecoderFactory()])
        found = list(reader.iter_decoded_messages(topics=["/camera0"]))
    assert len(found) == 3
    schema, _, _, message = found[1]
    assert (schema.name, message.format) == ("sensor_msgs/CompressedImage", "png")
    shown = np.asarray(Image.open(BytesIO(message.data)))
    assert (shown >> 4 == list(recording.pictures())[1][1]).all()


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"exposure_s": 1.5},
            "exposure_s = 1.5 is longer than the 1 s from one picture to the next",
        ),
        ({"transfer_s": 3.0}, "transfer_s = 3 is longer than the 1 s from one picture to the next"),
        ({"columns": 32, "rows": 32, "hot_pixels": 1000, "dead_pixels": 25}, "are 1025, of 1024"),
        ({"bias_counts": 5000.0}, "leaves no room for light: the highest count of 12 bits is 4095"),
        ({"bits": 8, "bias_counts": 255.0}, "the highest count of 8 bits is 255"),
        ({"field_of_view_deg": 100.0, "distortion": -1.0}, "folds the corners of the picture"),
    ],
)
def test_a_camera_that_cannot_be_is_refused_in_a_sentence(keys, said):
    with pytest.raises(ValidationError, match=re.escape(said)):
        Camera(**(CAMERA | keys))


def test_a_distortion_that_a_lens_can_have_is_taken():
    assert Camera(**(CAMERA | {"field_of_view_deg": 100.0, "distortion": -0.1})).distortion == -0.1
