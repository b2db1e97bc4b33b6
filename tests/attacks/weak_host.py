"""A kernel host for tests whose learners' sandboxes can lack walls: see ``weak_template``.

``python -m tests.attacks.weak_host SOCKET SWITCH`` serves one grading at a time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from grader.kernels import host, templates
from grader.kernels.cgroups import ControlGroups, Group
from grader.kernels.environments import find_environments
from grader.sandbox import linux
from tests.attacks.weak_switch import SWITCH


class _Popen(subprocess.Popen[bytes]):
    """Starts learners' templates with our program in place of the real one."""

    def __init__(self, command: list[str], **options: Any) -> None:
        if "learner" in command:
            command = [
                word.replace("grader.sandbox.template", "tests.attacks.weak_template")
                for word in command
            ]
            options["env"] = {**options["env"], SWITCH: sys.argv[2]}
        super().__init__(command, **options)


class _Groups(ControlGroups):
    """Gives as many cores as the switch says: on a busy machine one is as good as no limit at all."""

    def make(self, name: str, **limits: Any) -> Group:
        cores = json.loads(Path(sys.argv[2]).read_text())["cores"]
        return super().make(name, **{**limits, "cores": cores})


def main() -> None:
    host.ControlGroups = _Groups  # type: ignore[misc]
    linux.prctl(linux.PR_SET_PDEATHSIG, 15)
    templates.subprocess.Popen = _Popen  # type: ignore[misc]
    environments = {"core": find_environments()["core"]}
    mode = "root" if os.geteuid() == 0 else "user"
    host.run(Path(sys.argv[1]), environments, mode=mode, allowed_uids=[os.geteuid()], places=1)


if __name__ == "__main__":
    main()
