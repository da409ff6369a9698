"""What the renderer reads: structured arrays, so that another scene is no new compile."""

from __future__ import annotations

import numpy as np

VIEW = np.dtype(
    [
        ("position_ecef_m", "f8", (3,)),
        ("ecef_from_body", "f8", (3, 3)),
        ("sun_ecef", "f8", (3,)),
        ("pixel_rad", "f8"),
        ("time_s", "f8"),
        ("apparent", "i8"),  # 1: light takes its time and, where there is air, bends
        ("velocity_by_light", "f8", (3,)),  # against ECI, along Earth-fixed axes
        ("spin_by_light_1_m", "f8"),  # of the Earth
        ("air_lift_m", "f8"),  # of what lies at sea level, seen from straight above
        ("map_centre_m", "f8", (3,)),
        ("map_east", "f8", (3,)),
        ("map_north", "f8", (3,)),
        ("surface", "i8"),
        ("seed", "i8"),
        ("slope_variance", "f8"),
        ("foam", "f8"),
        ("swell_slope", "f8"),
        ("swell_length_m", "f8"),
        ("swell_east", "f8"),
        ("swell_north", "f8"),
        ("swell_turns", "f8"),
        ("haze_depth", "f8"),
        ("cloud_cover", "f8"),
        ("cloud_size_m", "f8"),
        ("cloud_height_m", "f8"),
        ("blown_east_m", "f8"),  # what the wind has moved since the start
        ("blown_north_m", "f8"),
    ],
    align=True,
)
PATCH = np.dtype(
    [
        ("kind", "i8"),
        ("east_m", "f8"),  # of its centre, on the map
        ("north_m", "f8"),
        ("ahead_east", "f8"),
        ("ahead_north", "f8"),
        ("radius_m", "f8"),
        ("roughness", "f8"),
        ("elongation", "f8"),
        ("seed", "i8"),
    ],
    align=True,
)
SHIP, FIRE, AIRCRAFT = 0, 1, 2
THING = np.dtype(
    [
        ("kind", "i8"),
        ("position_ecef_m", "f8", (3,)),
        ("ahead", "f8", (3,)),
        ("right", "f8", (3,)),
        ("up", "f8", (3,)),
        ("reach_m", "f8"),  # beyond that nothing of it is seen
        ("length_m", "f8"),
        ("width_m", "f8"),
        ("reflectance", "f8"),
        ("radiance", "f8"),
        ("trail_m", "f8"),  # wake, smoke, contrail
        ("depth", "f8"),
        ("air_above", "f8"),  # part of the air
        ("seed", "i8"),
        ("flicker", "f8"),
    ],
    align=True,
)
CLOUD = np.dtype(
    [("east_m", "f8"), ("north_m", "f8"), ("radius_m", "f8"), ("depth", "f8"), ("height_m", "f8")],
    align=True,
)
