"""The notebook's sources are sound, make the committed bundle byte for byte, and keep it small."""

import gzip
import json
from pathlib import Path

import pytest

from tests.frontend import SOURCE, Npm, copy_sources, install

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "static" / "notebook"
MOST_INITIAL_BYTES = 230 * 1024


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Npm:
    """Runs npm in a copy, whose packages are those of the lock file."""
    return install(copy_sources(tmp_path_factory.mktemp("frontend")))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_types_agree(npm: Npm) -> None:
    npm("run", "check")


def test_the_parts_do_what_they_promise(npm: Npm) -> None:
    npm("test")


def test_the_sources_make_the_committed_bundle_and_it_is_small(npm: Npm, tmp_path: Path) -> None:
    npm("run", "build", "--", "--out", str(tmp_path / "out"), "--meta", str(tmp_path / "meta"))
    made, committed = _files(tmp_path / "out"), _files(BUNDLE)
    assert sorted(made) == sorted(committed), "run npm run build in frontend/notebook"
    different = [name for name in made if made[name] != committed[name]]
    assert not different, "run npm run build in frontend/notebook"
    initial = json.loads((tmp_path / "meta").read_text("utf-8"))["exercise"]
    assert initial == ["nb.js"]
    assert sum(len(gzip.compress(made[name], 9)) for name in initial) <= MOST_INITIAL_BYTES


def test_the_licences_of_what_is_shipped_lie_beside_it() -> None:
    notice = (BUNDLE / "NOTICE.txt").read_text("utf-8")
    shipped = json.loads((SOURCE / "package.json").read_text("utf-8"))["dependencies"]
    used = {
        name
        for name in shipped
        if any(
            f'"{name}' in path.read_text("utf-8")
            for kind in ("*.ts", "*.css")
            for path in (SOURCE / "src").rglob(kind)
        )
    }
    missing = {name for name in used if f"\n{name} {shipped[name]} (" not in notice}
    assert not missing
