"""The command that shows what a rig's camera would see."""

from __future__ import annotations

from pathlib import Path

import click

from hil.cli.console import PathArgument, show
from hil.cli.options import check_out
from hil.errors import RigError


@click.command()
@click.argument("rig", type=PathArgument)
@click.option("--at", "at_s", type=float, default=0.0, metavar="S", help="Seconds after the start.")
@click.option("--look", metavar="NAME", help="A target, an object of the scene, or nadir.")
@click.option("--camera", type=int, default=0, metavar="N", help="Which one, from 0.")
@click.option("-o", "--out", type=PathArgument, required=True, metavar="FILE", help="A PNG file.")
def scene(rig: Path, at_s: float, look: str | None, camera: int, out: Path) -> None:
    """Save the picture that a camera of a RIG would take.

    The spacecraft is where its orbit takes it, and looks at its first target unless --look names
    something else. No OBC runs.
    """
    from hil.bench.preview import preview
    from hil.recording.picture import png
    from hil.rig import is_fleet, load_rig

    _check_out(out)
    if is_fleet(rig):
        raise RigError(f"{rig} is a fleet: name the rig of one of its members")
    picture, bits = preview(load_rig(rig), at_s, look, camera)
    try:
        out.write_bytes(png(picture, bits))
    except OSError as error:
        raise RigError(f"cannot write {out}: {error.strerror}") from error
    rows, columns = picture.shape
    low, mean, high = int(picture.min()), float(picture.mean()), int(picture.max())
    show(f"{out}: {columns} x {rows} of {bits} bits, counts {low} to {high}, mean {mean:.0f}")


def _check_out(out: Path) -> None:
    """Refuse what could not be written before the picture is drawn."""
    check_out("-o", out)
    if out.suffix.lower() != ".png":
        raise RigError(f"-o {out}: pictures are PNG files: name one that ends in .png")
