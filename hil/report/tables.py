"""Verdicts as CSV, as JSON and as JUnit XML."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from hil.report.judged import JudgedRig, ids_of, margin, word
from hil.report.verdicts import diagnosis_dict, diagnosis_lines, verdict_dict

_FIELDS = (
    "rig", "place", "id", "verifies", "requirement", "verdict", "value", "limit", "unit", "margin",
    "confidence", "worst_time_s", "runs", "recording",
)  # fmt: skip


def report_dict(groups: Sequence[JudgedRig]) -> dict[str, Any]:
    """Return everything, ready for JSON."""
    return {"met": all(each.met for each in groups), "rigs": [_rig_dict(each) for each in groups]}


def _rig_dict(group: JudgedRig) -> dict[str, Any]:
    return {
        "rig": group.rig.name,
        "title": group.rig.title,
        "met": group.met,
        "recordings": [str(path) for path in group.paths],
        "requirements": [
            verdict_dict(verdict) | {"id": row["id"] or None, "verifies": row["verifies"].split()}
            for verdict, row in zip(group.verdicts, _rows(group), strict=True)
        ],
        "diagnosis": diagnosis_dict(group.why),
    }


def as_csv(groups: Sequence[JudgedRig]) -> str:
    """Return a line a requirement, with a heading."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _FIELDS, lineterminator="\n")
    writer.writeheader()
    for group in groups:
        writer.writerows(_rows(group))
    return out.getvalue()


def _rows(group: JudgedRig) -> list[dict[str, Any]]:
    rows = []
    for verdict in group.verdicts:
        own_id, verifies = ids_of(group.requirement(verdict))
        basis = verdict.basis
        rows.append(
            {
                "rig": group.rig.name,
                "place": " ".join(places(group)),
                "id": own_id,
                "verifies": " ".join(verifies),
                "requirement": verdict.name,
                "verdict": word(verdict),
                "value": _number(verdict.value),
                "limit": _number(verdict.limit),
                "unit": verdict.unit,
                "margin": _number(margin(verdict)),
                "confidence": _number(basis.confidence if basis else None),
                "worst_time_s": _number(verdict.worst_time_s),
                "runs": len(group.paths),
                "recording": str(verdict.recording),
            }
        )
    return rows


def places(group: JudgedRig) -> list[str]:
    """Return on which OBCs the runs were, each once."""
    from hil.recording import Recording

    found = [Recording(path).metadata.get("obc", {}).get("place", "") for path in group.paths]
    return list(dict.fromkeys(filter(None, found)))


def _number(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.9g}"


def as_junit(groups: Sequence[JudgedRig]) -> str:
    """Return JUnit XML: a suite a rig, a case a requirement, ids and figures as properties."""
    suites = ElementTree.Element("testsuites", name="hil")
    for group in groups:
        failed = sum(verdict.judged and not verdict.met for verdict in group.verdicts)
        errors = sum(not verdict.judged for verdict in group.verdicts)
        counts = {"tests": len(group.verdicts), "failures": failed, "errors": errors}
        numbers = {name: str(count) for name, count in counts.items()}
        suite = ElementTree.SubElement(suites, "testsuite", {"name": group.rig.name, **numbers})
        for verdict, row in zip(group.verdicts, _rows(group), strict=True):
            case = ElementTree.SubElement(
                suite, "testcase", classname=_clean(group.rig.name), name=_clean(verdict.name)
            )
            properties = ElementTree.SubElement(case, "properties")
            for name, value in _properties(row):
                ElementTree.SubElement(properties, "property", name=name, value=_clean(value))
            if not verdict.met:
                kind = "failure" if verdict.judged else "error"
                told = ElementTree.SubElement(case, kind, message=_clean(verdict.text))
                told.text = _clean("\n".join(diagnosis_lines(group.why)))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _properties(row: dict[str, Any]) -> list[tuple[str, str]]:
    found = [("requirement_id", row["id"])] if row["id"] else []
    found += [("verifies", each) for each in row["verifies"].split()]
    names = ("value", "limit", "unit", "margin", "confidence", "worst_time_s", "place", "recording")
    return found + [(f"hil_{name}", str(row[name])) for name in names if row[name] != ""]


def _clean(text: str) -> str:
    """Return text without what XML cannot hold."""
    return "".join(each if each.isprintable() or each in "\t\n" else "?" for each in str(text))
