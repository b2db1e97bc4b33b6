"""A kernel for a learner at work: everything that a notebook page asks of one, with a real kernel host."""

import re

import pytest

from tests.grader.kernels.live_talk import live

pytestmark = pytest.mark.kernels
ECHO = """
import comm
def opened(it, message):
    @it.on_msg
    def answer(message): it.send({"twice": 2 * message["content"]["data"]["x"]})
get_ipython().kernel.comm_manager.register_target("echo", opened)
"""


@pytest.fixture(scope="module")
def talk(host):
    with live(host) as talk:
        yield talk


class TestBeginning:
    def test_public_files_and_the_import_guard_are_there(self, host):
        data = {"points.csv": b"x,y\n1,2\n", "deeper/empty": b"", "big.bin": b"7" * 300_000}
        rules = {"forbidden_imports": ["sklearn"], "instead": {"sklearn": "Use NumPy."}}
        with live(host, data=data, rules=rules) as talk:
            code = (
                "import os; print(open('data/points.csv').read(), os.path.getsize('data/big.bin'))"
            )
            assert talk.printed(code) == "x,y\n1,2\n 300000\n"
            refused = talk.run("import sklearn")
            assert refused["evalue"] == "this exercise asks you to do without sklearn. Use NumPy."
            assert [entry.path for entry in talk.kernel.list_files()] == [
                f"data/{name}" for name in sorted(data)
            ]

    def test_every_kernel_is_fresh_and_has_a_key_of_its_own(self, host):
        with live(host) as first, live(host) as second:
            first.run("mine = 1\nopen('mine', 'w')")
            assert second.run("mine")["ename"] == "NameError"
            assert second.kernel.list_files() == []
            assert first.kernel.connection["key"] != second.kernel.connection["key"]
            assert first.kernel.connection["ip"] != second.kernel.connection["ip"]


class TestAsInJupyter:
    def test_the_last_value_is_shown(self, talk):
        outputs = talk.run("1 + 1")["outputs"]
        assert outputs[-1]["content"]["data"] == {"text/plain": "2"}

    def test_completion_knows_values(self, talk):
        talk.run("import numpy as np\ntable = {}\nx = np.zeros(3)")
        for code, expected in [("np.lin", "linspace"), ("x.", "mean"), ("table.", "items")]:
            content = talk.client.complete(code, reply=True, timeout=20)["content"]
            assert expected in content["matches"]

    def test_completion_leaves_no_files_of_its_own(self, talk):
        talk.client.complete("import ma", reply=True, timeout=20)
        assert talk.printed("import os; print(os.listdir(os.path.expanduser('~')))") == "[]\n"

    def test_inspection(self, talk):
        content = talk.client.inspect("print", reply=True, timeout=20)["content"]
        assert "Prints the values" in content["data"]["text/plain"]

    def test_is_complete(self, talk):
        number = talk.client.is_complete("for i in range(3):")
        assert talk.reply(number) == {"status": "incomplete", "indent": "    "}

    def test_history_is_of_this_session_only(self, talk):
        content = talk.client.history(reply=True, timeout=20, hist_access_type="tail", n=5)
        assert content["content"]["history"] == []

    def test_comms(self, talk):
        talk.run(ECHO)
        session, shell = talk.client.session, talk.client.shell_channel
        shell.send(session.msg("comm_open", {"comm_id": "c", "target_name": "echo", "data": {}}))
        shell.send(session.msg("comm_msg", {"comm_id": "c", "data": {"x": 21}}))
        assert talk.until("comm_msg")["content"]["data"] == {"twice": 42}

    @pytest.mark.parametrize("before", ["", "%matplotlib inline\n"])
    def test_plots_appear_below_their_cell(self, talk, before):
        code = f"{before}import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
        shown = talk.run(code)["outputs"][-1]
        assert shown["msg_type"] == "display_data"
        assert shown["content"]["data"]["image/png"].startswith("iVBOR")
        assert talk.printed("print(plt.get_fignums())") == "[]\n"

    def test_input(self, talk):
        asked = []

        def answer(message):
            asked.append(message["content"]["prompt"])
            talk.client.input("Ada")

        done = talk.run("name = input('Who? ')\nname", stdin_hook=answer)
        assert (asked, done["status"]) == (["Who? "], "ok")
        assert done["outputs"][-1]["content"]["data"]["text/plain"] == "'Ada'"

    def test_a_program_of_the_cells_prints(self, talk):
        talk.client.execute("import subprocess; subprocess.run(['echo', 'hello'])")
        # ipykernel reads it in a thread of its own, which may come after the cell's end.
        assert "hello" in talk.until("stream")["content"]["text"]


# An interrupt while the next cell is prepared, by a function outside the learner's names.
PREPARES = """
elsewhere = {"once": [1]}
exec('''
import signal
def prepare(lines):
    if once:
        once.pop()
        signal.raise_signal(signal.SIGINT)
    return lines
''', elsewhere)
get_ipython().input_transformers_post.append(elsewhere["prepare"])
"""


class TestInterrupt:
    @pytest.mark.parametrize(
        "code",
        [
            "import time; time.sleep(60)",
            "while True: pass",
            "import numpy as np\na = np.ones((200, 200))\nwhile True: a @ a",
            "input()",
            "import subprocess; subprocess.run(['sleep', '60'])",
            "import asyncio\nawait asyncio.sleep(0)\nwhile True: pass",
            "class Slow:\n    def __repr__(self):\n        while True: pass\nSlow()",
            "import threading; threading.Event().wait()",
        ],
        ids=["sleep", "loop", "numpy", "input", "program", "await", "repr", "lock"],
    )
    def test_stops_the_cell_and_keeps_the_kernel(self, talk, code):
        talk.run("kept = 1")
        number = talk.send(code)
        talk.interrupt()
        assert talk.reply(number)["ename"] == "KeyboardInterrupt"
        shown = "".join(talk.until("error")["content"]["traceback"])
        assert "----> " in shown
        assert not re.search("on_interrupt|grader|<stop>", shown)
        assert talk.printed("print(kept)") == "1\n"

    def test_cancels_what_awaits(self, talk):
        number = talk.send("import asyncio; await asyncio.sleep(60)")
        talk.interrupt()
        assert talk.reply(number)["status"] == "error"
        assert talk.printed("print(1)") == "1\n"

    def test_reaches_the_programs_that_a_cell_has_started(self, talk):
        talk.run("import subprocess, time\np = subprocess.Popen(['sleep', '60'])")
        number = talk.send("time.sleep(60)")
        talk.interrupt()
        talk.reply(number)
        assert talk.printed("print(p.wait(5))") == "-2\n"

    def test_stops_a_cell_that_has_not_begun(self, talk):
        """It comes while IPython prepares the cell: no code of the learner's runs yet."""
        talk.run(PREPARES)
        number = talk.client.execute("begun = 1\nwhile True: pass", stop_on_error=False)
        assert talk.reply(number)["ename"] == "KeyboardInterrupt"
        shown = "".join(talk.until("error")["content"]["traceback"])
        assert not re.search("grader|<stop>", shown)
        assert "NameError" in str(talk.run("begun"))

    def test_does_not_stop_the_next_cell(self, talk):
        talk.interrupt()
        assert talk.printed("print(1)") == "1\n"

    def test_never_ends_the_kernel_itself(self, talk):
        """Before, between and after cells, and while a task of the learner's goes on."""
        talk.run(
            "import asyncio, time\nasync def spin():\n    while True:\n        await asyncio.sleep(0)\n"
            "        time.sleep(0.01)\ntask = asyncio.ensure_future(spin())"
        )
        for _ in range(30):
            number = talk.client.execute("1")
            talk.interrupt()
            assert talk.reply(number)["status"] in ("ok", "error", "aborted")
        assert talk.run("1")["status"] in ("ok", "aborted")
        assert talk.kernel.fate() == ""


class TestEnd:
    @pytest.mark.parametrize(
        "code",
        ["exit()", "import os; os._exit(3)", "import os; os.abort()", "import os; os.kill(1, 9)"],
    )
    def test_by_the_learners_own_doing(self, host, code):
        with live(host) as talk:
            talk.client.execute(code)
            if "kill" in code:  # the first process of a namespace cannot be killed from inside
                assert talk.run("1")["status"] == "ok"
            else:
                assert talk.await_end() == "exit"

    def test_for_lack_of_memory(self, host):
        with live(host, memory_mb=200) as talk:
            talk.client.execute("x = []\nwhile True: x.append(bytearray(10**6))")
            assert talk.await_end() == "memory"

    def test_for_lack_of_memory_of_a_program(self, host):
        code = "import os, time\nif os.fork() == 0:\n    x = []\n    while True: x.append(bytearray(10**6))"
        with live(host, memory_mb=200) as talk:
            talk.client.execute(code)
            assert talk.await_end() == "memory"

    def test_the_connection_is_readable_then_and_not_before(self, host):
        import select

        with live(host) as talk:
            assert select.select([talk.kernel], [], [], 0.5)[0] == []
            talk.client.execute("import os; os._exit(0)")
            assert select.select([talk.kernel], [], [], 10)[0] == [talk.kernel]
