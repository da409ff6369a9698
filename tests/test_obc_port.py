"""A serial port: what opens, what does not and why, and what pulling the cable looks like."""

import errno
import os
import threading
import time
import tty

import pytest
from fake_obc import FakeObc, Talk

from hil.errors import LinkError, ObcError, RigError
from hil.obc import driver as driver_module
from hil.obc import port as port_module
from hil.obc.places import open_obc

DEVICES = {"gyro": 1, "star_tracker": 1, "tachometer": 3}


class Cable:
    """A pseudo-terminal with an OBC at its far end."""

    def __init__(self, obc):
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        self._slave = slave
        self._obc = obc
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        try:
            while data := os.read(self._master, 4096):
                self._obc.write(data)
                if reply := self._obc.read(0.0):
                    os.write(self._master, reply)
        except OSError:
            pass

    def pull(self):
        """Hang up, as an unplugged adapter does."""
        os.close(self._slave)
        os.close(self._master)


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch):
    monkeypatch.setattr(driver_module, "HELLO_PATIENCE_S", 0.05)


def hello(obc):
    return Talk(obc, patience_s=2.0).hello(DEVICES)


def test_a_board_on_a_port_answers():
    with open_obc(Cable(FakeObc()).port, baud=115_200) as obc:
        assert hello(obc).firmware == "fake"


def test_a_port_that_does_not_exist_is_told_with_those_that_do():
    with pytest.raises(
        LinkError, match=r"cannot open port /dev/ttyNONE7: it does not exist\. Ports"
    ):
        open_obc("/dev/ttyNONE7")


def test_a_file_that_is_no_port_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(LinkError, match=r"cannot open port .*notes.txt: it is no serial line"):
        open_obc(str(tmp_path / "notes.txt"))


def test_a_busy_port_is_told():
    cable = Cable(FakeObc())
    with open_obc(cable.port), pytest.raises(LinkError, match="another program has it open"):
        open_obc(cable.port)


def test_a_silent_port_is_told():
    class Dead(FakeObc):
        def write(self, data, deadline_s=0.0):
            return True

    with (
        open_obc(Cable(Dead()).port) as obc,
        pytest.raises(LinkError, match="no answer to HELLO"),
    ):
        hello(obc)


def test_an_unplugged_port_is_told():
    cable = Cable(FakeObc())
    with open_obc(cable.port) as obc:
        hello(obc)
        cable.pull()
        with pytest.raises(ObcError, match=rf"port {cable.port} is gone"):
            hello(obc)


def test_an_unknown_scheme_is_told():
    with pytest.raises(LinkError, match=r"tin-can://board is not a port"):
        open_obc("tin-can://board")


def test_a_refused_connection_is_told():
    with pytest.raises(LinkError, match=r"cannot open port socket://127.0.0.1:1: .*refused"):
        open_obc("socket://127.0.0.1:1")


def test_a_port_that_one_may_not_open_is_told_with_the_cure(monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    refused = PermissionError(errno.EACCES, "Permission denied")
    assert "permission denied: `sudo adduser $USER" in port_module._why(refused, "/dev/null")


def test_a_board_that_takes_no_bytes_is_waited_for_until_the_deadline():
    master, slave = os.openpty()
    with open_obc(os.ttyname(slave)) as obc:
        begin_s = time.monotonic()
        assert not obc.write(bytes(1_000_000), begin_s + 0.05)
        assert time.monotonic() - begin_s > 0.04  # and it does come back
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize(
    "url", ["socket://localhost", "socket://:80", "socket://host:99999", "rfc2217://host:serial"]
)
def test_a_network_port_without_host_or_port_is_told_what_to_name(url):
    scheme = url.partition("://")[0]
    with pytest.raises(RigError) as error:
        open_obc(url)
    assert str(error.value) == f"--obc {url}: name a host and a port: {scheme}://host:port"
