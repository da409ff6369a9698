"""Print how well the OBC recognises what is in pictures that it was not trained on.

``python firmware_stubs/vision/training/figures.py -n 10000`` renders pictures of the seeds from
2 000 000 on and gives them to the firmware's vision software. The tables so far are printed after
every thousand. With ``--keep FILE`` the counts of each picture are appended to a file, and pictures
that are in it are not rendered again: a run goes on where another was stopped. ``--page`` writes
the table into docs/scene.md.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from views import FIRE, SHIP, View, Vision, truth_of, view

from hil.link.messages import SIGHT_KINDS

FIRST = 2_000_000
PAGE = Path(__file__).parents[3] / "docs" / "scene.md"
SURE = 230  # of 255: what the firmware alerts at once (adcs/flight_radio.c)
_NEAR_PIXELS = 4.0
_CONTRASTS = (0, 50, 100, 200, 400, 800, 5000)
_LENGTHS_m = (0, 75, 150, 225, 400)


@cache
def _vision() -> Vision:
    return Vision()


def of_picture(seed: int) -> Counter[tuple[object, ...]]:
    """Return what came of one picture, as counts."""
    seen, counts = view(seed), Counter()
    finds, _ = _vision().find(seen.picture)
    cloudy = "cloudy" if seen.clouds is not None else "clear"
    counts["pictures", cloudy] += 1
    _count_likes(seen, finds, counts)
    for kind, column, row, length_m, contrast in seen.truths:
        near = [f for f in finds if math.hypot(f[2] / 64 - column, f[3] / 64 - row) < _NEAR_PIXELS]
        found, right = bool(near), [f for f in near if f[0] == kind]
        told, sure = bool(right), any(f[1] >= SURE for f in right)
        for group in (("all",), (cloudy,), ("contrast", _bin(contrast, _CONTRASTS)),
                      ("length", _bin(length_m, _LENGTHS_m)), (seen.surface,)):  # fmt: skip
            counts["there", kind, *group] += 1
            counts["found", kind, *group] += found
            counts["told", kind, *group] += told
            counts["sure", kind, *group] += sure
    for each in finds:
        truth = truth_of(seen, each[2] / 64.0, each[3] / 64.0)
        counts["confusion", truth, int(each[0])] += 1
        if truth not in (SHIP, FIRE):
            counts["cfar alarm", cloudy] += 1
            counts["alarm", cloudy] += each[0] in (SHIP, FIRE)
            counts["sure alarm", cloudy] += each[0] in (SHIP, FIRE) and each[1] >= SURE
    return counts


def _count_likes(seen: View, finds: np.ndarray, counts: Counter[tuple[object, ...]]) -> None:
    """Count what becomes of islands and roofs with nothing else near."""
    for what, column, row, _ in seen.likes:
        inside = 1.0 <= column < 158.0 and 1.0 <= row < 118.0
        if not inside or truth_of(seen, column, row) in (SHIP, FIRE):
            continue
        near = [f for f in finds if math.hypot(f[2] / 64 - column, f[3] / 64 - row) < _NEAR_PIXELS]
        counts["like", what] += 1
        counts["like found", what] += bool(near)
        for kind in (SHIP, FIRE):
            told = [f for f in near if f[0] == kind]
            counts["like told", what, kind] += bool(told)
            counts["like sure", what, kind] += any(f[1] >= SURE for f in told)


def _bin(value: float, edges: tuple[int, ...]) -> int:
    return max(edge for edge in edges if edge <= max(value, 0))


def _share(k: int, n: int) -> str:
    """Share with its 95 % interval (Wilson 1927)."""
    if not n:
        return "-"
    z2 = 1.96**2
    middle, half = (k + z2 / 2) / (n + z2), 1.96 * math.sqrt(k * (n - k) / n + z2 / 4) / (n + z2)
    low, high = 100 * (middle - half), 100 * (middle + half)
    return f"{100 * k / n:5.1f} % ({low:.1f} to {high:.1f}, n = {n})"


def show(c: Counter[tuple[object, ...]], n: int) -> None:
    """Print the tables."""
    print(f"{n} pictures, seeds {FIRST} to {FIRST + n - 1}")
    print("\nfound by the detector alone, told right by detector and network, and surely so")
    groups = [("all",), ("clear",), ("cloudy",), ("sea",), ("steppe",), ("fields",)]
    groups += [("contrast", low) for low in _CONTRASTS[:-1]]
    groups += [("length", low) for low in _LENGTHS_m[:-1]]
    for kind in (SHIP, FIRE):
        for group in groups:
            there = c["there", kind, *group]
            words = " ".join(map(str, group)) + (" and more" if len(group) > 1 else "")
            shares = [_share(c[what, kind, *group], there) for what in ("found", "told", "sure")]
            print(f"{SIGHT_KINDS[kind]:5} {words:22} {'   '.join(shares)}")
    print(
        "\nislands, roofs and the like of less than 250 m: found, taken for ship, surely; for fire"
    )
    for what in sorted(str(key[1]) for key in c if key[0] == "like"):
        n_of = c["like", what]
        told = [_share(c["like told", what, kind], n_of) for kind in (SHIP, FIRE)]
        sure = [_share(c["like sure", what, kind], n_of) for kind in (SHIP, FIRE)]
        print(f"{what:7} {_share(c['like found', what], n_of)}   {told[0]}   {sure[0]}   {told[1]}"
              f"   {sure[1]}")  # fmt: skip
    print("\nfalse alarms a picture: detector alone, taken for ship or fire, surely, and by chance")
    truths = sum(n for (what, *_), n in c.items() if what == "confusion")
    wanted = [c["confusion", kind, told] for kind in (SHIP, FIRE) for told in range(5)]
    right = sum(wanted)
    for cloudy in ("clear", "cloudy"):
        pictures, plain = max(1, c["pictures", cloudy]), c["cfar alarm", cloudy]
        guessed = plain * right / max(1, truths)  # who calls as many finds ship or fire, at random
        taken, sure = (c[what, cloudy] / pictures for what in ("alarm", "sure alarm"))
        print(f"{cloudy:7} {plain / pictures:.3f}   {taken:.3f}   {sure:.3f}   "
              f"{guessed / pictures:.3f}")  # fmt: skip
    near = 1.0 - math.exp(-truths / n * math.pi * _NEAR_PIXELS**2 / (160 * 120))
    shares = [100.0 * sum(c["confusion", kind, told] for told in range(5)) / max(1, truths)
              for kind in (SHIP, FIRE)]  # fmt: skip
    print(f"\nby chance {100 * near:.1f} % of places have a find near, and classes drawn by chance")
    print(f"are right for {shares[0]:.0f} % of ships found and {shares[1]:.0f} % of fires")
    print("\nrows: what it is; columns: what it is taken for;", ", ".join(SIGHT_KINDS))
    for truth in range(5):
        print(
            f"{SIGHT_KINDS[truth]:10}", *(f"{c['confusion', truth, told]:6}" for told in range(5))
        )


def table(c: Counter[tuple[object, ...]]) -> list[str]:
    """Return the page's table, row after row: of found and of classified right the shares."""
    rows = ["| | found by the detector alone | found, and classified right |", "|---|---|---|"]
    for kind, called, least, most in ((SHIP, "ships", 50, 330), (FIRE, "fires", 30, 250)):
        n = c["there", kind, "all"]
        counted = f"{n:,}".replace(",", " ")
        groups = {f"{counted} {called} of {least} to {most} m, all conditions": ("all",)}
        groups |= {f"contrast of {_span(low, _CONTRASTS, 'counts')}": ("contrast", low)
                   for low in reversed(_CONTRASTS[:-1])}  # fmt: skip
        groups |= {f"length of {_span(low, _LENGTHS_m, 'm', least)}": ("length", low)
                   for low in _LENGTHS_m[:-1]}  # fmt: skip
        groups |= {"no clouds in the picture": ("clear",), "clouds in the picture": ("cloudy",)}
        groups |= {f"on {each}": (each,) for each in ("steppe", "fields") if kind == FIRE}
        for words, group in groups.items():
            there = c["there", kind, *group]
            shares = (_share(c[what, kind, *group], there).strip() for what in ("found", "told"))
            rows.append(f"| {words} | {' | '.join(shares)} |")
    return rows


def _span(low: int, edges: tuple[int, ...], unit: str, least: int = 0) -> str:
    """Return the bin that begins at an edge in words."""
    high = edges[edges.index(low) + 1]
    if high == edges[-1]:
        return f"{low} {unit} and more"
    return f"{max(low, least)} to {high} {unit}" if max(low, least) else f"less than {high} {unit}"


def write_page(c: Counter[tuple[object, ...]]) -> None:
    """Put the table in place of the page's."""
    text, rows = PAGE.read_text(encoding="utf-8"), table(c)
    begin = text.index(rows[0])
    PAGE.write_text(text[:begin] + "\n".join(rows) + text[text.index("\n\n", begin) :])


def kept(file: Path | None) -> dict[int, Counter[tuple[object, ...]]]:
    """Return the counts of the pictures that a file has, by seed; a line cut short is left out."""
    found: dict[int, Counter[tuple[object, ...]]] = {}
    if file is not None and file.exists():
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                seed, counts = json.loads(line)
                found[seed] = Counter({tuple(key): n for key, n in counts})
    return found


def _counted(n: int, processes: int, file: Path | None) -> Iterator[Counter[tuple[object, ...]]]:
    """Return the counts of each picture, of those kept first."""
    seeds = range(FIRST, FIRST + n)
    done = kept(file)
    yield from (done[seed] for seed in seeds if seed in done)
    missing = [seed for seed in seeds if seed not in done]
    with ProcessPoolExecutor(processes) as pool:
        for seed, counts in zip(missing, pool.map(of_picture, missing, chunksize=20), strict=True):
            if file is not None:
                with file.open("a", encoding="utf-8") as out:
                    out.write(json.dumps([seed, list(counts.items())], default=int) + "\n")
            yield counts


def main() -> None:
    """Render, look, count, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=10_000, help="pictures")
    parser.add_argument("-j", type=int, default=1, help="processes")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="counts, to go on from")
    parser.add_argument("--page", action="store_true", help="write the table into docs/scene.md")
    given = parser.parse_args()
    total: Counter[tuple[object, ...]] = Counter()
    for done, counts in enumerate(_counted(given.n, given.j, given.keep), start=1):
        total.update(counts)
        if done % 1000 == 0 or done == given.n:
            show(total, done)
    if given.page:
        write_page(total)


if __name__ == "__main__":
    main()
