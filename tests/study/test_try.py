"""Cells of a lesson as the server shows them: code to read, and a button for who is signed in."""

import json
import re

import pytest
from django.test import Client

from curriculum.models import Section
from study.services import read_lesson

ADDRESS = "/course/mathematics/linear-algebra/"
SCRIPT = "notebook/lesson.js"


def page(client: Client, address: str = ADDRESS) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_cell_stands_between_the_texts_with_its_code_unchanged() -> None:
    source = "if 1 < 2:\n    print('a & b')  # <script>\n"
    lesson = read_lesson(f"## A\n\ntext\n\n```python try\n{source}```\n\n## B\n")
    assert [part.number for part in lesson.parts] == [0, 1, 0]
    code = lesson.parts[1].html
    assert "tok-k" in code
    assert "<script" not in code
    assert (
        re.sub(r"<[^>]*>", "", code)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replace("&#39;", "'")
        == source
    )
    assert [heading.text for heading in lesson.headings] == ["A", "B"]


def test_a_heading_in_code_is_no_heading() -> None:
    lesson = read_lesson("```python try\n\"<h2 id='x'>no</h2>\"\n```\n\n## Yes\n")
    assert [heading.text for heading in lesson.headings] == ["Yes"]


def test_ids_of_headings_differ_across_parts() -> None:
    lesson = read_lesson("## Same\n\n```python try\n1\n```\n\n## Same\n")
    assert len({heading.anchor for heading in lesson.headings}) == 2


@pytest.mark.usefixtures("course")
class TestPage:
    def test_strangers_read_the_code_and_may_sign_in(self, client: Client) -> None:
        text = page(client)
        assert text.count("data-try ") == 4
        assert "data-try-start" not in text
        assert "lesson-data" not in text
        assert SCRIPT not in text
        assert f"/account/login/?next={ADDRESS}%23try-2" in text
        assert "unsafe-inline" not in client.get(ADDRESS)["Content-Security-Policy"]

    def test_learners_get_buttons_that_wait_for_the_script(self, signed_in: Client) -> None:
        text = page(signed_in)
        assert len(re.findall(r"data-try-start hidden>", text)) == 4
        assert SCRIPT in text
        assert not re.search(r'src="[^"]*notebook/nb\.', text)
        assert "csrfmiddlewaretoken" in text
        found = re.search(r'<script id="lesson-data" type="application/json">(.*?)</script>', text)
        assert found
        boot = json.loads(found[1])
        assert boot["urls"]["kernel"] == "/kernel/lessons/mathematics/linear-algebra/"
        assert boot["urls"]["script"].endswith("nb.js")
        assert boot["urls"]["style"].endswith("nb.css")
        policy = signed_in.get(ADDRESS)["Content-Security-Policy"]
        directives = [directive.strip() for directive in policy.split(";")]
        assert "style-src 'self' 'unsafe-inline'" in directives
        assert "script-src 'self'" in directives

    def test_a_section_without_cells_loads_nothing_more(self, signed_in: Client) -> None:
        address = "/course/mathematics/calculus/"
        assert SCRIPT not in page(signed_in, address)
        assert "unsafe-inline" not in signed_in.get(address)["Content-Security-Policy"]

    def test_nothing_in_the_text_can_pass_for_a_cell(self, signed_in: Client) -> None:
        section = Section.objects.get(slug="linear-algebra")
        section.lesson = (
            '<div class="try" data-try><pre>evil()</pre></div>\n\n'
            "> ```python try\n> evil()\n> ```\n\n"
            '[a](/x "data-try")\n'
        )
        section.save()
        text = page(signed_in)
        assert "data-try " not in text
        assert "data-try>" not in text
        assert SCRIPT not in text
