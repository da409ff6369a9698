"""A running bench that is served to Foxglove on the loopback interface, by a process of its own.

It follows the recording and hands its messages on as they are: the panels are those of the file.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hil.dashboard.screen import DashboardError
from hil.errors import HilError
from hil.recording.relay import Relay

if TYPE_CHECKING:
    import foxglove
    from foxglove import websocket

HOST = "127.0.0.1"
_PORTS = range(8765, 8775)  # the first is the one that Foxglove proposes
_POLL_S = 0.05
_NICE = 10


def launch(recording: Path) -> str:
    """Serve a recording that is about to be written; return the address to open.

    The server ends with the recording, and with this process. Raises DashboardError when it
    cannot be started.
    """
    if importlib.util.find_spec("foxglove") is None:
        raise DashboardError("--foxglove needs foxglove-sdk: pip install 'hil[foxglove]'")
    command = [sys.executable, "-m", "hil.dashboard.foxglove", str(recording)]
    server = subprocess.Popen(
        [*command, "--bench", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # the Ctrl-C that stops the bench must not cut off its last steps
    )
    assert server.stdout is not None
    with server.stdout:
        said = server.stdout.readline().decode().strip()
    if not said.startswith("ws://"):
        raise DashboardError(f"--foxglove: {said or 'the server did not start'}")
    return said


class Server:
    """The messages of a recording on a WebSocket that Foxglove opens."""

    def __init__(self, relay: Relay, ports: range = _PORTS) -> None:
        """Raise DashboardError when none of the ports is free."""
        self._relay = relay
        self._generation = relay.generation
        self._channels: dict[int, foxglove.Channel] = {}
        self._server = _started(ports)

    @property
    def address(self) -> str:
        """What Foxglove's "Open connection" takes."""
        return f"ws://{HOST}:{self._server.port}"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._relay.state in ("ended", "damaged")

    def pass_on(self) -> int:
        """Hand on what is new; return how many messages that was."""
        messages = self._relay.messages()
        if self._relay.generation != self._generation:  # another run in the same file
            self._generation = self._relay.generation
            self._close_channels()
        for number, channel in self._relay.channels.items():
            if number not in self._channels:
                self._channels[number] = self._advertised(channel.schema_id, number)
        for number, log_time_ns, data in messages:
            self._channels[number].log(data, log_time=log_time_ns)
        return len(messages)

    def stop(self) -> None:
        """End all connections."""
        self._close_channels()
        self._server.stop()

    def _advertised(self, schema_id: int, number: int) -> foxglove.Channel:
        import foxglove

        channel, schema = self._relay.channels[number], self._relay.schemas[schema_id]
        return foxglove.Channel(
            channel.topic,
            schema=foxglove.Schema(name=schema.name, encoding=schema.encoding, data=schema.data),
            message_encoding=channel.message_encoding,
        )

    def _close_channels(self) -> None:
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()


def _started(ports: range) -> websocket.WebSocketServer:
    import foxglove

    for port in ports:
        try:
            return foxglove.start_server(name="hil", host=HOST, port=port)
        except (OSError, RuntimeError):  # somebody has the port
            continue
    raise DashboardError(f"ports {ports[0]} to {ports[-1]} of {HOST} are taken: free one of them")


def main() -> int:
    """Serve what the command line names until the recording, or the bench, ends."""
    parser = argparse.ArgumentParser(prog="hil.dashboard.foxglove")
    parser.add_argument("recording", type=Path)
    parser.add_argument("--bench", type=int, metavar="PID", required=True)
    given = parser.parse_args()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        server = Server(Relay(given.recording))
        print(server.address, flush=True)
        return _serve(server, given.bench)
    except HilError as error:
        print(error, flush=True)
        return error.exit_status


def _serve(server: Server, bench: int) -> int:
    while os.getppid() == bench and not server.ended:
        if not server.pass_on():
            time.sleep(_POLL_S)
    while server.pass_on():  # what was written while the bench ended
        pass
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
