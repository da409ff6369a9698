"""What a bench tells of a device that another package brings; run where that package is found.

``python earth_camera_bench.py FOLDER`` prints one JSON object; FOLDER holds a copy of the rigs.
"""

import json
import sys
from pathlib import Path

from click.testing import CliRunner
from fake_obc import TestModeObc

from hil.cli import main
from hil.devices.registry import registry
from hil.link.framing import Deframer
from hil.phasing import phase
from hil.recording import Recording
from hil.rig import load_rig

TABLE = """
[[earth_camera]]
rate_hz = 2.0
boresight_body = [0.0, 0.0, 1.0]
up_body = [1.0, 0.0, 0.0]
"""


def hil(*words):
    """Exit status and all that a command prints."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


def told(folder):
    """All that the tests ask for."""
    craft = folder / "spacecraft" / "dier5.toml"
    sound = craft.read_text() + TABLE
    craft.write_text(sound.replace("up_body", "upp_body"))
    rig, out = folder / "dier5_nadir.toml", folder / "out.mcap"
    wrong = hil("check", rig)
    craft.write_text(sound)
    ran = hil("run", rig, "--obc", "library", "--duration", "3", "--out", out)
    recording, heard = Recording(out), Deframer(registry().table)
    sent = [packet for _, data in recording.to_obc for packet in heard.receive(data)]
    return {
        "wrong": wrong,
        "keys": hil("keys")[1],
        "header": hil("wire", "--c")[1],
        "xtce": hil("wire", "--xtce")[1],
        "ran": ran,
        "obc": dict(recording.metadata["obc"]),
        "roll_rad": recording["earth_camera0_horizon_roll_rad"].tolist(),
        "valid": recording["earth_camera0_valid"].tolist(),
        "truth_q_eci_from_body": recording["truth_q_eci_from_body"].tolist(),
        "truth_position_eci_m": recording["truth_position_eci_m"].tolist(),
        "sent": [p.values[2] for p in sent if p.message.name == "earth_camera"],
        "faults": dict(heard.faults),
        "phased": phased(rig, lambda value: value),
        "inverted": phased(rig, lambda value: -value),
        "library": hil("phase", rig, "--obc", "library"),
    }


def phased(rig, change):
    """What the phasing test finds of the camera, with a firmware that has a view of its roll."""
    obc = TestModeObc(
        lambda kind, values: (change(values[0]),) if kind == "earth_camera" else values,
        table=registry().table,
    )
    return [each for each in phase(load_rig(rig), obc) if each.device.startswith("earth_camera")]


if __name__ == "__main__":
    print(json.dumps(told(Path(sys.argv[1]))))
