"""Source code and terminal text as HTML with classes; ``static/css/code.css`` colours them."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from nbconvert.filters.ansi import ansi2html, strip_ansi
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

# Beyond this, colours are not worth their time.
HIGHLIGHTED = 50_000
# Terminal links, titles and the like; nbconvert only knows colours and cursor movements.
_OPERATING_SYSTEM_COMMAND = re.compile(r"\x1b\].*?(?:\x07|\x1b\\|$)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
# Of 256 and 16 million colours nothing is left: our policy allows no inline styles.
_STYLE = re.compile(r' style="[^"<>]*"(?=>)')
_FORMATTER = HtmlFormatter(nowrap=True, classprefix="tok-")
_LEXER = PythonLexer(ensurenl=False, stripnl=False)


def highlight_python(source: str) -> SafeString:
    """Python as spans of class ``tok-…``."""
    if len(source) > HIGHLIGHTED:
        return escape(source)
    return mark_safe(highlight(source, _LEXER, _FORMATTER))


def render_terminal(text: str) -> SafeString:
    """Text for a terminal: overprinting applied, colours as spans of class ``ansi-…``."""
    text = _OPERATING_SYSTEM_COMMAND.sub("", text)
    text = _CONTROL.sub("", overprint(text))
    try:
        coloured = ansi2html(text)
    except (IndexError, ValueError):  # a colour that is none, such as 38 without the rest of it
        return escape(strip_ansi(text))
    return mark_safe(_STYLE.sub("", coloured))


def overprint(text: str) -> str:
    """What is left to see after carriage returns and backspaces, as of a progress bar."""
    if "\b" in text:
        text = _step_back(text)
    if "\r" not in text:
        return text
    return "\n".join(_overprint_line(line) for line in text.replace("\r\n", "\n").split("\n"))


def _step_back(text: str) -> str:
    """A backspace takes the character before it, within its line."""
    left: list[str] = []
    for character in text:
        if character != "\b":
            left.append(character)
        elif left and left[-1] not in "\n\r":
            left.pop()
    return "".join(left)


def _overprint_line(line: str) -> str:
    """The last print lies on top; of each below it only what sticks out is seen."""
    seen, width = [], 0
    for part in reversed(line.split("\r")):
        if len(part) > width:
            seen.append(part[width:])
            width = len(part)
    return "".join(seen)
