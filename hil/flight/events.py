"""What the codes of the reference flight software's events mean."""

from hil.flight.event_table import EVENTS, Event

REFERENCE_FIRMWARE = "hil-adcs"


def event_name(firmware: str, code: int) -> str:
    """Return the name of an event by its code, as in EVENTS; "event" for one not known here."""
    event = _event(firmware, code)
    return event.name if event else "event"


def event_words(firmware: str, code: int) -> str:
    """What an event's code means; only the reference flight software's codes are known here."""
    event = _event(firmware, code)
    if event:
        return f"{event.name.replace('_', ' ')} ({event.doc}), {event.value}"
    return f"event {code}"


def event_severity(firmware: str, code: int) -> str:
    """Return how bad an event is, in the recording's words; "info" for one not known here."""
    event = _event(firmware, code)
    return event.severity if event else "info"


def _event(firmware: str, code: int) -> Event | None:
    known = firmware == REFERENCE_FIRMWARE and 1 <= code <= len(EVENTS)
    return EVENTS[code - 1] if known else None
