"""The floor: CPU seconds of the cells alone, and of the checks alone, in a Python that imported everything.

``python -m bench.floor JOBS`` under a kernel environment; prints a JSON object. Each notebook runs in a fork
of its own, as plain code: no kernel, no messages, no walls, no report. A shown figure is drawn as a PNG,
since that is part of what the notebook asks for.
"""

import base64
import importlib
import io
import json
import os
import resource
import sys
import tempfile

from bench import plain_exam

IMPORTS = (
    "numpy", "pandas", "scipy.linalg", "sklearn.datasets", "sklearn.linear_model",
    "sklearn.metrics", "sklearn.model_selection", "sklearn.pipeline", "matplotlib.pyplot",
)  # fmt: skip


def main() -> None:
    for name in IMPORTS:
        importlib.import_module(name)
    _show()  # the first figure looks for fonts
    with open(sys.argv[1]) as file:
        jobs = json.load(file)
    print(json.dumps({job["exercise"]["slug"]: _in_a_fork(job) for job in jobs}))


def _in_a_fork(job):
    reader, writer = os.pipe()
    if os.fork() == 0:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            answer = _measure(job)
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as file:
        answer = json.load(file)
    os.wait()
    return answer


def _measure(job):
    os.mkdir("data")
    for name, content in job["exercise"]["data"].items():
        with open(f"data/{name}", "wb") as file:
            file.write(base64.b64decode(content))
    sys.modules["matplotlib.pyplot"].show = _show
    silent, sys.stdout = sys.stdout, io.StringIO()
    namespace = {"__name__": "__main__"}
    started = _cpu()
    for cell in job["notebook"]["cells"]:
        if cell["cell_type"] == "code":
            exec(compile(cell["source"], cell["id"], "exec"), namespace)
    cells = _cpu() - started
    checks = plain_exam.load(job["exercise"]["checks"])
    for number in range(len(checks)):
        plain_exam.run(number, namespace)
    sys.stdout = silent
    return {"cells": cells, "checks": _cpu() - started - cells}


def _show():
    pyplot = sys.modules["matplotlib.pyplot"]
    if not pyplot.get_fignums():
        pyplot.plot([1, 2])
    for number in pyplot.get_fignums():
        pyplot.figure(number).savefig(io.BytesIO(), format="png", bbox_inches="tight")
    pyplot.close("all")


def _cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
