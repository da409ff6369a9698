"""`[obc] console`: what a board prints on a second port is kept beside the recording."""

import os
import threading
import tty

import pytest
from fake_obc import FakeObc
from test_obc_port import Cable

from hil import bench
from hil.errors import LinkError, RigError
from hil.obc.console import Console


class Printer:
    """A port to which a board prints when it is asked to."""

    def __init__(self):
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)

    def say(self, text):
        os.write(self._master, text.encode())

    def pull(self):
        os.close(self._slave)
        os.close(self._master)


class TalkingObc(FakeObc):
    """Prints each step's number on its console."""

    def __init__(self, printer):
        super().__init__()
        self._printer = printer

    def reply(self, step):
        self._printer.say(f"step {step}\n")
        return super().reply(step)


def with_console(rig, port, duration_s=0.5):
    short = rig.with_overrides(duration_s=duration_s)
    return short.model_copy(update={"obc": rig.obc.model_copy(update={"console": port})})


def test_what_it_prints_is_kept_and_shown(nadir, tmp_path):
    printer, shown = Printer(), []
    cable = Cable(TalkingObc(printer))
    rig = with_console(nadir, printer.port)
    bench.run(rig, cable.port, tmp_path / "a.mcap", show_printed=shown.append)
    assert shown == [f"step {step}" for step in range(5)]
    assert (tmp_path / "a.mcap.log").read_text() == "".join(f"{line}\n" for line in shown)


def test_the_lines_own_port_is_refused(nadir, tmp_path):
    cable = Cable(FakeObc())
    with pytest.raises(RigError, match=r"console = .* is the port of the line itself"):
        bench.run(with_console(nadir, cable.port), cable.port, tmp_path / "a.mcap")


def test_a_console_that_is_not_there_is_told_before_anything_runs(nadir, tmp_path):
    with pytest.raises(LinkError, match="cannot open port /dev/no-console: it does not exist"):
        bench.run(with_console(nadir, "/dev/no-console"), Cable(FakeObc()).port, tmp_path / "a")
    assert not list(tmp_path.iterdir())


def test_in_other_places_it_is_not_opened(nadir, tmp_path):
    bench.run(with_console(nadir, "/dev/no-console"), "library", tmp_path / "a.mcap")
    assert not (tmp_path / "a.mcap.log").exists()


def test_a_console_that_is_pulled_out_ends_no_run(tmp_path):
    printer, gone = Printer(), threading.Event()
    with Console(printer.port, 115_200, "/dev/other") as console:
        console.printed.keep(tmp_path / "log", lambda line: gone.set() if "gone" in line else None)
        printer.pull()
        assert gone.wait(120.0)
    assert "(console: port" in (tmp_path / "log").read_text()
