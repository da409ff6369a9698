"""What the codes of the reference flight software's events mean."""

from hil.flight.parameters import EVENTS

REFERENCE_FIRMWARE = "hil-adcs"


def event_name(firmware: str, code: int) -> str:
    """Return the name of an event by its code, as in EVENTS; "event" for one not known here."""
    known = firmware == REFERENCE_FIRMWARE and 1 <= code <= len(EVENTS)
    return EVENTS[code - 1].name if known else "event"


def event_words(firmware: str, code: int) -> str:
    """What an event's code means; only the reference flight software's codes are known here."""
    if firmware == REFERENCE_FIRMWARE and 1 <= code <= len(EVENTS):
        event = EVENTS[code - 1]
        return f"{event.name.replace('_', ' ')} ({event.doc}), {event.value}"
    return f"event {code}"
