"""Jupyter Notebook 7: its own page for a notebook, from a server that serves one reader."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence

from bench.peers import Peer
from tests.browser.product import free_port

START_SECONDS = 60.0
READY = ".jp-NotebookPanel .jp-Cell .cm-content"


class JupyterNotebook(Peer):
    name = "notebook"

    @contextlib.contextmanager
    def serve(self, cells: Sequence[dict[str, str]]) -> Iterator[str]:
        """The address of a page with these cells (``type``, ``source``), for as long as the block."""
        (self.work / "cells.ipynb").write_text(json.dumps(_notebook(cells)))
        port = free_port()
        process = subprocess.Popen(
            [
                str(self.bin / "jupyter"),
                "notebook",
                "--no-browser",
                "--allow-root",
                "--ip=127.0.0.1",
                f"--port={port}",
                "--IdentityProvider.token=",
            ],
            cwd=self.work,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(f"http://127.0.0.1:{port}/api")
            yield f"http://127.0.0.1:{port}/notebooks/cells.ipynb"
        finally:
            # It asks, or waits for its kernels, when it is told to end; they end by themselves without it.
            process.kill()
            process.wait()


def page_before(url: str) -> str:
    """The server's list of files, from where one goes on to a notebook."""
    return urllib.parse.urljoin(url, "/tree")


def _notebook(cells: Sequence[dict[str, str]]) -> dict[str, object]:
    code = {"outputs": [], "execution_count": None}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": [
            {
                "id": f"cell-{number}",
                "cell_type": cell["type"],
                "metadata": {},
                "source": cell["source"],
                **(code if cell["type"] == "code" else {}),
            }
            for number, cell in enumerate(cells)
        ],
    }


def _await(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
