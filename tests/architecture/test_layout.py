"""The rooms of the house: what may lie where, and under which name."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "platform", ROOT / "grader", ROOT / "curriculum"]
APPS = sorted(path.parent for path in (ROOT / "platform").glob("*/__init__.py"))
# Inside an app only these names: whoever looks for a rule knows the file before opening the app.
NAMES = {
    "__init__", "models", "querysets", "access", "services", "errors", "tasks", "forms", "views",
    "urls", "admin", "signals", "receivers", "apps", "migrations", "management", "templatetags",
}  # fmt: skip
# Rooms that are no ordinary app: no models, or a door for programs, or what everybody stands on.
OPEN_ROOMS = {"config", "common", "notebooks"}
EXTRA = {
    "accounts": {"adapter", "middleware"},
    "api": {"serializers", "problems", "v1"},
    "workbench": {"live"},
}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common_utils"}


def test_the_source_root_is_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists(), (
        "platform/__init__.py would hide the standard library's module of that name"
    )


def test_the_standard_platform_module_can_be_imported() -> None:
    code = "import platform, sys; print(platform.__file__); platform.python_version()"
    environ = {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", "PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not Path(found.stdout.strip()).is_relative_to(ROOT / "platform")


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("app", APPS, ids=lambda path: path.name)
def test_an_app_holds_only_known_names(app: Path) -> None:
    if app.name in OPEN_ROOMS:
        pytest.skip("no ordinary app")
    modules = {path.stem for path in app.iterdir() if path.suffix == ".py"}
    packages = {path.name for path in app.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert (modules | packages) - NAMES - EXTRA.get(app.name, set()) == set()


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [path for source in SOURCES for path in source.rglob("*.py") if path.stem in VAGUE]
    assert found == []
