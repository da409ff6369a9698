"""The reference flight software's events: the one table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One thing that the flight software reports; its place in EVENTS, from 1, is its code.

    severity: of hil.recording, info, warning or error. by_value: one with another value is another
    event, as of another device; else it is the same again, and told once a second at the most.
    """

    name: str
    value: str
    doc: str
    severity: str = "info"
    by_value: bool = False


_LACKS = (
    "1 rate, 2 attitude, 3 orbit, 4 the Earth's orientation, 5 target, 6 attitude to hold, "
    "7 field, 8 wheels about three axes, 9 positive definite inertia, 10 rods, 11 a burn"
)

_DEVICE = "device kind + 100 x instance"

EVENTS: tuple[Event, ...] = (
    Event(
        "frames_lost", "so many since HELLO", "frames arrived that were no valid packet", "warning"
    ),
    Event(
        "sample_rejected",
        "message's APID",
        "a sample was not finite or not plausible",
        "warning",
        by_value=True,
    ),
    Event("attitude_acquired", "0 star tracker, 1 directions", "the attitude filter started"),
    Event(
        "attitude_lost",
        "rejected in a row; 0: neither gyro nor star tracker",
        "the gate was shut too long: the filter restarts",
        "warning",
    ),
    Event(
        "star_tracker_outlier",
        "squared Mahalanobis distance",
        "the gate refused a measurement",
        "warning",
    ),
    Event("time_jumped", "s", "sync's time went back or far ahead: the filter restarts", "warning"),
    Event("orbit_lost", "0", "the propagated orbit left every possible range", "error"),
    Event("mode_entered", "mode", "the mode changed", by_value=True),
    Event(
        "state_impossible",
        "0",
        "an estimate was no number or beyond reason: filters restart",
        "error",
    ),
    Event("orbit_from_gps", "0", "the orbit was started from a fix"),
    Event("tumbling", "rate in rad/s", "the body turned too fast: detumbling", "error"),
    Event(
        "mode_given_up", "mode", "what the mode needs was missing for too long: sun_safe", "error"
    ),
    Event(
        "wheel_stalled",
        "wheel",
        "a wheel did not turn and is out of service",
        "error",
        by_value=True,
    ),
    Event("sensor_silent", _DEVICE, "no usable sample for too long", "warning", by_value=True),
    Event("too_hot", "thermometer", "a temperature is over its limit", "error", by_value=True),
    Event("gps_outlier", "distance from the orbit in m", "the gate refused a fix", "warning"),
    Event("unloading_began", "momentum in N m s", "thrusters unload the wheels"),
    Event("unloading_ended", "momentum in N m s", "the wheels are unloaded"),
    Event(
        "unloading_failed",
        "momentum in N m s",
        "it did not get less: no more until set_mode",
        "error",
    ),
    Event(
        "tachometer_failed",
        "wheel",
        "the body felt a wheel turn that it does not show",
        "warning",
        by_value=True,
    ),
    Event("gps_velocity_outlier", "m/s", "the gate refused a fix for its velocity", "warning"),
    Event(
        "wheel_saturated",
        "wheel",
        "a wheel is at its speed limit and cannot go faster",
        "warning",
        by_value=True,
    ),
    Event("wheel_unsaturated", "wheel", "a wheel is below its speed limit again", by_value=True),
    Event(
        "wheel_limit_learnt",
        "rad/s",
        "a wheel would not go faster: its limit is lower than said",
        "warning",
    ),
    Event("mode_refused", _LACKS, "nothing can drive it", "warning"),
    Event(
        "mode_waits",
        _LACKS,
        "what the mode lacks, ten seconds on or when it is given up",
        "warning",
    ),
    Event(
        "field_doubted",
        "nT that its size is off",
        "the magnetometer is not believed for now",
        "warning",
    ),
    Event("field_trusted", "nT of bias", "the magnetometer's bias is learnt"),
    Event("events_lost", "so many since HELLO", "more happened than can be told", "warning"),
    Event("sensor_frozen", _DEVICE, "it repeats one value: not used", "warning", by_value=True),
    Event(
        "sensor_doubted", _DEVICE, "it contradicts the others: not used", "warning", by_value=True
    ),
    Event("sensor_trusted", _DEVICE, "it agrees with the others again: used", by_value=True),
    Event("sensor_switched", _DEVICE, "the unit used from now on", "warning", by_value=True),
    Event("wheel_restored", "wheel", "tried again, it obeys: in service", by_value=True),
    Event(
        "wheels_two",
        "wheel left out",
        "two wheels and rods hold the pointing",
        "error",
        by_value=True,
    ),
    Event(
        "pointing_diverged",
        "error in deg",
        "it grew while all else looked good: safe mode",
        "error",
    ),
    Event(
        "gyro_outlier",
        "off by so many rad/s",
        "a sample contradicts the wheels' momentum",
        "warning",
    ),
    Event(
        "picture_lost", "number of the picture", "its beginning or end did not arrive", "warning"
    ),
    Event("picture_pieces_lost", "so many", "a picture came without them", "warning"),
    Event("object_locked", "its track", "the camera follows it: its place is the target's"),
    Event(
        "object_hidden", "its track", "it is not seen: its motion is followed blindly", "warning"
    ),
    Event("object_seen_again", "its track", "it is where its motion led"),
    Event(
        "object_lost",
        "its track",
        "not seen for too long: looked for where its motion led",
        "warning",
    ),
    Event("search_began", "s without a sight", "the camera looks beside the told place", "warning"),
    Event(
        "goal_barred", "0", "what is pointed at is in a cone to keep out of: it holds", "warning"
    ),
    Event(
        "tachometer_outlier", "wheel", "a jump that the body did not feel", "warning", by_value=True
    ),
    Event(
        "wheel_reversed",
        "wheel",
        "it turns against its commands: turned round",
        "warning",
        by_value=True,
    ),
    Event("burn_ended", "m/s that are left", "what was told is added to the velocity"),
    Event(
        "burn_failed", "m/s that are left", "no thrusters push that way without turning", "error"
    ),
    Event("restarted", "boots in this life", "the computer booted in mid-mission", "warning"),
    Event(
        "reset_cause",
        "0 unknown, 1 power, 2 pin, 3 watchdog, 4 crash, 5 software",
        "why it booted",
        "warning",
    ),
    Event(
        "crashed_at",
        "program counter, from the program's beginning",
        "where it crashed before it booted",
        "error",
    ),
    Event(
        "crashed_from",
        "link register, from the program's beginning",
        "whence the function was called that crashed",
        "error",
    ),
    Event("crash_status", "the core's CFSR", "what kind of crash it was", "error"),
    Event("crash_address", "BFAR or MMFAR; 0: not known", "what was not to be reached", "error"),
    Event("store_failed", "so many", "what is to survive a restart could not be kept", "error"),
    Event(
        "memory_mended",
        "0 parameters, 1 settings of the ground",
        "a copy differed from its original: the right one is used",
        "warning",
        by_value=True,
    ),
    Event("memory_lost", "as memory_mended", "both copies are damaged: defaults", "error"),
    Event("alert_made", "its number", "what was recognised waits to be told", by_value=True),
    Event("alert_heard", "its number", "the ground has it", by_value=True),
    Event("file_delivered", "transaction", "the ground has it whole"),
    Event("file_refused", "transaction", "the ground ended it without the file", "warning"),
    Event("file_given_up", "transaction", "the ground did not answer", "warning"),
    Event(
        "rod_failed",
        "body axis, from 0",
        "its dipole explains a torque that nobody commanded",
        "error",
        by_value=True,
    ),
    Event("rod_restored", "body axis, from 0", "that torque is gone", by_value=True),
    Event(
        "wheel_near_limit",
        "wheel",
        "a wheel is near its speed limit: there is little room for more momentum",
        "warning",
        by_value=True,
    ),
    Event(
        "pointing_traded",
        "momentum in N m s",
        "the wheels cannot hold it in the mode's attitude: it points beside, as far as needed",
        "warning",
    ),
    Event("pointing_regained", "momentum in N m s", "the wheels hold it in the mode's attitude"),
    Event(
        "momentum_full",
        "momentum in N m s",
        "the wheels cannot hold it in the mode's attitude or near it: safe mode",
        "error",
    ),
    Event("momentum_allows", "momentum in N m s", "they can again: back to the mode"),
    Event(
        "rates_apart",
        "by so many rad/s",
        "over half a minute gyro and star tracker tell different turns: one of them drifts",
        "warning",
    ),
    Event("rates_agree", "rad/s", "they tell the same turn again"),
    Event(
        "bad_pixels",
        "so many",
        "the camera's hot and dead pixels as far as they are known: others stand in their place",
    ),
    Event(
        "star_trackers_apart",
        "by so many rad",
        "two star trackers tell different attitudes, and it is not known yet which is wrong",
        "warning",
    ),
    Event(
        "clock_jumped",
        "s",
        "sync's time moved on by more or less than the steps did: the time goes on as they do",
        "warning",
    ),
    Event(
        "wheel_friction_high",
        "wheel",
        "its friction is several times what it used to be",
        "warning",
        by_value=True,
    ),
    Event("wheel_friction_usual", "wheel", "it is as before again", by_value=True),
    Event(
        "picture_unplaced",
        "s since its exposure; below 0: this very step took it",
        "the attitude at the exposure is not known: nothing in it has a place",
        "warning",
    ),
)
