"""What a cell printed, joined. Run by test_exam.py under the core environment."""

import time

from grader.exam.streams import join_streams, overwrite


def stream(name, text):
    return {"output_type": "stream", "name": name, "text": text}


def case_pieces_of_a_stream_become_one_and_stdout_comes_first():
    outputs = [stream("stderr", "a"), stream("stdout", "b"), stream("stderr", "c")]
    assert join_streams(outputs) == [stream("stdout", "b"), stream("stderr", "ac")]


def case_a_piece_may_be_a_list_and_what_is_no_text_is_left_out():
    outputs = [stream("stdout", ["a", 1, "b"]), stream("stdout", "c"), stream("stdout", {"d": 1})]
    assert join_streams(outputs) == [stream("stdout", "abc")]


def case_other_outputs_stay_where_they_are():
    figure = {"output_type": "display_data", "data": {}}
    outputs = [stream("stdout", "a"), figure, stream("stdout", "b")]
    assert join_streams(outputs) == [stream("stdout", "ab"), figure]


def case_a_carriage_return_begins_the_line_anew():
    assert overwrite("10 %\r50 %\r100 %\ndone\n") == "100 %\ndone\n"
    assert overwrite("kept\r\nnext") == "kept\r\nnext"


def case_one_very_long_line_takes_no_time():
    started = time.process_time()
    overwrite("x" * (1 << 20) + "\r" + "y" * (1 << 20))
    assert time.process_time() - started < 1
