"""A running bench is served to Foxglove: what a client gets are the recording's own messages."""

import json
import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from websockets.sync.client import connect

from hil.cli import main
from hil.dashboard import foxglove
from hil.dashboard.screen import DashboardError
from hil.recording import Recorder
from hil.recording.relay import Relay

EPOCH_NS = 1_774_094_400 * 10**9
PORTS = range(0, 1)  # the system chooses


def writing(path):
    return Recorder(path, [("time_s", 1), ("rate", 3)], epoch_unix_ns=EPOCH_NS)


def test_a_relay_hands_on_messages_as_they_were_written(tmp_path):
    relay = Relay(tmp_path / "run.mcap")
    assert relay.messages() == []
    with writing(relay.path) as recorder:
        recorder.step(10**8, row := np.array([0.1, 1.0, 2.0, 3.0]))
        recorder.event(10**8, "obc", "mode", "nadir")
        recorder.flush()
        event, step = sorted(relay.messages(), reverse=True)
        assert step == (1, EPOCH_NS + 10**8, row.tobytes())
        recorder.step(2 * 10**8, row + 0.1)
    assert [message.channel for message in relay.messages()] == [1]
    assert json.loads(event.data)["event"] == "mode"
    assert [relay.channels[number].topic for number in (1, 4)] == ["/step", "/event"]
    assert relay.state == "ended"


def subscribed(client):
    """Read what the server advertises (protocol foxglove.sdk.v1) and subscribe to /step."""
    while True:
        said = client.recv(timeout=300)
        if isinstance(said, str) and json.loads(said)["op"] == "advertise":
            for channel in json.loads(said)["channels"]:
                if channel["topic"] == "/step":
                    asked = {"id": 7, "channelId": channel["id"]}
                    client.send(json.dumps({"op": "subscribe", "subscriptions": [asked]}))
                    return channel


def test_a_client_gets_the_rows_of_a_run_while_it_is_written(tmp_path):
    relay = Relay(tmp_path / "run.mcap")
    with writing(relay.path) as recorder:
        recorder.declare()
        server = foxglove.Server(relay, PORTS)
        try:
            server.pass_on()
            with connect(server.address, subprotocols=["foxglove.sdk.v1"]) as client:
                channel = subscribed(client)
                for step in range(200):  # those before it is subscribed are not sent to it
                    recorder.step(step * 10**8, row := np.array([step / 10, 1.0, 2.0, 3.0]))
                    recorder.flush()
                    assert server.pass_on() == 1
                    try:
                        message = client.recv(timeout=0.1)
                    except TimeoutError:
                        continue
                    break
        finally:
            server.stop()
    assert channel["schemaName"] == "hil/Step"
    assert channel["schema"] == "float64 time_s\nfloat64[3] rate\n"
    opcode, subscription, log_time_ns = struct.unpack_from("<BIQ", message)
    assert (opcode, subscription) == (1, 7)
    time_s, *rate = np.frombuffer(message[13:])
    assert log_time_ns == EPOCH_NS + round(time_s * 10) * 10**8
    assert rate == row.tolist()[1:]


def test_the_server_ends_with_the_recording(tmp_path):
    path = tmp_path / "run.mcap"
    with writing(path) as recorder:
        recorder.step(0, np.zeros(4))
        command = [sys.executable, "-m", "hil.dashboard.foxglove", str(path)]
        server = subprocess.Popen(
            [*command, "--bench", str(os.getpid())], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout.readline().startswith("ws://127.0.0.1:87")
    assert server.wait(timeout=300) == 0


def test_a_run_says_what_address_to_open(tmp_path, monkeypatch):
    monkeypatch.setattr(foxglove, "launch", lambda path: f"ws://127.0.0.1:8765 {path.name}")
    rig = "rigs/dier5_nadir.toml"
    out = str(tmp_path / "run.mcap")
    told = CliRunner().invoke(
        main, ["run", rig, "--obc", "library", "--duration", "1", "--foxglove", "--out", out]
    )
    assert "Foxglove: open a connection to ws://127.0.0.1:8765 run.mcap" in told.stderr


def test_a_missing_package_and_taken_ports_are_said(tmp_path, monkeypatch):
    with monkeypatch.context() as without:
        without.setattr("importlib.util.find_spec", lambda _: None)
        with pytest.raises(DashboardError, match=r"pip install 'hil\[foxglove\]'"):
            foxglove.launch(tmp_path / "run.mcap")
    server = foxglove.Server(Relay(tmp_path / "run.mcap"), PORTS)
    try:
        taken = int(server.address.rpartition(":")[2])
        with pytest.raises(DashboardError, match=rf"ports {taken} to {taken} of 127.0.0.1 are tak"):
            foxglove.Server(Relay(tmp_path / "run.mcap"), range(taken, taken + 1))
    finally:
        server.stop()
