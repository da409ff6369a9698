"""Damaged folders of recordings: `python tests/fuzz_folders.py -n 400` is the long form."""

import pytest
from fuzz_folders import DAMAGES, tried

from hil.errors import HilError
from hil.pytest_plugin.against import Earlier


@pytest.mark.slow
def test_a_damaged_folder_of_recordings_is_told_of_in_words(tmp_path):
    wrong = [each for *_, each in tried(len(DAMAGES), tmp_path, seed=3) if each]
    assert not wrong


@pytest.mark.parametrize("there", ["nothing", "a file", "a circle"])
def test_what_is_no_earlier_session_is_refused_with_what_to_give(tmp_path, there):
    folder = tmp_path / "earlier"
    if there == "a file":
        folder.write_bytes(b"")
    elif there == "a circle":
        folder.symlink_to(folder)
    with pytest.raises(HilError, match="holds no recording: give the folder that --hil-out"):
        Earlier(folder)
