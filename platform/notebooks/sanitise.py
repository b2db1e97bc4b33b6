"""What HTML from outside may be on our pages: one allow-list, no script, no style, no request elsewhere."""

import re
from collections.abc import Callable
from typing import Literal

import nh3
from django.utils.safestring import SafeString, mark_safe

IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+\Z")
Rule = Callable[[str, str, str], str | None]  # tag, attribute, value → value or nothing

_TAGS = """
a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp
small span strong sub sup table caption colgroup col thead tbody tfoot tr th td u ul var details summary
"""
# Tags whose content is no text either.
_DROPPED_WHOLE = "script style template iframe object noscript title svg math"
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
# What the cleaner leaves of pictures whose address was refused, and of those that nobody described.
_NO_PICTURE = re.compile(r'<img(?: (?:alt|title|width|height)="[^"]*")*>')
_PICTURE_WITHOUT_ALT = re.compile(r'<img (?!(?:[a-z]+="[^"]*" )*alt=)')
LINKS = {"http", "https", "mailto"}


def sanitise_output(html: str) -> SafeString:
    """HTML that a learner's code made. Pictures only as data URLs: looking at it asks nobody anything."""
    return _clean(html, ATTRIBUTES, _only_own_pictures, "deny")


def sanitise_markdown(html: str, *, is_ours: bool = False) -> SafeString:
    """HTML that our Markdown renderer made: as above, with its marks for code and maths.

    In texts of ours headings keep their ids, and pictures may come from our own addresses.
    """
    attributes = {
        **ATTRIBUTES,
        "span": {"class", "data-display"},
        "code": {"class"},
        "th": {*ATTRIBUTES["th"], "class"},
        "td": {*ATTRIBUTES["td"], "class"},
    }
    if is_ours:
        attributes |= {f"h{level}": {"id"} for level in range(1, 7)}
    rule = _only_known_marks_and_our_pictures if is_ours else _only_known_marks
    return _clean(html, attributes, rule, "pass_through")


def _clean(
    html: str,
    attributes: dict[str, set[str]],
    rule: Rule,
    relative: Literal["deny", "pass_through"],
) -> SafeString:
    clean = nh3.clean(
        html,
        tags=set(_TAGS.split()),
        attributes=attributes,
        attribute_filter=rule,
        clean_content_tags=set(_DROPPED_WHOLE.split()),
        url_schemes={*LINKS, "data"},
        url_relative=relative,
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(_PICTURE_WITHOUT_ALT.sub('<img alt="" ', _NO_PICTURE.sub("", clean)))


def _only_own_pictures(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if IMAGE.match(value) else None
    if name == "href":
        return None if value.lstrip().lower().startswith("data:") else value
    if name in ("width", "height", "colspan", "rowspan", "start"):
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    return value


def _only_known_marks(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        known = [word for word in value.split() if word == "math" or _is_code_class(word)]
        return " ".join(known) or None
    return _only_own_pictures(tag, name, value)


def _only_known_marks_and_our_pictures(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src") and re.match(r"/(?!/)", value):
        return value
    return _only_known_marks(tag, name, value)


def _is_code_class(word: str) -> bool:
    return re.fullmatch(r"(tok|language|align|ansi)-[a-z0-9-]+", word) is not None
