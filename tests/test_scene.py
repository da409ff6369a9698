"""What a camera sees: places, light, motion, noise; and the same bits from the same truth."""

import math
import zlib

import numpy as np
import pytest
from scene_views import PLACE, camera, look, picture

from hil.physics.rotations import rotation_matrix
from hil.scene.functions import exp, log, sine_of_turns
from hil.scene.ground import sea
from hil.scene.model import Cloud, Debris, Fire, Patch, Scene, Ship
from hil.scene.noise import normal, uniform
from hil.scene.records import VIEW
from hil.scene.stars import catalogue, stars_near

SEA = Scene(**PLACE, sea_wind_m_s=3.0)
SHIP = Ship(name="ship", **PLACE, course_deg=70.0)


def with_ship(**keys):
    return Scene(**PLACE, ship=(SHIP.model_copy(update=keys),))


def brightest(counts):
    return np.unravel_index(np.argmax(counts), counts.shape)


def middle(counts, background):
    """Row and column of the light above the background."""
    light = np.maximum(counts.astype(float) - background - 40.0, 0.0)
    rows, columns = np.indices(counts.shape)
    return (light * rows).sum() / light.sum(), (light * columns).sum() / light.sum()


def reflected(sun, eye, variance=0.05):
    """The reflectance of a smooth sea without foam, in a pixel much larger than its streaks."""
    view = np.zeros(1, VIEW)[0]
    view["sun_ecef"], view["slope_variance"], view["swell_length_m"] = sun, variance, 50.0
    east, north, up = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    return sea(0.0, 0.0, 1e6, eye, up, east, north, view, 0.0)


def raised(elevation_rad, east=1.0):
    """A direction so far above the horizon, in the plane of east and up."""
    return (east * math.cos(elevation_rad), 0.0, math.sin(elevation_rad))


@pytest.mark.parametrize(("sun_deg", "eye_deg"), [(30.0, 30.0), (90.0, 30.0), (50.0, 80.0)])
def test_the_suns_glint_is_that_of_facets_whose_slopes_are_normal(sun_deg, eye_deg):
    """Cox and Munk 1954: pi F p / (4 cos sun cos eye cos^4 tilt), F after Schlick 1994."""
    sun, eye = math.radians(sun_deg), math.radians(eye_deg)
    half = 0.5 * (math.pi - sun - eye)  # between each and the facet's normal
    tilt = 0.5 * (sun - eye)
    density = math.exp(-(math.tan(tilt) ** 2) / 0.05) / (math.pi * 0.05)
    fresnel = 0.02 + 0.98 * (1.0 - math.cos(half)) ** 5
    glint = math.pi * fresnel * density
    glint /= 4.0 * math.sin(sun) * math.sin(eye) * math.cos(tilt) ** 4
    found = reflected(raised(sun, -1.0), raised(eye))
    assert found == pytest.approx(0.018 + glint, rel=1e-6)


def test_a_sun_at_the_horizon_and_a_facet_too_steep_make_no_glint():
    """Nor does it outshine all, however low the Sun: six times a white plate at the most."""
    assert reflected(raised(0.0099, -1.0), raised(0.0099)) == pytest.approx(0.018)
    assert reflected(raised(0.0102, -1.0), raised(0.0102)) == pytest.approx(6.018)
    steep = math.acos(0.3)  # of half the angle from the Sun to the eye above the same horizon
    east = [raised(math.pi / 2.0 - 2.0 * (steep + off)) for off in (-0.01, 0.01)]
    rough = [reflected((0.0, 0.0, 1.0), eye, variance=1.0) for eye in east]
    assert rough[0] > 0.021
    assert rough[1] == pytest.approx(0.018)


def test_own_functions_are_those_of_the_library():
    for x in (-60.0, -3.3, -0.1, 0.0, 0.7, 12.0):
        assert exp(x) == pytest.approx(math.exp(x), rel=1e-7)
    for x in (1e-9, 0.3, 0.708, 1.0, 1.41, 7.0, 1e6):  # the series is longest about sqrt(2)
        assert log(x) == pytest.approx(math.log(x), rel=1e-13, abs=1e-9)
    for x in (-3.7, -0.25, 0.0, 0.1, 0.5, 12.9):
        assert sine_of_turns(x) == pytest.approx(math.sin(2 * math.pi * x), abs=2e-7)


def test_noise_is_uniform_normal_and_depends_on_every_number():
    u = np.array([uniform(1, i, 2, 3) for i in range(4000)])
    assert abs(u.mean() - 0.5) < 4 * math.sqrt(1 / 12 / 4000)
    n = np.array([normal(1, i, 2, 3) for i in range(4000)])
    assert abs(n.mean()) < 4 / math.sqrt(4000)
    assert np.std(n) == pytest.approx(1.0, abs=4 / math.sqrt(8000))
    assert abs(n).max() > 3.0
    told = {uniform(*at) for at in ((1, 2, 3, 4), (2, 2, 3, 4), (1, 3, 3, 4), (1, 2, 4, 4))}
    assert len(told) == 4


def test_a_picture_is_the_same_bits_whenever_and_wherever_it_is_taken():
    scene = with_ship(speed_m_s=8.0)
    scene = scene.model_copy(update={"cloud_cover": 0.3, "patch": (
        Patch(kind="fields", latitude_deg=42.82, longitude_deg=50.33, radius_m=2000.0),
    )})  # fmt: skip
    first, again = picture(scene), picture(scene)
    assert (first == again).all()
    assert zlib.crc32(first.tobytes()) == GOLDEN
    assert (first != picture(scene, number=1)).mean() > 0.8  # other photons
    assert (first != picture(scene, seed=2)).mean() > 0.8


GOLDEN = 3682807437


def test_a_ship_is_seen_where_it_is():
    truth = look()
    unit = camera(with_ship(length_m=150.0))
    pose = unit.pose(truth)
    place = SHIP.as_target().position_ecef_m(0.0)
    column, row = unit.eye.pixel_of(pose, place)
    assert (column, row) == pytest.approx((79.5, 59.5), abs=0.2)
    counts = unit.picture(pose, 0.0, 0)
    assert middle(counts, np.median(counts)) == pytest.approx((row, column), abs=1.0)


def test_the_picture_moves_as_the_body_turns():
    truth, turn_rad = look(), math.radians(0.1)
    unit = camera(with_ship())
    pose = unit.pose(truth)
    still = brightest(unit.picture(pose, 0.0, 0))
    half = math.sin(0.5 * turn_rad)
    x, y, z, w = pose.q_eci_from_body
    c = math.cos(0.5 * turn_rad)  # about body x, which is up: the picture moves along its rows
    turned = np.array([c * x + half * w, c * y + half * z, c * z - half * y, c * w - half * x])
    moved = brightest(unit.picture(pose._replace(q_eci_from_body=turned), 0.0, 0))
    assert abs(moved[1] - still[1]) == pytest.approx(0.1 / 0.8 * 160.0, abs=1.5)
    assert abs(moved[0] - still[0]) <= 1


def test_a_long_exposure_smears_what_does_not_stand_still():
    truth = look()
    sharp = picture(with_ship(), truth)
    unit = camera(with_ship(), exposure_s=0.06, f_number=4.0 * math.sqrt(500.0))
    pose = unit.pose(truth)
    held = unit.picture(pose, 10.0, 0)
    swept = unit.picture(pose._replace(rate_body_rad_s=np.zeros(3)), 10.0, 0)
    assert int(held.max()) == pytest.approx(
        int(sharp.max()), rel=0.1
    )  # as much light, and it is followed
    # 7.6 km/s at 590 km: 13 mrad/s, 9 pixels in 60 ms
    assert swept.max() - np.median(swept) < 0.5 * (held.max() - np.median(held))


def test_photons_electrons_and_gain_make_the_noise():
    flat = Scene(**PLACE, surface="snow", haze_depth=0.0)
    unit = camera(flat, response_sigma=0.0, blur_pixels=0.0, exposure_s=6e-5)
    pose = unit.pose(look())
    first, second = (unit.picture(pose, 10.0, n).astype(float) for n in (0, 1))
    assert 500 < first.mean() < 4000
    electrons = 80.0 * (first.mean() - 64.0)
    expected = math.sqrt(electrons + 80.0**2) / 80.0
    # The surface is the same in both: their difference is noise alone, sqrt(2) times.
    measured = np.std(first - second) / math.sqrt(2.0)
    assert measured == pytest.approx(math.hypot(expected, math.sqrt(1 / 12)), rel=0.04)


def test_a_detector_ends_at_its_well_and_at_its_bits():
    snow = Scene(**PLACE, surface="snow")
    assert picture(snow, exposure_s=1e-2).max() <= 4095
    full = picture(snow, exposure_s=1e-2, full_well_electrons=160e3)
    assert full.mean() == pytest.approx(64 + 160e3 / 80.0, rel=0.01)
    assert picture(snow, bits=8, electrons_per_count=1280.0, bias_counts=4.0).max() <= 255


@pytest.mark.parametrize(
    ("keys", "counts"),
    [({"electrons_per_count": 1e-300}, 4095), ({"dark_current_electrons_s": 1e30}, 4064)],
)
def test_more_light_than_a_converter_counts_is_its_highest_count(keys, counts):
    """In 64 bits it would be the least number that they have, and the picture black."""
    seen = picture(SEA, read_noise_electrons=0.0, response_sigma=0.0, **keys)
    assert (seen.min(), seen.max()) == (counts, counts)


def test_bad_pixels_are_the_same_in_every_picture():
    unit = camera(SEA, hot_pixels=5, dead_pixels=7)
    pose = unit.pose(look())
    for number in range(2):
        counts = unit.picture(pose, 10.0, number)
        assert ((counts == 4095).sum(), (counts == 0).sum()) == (5, 7)


def test_clouds_hide_and_shade():
    truth = look()
    hidden = with_ship().model_copy(update={"cloud": (
        Cloud(**PLACE, height_m=2000.0, radius_m=4000.0, depth=40.0),
    )})  # fmt: skip
    counts, clear = picture(hidden, truth), picture(with_ship(), truth)
    assert counts.mean() > 3.0 * clear.mean()
    ship_row, ship_column = brightest(clear)
    around = counts[ship_row - 6 : ship_row + 7, ship_column - 6 : ship_column + 7].astype(float)
    assert counts[ship_row, ship_column] - around.mean() < 4.0 * around.std()
    steppe = Scene(**PLACE, surface="steppe", cloud_cover=0.35, cloud_size_m=3000.0)
    assert (
        picture(steppe, truth).min() < 0.7 * picture(Scene(**PLACE, surface="steppe"), truth).min()
    )


def test_glint_is_where_the_sun_mirrors_itself():
    towards_sun = picture(SEA, look(60.0, 300.0, sun_deg=(60.0, 120.0)))
    away = picture(SEA, look(60.0, 120.0, sun_deg=(60.0, 120.0)))
    assert towards_sun.mean() > 3.0 * away.mean()


def test_night_shows_lamps_and_fire_only():
    town = Patch(kind="town", **PLACE, radius_m=1500.0)
    fire = Fire(name="fire", latitude_deg=42.79, longitude_deg=50.3)
    night = look(sun_deg=(-25.0, 120.0))
    keys = {"exposure_s": 0.02, "electrons_per_count": 8.0, "full_well_electrons": 32e3}
    dark = picture(Scene(**PLACE, surface="steppe"), night, **keys)
    lit = picture(Scene(**PLACE, surface="steppe", patch=(town,), fire=(fire,)), night, **keys)
    assert dark.max() < 150
    assert lit.max() == pytest.approx(64 + 32e3 / 8.0, rel=0.02)
    assert (lit > dark.max()).mean() > 0.02


def test_a_fire_flickers_and_its_smoke_goes_with_the_wind():
    fire = Fire(name="fire", **PLACE)
    east = Scene(**PLACE, surface="steppe", fire=(fire,), wind_course_deg=90.0)
    truth = look(85.0, 0.0)
    with_fire, without = picture(east, truth), picture(Scene(**PLACE, surface="steppe"), truth)
    assert with_fire.max() > 1.3 * without.max()
    unit = camera(east, exposure_s=4e-5)
    peaks = {int(unit.picture(unit.pose(truth), t, 0).max()) for t in (0.0, 0.4, 0.8)}
    assert len(peaks) == 3
    smoke = with_fire.astype(float) - without
    rows, columns = np.nonzero(smoke > 60.0)
    place = fire.as_target().position_ecef_m(0.0)
    up = fire.as_target().up_ecef(0.0)
    east_m = 1500.0 * np.array([-up[1], up[0], 0.0]) / math.hypot(up[0], up[1])
    downwind = unit.eye.pixel_of(unit.pose(truth), place + east_m)
    start = unit.eye.pixel_of(unit.pose(truth), place)
    wanted = np.subtract(downwind, start)
    found = np.array([columns.mean() - start[0], rows.mean() - start[1]])
    cosine = wanted @ found / np.linalg.norm(wanted) / np.linalg.norm(found)
    assert cosine > 0.95


def test_stars_are_those_of_the_catalogue_and_where_they_are():
    directions, magnitudes = catalogue()
    sirius = directions[0]  # RA 6 h 45 m 9 s, declination -16 deg 43 min (Hipparcos 32349)
    assert magnitudes[0] == pytest.approx(-1.44)
    assert math.degrees(math.asin(sirius[2])) == pytest.approx(-16.72, abs=0.01)
    assert math.degrees(math.atan2(sirius[1], sirius[0])) == pytest.approx(101.29, abs=0.01)
    truth = look(up_rad=math.radians(110.0))
    unit = camera(SEA, field_of_view_deg=8.0, exposure_s=0.2, f_number=1.2,
                  electrons_per_count=8.0, full_well_electrons=32e3)  # fmt: skip
    pose = unit.pose(truth)
    counts = unit.picture(pose, 10.0, 0)
    forward = np.array(rotation_matrix(tuple(pose.q_eci_from_body)))[:, 2]
    near, bright = stars_near(forward, math.cos(math.radians(2.5)))
    at = unit.eye.pixel_of(pose, pose.position_eci_m + near[0])
    column, row = at
    assert bright[0] < 6.5
    patch = counts[round(row) - 2 : round(row) + 3, round(column) - 2 : round(column) + 3]
    assert patch.max() > np.median(counts) + 8 * np.std(counts)


def test_debris_brightens_and_fades_in_its_period():
    unit = camera(SEA)
    pose = unit.pose(look(up_rad=math.radians(110.0)))
    forward = np.array(rotation_matrix(tuple(pose.q_eci_from_body)))[:, 2]
    debris = Debris(
        name="d",
        position_eci_m=tuple(pose.position_eci_m + 200e3 * forward),
        velocity_eci_m_s=tuple(pose.velocity_eci_m_s),
        magnitude_at_1000_km=9.0,
        period_s=0.004,  # so short that it hardly moves meanwhile
    )
    keys = {"exposure_s": 0.02, "electrons_per_count": 2.0, "full_well_electrons": 8e3}
    seen = camera(Scene(**PLACE, debris=(debris,)), read_noise_electrons=2.0, **keys)
    light = [seen.picture(pose, t, 0).astype(float) for t in (0.003, 0.001)]
    bright, dim = (float((each - np.median(each))[52:68, 72:88].sum()) for each in light)
    assert bright / dim == pytest.approx(10.0 ** (0.4 * 2.0), rel=0.15)  # two magnitudes


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("apparent", [False, True])
def test_debris_where_the_camera_is_is_not_seen(apparent):
    unit = camera(SEA)
    pose = unit.pose(look(up_rad=math.radians(110.0)))
    debris = Debris(
        name="d",
        position_eci_m=tuple(pose.position_eci_m),
        velocity_eci_m_s=tuple(pose.velocity_eci_m_s),
        magnitude_at_1000_km=-20.0,
    )
    with_it = camera(Scene(**PLACE, sea_wind_m_s=3.0, apparent=apparent, debris=(debris,)))
    without = camera(SEA.model_copy(update={"apparent": apparent}))
    assert (with_it.picture(pose, 0.0, 0) == without.picture(pose, 0.0, 0)).all()


def test_the_limb_fades_into_space():
    down = math.asin(6378e3 / (6378e3 + 515e3))
    unit = camera(SEA, field_of_view_deg=8.0)
    counts = unit.picture(unit.pose(look(90.0, 0.0, up_rad=down)), 10.0, 0)
    assert counts.max() > 1000
    assert counts.min() < 100


def test_debris_within_the_earth_is_refused():
    still = {"name": "stone", "velocity_eci_m_s": (0.0, 0.0, 0.0)}
    with pytest.raises(ValueError, match="position_eci_m of 'stone' lies within the Earth"):
        Debris(**still, position_eci_m=(0.0, 0.0, 0.0))


def test_objects_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two objects are called 'ship'"):
        Scene(**PLACE, ship=(SHIP, SHIP))
