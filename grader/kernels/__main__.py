"""``python -m grader.kernels``: the kernel host as a process of its own."""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import signal
import sys
from pathlib import Path

from grader.errors import PlatformError
from grader.kernels import doctor, host
from grader.kernels.environments import DEFAULT_FOLDER, find_environments


def main() -> int:
    options = _parse()
    # A host that serves one command only (a private one) has nothing to say while all is well.
    level = logging.WARNING if options.end_with_parent else logging.INFO
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=level)
    environments = find_environments(options.environments)
    if options.only:
        environments = {name: environments[name] for name in options.only if name in environments}
    if not environments:
        print(f"no kernel environment in {options.environments}: run bin/setup", file=sys.stderr)
        return 1
    mode = options.mode or ("root" if os.geteuid() == 0 else "user")
    missing = doctor.missing(doctor.examine(mode, environments))
    if missing:
        for wall in missing:
            print(wall.reason, file=sys.stderr)
        return 1
    if options.end_with_parent:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    try:
        host.run(
            options.socket,
            environments,
            mode=mode,
            allowed_uids=options.allow_uid or [os.geteuid()],
            places=options.places,
            live_places=options.live_places,
        )
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m grader.kernels", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="where to take orders")
    parser.add_argument("--environments", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--only", action="append", help="serve this environment only (repeatable)")
    parser.add_argument("--mode", choices=["root", "user"], help="default: by who runs it")
    parser.add_argument("--places", type=int, help="gradings at a time")
    parser.add_argument(
        "--live-places", type=int, help="kernels of learners at work at a time, apart from gradings"
    )
    parser.add_argument("--allow-uid", type=int, action="append", help="who may give orders")
    parser.add_argument("--end-with-parent", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
