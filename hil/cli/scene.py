"""The command that shows what a rig's camera would see."""

from __future__ import annotations

from pathlib import Path

import click

from hil.cli.console import PathArgument, show
from hil.errors import RigError


@click.command()
@click.argument("rig", type=PathArgument)
@click.option("--at", "at_s", type=float, default=0.0, metavar="S", help="Seconds after the start.")
@click.option("--look", metavar="NAME", help="A target, an object of the scene, or nadir.")
@click.option("-o", "--out", type=PathArgument, required=True, metavar="FILE", help="A PNG file.")
def scene(rig: Path, at_s: float, look: str | None, out: Path) -> None:
    """Save the picture that the first camera of a RIG would take.

    The spacecraft is where its orbit takes it, and looks at its first target unless --look names
    something else. No OBC runs.
    """
    from hil.bench.preview import preview
    from hil.recording.picture import png
    from hil.rig import load_rig

    loaded = load_rig(rig)
    if not 0.0 <= at_s <= loaded.duration_s:
        raise RigError(f"--at {at_s:g}: the run of {rig} lasts {loaded.duration_s:g} s")
    picture, bits = preview(loaded, at_s, look)
    try:
        out.write_bytes(png(picture, bits))
    except OSError as error:
        raise RigError(f"cannot write {out}: {error.strerror}") from error
    rows, columns = picture.shape
    low, mean, high = int(picture.min()), float(picture.mean()), int(picture.max())
    show(f"{out}: {columns} x {rows} of {bits} bits, counts {low} to {high}, mean {mean:.0f}")
