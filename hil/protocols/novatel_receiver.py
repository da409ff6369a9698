"""A NovAtel receiver on its line: what it answers to commands and when its logs come.

Sources: as of hil.protocols.novatel. The words of its answers are those of the maker's manual on
commands (OM-20000169, "Responses"), as far as public sources quote it.
"""

from __future__ import annotations

from hil.protocols import novatel
from hil.protocols.device import MS, Device, Measured, Protocol, S, Settings, text_command
from hil.protocols.stream import Heard, Reader
from hil.protocols.times import gps_time

_PROMPT = b"\r\n[COM1]"


class Receiver(Device):
    """One that says nothing but its prompt until it is told to log; it keeps what was saved."""

    start_ns = 1 * S  # guess

    def __init__(self, settings: Settings) -> None:
        """Make one without saved logs."""
        super().__init__(settings, novatel.commands())
        self.saved: dict[str, float | None] = {}
        self.logs: dict[str, float | None] = {}

    def _started(self, now_ns: int) -> None:
        self.logs = dict(self.saved)
        self._last_utc_ns: dict[str, int] = {}
        self._antenna = True
        self._say(_PROMPT, now_ns)

    def _measured(self, measured: Measured, now_ns: int) -> None:
        due = [name for name, every_s in self.logs.items() if self._is_due(name, every_s)]
        for place, name in enumerate(due):
            self._say(self._log(name, measured, len(due) - 1 - place), now_ns)
            self._last_utc_ns[name] = measured.utc_ns

    def _is_due(self, name: str, every_s: float | None) -> bool:
        assert self.measured is not None
        last = self._last_utc_ns.get(name)
        if every_s is None or last is None:
            return every_s is not None
        return self.measured.utc_ns - last > round((every_s - 1e-3) * S)

    def _log(self, name: str, measured: Measured, left: int) -> bytes:
        fixed = measured.valid and self._antenna
        values = measured.values if fixed else (0.0,) * 6
        if name == "BESTXYZ":
            body = novatel.bestxyz(values[:3], values[3:6], fixed=fixed)
        elif name == "TIME":
            body = novatel.time_log(measured.utc_ns, known=fixed)
        else:
            body = novatel.hardware_monitor(measured.temperature_K - 273.15, 3.3)
        time = gps_time(measured.utc_ns)
        return novatel.message(name, body, time, known=fixed, left=left)

    def _told(self, heard: Heard, now_ns: int) -> None:
        word, *rest = (each.lower() for each in heard.values["words"])
        answer = self._obeyed(word, rest, now_ns)
        if answer is not None:
            self._say(b"\r\n<" + answer + _PROMPT, now_ns + 5 * MS)

    def _obeyed(self, word: str, rest: list[str], now_ns: int) -> bytes | None:
        """Do what a command says; return the answer, None when there is none."""
        if word == "log":
            return self._begin_log(rest)
        if word == "unlogall":
            self.logs.clear()
        elif word == "unlog":
            self.logs.pop(rest[-1].removesuffix("b").upper() if rest else "", None)
        elif word == "saveconfig":
            self.saved = dict(self.logs)
        elif word == "antennapower" and rest in (["on"], ["off"]):
            self._antenna = rest == ["on"]
        elif word == "reset":
            self.power_on(now_ns)
            return None
        elif word != "serialconfig":
            return b"ERROR:Invalid Message ID"
        return b"OK"

    def _begin_log(self, rest: list[str]) -> bytes:
        """Take ``log [port] name [ontime seconds | once]``."""
        rest = rest[1:] if rest and rest[0].startswith(("com", "thisport")) else rest
        name = rest[0].removesuffix("b").upper() if rest else ""
        if name not in novatel.LOGS or not rest[0].endswith("b"):
            return b"ERROR:Invalid Message ID"
        trigger = rest[1] if len(rest) > 1 else "once"
        if trigger == "once":
            if self.measured is not None:
                self._say(self._log(name, self.measured, 0), 0)
            return b"OK"
        try:
            every_s = float(rest[2])
        except (IndexError, ValueError):
            every_s = 0.0
        if trigger != "ontime" or not 0.0 < every_s < 1e5:
            return b"ERROR:Parameter 3 is out of range"
        self.logs[name] = every_s
        return b"OK"


PROTOCOLS = (
    Protocol(
        name="novatel",
        title="NovAtel OEM7 receiver, binary logs",
        kinds=("gps",),
        device=Receiver,
        from_device=lambda: Reader(novatel.look),
        to_device=novatel.commands,
        command=text_command("\r\n"),
        octets=(144 + 76, 0),
        bauds=(115_200, 9_600, 19_200, 38_400, 57_600, 230_400, 460_800),
        answer_s=0.005,
        sources=(
            "ut-issl/c2a-aobc 24de303 (MIT)",
            "novatel/novatel_oem7_driver 0c0e135 (MIT), the maker's",
            "PyPI novatel_edie 2.10.11 (MIT), the maker's",
        ),
        unsure=(
            "time from power to the prompt, and to an answer",
            "the words of the errors other than an unknown log",
        ),
    ),
)
