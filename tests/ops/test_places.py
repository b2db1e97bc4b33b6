from pathlib import Path

import pytest

from bin.ops import places
from bin.ops.credentials import credential, write_private
from bin.ops.say import PlainError


def test_an_env_file_is_read_with_comments_and_quotes(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# a comment\n\nPORT=8001\nEMAIL_URL = 'smtp://a=b'\nDATA_DIR=\n")
    assert places.read_env_file(file) == {"PORT": "8001", "EMAIL_URL": "smtp://a=b", "DATA_DIR": ""}


def test_a_line_that_says_nothing_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=1\nnonsense\n")
    with pytest.raises(PlainError, match=r"\.env:2: expected NAME=value"):
        places.read_env_file(file)


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=1\nTORCH_INDEX_URL=\n")
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setenv("PORT", "2")
    found = places.surroundings()
    assert found["PORT"] == "2"
    assert "TORCH_INDEX_URL" not in found  # empty is not set


def test_sockets_lie_in_the_data_folder(tmp_path: Path) -> None:
    short = Path("/tmp") / tmp_path.name  # pytest's own folder may be long already
    try:
        assert places.socket_folder(short) == short / "run"
        assert (short / "run").stat().st_mode & 0o777 == 0o700
    finally:
        (short / "run").rmdir()
        short.rmdir()


def test_a_path_too_long_for_sockets_gets_a_private_short_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = places.socket_folder(tmp_path / ("long" * 25))
    try:
        assert len(str(folder)) < places.LONGEST_SOCKET_FOLDER
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder == places.socket_folder(tmp_path / ("long" * 25))  # the same at every start
        assert str(folder) in capsys.readouterr().out
    finally:
        folder.rmdir()


def test_a_short_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "kilohour"
    link.symlink_to(tmp_path)
    with pytest.raises(PlainError, match="belongs to somebody else"):
        places._own_folder(link)


def test_a_secret_is_drawn_once_and_private(tmp_path: Path) -> None:
    first = credential(tmp_path, "secret-key")
    assert len(first) >= 50
    assert credential(tmp_path, "secret-key") == first
    assert credential(tmp_path, "other") != first
    assert (tmp_path / "secrets" / "secret-key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("older and longer")
    write_private(path, "new")
    assert path.read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
