"""The true places of a scene's objects in the pictures, while a run goes on and on."""

import numpy as np

from hil.dashboard.marks import Marks
from hil.rig import load_rig


def block(begin_s, picture=None):
    """A hundred seconds at rest; a picture arrives in the last, 2 s after its exposure."""
    time_s = np.arange(begin_s, begin_s + 100.0)
    frame, age_s = np.full(100, np.nan), np.full(100, np.nan)
    if picture is not None:
        frame[-1], age_s[-1] = picture, 2.0
    return {
        "time_s": time_s,
        "truth_position_eci_m": np.tile([7e6, 0.0, 0.0], (100, 1)) + time_s[:, None],
        "truth_velocity_eci_m_s": np.zeros((100, 3)),
        "truth_q_eci_from_body": np.tile([0.0, 0.0, 0.0, 1.0], (100, 1)),
        "camera0_frame": frame,
        "camera0_age_s": age_s,
    }


def test_a_run_without_end_is_not_kept_and_its_pictures_poses_are():
    marks = Marks(load_rig("rigs/dier5_alert.toml"))
    marks.feed(block(0.0, picture=1))
    for number in range(1, 60):
        marks.feed(block(100.0 * number))
    assert sum(len(time_s) for time_s, *_ in marks._recent) <= 800
    exposed_s, (position, *_) = marks._poses[1]
    assert exposed_s == 97.0
    assert position[1] == 97.0
