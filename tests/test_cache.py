"""The cache folder: where it is, and what is said where it cannot be."""

import shutil
from types import SimpleNamespace

import pytest

from hil.errors import RigError
from hil.machine import cache


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A home for caches that is a file, so that none can be, and an empty temporary folder."""
    (tmp_path / "home").touch()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cache.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    return tmp_path


def test_it_is_where_the_user_keeps_caches(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / "hil"
    assert cache.cache_folder(str(tmp_path / "own")) == tmp_path / "own"
    assert (tmp_path / "own").is_dir()
    assert capsys.readouterr().err == ""


def test_where_it_cannot_be_a_temporary_one_of_the_users_takes_its_place_and_it_is_said(
    places, capsys
):
    first, again = cache.cache_folder(), cache.cache_folder()
    assert first == again
    assert first.parent == places / "tmp"
    assert first.stat().st_mode & 0o777 == 0o700
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith(f"hil: the cache folder {places}/home/hil is not writable (Not a dir")
    assert said.endswith("set XDG_CACHE_HOME to a folder that can be written")


def test_a_full_disk_is_told_of_before_anything_is_built(places, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(places / "full"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3_000_000))
    with pytest.raises(RigError, match=r"hil has no space: 3 MB of 32 MB are free, and .* 3 MB"):
        cache.cache_folder()


def test_a_temporary_folder_that_others_may_write_is_not_trusted(places):
    folder = cache.cache_folder()
    folder.chmod(0o777)
    cache._usable.cache_clear()
    with pytest.raises(RigError, match="can be written by other users: set XDG_CACHE_HOME"):
        cache.cache_folder()
