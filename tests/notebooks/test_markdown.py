"""Markdown in parts; and that what learners write never holds such a part."""

from html.parser import HTMLParser

import pytest

from notebooks.markdown import render_in_parts, render_markdown

FENCED = "```python try\nprint(1)\n```\n"
HOSTILE = [
    FENCED,
    '<div class="try" id="try-1" data-try hx-disable><pre><code>evil()</code></pre></div>',
    "~~~python try data-try data-try-start\nevil()\n~~~",
    '```"><div data-try>\nevil()\n```',
    '![x](data:image/png;base64,AAAA "data-try")',
    '# <script id="lesson-data">{}</script>',
]


def test_blocks_that_stand_apart_split_the_text() -> None:
    parts = render_in_parts(
        f"# A\n\n{FENCED}\n{FENCED}\n[b][link]\n\n[link]: /c\n",
        lambda token: token.info == "python try",
    )
    assert [part.is_apart for part in parts] == [False, True, True, False]
    assert "tok-nb" in parts[1].html
    assert 'href="/c"' in parts[3].html


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("is_ours", [False, True])
def test_text_makes_no_cell_to_try(text: str, is_ours: bool) -> None:
    for tag, attributes in Tags(render_markdown(text, is_ours=is_ours)).found:
        assert tag not in ("div", "button", "script")
        assert not [name for name in attributes if name.startswith(("data-try", "hx-"))]
        assert "try" not in (attributes.get("class") or "").split()
        assert not (attributes.get("id") or "").startswith("try-")
