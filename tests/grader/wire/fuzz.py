"""Fuzzes the wire, by command.

    python -m tests.grader.wire.fuzz --cases 10000      hypothesis; any kernel environment's Python
    python -m tests.grader.wire.fuzz --seconds 60       atheris, guided by coverage

atheris is no part of any environment. To have it, once:

    python3.11 -m venv var/fuzz
    var/fuzz/bin/pip install atheris numpy pandas scipy sympy pillow matplotlib hypothesis
    var/fuzz/bin/python -m tests.grader.wire.fuzz --seconds 60
"""

import argparse
import contextlib
import os
import sys


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.grader.wire.fuzz")
    parser.add_argument("--cases", type=int, default=10_000, help="messages of each kind")
    parser.add_argument("--seconds", type=int, help="run atheris for so long instead")
    options = parser.parse_args()
    if options.seconds is None:
        _by_cases(options.cases)
    else:
        _by_coverage(options.seconds)


def _by_cases(count: int) -> None:
    os.environ["WIRE_CASES"] = str(count)
    from tests.grader.wire import hostile_cases

    for name, case in vars(hostile_cases).items():
        if name.startswith("case_"):
            case()
            print(f"{name}: {count:,} messages, every one a value or a declared error")


def _by_coverage(seconds: int) -> None:
    try:
        import atheris
    except ModuleNotFoundError:
        sys.exit("atheris is not installed here; see the top of tests/grader/wire/fuzz.py")
    with atheris.instrument_imports(include=["grader.wire"]):
        from grader.wire import frames
        from tests.grader.wire import hostile

        hostile.true_messages()  # loads what is loaded when needed

    def one(data: bytes) -> None:
        source = atheris.FuzzedDataProvider(data)
        if source.ConsumeBool():
            choose = lambda end: source.ConsumeIntInRange(0, end - 1)  # noqa: E731
            hostile.judge(*hostile.false_message(choose))
            return
        with contextlib.suppress(frames.WireError):
            frames.parse_header(source.ConsumeBytes(4_096))

    limits = [f"-max_total_time={seconds}", "-timeout=5", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *limits], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
