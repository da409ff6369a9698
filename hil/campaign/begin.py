"""A campaign's folder at the start of its runs: a new one, or one that is gone on with."""

from __future__ import annotations

import shutil
from typing import Any

import hil
from hil.campaign.folder import Folder
from hil.campaign.plan import Plan
from hil.errors import RigError

_SAME = ("text", "spacecraft_text", "parts", "overrides", "orbit_text")


def blocks_of(plan: Plan, folder: Folder) -> list[int]:
    """Write what the campaign is, or see that it is still the same; return its blocks of runs.

    Raises RigError for what cannot be begun in this folder, or not be gone on with.
    """
    _refuse_unshowable(plan)
    if not folder.begun:
        return _new(plan, folder)
    if not plan.resume:
        raise RigError(
            f"{plan.folder} holds a campaign: go on with it by --resume, or name another folder"
        )
    settings = folder.settings
    _refuse_another(plan, settings)
    blocks = [int(each) for each in settings["blocks"]]
    more = (plan.runs or sum(blocks)) - sum(blocks)
    if more > 0:
        blocks.append(more)
        folder.keep_settings({**settings, "blocks": blocks})
    folder.mend()
    return blocks


def _refuse_unshowable(plan: Plan) -> None:
    if plan.until_shown and plan.rig.sampling.method != "random":
        raise RigError(
            f"--until-shown needs independent runs, not [sampling] method = "
            f'"{plan.rig.sampling.method}": take "random"'
        )
    if plan.until_shown and not plan.rig.requirement:
        raise RigError(f"{plan.rig.source.path}: has no [[requirement]] that could be shown")


def _new(plan: Plan, folder: Folder) -> list[int]:
    if plan.resume:
        raise RigError(f"{plan.folder} holds no campaign that could go on")
    if plan.folder.exists() and not plan.folder.is_dir():
        raise RigError(f"{plan.folder} is a file: name a folder")
    if plan.folder.is_dir() and any(plan.folder.iterdir()):
        raise RigError(f"{plan.folder} is not empty: name a new folder")
    if plan.runs is None:
        raise RigError("say how many runs: -n 852")
    if plan.firmware is not None:
        if not plan.firmware.is_file():
            raise RigError(f"--firmware {plan.firmware}: no such file")
        plan.folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(plan.firmware, plan.folder / "firmware")
    folder.keep_settings(
        {
            "hil": hil.__version__,
            "obc": plan.obc,
            "blocks": [plan.runs],
            "until_shown": plan.until_shown,
            "rig": plan.rig.source.metadata(),
        }
    )
    return [plan.runs]


def _refuse_another(plan: Plan, settings: dict[str, Any]) -> None:
    own, kept = plan.rig.source.metadata(), settings["rig"]
    differing = [key for key in _SAME if own.get(key) != kept.get(key)]
    if differing:
        raise RigError(
            f"{plan.folder}: is a campaign of another rig (its {differing[0]} differs): "
            "name another folder"
        )
    if settings["obc"] != plan.obc:
        raise RigError(f"{plan.folder}: its runs were made on {settings['obc']}, not on {plan.obc}")
