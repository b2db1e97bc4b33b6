"""Pages run no script and no style but those in files of ours, and escape what they show."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Who may call text safe, and why that is so.
MAY_CALL_TEXT_SAFE = {
    "platform/notebooks/render.py": "it joins what those two give",
    "templates/components/field.html": "help texts are Django's and ours, some are lists",
    "platform/notebooks/sanitise.py": "it is the sanitiser",
    "platform/notebooks/highlight.py": "Pygments escapes the code that it colours",
}
SAFE_CALLS = {"mark_safe", "SafeString", "SafeText"}
FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/json)",
    "inline style sheet": r"<style\b",
    "style attribute": r"<[^>{%]*\sstyle\s*=",
    "event attribute": r"<[^>]*\son[a-z]+\s*=",
    "script address": r"javascript:",
    "hx-on attribute": r"\bhx-on[:\w-]*\s*=",
    "text called safe": r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\s+off",
    "asset from elsewhere": r"<(?:script|link|img)[^>]*(?:src|href)=[\"'](?:https?:)?//",
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_keeps_to_the_content_security_policy(template: Path) -> None:
    text = re.sub(
        r"{#.*?#}|{% comment.*?endcomment %}", "", template.read_text("utf-8"), flags=re.S
    )
    found = {
        what: re.findall(bad, text)[:1] for what, bad in FORBIDDEN.items() if re.search(bad, text)
    }
    if str(template.relative_to(ROOT)) in MAY_CALL_TEXT_SAFE:
        found.pop("text called safe", None)
    assert found == {}


def test_only_named_modules_call_text_safe() -> None:
    users = set()
    for path in [*(ROOT / "platform").rglob("*.py"), *(ROOT / "curriculum").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in SAFE_CALLS:
                users.add(str(path.relative_to(ROOT)))
    assert users - set(MAY_CALL_TEXT_SAFE) == set()


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))
