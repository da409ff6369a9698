"""The table of a campaign's cases as Parquet, which pandas, DuckDB and spreadsheets' tools open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hil.campaign.folder import TABLE, Folder
from hil.campaign.kept import told_if_unusable
from hil.campaign.verdicts import Wanted
from hil.errors import RigError

Row = dict[str, Any]


def write_table(
    folder: Folder, wanted: Sequence[Wanted], outcomes: Sequence[Mapping[str, Any]]
) -> None:
    """Write a row a case: what was dispersed, every figure, verdicts, where the recording lies."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise RigError("the table of cases needs pyarrow: pip install 'hil[campaign]'") from None
    rows = [row_of(folder, wanted, each) for each in outcomes]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    with told_if_unusable(folder.path):
        parquet.write_table(pa.table(columns), folder.path / TABLE)


def row_of(folder: Folder, wanted: Sequence[Wanted], outcome: Mapping[str, Any]) -> Row:
    """Return a case's row: a requirement's figure is under its name and unit."""
    number = int(outcome["case"])
    recording = folder.recording_path(number)
    row: Row = {
        "case": number,
        "seed": outcome.get("seed"),
        "met": outcome["met"],
        "error": outcome.get("error", ""),
        **outcome["dispersed"],
    }
    for each in wanted:
        told = outcome.get("requirements", {}).get(each.name, {})
        if each.limit:
            row[column_of(each)] = told.get("value")
        row[f"{each.name} met"] = bool(told.get("met", False))
        if each.mixed:
            row[f"{each.name} share above"] = told.get("share_above")
    row["recording"] = str(recording.relative_to(folder.path)) if recording.exists() else ""
    row |= {key: outcome.get(key) for key in ("wall_s", "firmware", "digest")}
    return row


def column_of(wanted: Wanted) -> str:
    """Return the name of a requirement's figures: "nadir pointing (arcsec)"."""
    return f"{wanted.name} ({wanted.unit})" if wanted.unit else wanted.name
