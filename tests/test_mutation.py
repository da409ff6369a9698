"""The mistakes that tests/mutate.py plants: each is one, and the file still parses."""

import ast
import tomllib
from pathlib import Path

from coverage import CoverageData
from mutation import covering
from mutation.equivalent import LIST, reason
from mutation.likely import likely
from mutation.mutants import drawn, mutants_of

ROOT = Path(__file__).parents[1]


def changes(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    return {mutant.applied(text.encode()).decode() for mutant in mutants_of(tmp_path, Path(name))}


def test_python_gets_other_operators_constants_and_conditions(tmp_path):
    assert changes(tmp_path, "a.py", "if x < 2.0 and not y:\n    z = a + 1\n") == {
        "if x <= 2.0 and not y:\n    z = a + 1\n",
        "if x < 3.0 and not y:\n    z = a + 1\n",
        "if x < 2.0 or not y:\n    z = a + 1\n",
        "if x < 2.0 and y:\n    z = a + 1\n",
        "if (not (x < 2.0 and not y)):\n    z = a + 1\n",
        "if x < 2.0 and not y:\n    z = a - 1\n",
        "if x < 2.0 and not y:\n    z = a + 2\n",
    }


def test_a_negation_loses_its_word_and_keeps_its_brackets(tmp_path):
    assert "z = (a and b)\n" in changes(tmp_path, "a.py", "z = not (a and b)\n")


def test_annotations_and_docstrings_are_no_code(tmp_path):
    assert changes(tmp_path, "a.py", '"""1 + 1"""\nx: Literal[3] = y\n') == set()


def test_c_gets_other_operators_and_constants_outside_of_comments(tmp_path):
    assert changes(tmp_path, "a.c", "/* 1 + 1 */ if (a >= 2.0f && b) c += 3u;\n") == {
        "/* 1 + 1 */ if (a > 2.0f && b) c += 3u;\n",
        "/* 1 + 1 */ if (a >= 3.0f && b) c += 3u;\n",
        "/* 1 + 1 */ if (a >= 2.0f || b) c += 3u;\n",
        "/* 1 + 1 */ if (a >= 2.0f && b) c -= 3u;\n",
        "/* 1 + 1 */ if (a >= 2.0f && b) c += 4u;\n",
    }


def test_every_mistake_planted_in_the_package_still_parses():
    for mutant in drawn(ROOT, ["hil/link", "hil/config.py", "hil/judge"], 100, seed=7):
        text = (ROOT / mutant.path).read_bytes()
        ast.parse(mutant.applied(text))
        assert mutant.applied(text) != text


def test_an_edit_leaves_the_draw_of_all_other_lines_alone(tmp_path):
    lines = [f"a{n} = {n} + b" for n in range(20)]
    (tmp_path / "a.py").write_text("\n".join(lines))
    before = [each.identity(tmp_path) for each in drawn(tmp_path, ["."], 40, seed=1)]
    (tmp_path / "a.py").write_text("\n".join(["import b", *lines[:7], *lines[8:]]))
    after = [each.identity(tmp_path) for each in drawn(tmp_path, ["."], 40, seed=1)]
    assert after == [each for each in before if "a7 = " not in each]


def test_lines_of_the_same_text_are_told_apart(tmp_path):
    """An outcome, or a reason why nobody can see a mistake, is that of one line alone."""
    (tmp_path / "a.py").write_text("a = b + c\na = b + c\n")
    mutants = drawn(tmp_path, ["."], 10, seed=1)
    assert len({each.identity(tmp_path) for each in mutants}) == len(mutants) == 2


def test_what_only_a_message_shows_is_not_counted(tmp_path):
    text = 'raise ValueError(f"{1 + x}")\ny = 1 + x\n'
    (tmp_path / "a.py").write_text(text)
    whys = {
        (mutant.line, reason(tmp_path, mutant)) for mutant in mutants_of(tmp_path, Path("a.py"))
    }
    assert whys == {(1, "how a message is written"), (2, "")}


def test_the_tests_of_a_line_are_those_that_speak_of_it():
    """The mistake in a wheel's drive is first looked for where wheels' torques are tested."""
    line = next(
        number
        for number, text in enumerate((ROOT / "hil/devices/wheel.py").read_text().splitlines(), 1)
        if "self.applied_Nm[i] = " in text
    )
    first = likely(Path("hil/devices/wheel.py"), line, 8)
    assert len(first) == 8
    assert "wheel" in first[0] or "motor" in first[0]
    assert all(each.startswith("tests/test_") for each in first)


def test_every_entry_of_the_list_of_equivalent_mistakes_is_one_of_today():
    """An entry whose line is gone is a reason for nothing."""
    listed = tomllib.loads(LIST.read_text())["mutant"]
    for entry in listed:
        text = (ROOT / entry["path"]).read_text()
        assert entry["line"] in [each.strip() for each in text.splitlines()], entry
        assert len(entry["why"]) > 20


def test_a_test_that_runs_the_line_is_likelier_than_one_that_shares_its_words(monkeypatch):
    path, shared = Path("hil/judge/binomial.py"), likely(Path("hil/judge/binomial.py"), 20, 30)
    monkeypatch.setattr("mutation.likely.covering", lambda *_: frozenset(shared[-1:]))
    assert shared[-1] in likely(path, 20, 3)


def test_who_runs_a_line_is_what_the_run_of_the_suite_wrote_down(tmp_path, monkeypatch):
    monkeypatch.setattr(covering, "ROOT", tmp_path)
    for each in (covering._data, covering._lines):
        each.cache_clear()
    data = CoverageData(str(tmp_path / ".coverage"))
    for context, lines in (("tests/t.py::test_a[1]|run", [2]), ("tests/t.py::test_b|run", [2, 3])):
        data.set_context(context)
        data.add_lines({str(tmp_path / "a.py"): lines})
    data.write()
    try:
        assert covering.covering(Path("a.py"), 2) == {"tests/t.py::test_a", "tests/t.py::test_b"}
        assert covering.covering(Path("a.py"), 3) == {"tests/t.py::test_b"}
        assert not covering.covering(Path("a.py"), 1)
    finally:
        for each in (covering._data, covering._lines):
            each.cache_clear()


def test_who_runs_a_constant_is_who_runs_what_uses_it_and_of_a_long_statement_its_first_line(
    tmp_path,
):
    source = "LEAST, MOST = 2, (\n    3\n)\n\ndef a(x):\n    return min(\n        x, MOST)\n"
    (tmp_path / "a.py").write_text(source)
    assert covering._stands_for(tmp_path / "a.py") == {
        **{key: {6} for key in (1, 2, 3)},
        **{key: {6} for key in (6, 7)},
    }
