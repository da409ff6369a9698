"""Figures that no spacecraft has, limits that no run can judge, and text that is no text."""

import pytest
from rig_files import BODY, HEAD, ORBIT, edited, told

from hil.devices.registry import registry
from hil.rig import load_rig, plausible

RIG = f"""\
{HEAD}
{ORBIT}
[obc]
mode = "idle"

[[requirement]]
name = "slow"
column = "truth_rate_body_rad_s"
limit_deg_s = 0.3
"""

SPACECRAFT = (
    BODY
    + """\

[[wheel]]
name = "x"
axis_body = [1.0, 0.0, 0.0]
spin_inertia_kg_m2 = 2e-5
torque_max_Nm = 0.004
speed_max_rad_s = 600.0
tachometer_rate_hz = 10.0

[[rod]]
axis_body = [1.0, 0.0, 0.0]
dipole_max_A_m2 = 0.2
dipole_gain = 1.0

[[face]]
normal_body = [1.0, 0.0, 0.0]
centre_body_m = [0.1, 0.0, 0.0]
area_m2 = 0.03

[[magnetometer]]
rate_hz = 10.0
noise_nT = 5.0

[flight_software]
wheel_count = 1.0
"""
)


@pytest.fixture
def files(tmp_path):
    """Write a rig and its spacecraft with an edit in one of them; return the rig's path."""

    def write(old="", new="", spacecraft=("", "")):
        (tmp_path / "small.toml").write_text(edited(SPACECRAFT, *spacecraft))
        (tmp_path / "a.toml").write_text(edited(RIG, old, new))
        return tmp_path / "a.toml"

    return write


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("mass_kg = 4.0", "mass_kg = 1700",
         "[body] mass_kg = 1700: must be 0.05 to 1000; did you mean 1.7 kg (1700 g)?"),
        ("[[0.04, 0.0, 0.0], [0.0, 0.03, 0.0], [0.0, 0.0, 0.02]]",
         "[[400.0, 0.0, 0.0], [0.0, 300.0, 0.0], [0.0, 0.0, 200.0]]",
         "[body] inertia_body_kg_m2 = [[400.0, 0.0, 0.0], [0.0, 300.0, 0.0], [0.0, 0.0, 200.0]]: "
         "of a body of 4 kg the largest must be 0.0022 to 36; did you mean 0.04 kg m2 "
         "(400 kg cm2)?"),
        ("area_m2 = 0.03", "area_m2 = 300.0",
         "[[face]] number 1 area_m2 = 300.0: must be 1e-05 to 100; did you mean 0.03 m2 "
         "(300 cm2)?"),
        ("[0.1, 0.0, 0.0]\narea", "[100, 0.0, 0.0]\narea",
         "[[face]] number 1 centre_body_m = [100, 0.0, 0.0]: must be at most 20; did you mean 1 m "
         "(100 cm)?"),
        ("dipole_max_A_m2 = 0.2", "dipole_max_A_m2 = 2000.0",
         "[[rod]] number 1 dipole_max_A_m2 = 2000.0: must be 0.0001 to 500; did you mean 2 A m2 "
         "(2000 mA m2)?"),
        ("speed_max_rad_s = 600.0", "speed_max_rad_s = 6000",
         '[[wheel]] "x" speed_max_rad_s = 6000: must be 1 to 2500; did you mean 628.3 rad/s '
         "(6000 rpm)?"),
        ("torque_max_Nm = 0.004", "torque_max_Nm = 4.0",
         '[[wheel]] "x" torque_max_Nm = 4.0: must be 1e-07 to 2; did you mean 0.004 Nm (4 mNm)?'),
        ("dipole_gain = 1.0", "dipole_gain = -1",
         "[[rod]] number 1 dipole_gain = -1: must be greater than 0; of a rod the other way round "
         "turn axis_body, and give drive_axis_body"),
        ("wheel_count = 1.0", "wheel_count = 3.7",
         "[flight_software] wheel_count = 3.7: must be a whole number: it counts devices"),
        ("noise_nT = 5.0", "noise_nT = 5.0\nrange_nT = 8e-4",
         "[[magnetometer]] number 1 range_nT = 0.0008: must be 100 to 1e+08; did you mean 8e+05 nT "
         "(0.0008 T)?"),
    ],
)  # fmt: skip
def test_a_figure_in_another_unit_is_told_with_the_unit(files, old, new, words):
    assert told(files(spacecraft=(old, new))) == f"small.toml: {words}"


def test_errors_noise_and_delays_may_be_as_small_as_one_likes():
    small = ("noise", "sigma", "resolution", "latency", "coulomb", "viscous", "misalign", "walk")
    small += (
        "drift_s",
        "imbalance",
        "dead_time",
        "flicker",
        "instability",
        "iron",
        "coupling",
        "on_time",
    )
    keys = [key for key in plausible._RANGES if any(word in key for word in small)]
    assert len(keys) > 35
    assert [key for key in keys if list(plausible.implausible({key: 1e-12}))] == []


def test_a_seed_is_at_most_what_tables_of_cases_hold(files):
    """64 bits with a sign, as Parquet and numpy have integers: 2^63 - 1."""
    load_rig(files("seed = 3", f"seed = {2**63 - 1}"))
    assert str(2**63) in told(files("seed = 3", f"seed = {2**63}"))


def test_a_part_with_an_impossible_figure_is_told_with_its_own_file(files):
    path = files(spacecraft=("noise_nT = 5.0", 'part = "m.toml"'))
    (path.parent / "m.toml").write_text("noise_nT = 5e9\n")
    assert told(path) == "m.toml: noise_nT = 5000000000.0: must be at most 1e+06"


def requirement(**keys):
    lines = {"name": '"p"', "index": '"APE"', "target": '"nadir"', "axis": '"boresight"',
             "limit_deg": 1.0, "probability": 0.9, "interpretation": '"temporal"',
             **keys}  # fmt: skip
    return "[[requirement]]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"index": '"RPE"', "window_s": 61.0},
         "its windows take 61 s, and from_s, to_s and settle_s leave 59.9 s, the last step at "
         "59.9 s"),
        ({"index": '"MPE"', "window_s": 60.0},  # 60 s begin and end with a step: 601 of them
         "its windows take 60 s, and from_s, to_s and settle_s leave 59.9 s, the last step at "
         "59.9 s"),
        ({"index": '"PDE"', "window_s": 20.0, "separation_s": 45.0, "from_s": 10.0},
         "its windows take 65 s, and from_s, to_s and settle_s leave 49.9 s, the last step at "
         "59.9 s"),
        ({"settle_s": 50.0, "from_s": 10.0},
         "settle_s = 50.0 leaves nothing to judge of the phase's 49.9 s"),
        ({"from_s": 10.01, "to_s": 10.05},
         "from_s and to_s hold less than one step of step_s = 0.1"),
        ({"probability": 1e-300},
         "probability = 1e-300 asks for less than one of the phase's 600 samples: a single one "
         "within the limit would meet it"),
        ({"limit_deg": 200.0},
         "a limit of 200 deg can never be missed: errors end at 180 deg"),
    ],
)  # fmt: skip
def test_a_limit_that_no_run_can_judge_is_refused_before_the_run(files, keys, words):
    path = files()
    path.write_text(path.read_text() + requirement(**keys))
    assert told(path) == f'a.toml: [[requirement]] "p": {words}'


@pytest.mark.parametrize(
    "keys",
    [
        {"from_s": 59.9, "to_s": 60.0},  # one step, of which nine tenths are the whole
        {"from_s": 10.0, "to_s": 10.05},
        {"settle_s": 59.9},
        {"index": '"MPE"', "window_s": 59.9},
        {"index": '"PDE"', "window_s": 29.9, "separation_s": 30.0},
    ],
)
def test_a_limit_that_one_step_or_one_window_can_judge_is_taken(files, keys):
    path = files()
    path.write_text(path.read_text() + requirement(**keys))
    assert load_rig(path)


def test_windows_of_a_thinned_recording_hold_whole_recorded_steps(files):
    path = files()
    rpe = requirement(index='"RPE"', window_s=1.0)
    path.write_text(f"{path.read_text()}{rpe}\n[recording]\nevery = 7\n")
    assert told(path) == (
        'a.toml: [[requirement]] "p": window_s = 1 must be a multiple of step_s = 0.7 (nearest: '
        "0.7): [recording] every = 7 keeps one step in so many"
    )


@pytest.mark.parametrize(
    ("column", "part", "valid"),
    [("truth_rate_body_rad_s", 9, "0 to 2"), ("truth_sunlit", 1, "only 0")],
)
def test_a_part_that_a_column_has_not_is_refused(files, column, part, valid):
    path = files(
        '"truth_rate_body_rad_s"\nlimit_deg_s = 0.3', f'"{column}"\npart = {part}\nlimit = 1.0'
    )
    assert told(path) == (
        f'a.toml: [[requirement]] "slow": part = {part} of {column}: valid numbers: {valid}'
    )


def test_the_last_part_of_a_column_can_be_judged(files):
    assert load_rig(files("limit_deg_s", "part = 2\nlimit_deg_s"))


def test_a_rate_that_is_suggested_is_taken(files):
    """20 ms and 16.6667 Hz: three steps are 60 ms, 16.6666667 Hz."""
    path = files('title = "A test"', 'title = "A test"\nstep_s = 0.02')
    craft = path.parent / "small.toml"
    craft.write_text(craft.read_text().replace("rate_hz = 10.0\nnoise", "rate_hz = 17\nnoise"))
    said = told(path)
    assert "(nearest: 25 or 16.6666667)" in said
    for rate in ("25", "16.6666667"):
        craft.write_text(edited(SPACECRAFT, "rate_hz = 10.0\nnoise", f"rate_hz = {rate}\nnoise"))
        assert load_rig(path)


@pytest.mark.parametrize("title", ["\\u001b[31mred", "a\\u0007b", "\\u202egpj", "two\\nlines"])
def test_what_a_terminal_would_obey_is_no_title(files, title):
    said = told(files('"A test"', f'"{title}"'))
    assert said.startswith("a.toml: title: has the character U+")
    assert said.isprintable()


def test_a_key_that_a_terminal_would_obey_is_made_visible(files):
    said = told(files("seed = 3", '"se\\u001bed" = 3'))
    assert "\\x1bed: unknown key" in said
    assert said.replace("\n", "").isprintable()


@pytest.mark.parametrize("name", ["[/]", "[bold]x[/bold]", "{0} %s"])
def test_markup_in_a_name_is_text(files, name):
    assert load_rig(files('"slow"', f'"{name}"')).requirement[0].name == name


def test_a_string_among_tables_is_refused_in_words(files):
    path = files()
    path.write_text(f'requirement = ["x"]\n{edited(RIG, RIG[RIG.index("[[requirement]]") :], "")}')
    assert "requirement" in told(path)


def test_nodes_of_the_field_are_whole_steps_of_the_truth(files):
    text = "[environment]\nmagnetic_field_node_s = 0.33\n\n[obc]"
    assert told(files("[obc]", text)) == (
        "a.toml: [environment] magnetic_field_node_s = 0.33 must be a multiple of the truth's step "
        "= 0.05 (nearest: 0.35)"
    )


def test_there_is_no_air_about_the_moon(files):
    text = (
        '[environment]\ndensity = "nrlmsis"\nf107 = 130.0\nf107_average = 130.0\nap = 7.0\n\n[obc]'
    )
    path = files("[obc]", text)
    moon = edited(path.read_text(), "[orbit]", '[orbit]\ncentral_body = "moon"')
    path.write_text(moon)
    assert '[environment] density = "nrlmsis": there is no air around the moon' in told(path)


def test_every_figure_of_a_sensor_has_a_largest_value():
    own = {"initial_speed_rad_s"}  # held against the wheel's own limit
    boundless = [
        f"{kind.heading} {key}"
        for kind in registry().sensors
        for key, field in kind.model.model_fields.items()
        if "float" in str(field.annotation) and not key.endswith("_body")
        if not any(hasattr(each, "le") or hasattr(each, "lt") for each in field.metadata)
        if key not in plausible._RANGES and key not in own
    ]
    assert boundless == []


@pytest.mark.parametrize("size", ["1e308", "1" + "0" * 305])
def test_a_figure_beyond_all_sizes_is_held_against_its_range(files, size):
    path = files(spacecraft=("mass_kg = 4.0", f"mass_kg = {size}"))
    assert "[body] mass_kg = 1" in told(path)
    assert "must be 0.05 to 1000" in told(path)


def test_there_was_no_gps_before_1980(files):
    path = files("2026-03-21T12:00:00Z", "1979-12-31T12:00:00Z")
    with (path.parent / "small.toml").open("a") as craft:
        craft.write("\n[[gps_time]]\nrate_hz = 1.0\n")
    assert told(path) == (
        "a.toml: the spacecraft has a [[gps_time]], which works from 1980-01-06 on, and epoch_utc "
        "is 1979-12-31: take it out"
    )


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ('["a", "b", "a"]', '[obc] telemetry = ["a", "b", "a"]: names "a" twice'),
        ('["a b"]', "[obc] telemetry"),
        (str([f"n{i}" for i in range(57)]).replace("'", '"'), "has 57 names: message user carries"),
    ],
)
def test_names_of_telemetry_that_cannot_be_columns_are_refused(tmp_path, names, words):
    (tmp_path / "small.toml").write_text(SPACECRAFT)
    (tmp_path / "rig.toml").write_text(RIG.replace("[obc]\n", f"[obc]\ntelemetry = {names}\n"))
    assert words in told(tmp_path / "rig.toml")


def test_a_parameter_that_the_spacecraft_does_not_number_is_refused(tmp_path):
    own = "[flight_software_ids]\ngain_Nm_s = 7\n[flight_software]\ngian_Nm_s = 1.0\n"
    craft = SPACECRAFT.replace("[flight_software]\nwheel_count = 1.0\n", own)
    (tmp_path / "small.toml").write_text(craft)
    (tmp_path / "rig.toml").write_text(RIG)
    text = told(tmp_path / "rig.toml")
    assert "the firmware has no parameter gian_Nm_s" in text
    assert "gain_Nm_s" in text
