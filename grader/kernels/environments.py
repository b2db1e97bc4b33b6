"""Where the kernel environments lie, and which one exactly each is."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

GRADER = Path(__file__).resolve().parents[1]
# What of ours runs under an environment's interpreter: it makes values, messages and verdicts.
_RUNS_THERE = ("*.py", "exam/**/*.py", "sandbox/**/*.py", "sandbox/**/*.toml", "wire/**/*.py")
DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "var" / "environments"


def code_digest(folder: Path = GRADER) -> str:
    """SHA-256 over our own code that runs under the environments' interpreters, by path and content."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _RUNS_THERE for path in folder.glob(pattern)}):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@dataclass(frozen=True)
class Environment:
    """A virtual environment that kernels run in, for example ``core``.

    ``code`` is the digest of our own code as it was when the environment was found: before its templates
    imported any of it.
    """

    name: str
    folder: Path
    code: str = field(default_factory=code_digest)

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @cached_property
    def mounts(self) -> tuple[str, ...]:
        """The folders that a sandbox needs to see: the environment's own and its interpreter's."""
        _, prefix, base, executable = self._interpreter
        return tuple(dict.fromkeys([prefix, base, os.path.dirname(os.path.realpath(executable))]))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that a report depends on besides exercise, answers and seed.

        That is the interpreter's version and build, every installed distribution with its version, and our
        own code that runs there.
        """
        names = sorted(
            path.name for path in self.folder.glob("lib/python3*/site-packages/*.dist-info")
        )
        parts = [self._interpreter[0], *names, self.code]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def _interpreter(self) -> tuple[str, str, str, str]:
        """Its version, its prefix, that of the Python it was made from, and the program itself."""
        code = "import json, sys; print(json.dumps([sys.version, sys.prefix, sys.base_prefix, sys.executable]))"
        version, prefix, base, executable = json.loads(
            subprocess.check_output([str(self.python), "-I", "-c", code])
        )
        return version, prefix, base, executable


def find_environments(folder: Path = DEFAULT_FOLDER) -> dict[str, Environment]:
    """Every environment that is set up below ``folder``, by name."""
    return {
        path.parent.parent.name: Environment(path.parent.parent.name, path.parent.parent)
        for path in sorted(folder.glob("*/bin/python"))
    }
