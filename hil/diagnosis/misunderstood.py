"""What the OBC says of devices that do what they should: it reads or commands them otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hil.devices.registry import registry
from hil.diagnosis.finding import Finding
from hil.diagnosis.followedrate import FollowedRate
from hil.diagnosis.units import AXES, number
from hil.recording import Event
from hil.rig import Rig

_SURE, _MANY, _FIXES = 55.0, 10, 4
_FAR_OFF_nT = 10e3  # of what the Earth's field is, 20 to 65 uT
_AT_ONCE_s = 5.0
"""Who misreads samples refuses them from the first ones on."""
_EXPLAINS_STALLS = ("torque", "speed", "spin", "tachometer", "command delay")
_OUT = "out "
"""Of a wheel out of service, before its number: the topic of its finding."""


def misunderstood(
    rig: Rig, found: Sequence[Finding], events: Sequence[Event], rate: FollowedRate | None
) -> Iterator[Finding]:
    """Yield what the OBC refuses although nothing was found to be wrong with it.

    rate: how the rate that it believes follows the true one, where it tells a rate.
    """
    if any(each.source == "fault" for each in events):
        return
    known = [each.topic for each in found if each.cause and each.weight >= _SURE]
    yield from _refused_samples(known, events, rate)
    topics = [each.topic for each in found]
    yield from _refused_fixes(topics, events)
    yield from _implausible(topics, events)
    yield from _doubted_field(topics, events)
    yield from _stalled_wheels(rig, known, events)


def _refused(events: Sequence[Event], name: str, least: int) -> str:
    """Return words for how often samples were refused, if that was from the first ones on."""
    refused = [e for e in events if e.source == "obc" and e.name == name]
    times = sum(each.times for each in refused)
    if times < least or refused[0].time_s > _AT_ONCE_s:
        return ""
    return f"({times} from {refused[0].time_s:.1f} s on)"


def _refused_samples(
    known: Sequence[str], events: Sequence[Event], rate: FollowedRate | None
) -> Iterator[Finding]:
    refused = _refused(events, "star_tracker_outlier", _MANY)
    if not refused or any(topic.startswith(("star tracker", "gyro")) for topic in known):
        return
    words = (
        f"the OBC refuses true samples of the star tracker {refused}: {_misread(rate)}; the wire "
        "has (x, y, z, w) from body to ECI, and rad/s"
    )
    yield Finding(words, 85.0, "any", "refused samples")


def _misread(rate: FollowedRate | None) -> str:
    """Return whose samples are misread: by a gyro that is, the rate does not follow the body."""
    behind = rate.behind() if rate else None
    if behind is None:
        return "it misreads them, or the gyro's, which it holds them against"
    if not behind:
        return "it misreads them, not the gyro's, as the rate that it believes is right"
    axes = " and ".join(AXES[axis] for axis in behind)
    least = number(min(behind.values()), 2)
    return (
        f"it misreads the gyro's, which it holds them against: the rate that it believes follows "
        f"{least} of the body's changes about {axes}, as with a wrong sign or order of axes"
    )


def _refused_fixes(topics: Sequence[str], events: Sequence[Event]) -> Iterator[Finding]:
    refused = _refused(events, "gps_outlier", _FIXES)
    if refused and not any(topic.startswith(("gps ", "orbit")) for topic in topics):
        words = (
            f"the OBC refuses true fixes of GPS {refused}, though the orbit that it was sent is "
            "right: it misreads them; `hil wire` has their frame and units"
        )
        yield Finding(words, 84.0, "any", "refused fixes")


def _implausible(topics: Sequence[str], events: Sequence[Event]) -> Iterator[Finding]:
    rejected = [e for e in events if e.source == "obc" and e.name == "sample_rejected"]
    kinds = {kind.message.apid: kind for kind in registry().sensors}
    for apid in sorted({int(each.value) for each in rejected} & set(kinds)):
        device = kinds[apid].name.replace("_", " ")
        own = [each for each in rejected if each.value == apid]
        refused = _refused(own, "sample_rejected", _MANY)
        if refused and not any(topic.startswith(f"{device} ") for topic in topics):
            words = (
                f"the OBC holds true samples of the {device} for impossible {refused}: it misreads "
                "them, their unit for instance; `hil wire` has their units"
            )
            yield Finding(words, 84.0, "any", f"impossible {device}")


def _doubted_field(topics: Sequence[str], events: Sequence[Event]) -> Iterator[Finding]:
    doubted = [e for e in events if e.source == "obc" and e.name == "field_doubted"]
    if not doubted or doubted[0].time_s > _AT_ONCE_s or abs(doubted[0].value) < _FAR_OFF_nT:
        return
    if not any(topic.startswith(("magnetometer", "date", "earth")) for topic in topics):
        words = (
            f"the OBC holds the true field for {1e-3 * abs(doubted[0].value):.0f} uT too "
            f"{'small' if doubted[0].value < 0.0 else 'large'} from {doubted[0].time_s:.1f} s on: "
            "it misreads the magnetometer; the wire has T"
        )
        yield Finding(words, 83.0, "any", "doubted field")


def _stalled_wheels(rig: Rig, known: Sequence[str], events: Sequence[Event]) -> Iterator[Finding]:
    stalled = [e for e in events if e.source == "obc" and e.name == "wheel_stalled"]
    wheels = [each.name for each in rig.spacecraft.wheel]
    numbers = sorted({int(e.value) for e in stalled if 0 <= e.value < len(wheels)})
    wrong = any(topic.startswith(_EXPLAINS_STALLS) for topic in known)
    if not numbers or wrong or any(f"wheel {wheels[n]}" in known for n in numbers):
        return
    named = f"wheel{'s' * (len(numbers) > 1)} {' and '.join(wheels[n] for n in numbers)}"
    words = (
        f"the OBC took {named} out of service at {stalled[0].time_s:.1f} s, which turned as "
        "commanded: the OBC does not command what it means; the wire has torques in N m, in the "
        f"rig's order of wheels ({', '.join(wheels)}), and a positive one speeds a wheel up"
    )
    yield Finding(words, 90.0, "control", f"{_OUT}{numbers[0]}")
