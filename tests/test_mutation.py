"""The mistakes that tests/mutate.py plants: each is one, and the file still parses."""

import ast
from pathlib import Path

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
    for mutant in drawn(ROOT, ["hil"], 200, seed=7):
        text = (ROOT / mutant.path).read_bytes()
        ast.parse(mutant.applied(text))
        assert mutant.applied(text) != text
