"""bin/test: all tests, or parts of them, against real servers of their own."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bin.ops import setup
from bin.ops.places import ROOT, VENV, data_folder, private_folder, surroundings
from bin.ops.processes import MARK, sweep
from bin.ops.run import end_on_signals, process_environment
from bin.ops.say import PlainError, say
from bin.ops.services import services

LINTERS = "tests/architecture/test_linters.py"
# Everything at once: a folder's tests on each processor (tests/apart.py).
ALL = ("-p", "tests.apart", "--dist=loadscope", "--no-loadscope-reorder")
MOST_AT_ONCE = 4  # each may have a kernel host, a product and a browser of its own
TAKE_A_VALUE = ("-k", "-m", "-p", "-o", "-n", "-W", "-r")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(argv: Sequence[str]) -> int:
    """``bin/test [part…] [pytest options]``; a part is a folder of tests/, a test file, or `lint`."""
    end_on_signals()
    arguments = pytest_arguments(argv)
    setup.ensure(dev=True)
    data = private_folder(_data(surroundings()))
    with setup.one_at_a_time(data / "run.lock", f"another bin/test uses {data}; waiting for it"):
        sweep(data)
        # The tests' servers are always our own: nothing in a real database may be at risk.
        with services(data, {}, careless=True) as running:
            environ = {**process_environment({**os.environ, **running.variables}), MARK: str(data)}
            browser = _browser(arguments)
            if browser:
                environ["CHROMIUM"] = browser
            try:
                return _pytest(arguments, environ)
            finally:
                sweep(data)


def _data(values: Mapping[str, str]) -> Path:
    return data_folder({"DATA_DIR": values.get("TEST_DATA_DIR", "var/test")})


def _pytest(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    say("running the tests")
    command = [str(VENV / "bin" / "python"), "-m", "pytest", *arguments]
    # In our own session: Ctrl-C reaches pytest too, which then ends what its fixtures started.
    process = subprocess.Popen(command, cwd=ROOT, env=environ)
    try:
        return process.wait()
    except BaseException:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def pytest_arguments(argv: Sequence[str]) -> list[str]:
    """Parts become paths, options and their values stay; without parts, all tests, several at once."""
    arguments, has_parts = [], False
    for before, word in zip(("", *argv), argv, strict=False):
        is_part = not word.startswith("-") and before not in TAKE_A_VALUE
        arguments.append(_part(word) if is_part else word)
        has_parts = has_parts or is_part
    if has_parts:
        return arguments
    at_once = min(MOST_AT_ONCE, (os.cpu_count() or 1) + 1)
    return [*ALL, f"--numprocesses={at_once}", *arguments]


def _part(word: str) -> str:
    """`lint`, the name of a folder in tests/, or whatever pytest itself understands."""
    if word == "lint":
        return LINTERS
    if (ROOT / "tests" / word).exists():
        return f"tests/{word}"
    if word.isidentifier() and not (ROOT / word).exists():
        parts = sorted(path.name for path in (ROOT / "tests").iterdir() if path.is_dir())
        named = ", ".join(["lint", *(name for name in parts if not name.startswith("_"))])
        raise PlainError(f"there is no part {word!r}; there are: {named}")
    return word


def _browser(arguments: Sequence[str]) -> str | None:
    """A Chromium for the browser tests; looked for only when they are asked for."""
    folders = [one for one in arguments if one.startswith("tests/")]
    if folders and not any(one.startswith("tests/browser") for one in folders):
        return None
    found = _find_browser()
    if not found and setup.apt_install("chromium", "the browser tests need Chromium"):
        found = _find_browser()
    if not found:
        say("no Chromium here: the browser tests are skipped (sudo apt-get install chromium)")
    return found


def _find_browser() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)
