"""Secrets of this machine, drawn once and kept in the data folder, readable by their owner only."""

import os
import secrets
from pathlib import Path

from bin.ops.places import private_folder


def credential(data: Path, name: str) -> str:
    """The secret of that name; drawn at the first call."""
    path = private_folder(data / "secrets") / name
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48) + "\n")
    return path.read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, with mode 0600 from its first byte."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
