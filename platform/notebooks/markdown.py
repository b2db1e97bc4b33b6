"""Markdown with maths as HTML that is safe to show, whoever wrote it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from notebooks.highlight import highlight_python
from notebooks.sanitise import sanitise_markdown


def render_markdown(
    text: str,
    *,
    is_ours: bool = False,
    top_level: int = 1,
    pictures: Mapping[str, str] | None = None,
) -> SafeString:
    """Markdown as HTML.

    Maths between dollars becomes ``<span class="math">``, with ``data-display`` where it stands on its
    own; ``static/js/maths.js`` sets it, and it can be read as TeX without. HTML in the text is shown as
    text. Texts of the course (``is_ours``) also get ids for their headings, and pictures from our own
    addresses. ``top_level`` is the heading that ``#`` becomes; ``pictures`` maps ``attachment:`` names to
    data URLs.
    """
    markdown = _renderer(is_ours)
    env = {"pictures": pictures or {}}
    tokens = markdown.parse(text, env)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + top_level - 1)}"
    html = markdown.renderer.render(tokens, markdown.options, env)
    return sanitise_markdown(html, is_ours=is_ours)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a text's blocks; or, when ``is_apart``, the coloured code of one that stands by itself."""

    html: SafeString
    is_apart: bool = False


def render_in_parts(text: str, is_apart: Callable[[Token], bool]) -> tuple[Part, ...]:
    """A text of ours as :func:`render_markdown` renders it, in parts.

    Args:
        text: Markdown of the course, never a learner's.
        is_apart: tells of a token whether it is a fenced block to stand apart. Such a block must not lie
            inside another one, or what is before it would not be whole.
    """
    markdown = _renderer(True)
    env: dict[str, Any] = {"pictures": {}}
    return tuple(_parts(markdown, markdown.parse(text, env), env, is_apart))


def _parts(
    markdown: MarkdownIt, tokens: list[Token], env: EnvType, is_apart: Callable[[Token], bool]
) -> Iterator[Part]:
    for stands_apart, run in groupby(tokens, is_apart):
        if stands_apart:
            yield from (Part(highlight_python(one.content), is_apart=True) for one in run)
        else:
            html = markdown.renderer.render(list(run), markdown.options, env)
            yield Part(sanitise_markdown(html, is_ours=True))


@cache
def _renderer(is_ours: bool) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "highlight": _highlight})
    markdown.enable(["table", "strikethrough"])
    # Without this, data URLs of pictures would be refused; the sanitiser judges all addresses.
    markdown.validateLink = _is_link  # type: ignore[method-assign,assignment]
    markdown.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
    )
    if is_ours:
        markdown.use(anchors_plugin, min_level=1, max_level=4)
    markdown.add_render_rule("math_inline", _inline_maths)
    markdown.add_render_rule("math_inline_double", _display_maths)
    markdown.add_render_rule("math_block", _block_maths)
    markdown.add_render_rule("image", _image)
    return markdown


def _is_link(address: str) -> bool:
    scheme = address.strip().lower().partition(":")[0]
    return scheme not in ("javascript", "vbscript", "file")


def _highlight(source: str, language: str, _attributes: str) -> str:
    if language in ("python", "py", "python3"):
        return highlight_python(source)
    return ""


def _inline_maths(
    _self: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    return f'<span class="math">{escape(tokens[index].content)}</span>'


def _display_maths(
    _self: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    return f'<span class="math" data-display="">{escape(tokens[index].content.strip())}</span>'


def _block_maths(*args: Any) -> str:
    return f"<p>{_display_maths(*args)}</p>\n"


def _image(
    self: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    source = str(token.attrGet("src") or "")
    if source.startswith("attachment:"):
        token.attrSet("src", env["pictures"].get(source.removeprefix("attachment:"), ""))
    token.attrSet("alt", self.renderInlineAsText(token.children or [], options, env))
    return str(self.renderToken(tokens, index, options, env))
