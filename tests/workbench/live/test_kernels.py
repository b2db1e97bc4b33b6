"""A learner's kernel behind its sockets: runs, floods, deaths, and the end of a session."""

import ctypes
import gc
import os
import time
from typing import Any

import pytest

from accounts.models import User
from tests.workbench.live.server import Browser, Page, has_state, request, text_of
from workbench.live import bridge
from workbench.live.frames import pack, unpack
from workbench.models import LiveKernel

pytestmark = pytest.mark.kernels

# By code outside the learner's names, which an interrupt stops at once.
SLOW_TO_COMPLETE = """
elsewhere = {}
exec('''
import time
asked = []
class Slow:
    def __dir__(self):
        asked.append(1)
        time.sleep(1)
        return ["late"]
''', elsewhere)
slow, asked = elsewhere["Slow"](), elsewhere["asked"]
"""


def test_a_run_is_answered_and_names_stay(page: Page) -> None:
    assert page.run("x = 20\nx + 1") == "21"
    assert page.run("print(x)") == "20\n"
    assert page.run("open('data/numbers.csv').read()") == r"'1,2,4\n'"
    types = [message.type for message in page.finish(page.execute("1/0"))]
    assert types.count("error") == 1
    assert {"execute_input", "execute_reply", "status"} < set(types)


def test_completion_and_input(page: Page) -> None:
    page.run("letters = 'abc'")
    page.send("shell", "complete_request", code="letters.upp", cursor_pos=11)
    reply = page.until(lambda message: message.type == "complete_reply")
    assert "upper" in reply.content["matches"][0]
    key = page.execute("print(input('Name? '))")
    asked = page.until(lambda message: message.type == "input_request")
    assert asked.content["prompt"] == "Name? "
    page.send("stdin", "input_reply", value="Ada")
    assert text_of(page.finish(key)).endswith("Ada\n")


def test_two_pages_see_the_outputs_but_only_the_asker_the_reply(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    with browser.open(kernel["id"]) as other:
        key = page.execute("print('hello')")
        page.finish(key)
        other.until(
            lambda m: m.parent.get("msg_id") == key and m.content.get("execution_state") == "idle"
        )
        assert any(message.content.get("text") == "hello\n" for message in other.seen)
        assert other.run("1 + 1") == "2"
        assert not [m for m in other.seen if m.channel == "shell" and m.parent["msg_id"] == key]


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ("shell", "shutdown_request"), ("control", "shutdown_request"), ("shell", "debug_request"),
        ("control", "debug_request"), ("control", "execute_request"), ("iopub", "stream"),
        ("stdin", "execute_request"), ("hb", "ping"), ("", "execute_request"),
    ],
)  # fmt: skip
def test_other_types_never_reach_the_kernel(page: Page, channel: str, kind: str) -> None:
    page.send(channel, kind, code="marked = 1", restart=False)
    assert page.run("'marked' in globals()") == "False"
    assert not any(message.content.get("kilohour") for message in page.seen)


@pytest.mark.parametrize(
    "bad", [b"", b"\0" * 8, b"\xff" * 100, "text", request("shell", "x", {})[1] + b"x"]
)
def test_what_is_no_frame_ends_the_socket_not_the_kernel(
    browser: Browser, kernel: dict[str, Any], page: Page, bad: bytes | str
) -> None:
    page.run("y = 1")
    page.line.send(bad)
    assert page.closed_with() == 1003
    with browser.open(kernel["id"]) as again:
        assert again.run("y") == "1"


def test_a_frame_over_a_megabyte_is_refused(page: Page) -> None:
    page.line.send(b"\0" * ((1 << 20) + 1))
    assert page.closed_with() == 1009


def test_a_header_that_is_none_ends_the_socket(page: Page) -> None:
    frame = unpack(request("shell", "execute_request", {})[1])
    page.line.send(pack(frame.__class__("shell", b'{"a":' * 5000 + b"1" + b"}" * 5000)))
    assert page.closed_with() == 1003


def test_interrupt_by_request_and_by_message(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    for interrupt in (
        lambda: browser.ask("POST", f"/{kernel['id']}/interrupt"),
        lambda: page.send("control", "interrupt_request"),
    ):
        key = page.execute("while True: pass")
        page.until(lambda m: m.type == "execute_input")
        interrupt()
        assert "KeyboardInterrupt" in text_of(page.finish(key))


def test_an_interrupt_waits_for_a_run_that_waits(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    """The kernel is at a slow completion when the run is sent, and stopped."""
    page.run(SLOW_TO_COMPLETE)
    page.send("shell", "complete_request", code="slow.", cursor_pos=5)
    key = page.execute("while True: pass")
    page.until(lambda m: m.type == "status" and m.parent["msg_type"] == "complete_request")
    browser.ask("POST", f"/{kernel['id']}/interrupt")
    text = text_of(page.finish(key))
    assert "KeyboardInterrupt" in text
    assert page.run("len(asked)") == "1"
    assert page.run("print('on')") == "on\n"


def test_restart_keeps_the_identifier_and_nothing_else(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    page.run("z = 1")
    answer = browser.ask("POST", f"/{kernel['id']}/restart")
    assert (answer.status, answer.json["id"], answer.json["fresh"]) == (200, kernel["id"], True)
    page.until(has_state("idle", fresh=True))
    assert not [m for m in page.seen if m.content.get("execution_state") == "restarting"]
    assert page.run("z").endswith("NameError")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os\nos._exit(1)", "exit"),
        ("hoard = []\nwhile True: hoard.append(bytearray(1 << 26))", "memory"),
    ],
)
def test_a_death_is_told_at_once_and_a_fresh_kernel_follows(
    page: Page, code: str, reason: str
) -> None:
    page.execute(code)
    page.until(has_state("restarting", reason=reason), 30)
    page.until(has_state("idle", fresh=True))
    assert page.run("1 + 1") == "2"


def test_floods_and_huge_values_are_cut_and_the_next_run_works(page: Page) -> None:
    before = memory()
    for code in (
        "for n in range(100_000): print('line', n, 'x' * 200)",
        "print('x' * 100_000_000)",
        "'x' * 100_000_000",
        "import sys\nfor n in range(20): sys.stdout.write('y' * 5_000_000); sys.stdout.flush()",
    ):
        found = page.finish(page.execute(code), 60)
        notices = [m for m in found if m.metadata.get("kilohour") == {"notice": "cut"}]
        assert len(notices) == 1, code
        assert sum(message.size for message in found) < 9 * 1024 * 1024
        assert page.run("1 + 1") == "2"
    assert memory() - before < 150 * 1024 * 1024


def test_a_page_that_does_not_read_costs_little(
    browser: Browser, kernel: dict[str, Any], page: Page
) -> None:
    deaf = browser.open(kernel["id"], max_queue=1)
    before = memory()
    for _ in range(6):
        page.run("for n in range(8): print('z' * 1_000_000)", 30)
    assert memory() - before < 100 * 1024 * 1024
    assert page.run("1 + 1") == "2"
    deaf.line.socket.close()


def memory() -> int:
    """Resident bytes of this process, which is the live process of these tests, too; without what is free."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_many_messages_are_slowed_down_not_lost(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = time.monotonic()
    count = bridge.MESSAGES_AT_ONCE + 2 * bridge.MESSAGES_PER_SECOND
    keys = [page.send("shell", "kernel_info_request") for _ in range(count)]
    page.until(lambda m: m.channel == "shell" and m.parent["msg_id"] == keys[-1], 30)
    assert time.monotonic() - started > 1.5


def test_forged_messages_of_a_kernel_reach_nobody(page: Page) -> None:
    forged = """
import json
session = get_ipython().kernel.session
out = get_ipython().kernel.iopub_thread
for kind in ("status", "debug_event", "kernel_info_reply"):
    session.send(out, kind, {"execution_state": "restarting", "kilohour": {"reason": "memory"}})
out.send_multipart([b"a", b"<IDS|MSG>", b"sig", b"{", b"", b"", b""])
out.send_multipart([b"x"] * 1000)
out.send_multipart([b"a", b"<IDS|MSG>", b"s"] + [b"[" * 100_000] * 4)
"""
    page.run(forged)
    assert page.run("1 + 1") == "2"
    assert not [m for m in page.seen if m.content.get("kilohour")]
    assert {m.type for m in page.seen} <= {
        "status",
        "execute_input",
        "execute_reply",
        "execute_result",
    }


def test_signing_out_closes_the_socket_at_once(browser: Browser, page: Page, learner: User) -> None:
    answer = browser.ask("POST", base="/account/logout/")
    assert answer.status == 302
    assert page.closed_with(5) == 4401


def test_a_session_that_ends_elsewhere_closes_the_socket_soon(
    browser: Browser, kernel: dict[str, Any], learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "SESSION_CHECK_SECONDS", 0.3)
    with browser.open(kernel["id"]) as page:
        assert page.run("1 + 1") == "2"
        learner.is_active = False
        learner.save()
        assert page.closed_with(5) == 4401


def test_idle_kernels_are_stopped(browser: Browser, page: Page, settings: Any) -> None:
    settings.LIVE_IDLE_SECONDS = 1
    assert page.closed_with() == 4408
    assert_ended("idle")


def test_a_run_that_asks_the_learner_keeps_no_kernel_alive(page: Page, settings: Any) -> None:
    page.execute("input('who?')")
    page.until(lambda message: message.type == "input_request")
    settings.LIVE_IDLE_SECONDS = 1
    assert page.closed_with() == 4408
    assert_ended("idle")


def test_kernels_without_a_page_are_stopped_sooner(
    browser: Browser, kernel: dict[str, Any], settings: Any
) -> None:
    settings.LIVE_ALONE_SECONDS = 1
    deadline = time.monotonic() + 10
    while browser.ask("GET", f"/{kernel['id']}").status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert_ended("alone")


def assert_ended(reason: str) -> None:
    deadline = time.monotonic() + 5
    while LiveKernel.objects.filter(state="running").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [row.reason for row in LiveKernel.objects.all()] == [reason]


def test_ending_it_tells_its_pages(browser: Browser, kernel: dict[str, Any], page: Page) -> None:
    assert browser.ask("DELETE", f"/{kernel['id']}").status == 204
    assert page.closed_with() == 4404
    assert_ended("learner")


def test_files_go_in_and_out(browser: Browser, kernel: dict[str, Any], page: Page) -> None:
    base = f"/{kernel['id']}/files"
    assert browser.ask("PUT", f"{base}/mine/a%20b.bin", bytes(range(256))).status == 204
    assert page.run("len(open('mine/a b.bin', 'rb').read())") == "256"
    listed = {entry["path"]: entry["size"] for entry in browser.ask("GET", base).json}
    assert listed["mine/a b.bin"] == 256
    answer = browser.ask("GET", f"{base}/mine/a%20b.bin")
    assert answer.body == bytes(range(256))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert browser.ask("GET", f"{base}/none").status == 404
    assert browser.ask("PUT", f"{base}/../../up", b"x").status in (400, 404)
    assert browser.ask("PUT", f"{base}/big", b"x" * (5 * 1024 * 1024 + 1)).status == 413


def test_rows_of_a_process_that_is_gone_are_ended(learner: User, exercise: Any) -> None:
    from uuid import uuid4

    from workbench.live.records import end_lost, record_start

    record_start(public_id=uuid4(), learner_id=learner.pk, exercise_id=exercise.pk)
    assert end_lost() == 1
    assert_ended("lost")
