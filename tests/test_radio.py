"""The radio: what a link does to frames, who sees whom, and a whole run from shutter to ground."""

import re
import struct
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from hil import bench
from hil.dashboard.session import Session
from hil.errors import RigError
from hil.judge import evaluate, evaluate_requirement
from hil.judge.alerts import FalseAlertRequirement
from hil.physics.ground import Ground
from hil.physics.groundtarget import GroundTarget
from hil.physics.sky import Sky
from hil.radio.alert import ALERT_APID, CFDP_APID, HEARD_APID, alert_of
from hil.radio.channel import Channel
from hil.radio.contact import Contact, Contacts
from hil.radio.model import Radio
from hil.radio.passes import highest
from hil.recording import Recording
from hil.rig import load_rig

RIGS = Path(__file__).parents[1] / "rigs"
ALERT = RIGS / "dier5_alert.toml"
LIGHT_s = 0.003


def channel(loss=0.0, rate_bit_s=8000.0, overhead=0, buffer_octets=1000, seed=1):
    random = np.random.default_rng(seed)
    return Channel(rate_bit_s, overhead, loss, buffer_octets, random)


def contact():
    return Contact("here", LIGHT_s)


# -- who sees whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("below", "aside"), ("aside", "below")])
def test_the_highest_station_in_the_antennas_beam_has_contact(order):
    """A spacecraft 100 km above one station, another 3 deg of longitude, 334 km, to the east."""
    longitudes = {"below": 0.0, "aside": 3.0}
    stations = [
        {"name": name, "latitude_deg": 0.0, "longitude_deg": longitudes[name]} for name in order
    ]
    here = {"name": "here", "latitude_deg": 0.0, "longitude_deg": 0.0, "height_m": 100_000.0}
    whole = Radio(rate_bit_s=9600.0, station=stations)
    places = [*(each.as_target for each in whole.station), GroundTarget(kind="target", **here)]
    ground = Ground(places, Sky(datetime(2026, 3, 20, tzinfo=UTC)))
    position = ground.position_eci_m("here", np.zeros(1))[0]
    away = ground.position_eci_m("aside", np.zeros(1))[0] - position
    beam = Radio(
        rate_bit_s=9600.0,
        station=stations,
        antenna_boresight_body=tuple(away / np.linalg.norm(away)),
        antenna_half_beam_deg=30.0,
    )
    level = np.array([0.0, 0.0, 0.0, 1.0])

    seen = Contacts(whole, ground).at(0.0, position, level)
    assert seen.contact is not None
    assert seen.contact.station == "below"
    assert np.degrees(seen.elevation_rad) == pytest.approx(90.0, abs=0.01)

    seen = Contacts(beam, ground).at(0.0, position, level)
    assert seen.contact is not None
    assert seen.contact.station == "aside"
    # tan(elevation) = (cos 3 deg - R / (R + h)) / sin 3 deg, R = 6378.137 km, h = 100 km
    assert np.degrees(seen.elevation_rad) == pytest.approx(15.04, abs=0.01)
    assert seen.contact.light_s == pytest.approx(np.linalg.norm(away) / 299_792_458.0)


# -- a link ----------------------------------------------------------------------------------------


def test_a_frame_takes_its_octets_at_the_rate_and_then_a_light_time():
    link = channel(overhead=10)
    link.put(bytes(90), 0.25)  # 100 octets at 1000 a second
    (frame,) = link.go_on(1.0, contact())
    assert frame.begun_s == 0.25
    assert frame.time_s == pytest.approx(0.25 + 0.1 + LIGHT_s, abs=1e-12)


def test_frames_go_one_after_the_other():
    link = channel()
    for _ in range(3):
        link.put(bytes(100), 0.0)
    assert link.waiting_octets == 300
    assert [len(link.go_on(until_s, contact())) for until_s in (0.05, 0.15, 0.35)] == [0, 1, 2]


def test_what_is_under_way_when_the_contact_ends_is_lost():
    link = channel()
    link.put(bytes(100), 0.0)
    assert link.go_on(0.05, contact()) == []
    assert link.go_on(0.2, None) == []
    assert link.counts.lost_without_contact == 1


def test_a_frame_that_does_not_fit_into_the_buffer_is_dropped():
    link = channel(buffer_octets=150)
    link.put(bytes(100), 0.0)
    link.put(bytes(100), 0.0)
    assert (link.counts.dropped, link.free_octets) == (1, 50)


def test_of_many_frames_the_stated_part_is_lost_the_same_with_the_same_seed():
    def heard():
        link = channel(loss=0.05, rate_bit_s=1e6, buffer_octets=10**6)
        for number in range(4000):
            link.put(struct.pack(">I", number), 0.0)
        return [frame.octets for frame in link.go_on(1e3, contact())]

    assert len(heard()) == pytest.approx(3800, abs=4 * np.sqrt(4000 * 0.05 * 0.95))
    assert heard() == heard()


# -- who sees whom ---------------------------------------------------------------------------------


def test_a_pass_worked_out_before_the_run_is_that_of_the_run(alert_run):
    rig, recording = alert_run
    elevation = np.asarray(recording["radio_elevation_rad"])
    top = highest(rig.stations, rig.free_fall, 60.0)["Aktau"]  # it rises all the while
    assert top.time_s == 60.0
    assert top.elevation_rad == pytest.approx(elevation[600], abs=2e-5)


def test_passes_of_a_run_without_end_are_looked_for_in_its_first_days():
    rig = load_rig(ALERT)
    assert highest(rig.stations, rig.free_fall, 1e12)["Aktau"].time_s < 2.0 * 86_400.0


# -- from the shutter to the ground ----------------------------------------------------------------


@pytest.fixture(scope="module")
def alert_run(tmp_path_factory):
    """The rig with a flight software that tells of a ship at once, so that the run can be short."""
    folder = tmp_path_factory.mktemp("alert")
    craft = (RIGS / "spacecraft" / "dier5.toml").read_text()
    craft, n = re.subn(r"camera_(ship_speed_m_s|place_sigma_m) = .*\n", "", craft)
    assert n == 2
    craft = craft.replace('"../parts/', f'"{RIGS.as_posix()}/parts/')
    (folder / "dier5.toml").write_text(craft)
    path = rig_with(folder, (f"{RIGS.as_posix()}/spacecraft/dier5.toml", "dier5.toml"))
    later = '[[requirement]]\nname = "place of the tanker"'  # on, all that takes the whole run
    path.write_text(path.read_text().partition(later)[0])
    rig = load_rig(path).with_overrides(duration_s=66.0)
    return rig, Recording(bench.run(rig, "library", folder / "run.mcap").recording)


def test_the_alert_and_its_chip_reach_the_ground_in_time(alert_run):
    rig, recording = alert_run
    assert [each.text for each in evaluate(rig, [recording]) if not each.met] == []
    radio = recording.metadata["radio"]
    assert int(radio["down_lost_by_chance"]) > 0  # so that files had to be mended
    assert int(radio["not_understood"]) == 0


@pytest.mark.parametrize("times", [{"from_s": 1e4}, {"to_s": 1e4}])
def test_alerts_are_not_judged_in_a_run_that_ends_before(alert_run, times):
    rig, recording = alert_run
    none = FalseAlertRequirement(name="no other", alerts_only_of=("tanker",), **times)
    verdict = evaluate_requirement(none, [recording], rig.ground)
    assert not verdict.judged
    assert "10000 s, the run ends at" in verdict.text


def test_the_stages_of_an_alert_follow_each_other(alert_run):
    _, recording = alert_run
    first = int(np.flatnonzero(np.isfinite(recording["alert_number"]))[0])
    names = ("alert_shutter_s", "alert_told_s", "alert_sent_s", "alert_received_s")
    stages = [float(recording[name][first]) for name in names]
    assert stages == sorted(stages)
    assert 0.5 < stages[1] - stages[0] < 1.0  # 0.5 s of transfer, and the step after


def test_truth_does_not_reach_the_obc_by_the_radio(alert_run):
    """What comes by it is a carrier, a buffer's room, and what the ground's software says."""
    _, recording = alert_run
    states, packets = set(), []
    for message in heard_by_the_obc(recording):
        if message[0] == 0x112:
            states.add(message[1])
        elif message[0] == 0x113:
            packets.append(message[1][1:])
    assert {len(state) for state in states} == {3}
    assert {state[0] for state in states} <= {0, 1}
    apids = {struct.unpack(">H", packet[:2])[0] & 0x7FF for packet in packets}
    assert apids == {CFDP_APID, HEARD_APID}
    for packet in packets:
        if struct.unpack(">H", packet[:2])[0] & 0x7FF == HEARD_APID:
            assert len(packet) == 8  # the number of an alert
        else:
            assert packet[6] & 0x18 == 0x08  # a directive to the sender: no file data


def heard_by_the_obc(recording):
    from cobs import cobs

    stream = b"".join(data for _, data in recording.to_obc)
    for frame in stream.split(b"\0"):
        if frame:
            packet = cobs.decode(frame)
            yield struct.unpack(">H", packet[:2])[0] & 0x7FF, packet[6:-4]


def test_an_alert_of_another_length_is_none():
    assert alert_of(bytes(36)) is None
    assert ALERT_APID not in (CFDP_APID, HEARD_APID)


def test_boxes_on_the_pictures_lie_on_the_true_objects(alert_run):
    """What a window of plots draws: the ship's box and the cross where the ship truly is."""
    _, recording = alert_run
    session = Session(recording.path)
    while session.update():
        pass
    seen = session.seen(len(session.history) - 1)
    assert seen is not None
    assert seen.counts.shape == (120, 160)
    assert seen.sights is not None
    assert seen.sights.frame == seen.frame
    assert session.seen(len(session.history) - 1) is seen  # read once
    marks = {mark.name: mark for mark in session.marks(seen)}
    away = [
        np.hypot(each.column - marks["tanker"].column, each.row - marks["tanker"].row)
        for each in seen.sights.found
        if each.track
    ]
    assert min(away) < 3.0
    assert session.seen(0) is None or session.seen(0).number == 0


BITS = (
    "alert_latitude_deg",
    "alert_received_s",
    "estimate_q_eci_from_body",
    "radio_waiting_octets",
)


@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.parametrize("place", ["posix", "qemu-fast"])
def test_an_alert_has_the_same_bits_in_every_place(alert_run, place, tmp_path):
    rig, recording = alert_run
    short = rig.with_overrides(duration_s=52.0, requirement=[])
    other = Recording(bench.run(short, place, tmp_path / "run.mcap").recording)
    for name in BITS:
        assert (
            other[name].tobytes() == np.ascontiguousarray(recording[name][: len(other)]).tobytes()
        )
    assert np.isfinite(other["alert_number"][-1])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dier5_fire", "dier5_alert_later"])
def test_the_other_rigs_of_alerts_hold(name, tmp_path):
    rig = load_rig(RIGS / f"{name}.toml")
    recording = Recording(bench.run(rig, "library", tmp_path / "run.mcap").recording)
    found = {each.name: each for each in evaluate(rig, [recording])}
    assert [each.text for each in found.values() if not each.met] == []
    if name == "dier5_alert_later":
        assert "contacts began at 2" in found["alert at the first contact"].text


# -- bad input -------------------------------------------------------------------------------------


def rig_with(tmp_path, *changes):
    text = ALERT.read_text().replace('"spacecraft/', f'"{RIGS.as_posix()}/spacecraft/')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "rig.toml"
    path.write_text(text)
    return path


def test_a_station_under_no_pass_is_told_with_what_it_sees(tmp_path):
    path = rig_with(tmp_path, ("latitude_deg = 43.65", "latitude_deg = -43.65"))
    with pytest.raises(RigError, match=r"no station sees the spacecraft .* Aktau sees it -\d+"):
        load_rig(path)


def test_an_orbit_that_is_none_is_told_alone(tmp_path, recwarn):
    path = rig_with(tmp_path, ("semi_major_axis_m = 6892.6e3", "semi_major_axis_m = 1.0"))
    with pytest.raises(RigError) as told:
        load_rig(path)
    assert "below the surface" in str(told.value)
    assert "no station" not in str(told.value)
    assert not recwarn.list  # numpy's words are not for a user


def test_a_rate_that_cannot_carry_the_alert_in_time_is_refused_with_the_arithmetic(tmp_path):
    path = rig_with(tmp_path, ("rate_bit_s = 9600.0", "rate_bit_s = 60.0"))
    with pytest.raises(RigError, match=r"within 5 s, which takes 7.87 s by itself .* = 60"):
        load_rig(path)


def test_an_alert_of_something_that_the_scene_has_not_is_refused_by_name(tmp_path):
    path = rig_with(tmp_path, ('alert = "tanker"\nfile', 'alert = "frigate"\nfile'))
    with pytest.raises(RigError, match="no object called 'frigate'; it has: tanker, ferry"):
        load_rig(path)


def test_a_missing_package_is_one_sentence_before_the_start(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "cfdppy.exceptions", None)
    monkeypatch.delitem(sys.modules, "hil.radio.station", raising=False)
    with pytest.raises(RigError, match=r"spacepackets and cfdp-py .* pip install 'hil\[radio\]'"):
        bench.run(load_rig(ALERT), "library", tmp_path / "run.mcap")
    assert not (tmp_path / "run.mcap").exists()
