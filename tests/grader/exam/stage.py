"""A small stage for checks: the learner's code in threads of this process, on the far side of real sockets."""

import socket
import threading
import time

from grader.exam.errors import KernelGoneError
from grader.exam.judge import run_checks
from grader.exam.learner import Learner
from grader.sandbox.agent import Agent
from grader.verdict import Verdict

IMPORTS = "import numpy as np\n"


def serve(code: str) -> socket.socket:
    """Run a learner's code and return a socket to its agent."""
    namespace = {"__name__": "__main__"}
    exec(compile(IMPORTS + code, "cell", "exec"), namespace)
    ours, theirs = socket.socketpair()
    agent = Agent(theirs, namespace)

    def run():
        with theirs:
            while agent.handle_ready():
                pass

    threading.Thread(target=run, daemon=True).start()
    return ours


def learner(code: str, seconds: float = 10) -> Learner:
    """The learner as a check sees it."""
    found = Learner(serve(code))
    found._link.start(time.monotonic() + seconds)
    return found


def job(code: str, checks: str, *, rules=None, seed=1, cell_seconds=10, total=30, data=None):
    """An examiner's job with one answer cell."""
    return {
        "exercise": {
            "slug": "s",
            "checks": "from grader.exam import *\n" + checks,
            "rules": rules or {},
            "limits": {"cell_seconds": cell_seconds, "total_seconds": total, "memory_mb": 512},
            "data": data or {},
        },
        "notebook": {
            "cells": [
                {"id": "setup", "cell_type": "code", "source": IMPORTS, "metadata": {}},
                {"id": "answer", "cell_type": "code", "source": code, "metadata": {}},
            ]
        },
        "answer_ids": ["answer"],
        "starters": {"answer": ""},
        "seed": seed,
        "kind": "submit",
    }


def judge(code: str, checks: str, *, kernels: int = 3, connect=None, fate=None, **options):
    """Grade; ``kernels`` is how many can be had. Returns the results, what authors get, and the events."""
    events, left = [], [kernels]

    def fresh():
        if not left[0]:
            raise KernelGoneError(Verdict.KERNEL_DIED, "The notebook's process ended.")
        left[0] -= 1
        return serve(code)

    task = job(code, checks, **options)
    deadline = time.monotonic() + task["exercise"]["limits"]["total_seconds"]
    results, author = run_checks(task, connect or fresh, events.append, deadline, fate)
    return results, author, events


def raised(kind, function, *args, **kwargs):
    """The exception of this kind (or of one of these kinds) that a call raises; anything else fails."""
    try:
        value = function(*args, **kwargs)
    except kind as error:
        return error
    raise AssertionError(f"{kind} expected, got {value!r}")
