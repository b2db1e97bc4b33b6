"""Starter and solution from one source."""

import pytest

from grader.exercises import regions


def test_the_placeholder_stands_at_the_indentation_of_the_region():
    source = (
        "a = 1\nif a:\n    ### BEGIN SOLUTION\n    b = 2\n    c = 3\n    ### END SOLUTION\nd = 4"
    )
    parts = regions.split(source)
    assert parts.starter == "a = 1\nif a:\n    raise NotImplementedError\nd = 4"
    assert parts.solution == "a = 1\nif a:\n    b = 2\n    c = 3\nd = 4"


def test_a_cell_may_hold_several_regions():
    region = "### BEGIN SOLUTION\nx\n### END SOLUTION"
    assert regions.split(f"{region}\n{region}").solution == "x\nx"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("### BEGIN SOLUTION\nx", 1),
        ("x\n### END SOLUTION", 2),
        ("### BEGIN SOLUTION\nx\n### BEGIN SOLUTION\n### END SOLUTION", 3),
        ("x\n### BEGIN SOLUTION\n### END SOLUTION", 2),
    ],
)
def test_markers_that_do_not_fit_are_named_by_line(source: str, line: int):
    with pytest.raises(regions.RegionError) as raised:
        regions.split(source)
    assert raised.value.line == line
