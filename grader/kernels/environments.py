"""Where the kernel environments lie, and which one exactly each is."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "var" / "environments"


@dataclass(frozen=True)
class Environment:
    """A virtual environment that kernels run in, for example ``core``."""

    name: str
    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @cached_property
    def mounts(self) -> tuple[str, ...]:
        """The folders that a sandbox needs to see: the environment's own and its interpreter's."""
        code = "import sys; print(sys.prefix); print(sys.base_prefix); print(sys.executable)"
        command = [str(self.python), "-I", "-c", code]
        prefix, base, executable = subprocess.check_output(command, text=True).split()
        return tuple(dict.fromkeys([prefix, base, os.path.dirname(os.path.realpath(executable))]))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the interpreter's version and every installed distribution with its version."""
        names = sorted(
            path.name for path in self.folder.glob("lib/python3*/site-packages/*.dist-info")
        )
        version = next(iter(self.folder.glob("lib/python3*"))).name
        return hashlib.sha256("\n".join([version, *names]).encode()).hexdigest()


def find_environments(folder: Path = DEFAULT_FOLDER) -> dict[str, Environment]:
    """Every environment that is set up below ``folder``, by name."""
    return {
        path.parent.parent.name: Environment(path.parent.parent.name, path.parent.parent)
        for path in sorted(folder.glob("*/bin/python"))
    }
