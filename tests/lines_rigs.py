"""A rig whose devices are on lines of their own, for the tests."""

import shutil
from pathlib import Path

from rig_files import BODY, ORBIT

DAMP = Path(__file__).parent / "data" / "lines" / "damp.py"
RIG = f"""\
title = "Rates damped over two lines"
spacecraft = "craft.toml"
seed = 3
duration_s = 6.0
step_s = 0.05

{ORBIT}
[attitude]
reference = "eci"
rate_body_deg_s = [2.0, -1.0, 1.5]

[obc]
mode = "idle"
wire = false

[[line]]
name = "imu"
usart = 2
baud = 460800
[[line.device]]
device = "gyro 0"
protocol = "stim300"

[[line]]
name = "wheels"
usart = 3
baud = 115200
duplex = "half"
[[line.device]]
device = "wheel x"
protocol = "nsp"
address = 0x21
[[line.device]]
device = "wheel y"
protocol = "nsp"
address = 0xC0
[[line.device]]
device = "wheel z"
protocol = "nsp"
address = 0xDB
"""
WHEEL = """
[[wheel]]
name = "{}"
axis_body = {}
spin_inertia_kg_m2 = 2.0e-5
torque_max_Nm = 0.004
speed_max_rad_s = 600.0
initial_speed_rad_s = 0.0
tachometer_rate_hz = 1.0
"""
GYRO = """
[[gyro]]
rate_hz = 20.0
angle_random_walk_deg_sqrt_h = 0.15
"""
CRAFT = (
    BODY
    + WHEEL.format("x", "[1.0, 0.0, 0.0]")
    + WHEEL.format("y", "[0.0, 1.0, 0.0]")
    + WHEEL.format("z", "[0.0, 0.0, 1.0]")
    + GYRO
)


def write(folder, rig=RIG, craft=CRAFT):
    """Write the rig and its spacecraft; return the rig's path."""
    (folder / "craft.toml").write_text(craft)
    path = folder / "lines.toml"
    path.write_text(rig)
    return path


def program(folder):
    """Copy the flight software to where it can be started."""
    return Path(shutil.copy(DAMP, folder / "damp"))
