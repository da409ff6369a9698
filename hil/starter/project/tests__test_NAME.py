"""What the requirements of a rig cannot say is a test of its own, on the recording of a run."""

import numpy as np
import pytest

RIG = "rigs/@NAME@.toml"


def test_the_wheels_stay_far_from_their_limit(hil_run):
    recording = hil_run(RIG)
    assert np.abs(recording["truth_wheel_speed_rad_s"]).max() < 400.0


@pytest.mark.parametrize("offset_deg", [0.0, 90.0, 180.0])
def test_nadir_is_found_from_any_attitude(hil_run, offset_deg):
    attitude = {"reference": "lvlh", "offset_axis_body": [0.0, 1.0, 0.0], "offset_deg": offset_deg}
    recording = hil_run(RIG, attitude=attitude)
    rate_deg_s = np.degrees(np.linalg.norm(recording["truth_rate_body_rad_s"][-100:], axis=1))
    assert rate_deg_s.max() < 0.1  # the orbit's own turn is 0.06
