"""Messages that lie. Run by test_libraries.py under the core environment; WIRE_CASES sets how many."""

import contextlib
import os
import resource
import time

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from grader.wire import codec, frames
from tests.grader.wire.hostile import SCRAPS, false_message, judge

CASES = int(os.environ.get("WIRE_CASES") or 400)
SECONDS = 2.0  # of the processor, for one message
MEGABYTES = 300  # for all of them
TAGS = sorted({*codec.DECODERS, *codec._MODULE_OF_TAG, "handle", "callback"})

bounded = settings(
    max_examples=CASES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def quickly(node, buffers):
    started = time.process_time()
    judge(node, buffers)
    assert time.process_time() - started < SECONDS, node


def case_lies_in_true_messages_are_declared_errors():
    @seed(1)
    @bounded
    @given(st.randoms(use_true_random=False))
    def check(random):
        quickly(*false_message(lambda end: random.randrange(end)))

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    check()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024


def case_made_up_nodes_are_declared_errors():
    scraps = (
        st.sampled_from(SCRAPS)
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=8)
    )
    keys = st.sampled_from([*"abcdfgiknmprstvz", "$"])
    nodes = st.recursive(
        scraps,
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.dictionaries(keys, inner, max_size=6)
            | st.builds(
                lambda tag, rest: {**rest, "$": tag},
                st.sampled_from(TAGS),
                st.dictionaries(keys, inner, max_size=6),
            )
        ),
        max_leaves=20,
    )

    @seed(2)
    @bounded
    @given(nodes, st.lists(st.binary(max_size=64), max_size=3))
    def check(node, buffers):
        quickly(node, [bytearray(data) for data in buffers])

    check()


def case_headers_of_any_bytes_are_declared_errors():
    pieces = st.sampled_from(
        [b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"1e999", b"NaN", b"-", b"null", b" ",
         b"9" * 1_400, b"\\ud800", b"\xff", b"\0", b'{"a":', b"1" * 300]
    )  # fmt: skip

    @seed(3)
    @bounded
    @given(st.lists(pieces | st.binary(max_size=5), max_size=40).map(b"".join))
    def check(text):
        started = time.process_time()
        with contextlib.suppress(frames.WireError):
            frames.parse_header(text)
        assert time.process_time() - started < SECONDS

    check()
