"""A campaign's folder that is damaged, or that somebody edited: every command says so in words.

`python tests/folder_mutations.py -n 2000` is the long form.
"""

import json
import signal
from pathlib import Path

import dask
import folder_mutations
import pytest
from folder_mutations import sound, tried

from hil.campaign.cluster import cluster
from hil.campaign.folder import Folder
from hil.errors import RigError


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return sound(tmp_path_factory.mktemp("campaign"))[1]


@pytest.fixture
def folder(made, tmp_path):
    """A folder whose outcomes a test may spoil."""
    (tmp_path / "campaign.json").write_bytes((made / "campaign.json").read_bytes())
    lines = (made / "results.jsonl").read_text().splitlines()

    def spoilt(change, line=1):
        outcome = json.loads(lines[line])
        change(outcome)
        rest = [*lines[:line], json.dumps(outcome), *lines[line + 1 :]]
        (tmp_path / "results.jsonl").write_text("\n".join(rest) + "\n")
        return Folder(tmp_path)

    return spoilt


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told.pop("case"), "case: Field required"),
        (lambda told: told.update(case="2"), "case: Input should be a valid integer"),
        (lambda told: told.update(case=0), "case: Input should be greater than or equal to 1"),
        (lambda told: told.update(met="yes"), "met: Input should be a valid boolean"),
        (lambda told: told.pop("requirements"), "has neither figures nor an error"),
        (lambda told: told.update(error="lost"), "has neither figures nor an error, or both"),
        (
            lambda told: told["requirements"]["rate"].update(value="0"),
            "requirements.rate.value: Input should be a valid number",
        ),
        (lambda told: told["dispersed"].popitem(), "disperses other keys than those before"),
    ],
)
def test_an_outcome_that_is_none_is_named_by_its_line(folder, change, words):
    with pytest.raises(RigError, match=r"results.jsonl, line 2: is damaged: ") as error:
        folder(change).outcomes()
    assert words in str(error.value)


def test_a_line_that_was_cut_off_is_a_run_still_to_be_made(folder):
    campaign = folder(lambda _: None)
    path = campaign.path / "results.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    assert [each["case"] for each in campaign.outcomes()] == [1, 2]


@pytest.mark.parametrize("blocks", [[], [0], [-1], ["4"], [2.5], [10**12], 4, None])
def test_settings_that_no_campaign_has_are_refused(folder, blocks):
    path = folder(lambda _: None).path / "campaign.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"blocks": blocks}))
    with pytest.raises(RigError, match=r"campaign\.json: is damaged: blocks"):
        _ = Folder(path.parent).settings


@pytest.mark.slow
def test_damaged_folders_are_told_by_every_command(tmp_path):
    wrong = [each for each in tried(22, tmp_path, seed=5) if each[3]]
    assert wrong == []
    assert len(folder_mutations.OPERATIONS) > 10


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_while_workers_start_waits_until_they_can_be_closed(monkeypatch, name):
    number, done = signal.Signals[name], []

    class Workers:
        def __init__(self, **_):
            signal.raise_signal(number)
            done.append(Path(dask.config.get("temporary-directory")))

        def close(self, timeout):
            done.append("closed")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("distributed.LocalCluster", Workers)
    before = signal.signal(number, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt), cluster(1, None):
            pass
    finally:
        signal.signal(number, before)
    assert done[1:] == ["closed"]
    assert not done[0].exists()
