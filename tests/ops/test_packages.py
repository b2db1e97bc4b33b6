import errno

import pytest

from bin.ops.__main__ import explain
from bin.ops.packages import diagnose, progress


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left",
            "disk is full",
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('x')'\n"
            "ERROR: No matching distribution found for amqp==5.4.2",
            "network",
        ),
        ("error: command 'gcc' failed: No such file or directory", "install a compiler"),
        (
            "error: command '/usr/bin/x86_64-linux-gnu-gcc' failed with exit code 1",
            "install a compiler",
        ),
        (
            "  error: cmake not found\n  ERROR: Failed building wheel for pyzmq",
            "pyzmq could not be built",
        ),
        ("ERROR: No matching distribution found for torch==9+cpu", "offers torch==9+cpu"),
        ("ERROR: something else", "something else"),
        ("", "without saying why"),
    ],
)
def test_the_cause_of_a_failed_installation_is_named(output: str, told: str) -> None:
    line = diagnose(output)
    assert told in line
    assert "\n" not in line


def test_progress_tells_how_far_it_is() -> None:
    output = (
        "Collecting numpy==2.4.6\n  Downloading …\nRequirement already satisfied: six==1 in /x\n"
    )
    assert progress(output, 80) == "2 of 80 packages, now six"
    assert (
        progress(output + "Installing collected packages: six\n", 80) == "unpacking and compiling"
    )
    assert progress("", 80) == "asking the package index"


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "permission denied"), (errno.EIO, "error")],
)
def test_trouble_with_the_machine_is_one_line(number: int, told: str) -> None:
    line = explain(OSError(number, "Input/output error", "/some/file"))
    assert line.startswith("/some/file: ")
    assert told in line
