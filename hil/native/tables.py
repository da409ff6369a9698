"""What compiled code needs to know of messages, sensors and time, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hil.devices.sensor import Sensor
from hil.link.clock import Clock
from hil.link.messages import COMMAND, ESTIMATE, HOUSEKEEPING, SYNC, Message
from hil.link.packet import CRC_OCTETS, HEADER_OCTETS, header_words
from hil.native.calls import address_of
from hil.native.octets import F32, TIME, U8, U16, U32, IntArray
from hil.native.reply import REPLY
from hil.native.sensing import SENSOR
from hil.native.sensing import TIME as TIME_RECORD
from hil.physics.records import RecordArray, records
from hil.physics.vectors import FloatArray

_CODES = {"u8": U8, "u16": U16, "u32": U32, "f32": F32}
_REPLIES = (ESTIMATE, COMMAND, HOUSEKEEPING)
_OCTETS_MOST = 254  # of a packet that is one block of consistent overhead byte stuffing
_FRAMING = 2


def codes_of(message: Message, skip: int = 0) -> list[int]:
    """Return how each value of a message lies on the wire; KeyError for one that is no number."""
    fields = message.fields[skip:]
    return [_CODES[field.type] for field in fields for _ in range(field.count)]


def fits(sensor: Sensor) -> bool:
    """Return whether compiled code can ask a sensor and make its packets: values alike, few."""
    if sensor.compiled is None or not sensor.compiled.is_all_of(sensor):
        return False
    own = sensor.message.fields[2:]
    kinds = {field.type for field in own}
    octets = HEADER_OCTETS + TIME + sensor.message.size + CRC_OCTETS
    alike = len(kinds) == 1 and kinds <= {"u16", "f32"} and sensor.message.group is None
    return alike and sensor.message.time == "optional" and octets < _OCTETS_MOST


def octets_most(sensors: Sequence[Sensor]) -> int:
    """Return how many octets all frames of a step have at the most."""
    sizes = [each.message.size for each in (*sensors,)] + [SYNC.size]
    return sum(HEADER_OCTETS + TIME + size + CRC_OCTETS + _FRAMING for size in sizes)


def answer_octets_most() -> int:
    """Return how many octets a usual answer has at the most."""
    frame = HEADER_OCTETS + CRC_OCTETS + _FRAMING
    return sum(frame + message.size for message in _REPLIES)


def slots(sensors: Sequence[Sensor]) -> list[int]:
    """Return the APIDs that are counted, SYNC's first: each has the place of its count here."""
    return list(dict.fromkeys([SYNC.apid, *(each.message.apid for each in sensors)]))


def sensor_records(sensors: Sequence[Sensor], column: Mapping[str, int]) -> RecordArray:
    """Return what compiled code asks sensors by; column: where columns begin in a step's row."""
    table, apids = records(SENSOR, len(sensors)), slots(sensors)
    for record, sensor in zip(table, sensors, strict=True):
        compiled, message = sensor.compiled, sensor.message
        assert compiled is not None
        record["period"], record["delay"] = sensor.period_steps, sensor.delay_steps
        record["unit"], record["unit_words"] = compiled.unit.ctypes.data, compiled.unit.nbytes // 8
        record["normals_size"] = compiled.normals.block.size
        record["draws"], record["values"] = compiled.draws, compiled.shown.size
        record["column"] = column[f"{sensor.kind}{sensor.instance}_{sensor.columns[0][0]}"]
        words = header_words(message, timed=False)
        record["first_word"], record["length_word"] = words
        words = header_words(message, timed=True)
        record["timed_first_word"], record["timed_length_word"] = words
        record["instance"], record["code"] = sensor.instance, codes_of(message, skip=2)[0]
        record["slot"] = apids.index(message.apid)
    return table


def find_code(table: RecordArray, sensors: Sequence[Sensor], truth: FloatArray) -> None:
    """Have the records know where each sensor's code lies, compiled if need be."""
    for record, sensor in zip(table, sensors, strict=True):
        own = sensor.compiled
        assert own is not None
        record["measure"] = address_of(own.measure, own.arguments(truth))


def waiting_room(sensors: Sequence[Sensor]) -> FloatArray:
    """Return room for the samples that are on their way: step, validity and values of each."""
    places = max((each.delay_steps // each.period_steps + 2 for each in sensors), default=1)
    values = max((each.compiled.shown.size for each in sensors if each.compiled), default=0)
    return np.zeros((len(sensors), places, 2 + values))


def time_record(clock: Clock, step_s: float) -> RecordArray:
    """Return what times and the SYNC are made from."""
    record = records(TIME_RECORD)
    start, step, tick = clock.parts
    record["step_s"], record["parts_at_start"] = step_s, start
    record["parts_a_step"], record["tick_parts"] = step, tick
    record["sync_first_word"], record["sync_length_word"] = header_words(SYNC, timed=True)
    return record


def reply_records() -> tuple[RecordArray, IntArray]:
    """Return the messages of a usual answer, and the codes of all their values one after another.

    A command's step is not among its values.
    """
    table, codes = records(REPLY, len(_REPLIES)), list[int]()
    for record, message in zip(table, _REPLIES, strict=True):
        skip = 1 if message is COMMAND else 0
        own = codes_of(message, skip)
        record["first_word"], record["length_word"] = header_words(message, timed=False)
        record["begin"] = record["codes"] = len(codes)
        record["fields"], record["skip"] = len(own), HEADER_OCTETS + 4 * skip
        codes += own
    return table, np.array(codes, np.int64)
