"""What the compiled code reads: structured arrays, so that new values never mean a new compile."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.physics.compiled import is_compiling

RecordArray = NDArray[Any]  # a structured array of one of the types below
Record = Any  # one element of it: compiled code and records() give its fields as attributes

BODY = np.dtype(
    [
        ("mass_kg", "f8"),
        ("inertia_body_kg_m2", "f8", (3, 3)),  # total, wheels locked
        ("inverse_inertia", "f8", (3, 3)),  # of what a torque turns: no wheels' spin, no flexing
        ("residual_dipole_body_A_m2", "f8", (3,)),
        ("gyration", "f8", (3, 3)),  # inertia that a torque turns, over its determinant
        ("shaken", "f8"),  # 1 where a wheel's imbalance meets a flexible mode, or 0
    ],
    align=True,
)
WHEEL = np.dtype(
    [
        ("axis_body", "f8", (3,)),
        ("spin_inertia_kg_m2", "f8"),
        ("torque_max_Nm", "f8"),
        ("speed_max_rad_s", "f8"),
        ("coulomb_friction_Nm", "f8"),
        ("viscous_friction_Nm_s", "f8"),
        ("friction_transition_rad_s", "f8"),
        ("friction_at_limit_Nm", "f8"),  # what keeps the wheel at its speed limit
        (
            "wobble_cosine_rad",
            "f8",
            (3,),
        ),  # of the body, times cosine and sine of the rotor's angle
        ("wobble_sine_rad", "f8", (3,)),
    ],
    align=True,
)
FACE = np.dtype(
    [
        ("normal_body", "f8", (3,)),
        ("lever_body_m", "f8", (3,)),  # centre of mass to centre of pressure
        ("area_m2", "f8"),
        ("drag_coefficient", "f8"),
        ("specular_reflectivity", "f8"),
        ("diffuse_reflectivity", "f8"),
    ],
    align=True,
)
THRUSTER = np.dtype(
    [("force_body_N", "f8", (3,)), ("torque_body_Nm", "f8", (3,))],
    align=True,
)
FLEXIBLE_MODE = np.dtype(
    [
        ("coupling_body", "f8", (3,)),  # sqrt(kg) m
        ("stiffness", "f8"),  # angular frequency squared
        ("damping", "f8"),  # twice ratio times angular frequency
    ],
    align=True,
)
PLANET = np.dtype(
    [
        ("mu_m3_s2", "f8"),
        ("radius_m", "f8"),
        ("flattening", "f8"),
        ("zonals", "f8", (5,)),
        ("c22", "f8"),
        ("s22", "f8"),
        ("gravity_gradient", "f8"),  # 1 or 0
        ("sun_mu_m3_s2", "f8"),  # 0 when third bodies are left out
        ("third_mu_m3_s2", "f8"),
        ("third_radius_m", "f8"),
        (
            "sun_pressure_m4",
            "f8",
        ),  # times 1 / distance^2 is the pressure in N/m^2; 0 to leave it out
        ("albedo", "f8"),
    ],
    align=True,
)
SKY = np.dtype(  # one segment of time, see hil.physics.sky
    [
        ("start_s", "f8"),
        ("length_s", "f8"),
        ("sun_m", "f8", (4, 3)),  # cubic in (t - start) / length, central body to Sun, ECI
        ("third_m", "f8", (4, 3)),  # the same to the third body: Moon, or Earth from the Moon
        ("intermediate_from_eci", "f8", (2, 3, 3)),  # linear, where the pole points
        ("spin_angle_rad", "f8"),  # of the planet about that pole, at the segment's start
        ("spin_rate_rad_s", "f8"),
    ],
    align=True,
)
AIR_NODE = np.dtype(  # density where it was asked for, see hil.physics.atmosphere
    [
        ("time_s", "f8"),  # of a node along the orbit; 0 for a layer
        ("height_m", "f8"),
        ("log_density", "f8"),  # ln kg/m^3 at that height
        ("scale_height_m", "f8"),
    ],
    align=True,
)
FIELD_TERM = np.dtype(  # one [order, degree] of the magnetic field's sums, see hil.physics.magnetic
    [
        ("rise", "f8"),  # recursion to the next degree
        ("fall", "f8"),
        ("g", "f8"),  # Gauss coefficients, unnormalised, nT
        ("h", "f8"),
        ("g_radial", "f8"),  # times (degree + order + 1)
        ("h_radial", "f8"),
        ("g_below", "f8"),  # of the order below
        ("h_below", "f8"),
    ],
    align=True,
)


def records(dtype: np.dtype[Any], shape: int | tuple[int, ...] = 1) -> RecordArray:
    """Zeroed records whose elements have attributes, in compiled code and in plain Python alike."""
    zeros = np.zeros(shape, dtype)
    return zeros if is_compiling() else zeros.view(np.recarray)
