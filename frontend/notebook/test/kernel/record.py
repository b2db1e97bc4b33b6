"""Records what a real kernel says, as frames of v1.kernel.websocket.jupyter.org, for the tests beside this file.

    .venv/bin/python frontend/notebook/test/kernel/record.py var/environments/core/bin/python

Writes recorded.json: by scene, the content of the request and the answers in order, each {channel, frame (base64)}.
"""

import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

OUT = Path(__file__).with_name("recorded.json")
COMM = """
import comm
def answer(c, opened):
    c.on_msg(lambda m: c.send({"got": m["content"]["data"]}, buffers=[b"\\x01\\x02\\x03", b""]))
comm.get_comm_manager().register_target("echo", answer)
c = comm.create_comm(target_name="page", data={"hello": 1}, metadata={"version": "2.1.0"}, buffers=[bytes(range(5))])
"""
SCENES = {
    "value": "1 + 1",
    "streams": "import sys\nprint('out')\nprint('err', file=sys.stderr)",
    "error": "def half(x):\n    return x / 0\nhalf(1)",
    "display": (
        "from IPython.display import display\n"
        "h = display('one', display_id='d1')\nh.update('two')\ndisplay('three')"
    ),
    "clear": "from IPython.display import clear_output\nprint('a')\nclear_output(wait=True)\nprint('b')",
    "input": "name = input('Who? ')\nprint('Hello', name)",
    "unicode": "print('∑ 😀 \\x1b[31mred\\x1b[0m')",
    "table": "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "comm": COMM,
    "update elsewhere": "h.update('four')",
}


def pack(channel: str, message: dict[str, Any]) -> str:
    """One message as it stands on the socket: count, offsets, channel, four JSON parts, buffers."""
    names = ("header", "parent_header", "metadata", "content")
    parts = [channel.encode()]
    parts += [json.dumps(message[name], default=str).encode() for name in names]
    parts += [bytes(buffer) for buffer in message["buffers"]]
    count = len(parts) + 1
    offsets = [8 * (1 + count)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    head = b"".join(number.to_bytes(8, "little") for number in (count, *offsets))
    return base64.b64encode(head + b"".join(parts)).decode()


def take(client: BlockingKernelClient, parent: str) -> list[dict[str, str]]:
    """Everything about one request, until the reply and the idle status are both there."""
    found: list[dict[str, str]] = []
    missing = {"reply", "idle"}
    while missing:
        for channel in ("iopub", "shell", "stdin"):
            port = getattr(client, f"{channel}_channel")
            while port.msg_ready():
                message = port.get_msg(timeout=0)
                if message["parent_header"].get("msg_id") != parent:
                    continue
                found.append({"channel": channel, "frame": pack(channel, message)})
                if message["msg_type"] == "input_request":
                    client.input("Ada")
                if channel == "shell":
                    missing.discard("reply")
                if message["content"].get("execution_state") == "idle":
                    missing.discard("idle")
        time.sleep(0.005)
    return found


def main(python: str) -> None:
    launcher = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(argv=[*launcher, "--ZMQInteractiveShell.colors=nocolor"])
    manager.start_kernel()
    client = manager.blocking_client()
    client.allow_stdin = True
    client.start_channels()
    client.wait_for_ready(timeout=60)
    try:
        scenes = {}
        for name, code in SCENES.items():
            parent = client.execute(code, allow_stdin=True)
            scenes[name] = {"parent": parent, "messages": take(client, parent)}
        for name, ask in {
            "complete": lambda: client.complete("import os\nos.pat", 15),
            "inspect": lambda: client.inspect("print", 5),
            "comm_info": client.comm_info,
        }.items():
            parent = ask()
            scenes[name] = {"parent": parent, "messages": take(client, parent)}
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    OUT.write_text(json.dumps(scenes, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
