"""What pages work out from the course: lessons, neighbours, what no week names."""

from study.services import find_neighbours, read_lesson

LESSON = """\
## Maps & *spaces*

Text with $x < y$.

### A smaller heading

## Maps & *spaces*

#### Too small to list

<script>alert(1)</script>
"""


def test_a_lesson_lists_its_headings_as_plain_text() -> None:
    lesson = read_lesson(LESSON)
    found = [(heading.level, heading.text) for heading in lesson.headings]
    assert found == [(2, "Maps & spaces"), (3, "A smaller heading"), (2, "Maps & spaces")]
    anchors = [heading.anchor for heading in lesson.headings]
    assert len(set(anchors)) == 3
    assert all(f'id="{anchor}"' in lesson.parts[0].html for anchor in anchors)


def test_a_lesson_is_clean() -> None:
    (part,) = read_lesson(LESSON).parts
    assert "<script" not in part.html
    assert '<span class="math">x &lt; y</span>' in part.html


def test_neighbours_end_at_the_ends() -> None:
    assert find_neighbours("abc", "a") == (None, "b")
    assert find_neighbours("abc", "b") == ("a", "c")
    assert find_neighbours("abc", "c") == ("b", None)
