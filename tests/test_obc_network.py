"""Serial lines behind a network: a real terminal server, ser2net, in each of its forms."""

import shutil
import socket
import subprocess
import threading
import time

import pytest
from fake_obc import FakeObc, Talk
from test_obc_port import DEVICES, Cable

from hil.errors import LinkError, RigError
from hil.obc.network import Rfc2217Line, SocketLine, _half_pair
from hil.obc.places import open_obc

ACCEPTERS = {"raw": "tcp", "telnet": "telnet,tcp", "rfc2217": "telnet(rfc2217),tcp"}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_until_it_listens(port, server, patience_s=60.0):
    until = time.monotonic() + patience_s
    while time.monotonic() < until and server.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            continue
    raise AssertionError(f"ser2net does not listen: {server.poll()}")


@pytest.fixture
def ser2net(tmp_path):
    """Start ser2net in a form, in front of a board; return its port."""
    servers = []

    def start(form):
        port = free_port()
        (tmp_path / "ser2net.yaml").write_text(
            "connection: &board\n"
            f"  accepter: {ACCEPTERS[form]},127.0.0.1,{port}\n"
            f"  connector: serialdev(nouucplock),{Cable(FakeObc()).port},115200n81,local\n"
            "  options:\n    kickolduser: true\n"
        )
        files = ["-c", str(tmp_path / "ser2net.yaml"), "-P", str(tmp_path / "pid")]
        program = shutil.which("ser2net", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        servers.append(subprocess.Popen([program, "-n", *files], stderr=subprocess.DEVNULL))
        wait_until_it_listens(port, servers[0])
        return port

    yield start
    for server in servers:
        server.kill()
        server.wait()


@pytest.fixture
def server():
    """A TCP server that one client may talk to; it sends what it is given."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def send(data):
            def serve():
                connection, _ = listening.accept()
                with connection:
                    connection.sendall(data)

            threading.Thread(target=serve, daemon=True).start()
            return f"socket://127.0.0.1:{listening.getsockname()[1]}"

        yield send


@pytest.mark.network
@pytest.mark.parametrize(("form", "scheme"), [("raw", "socket"), ("rfc2217", "rfc2217")])
def test_a_board_behind_a_terminal_server_answers(ser2net, form, scheme):
    with open_obc(f"{scheme}://127.0.0.1:{ser2net(form)}", baud=115_200) as obc:
        assert Talk(obc, patience_s=2.0).hello(DEVICES).firmware == "fake"


@pytest.mark.network
@pytest.mark.parametrize("form", ["telnet", "rfc2217"])
def test_telnet_on_a_raw_socket_is_recognised(ser2net, form):
    port = ser2net(form)
    with (
        open_obc(f"socket://127.0.0.1:{port}", baud=115_200) as obc,
        pytest.raises(LinkError, match=f"speaks Telnet: use rfc2217://127.0.0.1:{port}"),
    ):
        Talk(obc, patience_s=2.0).hello(DEVICES)


def test_a_socket_hands_over_all_that_has_arrived(server):
    line = SocketLine(server(bytes(1_000_000)))
    line.timeout, reads, octets = 5.0, 0, 0
    while octets < 1_000_000:
        octets += len(line.read())
        reads += 1
    assert reads < 20_000  # octet by octet it would be a million
    with pytest.raises(ConnectionResetError, match="closed the connection"):
        line.read()
    line.close()


def test_a_socket_that_takes_nothing_is_not_written_to_for_ever():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = SocketLine(f"socket://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(TimeoutError):
            line.write(bytes(50_000_000), 0.05)
        line.close()


class StuckServer:
    """As pyserial's client sees a terminal server: a connection of which nobody reads."""

    def __init__(self):
        ours, self.theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        ours.settimeout(40.0)  # pyserial has 5 s, which a busy machine may take by itself
        self.line = Rfc2217Line(None)
        self.line._socket, self.line._write_lock = ours, threading.Lock()

    def taken(self):
        """Take all that has arrived."""
        self.theirs.setblocking(False)
        octets = b""
        while True:
            try:
                octets += self.theirs.recv(65_536)
            except BlockingIOError:
                return octets


def test_a_terminal_server_that_takes_nothing_is_not_written_to_for_ever():
    server = StuckServer()
    begin_s = time.monotonic()
    with pytest.raises(TimeoutError):
        server.line.write(bytes(5_000_000), 0.05)
    assert time.monotonic() - begin_s < 30.0  # pyserial itself waits for each part


def test_what_follows_an_octet_255_that_was_cut_in_two_is_no_telnet_command():
    server = StuckServer()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            server.line.write(b"\xff" * 1_000_000, 0.05)
        arrived = server.taken()
        assert arrived
        server.line.write(b"\0mark", 0.5)
        rest = server.taken()
        assert rest.endswith(b"\0mark")
        assert (len(arrived) + len(rest) - len(b"\0mark")) % 2 == 0


@pytest.mark.parametrize(
    ("before", "sent", "half"),
    [
        (b"", b"ab", b""),
        (b"", b"a\xff", b"\xff"),
        (b"", b"a\xff\xff", b""),
        (b"\xff", b"\xff", b""),
        (b"\xff", b"", b"\xff"),
        (b"\xff", b"\xff\xff\xff", b""),
        (b"\xff", b"\xffa\xff", b"\xff"),
    ],
)
def test_half_of_a_doubled_octet_is_remembered(before, sent, half):
    assert _half_pair(before, sent) == half


def test_a_port_where_nobody_listens_is_told():
    port = free_port()
    with pytest.raises(LinkError, match=f"cannot open port socket://127.0.0.1:{port}: .*refused"):
        open_obc(f"socket://127.0.0.1:{port}")


@pytest.mark.parametrize("url", ["socket://", "socket://host", "rfc2217://:4000", "socket://h:x"])
def test_a_url_without_host_or_port_is_refused(url):
    with pytest.raises(RigError, match="name a host and a port"):
        open_obc(url)
