"""The protocols as the page docs/lines.md lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from hil.cli.console import say
from hil.errors import RigError
from hil.protocols.device import Protocol
from hil.protocols.registry import built_in

PAGE = Path(__file__).parents[2] / "docs" / "lines.md"
BEGIN, END = "<!-- protocols: hil lines --write -->\n", "<!-- end -->"


def write() -> None:
    """Regenerate the page's part; raises RigError outside a checkout."""
    if not PAGE.exists():
        raise RigError(f"--write needs a checkout: there is no {PAGE}")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{page(built_in())}\n{END}{after}")
    say(f"wrote {PAGE}")


def page(protocols: Mapping[str, Protocol]) -> str:
    """Return the page's part on protocols: a table, and what no source settles."""
    return "\n".join([*_table(protocols), "", *_unsure(protocols)])


def _table(protocols: Mapping[str, Protocol]) -> Iterator[str]:
    yield "| `protocol` | what | for | baud | source |"
    yield "|---|---|---|---|---|"
    for name, each in sorted(protocols.items()):
        kinds = ", ".join(f"`{kind}`" for kind in each.kinds)
        bauds = ", ".join(map(str, each.bauds))
        yield f"| `{name}` | {each.title} | {kinds} | {bauds} | {'; '.join(each.sources)} |"


def _unsure(protocols: Mapping[str, Protocol]) -> Iterator[str]:
    yield "What no public source settles, so that it is a guess here:"
    yield ""
    for name, each in sorted(protocols.items()):
        yield f"* `{name}`: {'; '.join(each.unsure)}."
