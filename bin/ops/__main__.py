"""``python -m bin.ops <command>``: the door behind the scripts in bin/."""

import errno
import importlib
import sys

from bin.ops.say import Interrupted, PlainError

COMMANDS = ("setup", "run", "test", "lock", "keep")


def main(argv: list[str]) -> int:
    if not argv or argv[0] not in COMMANDS:
        return _fail(f"expected one of: {', '.join(COMMANDS)}")
    try:
        return int(importlib.import_module(f"bin.ops.{argv[0]}").main(argv[1:]))
    except PlainError as error:
        return _fail(str(error))
    except (KeyboardInterrupt, Interrupted):
        print("\nStopped.", flush=True)
        return 130
    except OSError as error:
        return _fail(explain(error))


def explain(error: OSError) -> str:
    """One line about a trouble with the machine rather than with us."""
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}the disk is full; make room and run this again"
    if isinstance(error, PermissionError):
        return f"{where}permission denied; was it made by another user?"
    return f"{where}{error.strerror or error}"


def _fail(line: str) -> int:
    print(f"error: {line}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
