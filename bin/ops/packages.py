"""pip, with a sign of life while it works and one plain line when it fails."""

import os
import re
import select
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from bin.ops.places import ROOT
from bin.ops.say import Interrupted, PlainError, say

SIGN_OF_LIFE_SECONDS = 10

# What pip prints → what to tell. The first that is found counts, so the cause stands before its effects.
DIAGNOSES = (
    (
        r"No space left on device|Errno 28|Disk quota exceeded",
        "the disk is full; make room and run this again",
    ),
    (
        r"error: command '?[^']*(?:gcc|cc|clang|g\+\+)[^']*'? failed|[Uu]nable to find (?:a )?compiler"
        r"|No such file or directory: '(?:gcc|cc|c\+\+|g\+\+)'",
        "a package must be compiled here and that failed; install a compiler"
        " (Debian: apt-get install build-essential python3-dev) and run this again",
    ),
    (
        r"NewConnectionError|NameResolutionError|Network is unreachable|Temporary failure in name"
        r"|ConnectTimeoutError|ReadTimeoutError|ProxyError|Connection refused|Connection reset|SSLError",
        "the package index cannot be reached; check the network and run this again",
    ),
    (
        r"Permission denied|Errno 13",
        "permission denied; was the folder made by another user?",
    ),
)


class PipError(PlainError):
    """pip ended with an error. ``output`` is all it said."""

    def __init__(self, line: str, output: str) -> None:
        super().__init__(line)
        self.output = output


def diagnose(output: str) -> str:
    """The likely cause, from what pip printed."""
    for pattern, line in DIAGNOSES:
        if re.search(pattern, output):
            return line
    failed = re.search(r"Failed (?:building wheel for|to build) ([\w.-]+)", output)
    if failed:
        return f"the package {failed[1]} could not be built"
    missing = re.search(r"No matching distribution found for (\S+)", output)
    if missing:
        return f"no package index offers {missing[1]} for this machine"
    errors = re.findall(r"^(?:ERROR|error): (.+)$", output, re.MULTILINE)
    return errors[0] if errors else "pip ended without saying why"


def pip_install(
    python: Path,
    arguments: Sequence[str],
    *,
    label: str,
    total: int,
    log: Path,
    stop: threading.Event | None = None,
) -> None:
    """Install into ``python``'s environment. ``total`` is the number of packages, for the progress.

    Raises:
        PipError: with the cause and where the whole log lies.
        Interrupted: ``stop`` was set; pip was ended.
    """
    command = [str(python), "-m", "pip", "install", "--no-input", "--compile", *arguments]
    environ = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1"}
    environ.pop("PYTHONPATH", None)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as record:
        record.write(f"\n$ {' '.join(command)}\n".encode())
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            output = _follow(process, record, label, total, stop or threading.Event())
        finally:
            if process.poll() is None:
                process.terminate()
            status = process.wait()
    if status < 0:
        raise PipError(f"{label}: pip was ended by signal {-status}; run this again", output)
    if status:
        raise PipError(f"{label}: {diagnose(output)} (log: {_short(log)})", output)


def _follow(
    process: subprocess.Popen[bytes],
    record: BinaryIO,
    label: str,
    total: int,
    stop: threading.Event,
) -> str:
    """Read until the end; say now and then how far it is."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    output, spoken = bytearray(), time.monotonic()
    while not stop.is_set():
        if select.select([pipe], [], [], 1)[0]:
            chunk = os.read(pipe, 65536)
            if not chunk:
                return output.decode(errors="replace")
            output += chunk
            record.write(chunk)
            record.flush()
        if time.monotonic() - spoken >= SIGN_OF_LIFE_SECONDS:
            spoken = time.monotonic()
            say(f"  {label}: {progress(output.decode(errors='replace'), total)}")
    raise Interrupted


def progress(output: str, total: int) -> str:
    """How far pip is, from what it printed so far."""
    if "Installing collected packages" in output:
        return "unpacking and compiling"
    seen = re.findall(
        r"^(?:Collecting|Requirement already satisfied:) ([^\s=<>!~\[(]+)", output, re.M
    )
    return (
        f"{len(seen)} of {total} packages, now {seen[-1]}" if seen else "asking the package index"
    )


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
