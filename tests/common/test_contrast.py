"""The colours of the design carry their text: WCAG 2.2 AA, in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
TEXT, EDGE = 4.5, 3.0

PAIRS = [
    *[("ink", under, TEXT) for under in ["paper", "sheet", "well", "hours-wash"]],
    *[("ink-soft", under, TEXT) for under in ["paper", "sheet", "well"]],
    *[("accent", under, TEXT) for under in ["paper", "sheet", "well"]],
    *[("accent-strong", under, TEXT) for under in ["paper", "sheet", "accent-wash"]],
    *[("on-accent", under, TEXT) for under in ["accent", "accent-strong"]],
    *[("hours-ink", under, TEXT) for under in ["paper", "sheet", "hours-wash"]],
    *[
        (tone, under, TEXT)
        for tone in ["pass", "fail", "warn"]
        for under in ["paper", "sheet", f"{tone}-wash"]
    ],
    *[
        ("ink", wash, TEXT)
        for wash in ["accent-wash", "pass-wash", "fail-wash", "warn-wash", "hours-wash"]
    ],
    *[("line-strong", under, EDGE) for under in ["paper", "sheet"]],
    *[("focus", under, EDGE) for under in ["paper", "sheet", "well"]],
]


def tokens() -> dict[str, tuple[str, str]]:
    pattern = r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {name: (light, dark) for name, light, dark in re.findall(pattern, TOKENS.read_text())}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("over", "under", "least"), PAIRS)
def test_pair_has_enough_contrast(over: str, under: str, least: float, theme: str) -> None:
    index = ["light", "dark"].index(theme)
    known = tokens()
    assert contrast(known[over][index], known[under][index]) >= least


def test_black_on_white_is_the_known_extreme() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
