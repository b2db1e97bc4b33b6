"""Cases that run under a kernel environment's interpreter, which holds NumPy and pandas but no pytest.

A file of cases is plain Python: every function called ``case_…`` runs, and must not raise. One process runs
a whole file; pytest reports each case as a test of its own.
"""

import ast
import functools
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[3]
SECONDS = 120


def cases_of(path: Path) -> list[str]:
    """The names of the cases in a file, which is not imported for that."""
    tree = ast.parse(path.read_text())
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name for name in functions if name.startswith("case_")]


@functools.cache
def run_cases(path: Path, environment: str = "core") -> dict[str, str]:
    """Run a file of cases and return, for each, the traceback or nothing."""
    python = ROOT / "var" / "environments" / environment / "bin" / "python"
    done = subprocess.run(
        [str(python), "-W", "ignore", __file__, str(path)],
        capture_output=True,
        text=True,
        timeout=max(SECONDS, int(os.environ.get("WIRE_CASES") or 0) // 10),
        env={
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "PATH": os.environ["PATH"],
            "WIRE_CASES": os.environ.get("WIRE_CASES", ""),
        },
    )
    if done.returncode:
        return dict.fromkeys(cases_of(path), done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def _run(path: Path) -> dict[str, str]:
    namespace = {"__name__": path.stem, "__file__": str(path)}
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    results = {}
    for name in cases_of(path):
        try:
            namespace[name]()
            results[name] = ""
        except Exception:
            results[name] = traceback.format_exc()
    return results


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]))))
