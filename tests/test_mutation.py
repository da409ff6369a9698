"""The mistakes that tests/mutate.py plants: each is one, and the file still parses."""

import ast
import tomllib
from pathlib import Path

import pytest
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


@pytest.fixture
def wrote(tmp_path, monkeypatch):
    """Return who runs a line, after a run of a suite of three tests over two files."""
    monkeypatch.setattr(covering, "ROOT", tmp_path)
    kept = (covering._data, covering._files, covering._lines, covering._seen, covering._source)
    for each in kept:
        each.cache_clear()
    (tmp_path / "a.py").write_text(
        "HERE = 2\nTHERE = 3\nassert HERE\n\n"
        "def long(x):\n    return min(\n        x, HERE)\n\n"
        "def short():\n    return 1\n"
    )
    (tmp_path / "b.py").write_text("def other():\n    return THERE\n")
    data = CoverageData(str(tmp_path / ".coverage"))
    for context, file, lines in (
        ("tests/t.py::test_long[1]|run", "a.py", [6]),
        ("tests/t.py::test_short|run", "a.py", [10]),
        ("tests/t.py::test_other|run", "b.py", [2]),
    ):
        data.set_context(context)
        data.add_lines({str(tmp_path / file): lines})
    data.write()
    yield lambda file, line: covering.covering(Path(file), line)
    for each in kept:
        each.cache_clear()


def test_who_runs_a_line_is_what_the_run_of_the_suite_wrote_down(wrote):
    assert wrote("a.py", 10) == {"tests/t.py::test_short"}
    assert not wrote("c.py", 1)
    assert covering.is_newer("tests/t.py::test_new")
    assert not covering.is_newer("tests/t.py::test_long")


def test_what_no_test_runs_itself_has_the_tests_of_what_uses_it(wrote):
    """A constant, one that another file uses, a long statement, what a module does when read."""
    assert wrote("a.py", 1) == {"tests/t.py::test_long"}
    assert wrote("a.py", 2) == {"tests/t.py::test_other"}
    assert wrote("a.py", 6) == wrote("a.py", 7) == {"tests/t.py::test_long"}
    assert wrote("a.py", 3) == {"tests/t.py::test_long", "tests/t.py::test_short"}
