"""Every rotation function turns by +90 degrees the way FACTS says, and agrees with SciPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from hil.physics import rotations, vectors

HALF = math.sqrt(0.5)
QUARTER_TURN_ABOUT_Z = (0.0, 0.0, HALF, HALF)  # takes x to y, y to -x
X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def test_matrix_of_a_quarter_turn_takes_x_to_y():
    matrix = rotations.rotation_matrix(QUARTER_TURN_ABOUT_Z)
    assert vectors.transform(matrix, X) == pytest.approx(Y)
    assert vectors.transform_back(matrix, Y) == pytest.approx(X)


def test_product_of_two_quarter_turns_is_a_half_turn():
    assert rotations.product(QUARTER_TURN_ABOUT_Z, QUARTER_TURN_ABOUT_Z) == pytest.approx(
        (0, 0, 1, 0)
    )


def test_product_applies_its_right_factor_first():
    quarter_about_x = (HALF, 0.0, 0.0, HALF)  # y -> z
    both = rotations.product(quarter_about_x, QUARTER_TURN_ABOUT_Z)  # x -> y -> z
    assert vectors.transform(rotations.rotation_matrix(both), X) == pytest.approx(Z)


def test_kinematics_turns_about_the_body_rate():
    q, step = (0.0, 0.0, 0.0, 1.0), 1e-4
    for _ in range(int(math.pi / 2 / step)):
        rate = rotations.kinematics(q, Z)
        q = rotations.normalized(tuple(a + step * b for a, b in zip(q, rate, strict=True)))
    assert q == pytest.approx(QUARTER_TURN_ABOUT_Z, abs=1e-4)


def test_kinematics_takes_the_rate_in_the_body_frame():
    quarter_about_x = (HALF, 0.0, 0.0, HALF)  # body y lies along a's z
    step = 1e-6
    rate = rotations.kinematics(quarter_about_x, Y)
    after = tuple(a + step * b for a, b in zip(quarter_about_x, rate, strict=True))
    expected = rotations.product((0.0, 0.0, step / 2, 1.0), quarter_about_x)
    assert after == pytest.approx(expected, abs=1e-12)


def test_small_rotation_of_a_quarter_turn():
    assert rotations.small_rotation((0.0, 0.0, math.pi / 2)) == pytest.approx(QUARTER_TURN_ABOUT_Z)
    assert rotations.small_rotation((0.0, 0.0, 0.0)) == (0.0, 0.0, 0.0, 1.0)


def test_normalized_keeps_the_direction():
    assert rotations.normalized((0.0, 0.0, 3.0, 4.0)) == pytest.approx((0, 0, 0.6, 0.8))


def test_quaternion_of_a_quarter_turn():
    m = ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    assert rotations.quaternion(m) == pytest.approx(QUARTER_TURN_ABOUT_Z)


def test_array_quarter_turn():
    q = np.array(QUARTER_TURN_ABOUT_Z)
    np.testing.assert_allclose(rotations.apply(q, X), Y, atol=1e-15)
    np.testing.assert_allclose(rotations.apply(rotations.conjugate(q), Y), X, atol=1e-15)
    np.testing.assert_allclose(rotations.multiply(q, q), [0, 0, 1, 0], atol=1e-15)
    np.testing.assert_allclose(rotations.rotation_vector(q), [0, 0, math.pi / 2])
    np.testing.assert_allclose(rotations.rotation_vector(-q), [0, 0, math.pi / 2])
    np.testing.assert_allclose(rotations.angle(q), math.pi / 2)
    np.testing.assert_allclose(rotations.angle_between(X, Y), math.pi / 2)
    np.testing.assert_allclose(rotations.from_rotation_vector([0, 0, math.pi / 2]), q)
    np.testing.assert_allclose(rotations.from_matrix([[0, -1, 0], [1, 0, 0], [0, 0, 1]]), q)


def test_lvlh_axes_on_a_quarter_turned_orbit():
    q = rotations.q_eci_from_lvlh([7e6, 0, 0], [0, 7.5e3, 0])  # at x, moving to y, normal z
    np.testing.assert_allclose(rotations.apply(q, X), Y, atol=1e-15)  # x along-track
    np.testing.assert_allclose(
        rotations.apply(q, Y), [0, 0, -1], atol=1e-15
    )  # y against the normal
    np.testing.assert_allclose(rotations.apply(q, Z), [-1, 0, 0], atol=1e-15)  # z to the nadir


def test_identity_has_no_rotation_vector():
    np.testing.assert_array_equal(rotations.rotation_vector([0, 0, 0, 1.0]), [0, 0, 0])


def test_angle_between_keeps_small_angles():
    assert rotations.angle_between(X, [1, 1e-12, 0]) == pytest.approx(1e-12)


unit_quaternions = st.integers(0, 2**32 - 1).map(
    lambda seed: Rotation.random(5, rng=np.random.default_rng(seed)).as_quat()
)


@given(unit_quaternions, unit_quaternions)
def test_arrays_agree_with_scipy(p, q):
    ours, theirs = (
        Rotation.from_quat(rotations.multiply(p, q)),
        Rotation.from_quat(p) * Rotation.from_quat(q),
    )
    assert np.max((ours.inv() * theirs).magnitude()) < 1e-14
    v = np.arange(15.0).reshape(5, 3)
    np.testing.assert_allclose(rotations.apply(q, v), Rotation.from_quat(q).apply(v), atol=1e-13)
    np.testing.assert_allclose(
        rotations.rotation_vector(q), Rotation.from_quat(q).as_rotvec(), atol=1e-13
    )
    np.testing.assert_allclose(rotations.angle(q), Rotation.from_quat(q).magnitude(), atol=1e-13)
    back = rotations.from_matrix(Rotation.from_quat(q).as_matrix())
    assert np.max(rotations.angle(rotations.multiply(rotations.conjugate(q), back))) < 1e-14
    round_trip = rotations.from_rotation_vector(rotations.rotation_vector(q))
    assert np.max(rotations.angle(rotations.multiply(rotations.conjugate(q), round_trip))) < 1e-14


@given(unit_quaternions)
def test_scalar_and_array_functions_agree(q):
    p, q = tuple(map(float, q[0])), tuple(map(float, q[1]))
    np.testing.assert_allclose(rotations.product(p, q), rotations.multiply(p, q), atol=1e-15)
    np.testing.assert_allclose(
        rotations.rotation_matrix(q), Rotation.from_quat(q).as_matrix(), atol=1e-15
    )


@given(unit_quaternions)
def test_quaternion_undoes_the_matrix(q):
    for one in q:
        back = rotations.quaternion(rotations.rotation_matrix(tuple(map(float, one))))
        assert rotations.angle(rotations.multiply(rotations.conjugate(one), back)) < 1e-14
