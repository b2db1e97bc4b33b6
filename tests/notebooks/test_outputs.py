"""Outputs from a browser: what is kept of them, whatever they are."""

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooks.outputs import OUTPUTS, read_count, read_outputs

PLAIN = {"text/plain": "7"}


def kept(output: Any) -> Any:
    read = read_outputs([output])
    return read[0] if read else None


def test_the_four_types_are_kept_as_nbformat_has_them() -> None:
    given = [
        {"output_type": "stream", "name": "stderr", "text": "hm\n"},
        {"output_type": "display_data", "data": PLAIN, "metadata": {}},
        {"output_type": "execute_result", "data": PLAIN, "metadata": {}, "execution_count": 3},
        {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": ["a", "b"]},
    ]
    assert read_outputs(given) == given


def test_what_nobody_needs_is_left_out() -> None:
    output = {
        "output_type": "display_data",
        "data": {"image/png": "aGk=", "text/plain": ["a", "b"], "no type": "x", "text/html": 7},
        "metadata": {"image/png": {"width": 4, "height": "5", "more": 1}, "kilohour": {}},
        "transient": {"display_id": "1"},
        "secret": 1,
    }
    assert kept(output) == {
        "output_type": "display_data",
        "data": {"image/png": "aGk=", "text/plain": "ab"},
        "metadata": {"image/png": {"width": 4}},
    }


def test_json_stays_json_and_becomes_storable() -> None:
    view = {"model_id": "a\0b", "version_major": 2, "deep": [[float("nan")]]}
    data = {"application/vnd.jupyter.widget-view+json": view}
    output = kept({"output_type": "display_data", "data": data, "metadata": {}})
    shown = output["data"]["application/vnd.jupyter.widget-view+json"]
    assert shown == {"model_id": "a�b", "version_major": 2, "deep": [[None]]}


@pytest.mark.parametrize(
    "output",
    [
        None,
        7,
        [],
        {},
        {"output_type": "update_display_data", "data": PLAIN},
        {"output_type": ["stream"], "text": "x"},
        {"output_type": {}, "text": "x"},
        {"output_type": "stream", "text": ""},
        {"output_type": "stream", "text": 7},
        {"output_type": "display_data", "data": []},
        {"output_type": "display_data", "data": {}},
    ],
)
def test_what_is_no_output_is_left_out(output: Any) -> None:
    assert kept(output) is None


def test_there_is_an_end_to_how_many() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "x"}
    assert len(read_outputs([stream] * (OUTPUTS + 1))) == OUTPUTS


@pytest.mark.parametrize("value", [-1, 2**31, True, "3", 3.0, None])
def test_a_count_is_a_whole_number_of_31_bits(value: Any) -> None:
    assert read_count(value) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KINDS = ["stream", "display_data", "execute_result", "error"]
HOSTILE = st.fixed_dictionaries(
    {"output_type": st.sampled_from(KINDS)},
    optional={
        "name": VALUES,
        "text": VALUES,
        "data": st.dictionaries(
            st.sampled_from(["text/plain", "image/png", "application/json", "a/b+json", "x"]),
            VALUES,
        ),
        "metadata": VALUES,
        "execution_count": VALUES,
        "ename": VALUES,
        "evalue": VALUES,
        "traceback": VALUES,
    },
)


@given(st.lists(HOSTILE, max_size=4))
def test_whatever_comes_what_is_kept_is_valid(outputs: list[Any]) -> None:
    read = read_outputs(outputs)
    cell = nbformat.v4.new_code_cell("1", id="a", outputs=nbformat.from_dict(read))
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    assert "\\u0000" not in json.dumps(read)
    assert read_outputs(read) == read
