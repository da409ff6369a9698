"""The cache folder: where it is, and what is said where it cannot be."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from hil.errors import RigError
from hil.machine import build, cache
from hil.machine.locks import Lease


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A home for caches that is a file, so that none can be, and an empty temporary folder."""
    (tmp_path / "home").touch()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cache.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    return tmp_path


def test_it_is_where_the_user_keeps_caches(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / "hil"
    assert cache.cache_folder(str(tmp_path / "own")) == tmp_path / "own"
    assert (tmp_path / "own").is_dir()
    assert caplog.messages == []


def test_where_it_cannot_be_a_temporary_one_of_the_users_takes_its_place_and_it_is_logged(
    places, caplog
):
    first, again = cache.cache_folder(), cache.cache_folder()
    assert first == again
    assert first.parent == places / "tmp"
    assert first.stat().st_mode & 0o777 == 0o700
    [said] = caplog.messages
    assert said.startswith(f"the cache folder {places}/home/hil is not writable (Not a dir")
    assert said.endswith("set XDG_CACHE_HOME to a folder of yours that can be written")


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


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777])
def test_a_cache_that_others_may_write_is_not_used(tmp_path, monkeypatch, caplog, mode):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "hil").mkdir()
    (tmp_path / "hil").chmod(mode)
    assert cache.cache_folder() != tmp_path / "hil"
    assert "can be written by other users" in caplog.text


def test_a_folder_in_it_that_others_may_write_keeps_it_from_use(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "hil" / "firmware").mkdir(parents=True)
    (tmp_path / "hil" / "firmware").chmod(0o777)
    assert cache.cache_folder() != tmp_path / "hil"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to somebody else")
def test_another_users_cache_is_not_used(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "hil").mkdir(mode=0o700)
    os.chown(tmp_path / "hil", 4242, 4242)
    assert cache.cache_folder() != tmp_path / "hil"
    assert "belongs to another user" in caplog.text


def test_a_user_without_a_home_gets_a_temporary_cache(places, monkeypatch):
    monkeypatch.setattr(cache.platformdirs, "user_cache_path", lambda *_, **__: Path("~/.cache"))
    assert cache.cache_folder().parent == places / "tmp"


def test_a_lease_is_taken_once_and_free_again_after_its_release(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first, second = Lease("core-0"), Lease("core-0")
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_a_compiler_that_keeps_a_cache_of_its_own_gets_one_that_can_be_written(
    places, monkeypatch, tmp_path
):
    monkeypatch.delenv("CCACHE_DIR", raising=False)
    assert build._environment()["CCACHE_DIR"] == str(cache.cache_folder() / "ccache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    assert "CCACHE_DIR" not in build._environment()
