"""The files of a live session: through the kernel's own side, whatever it runs, and whoever answers there."""

import os
import socket
import threading
import time

import pytest

from grader.kernels.live import (
    FileEntry,
    LiveBusyError,
    LiveFileError,
    LiveGoneError,
    LiveKernel,
)
from grader.wire import packets
from tests.grader.kernels.live_talk import live


@pytest.fixture(scope="module")
def talk(host):
    with live(host) as talk:
        yield talk


@pytest.mark.kernels
class TestFiles:
    @pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 5_000_000])
    def test_what_is_written_is_read(self, talk, size):
        content = os.urandom(size)
        talk.kernel.write_file("a folder/ä.bin", content)
        assert talk.kernel.read_file("a folder/ä.bin", 5_000_000) == content
        seen = talk.printed("import os; print(os.path.getsize('a folder/ä.bin'))")
        assert seen == f"{size}\n"
        entry = next(e for e in talk.kernel.list_files() if e.path == "a folder/ä.bin")
        assert entry.size == size
        assert abs(entry.modified_at - time.time()) < 60

    def test_a_file_is_replaced_as_a_whole(self, talk):
        talk.kernel.write_file("notes.txt", b"a long first version")
        talk.kernel.write_file("notes.txt", b"short")
        assert talk.kernel.read_file("notes.txt", 100) == b"short"
        assert not [e for e in talk.kernel.list_files() if "part" in e.path]

    def test_too_large_to_be_read(self, talk):
        talk.kernel.write_file("large", b"x" * 1000)
        with pytest.raises(LiveFileError, match="too-large"):
            talk.kernel.read_file("large", 999)

    def test_missing(self, talk):
        with pytest.raises(LiveFileError, match="missing"):
            talk.kernel.read_file("nowhere/nothing", 1)

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "/etc/passwd",
            "../x",
            "a/../x",
            "./x",
            "a//b",
            ".hidden",
            "a\nb",
            "x" * 300,
            "a/" * 20 + "b",
        ],
    )
    def test_no_plain_path(self, talk, path):
        with pytest.raises(LiveFileError, match="refused"):
            talk.kernel.read_file(path, 1)
        with pytest.raises(LiveFileError, match="refused"):
            talk.kernel.write_file(path, b"")

    def test_links_pipes_and_folders_are_no_files(self, talk):
        talk.run(
            "import os\nos.symlink('/etc', 'away')\nos.symlink('/etc/passwd', 'link')\nos.mkfifo('pipe')\n"
            "os.mkdir('empty')"
        )
        assert not {e.path for e in talk.kernel.list_files()} & {"away", "link", "pipe", "empty"}
        for path in ("away/passwd", "link", "pipe", "empty"):
            with pytest.raises(LiveFileError, match="refused"):
                talk.kernel.read_file(path, 1000)
        with pytest.raises(LiveFileError, match="refused"):
            talk.kernel.write_file("away/x", b"")
        talk.kernel.write_file("link", b"a file of its own")
        assert "learner" in talk.printed("print(open('/etc/passwd').read())")

    def test_no_more_than_a_thousand_are_listed(self, host):
        with live(host) as talk:
            talk.run("for n in range(1500): open(f'{n:04}', 'w').close()")
            assert len(talk.kernel.list_files()) == 1000

    def test_no_room(self, host):
        with live(host, memory_mb=1024) as talk:
            talk.run(
                "import os\nos.posix_fallocate(os.open('big', os.O_RDWR | os.O_CREAT), 0, 255 << 20)"
            )
            with pytest.raises(LiveFileError, match="full"):
                talk.kernel.write_file("more", bytes(5 << 20))
            assert [entry.path for entry in talk.kernel.list_files()] == ["big"]

    def test_served_beside_a_running_cell(self, talk):
        talk.kernel.write_file("beside", b"x" * 1_000_000)
        number = talk.send("while True: pass")
        assert len(talk.kernel.read_file("beside", 1_000_000)) == 1_000_000
        talk.interrupt()
        talk.reply(number)

    def test_a_cell_that_lets_nothing_else_run_makes_it_busy_for_a_while(self, talk):
        talk.kernel.write_file("mine", b"content")
        number = talk.send("import ctypes; ctypes.PyDLL(None).sleep(4)")
        with pytest.raises(LiveBusyError):
            talk.kernel.list_files()
        talk.reply(number)
        # The answer that came too late is not taken for this one.
        assert talk.kernel.read_file("mine", 100) == b"content"

    def test_gone_with_the_kernel(self, host):
        with live(host) as talk:
            talk.client.execute("import os; os._exit(0)")
            talk.await_end()
            with pytest.raises(LiveGoneError):
                talk.kernel.list_files()


class Hostile:
    """The other end of a kernel's line, which answers whatever it likes."""

    def __init__(self, tmp_path, answer):
        ours, self._line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.kernel = LiveKernel(order, ours, tmp_path, "core")
        self._answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                header, _ = packets.receive(self._line)
                self._answer(self._line, header)
            except (packets.WireError, OSError):
                return


class TestHostileAnswers:
    def test_entries_that_make_no_sense_are_left_out(self, tmp_path):
        good = ["a/b", 3, 1.5]
        files = [
            good, ["../x", 1, 1], ["/x", 1, 1], [1, 1, 1], ["x", 1], "x", None, ["y", 1, 10**400],
            ["z", 1, "soon"], ["c\u0000d", 1, 1], ["huge", 10**30, -5.0], ["odd", {}, 1e300], [],
        ]  # fmt: skip

        def answer(line, header):
            packets.send(line, {"id": header["id"], "files": files, "of": len(files)})

        assert Hostile(tmp_path, answer).kernel.list_files() == [
            FileEntry("a/b", 3, 1.5),
            FileEntry("huge", 256 << 20, 0.0),
            FileEntry("odd", 0, 253_402_300_799.0),
        ]

    def test_a_list_without_an_end_ends(self, tmp_path):
        def answer(line, header):
            page = [[f"{header['from']}-{n}", 1, 1] for n in range(500)]
            packets.send(line, {"id": header["id"], "files": page})

        assert len(Hostile(tmp_path, answer).kernel.list_files()) == 1000

    def test_a_file_without_an_end_ends(self, tmp_path):
        def answer(line, header):
            packets.send(line, {"id": header["id"], "size": 1}, bytes(65_536))

        with pytest.raises(LiveFileError, match="too-large"):
            Hostile(tmp_path, answer).kernel.read_file("x", 1_000_000)

    def test_an_error_is_one_of_the_known(self, tmp_path):
        def answer(line, header):
            packets.send(line, {"id": header["id"], "error": "<script>"})

        with pytest.raises(LiveFileError, match=r"^refused$"):
            Hostile(tmp_path, answer).kernel.read_file("x", 1)

    @pytest.mark.parametrize(
        "packet", [b"x", b"\xff" * 100, b"\0\0\0\x02[]", b'\0\0\0\x09{"id": 1', b"\0" * 200_000]
    )
    def test_nonsense_is_as_good_as_gone(self, tmp_path, packet):
        kernel = Hostile(tmp_path, lambda line, header: line.send(packet)).kernel
        with pytest.raises(LiveGoneError):
            kernel.list_files()

    def test_a_flood_of_other_answers_is_no_answer(self, tmp_path):
        def answer(line, header):
            end = time.monotonic() + 4
            while time.monotonic() < end:
                packets.send(line, {"id": -1})

        with pytest.raises(LiveBusyError):  # when the flood has ended, it would be gone
            Hostile(tmp_path, answer).kernel.list_files()
