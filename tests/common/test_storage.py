"""Style sheets that import others are handed out whole."""

from pathlib import Path

import pytest
from django.core.management import call_command

from common.storage import whole_style_sheet

BACKEND = {"staticfiles": {"BACKEND": "common.storage.StaticFilesStorage"}}


def test_collected_bundles_hold_what_they_import(settings, tmp_path: Path) -> None:
    settings.STORAGES = {**settings.STORAGES, **BACKEND}
    settings.STATIC_ROOT = tmp_path
    for _ in range(2):  # a second time, what was made whole is there already
        call_command("collectstatic", interactive=False, verbosity=0)
        (site,) = tmp_path.glob("css/site.*.css")
        (exercise,) = tmp_path.glob("css/exercise.*.css")
        for sheet, parts in (
            (site, ("--paper:", ".skip-link")),
            (exercise, (".nb-cell", ".cell-tag")),
        ):
            text = sheet.read_text()
            assert "@import" not in text
            assert all(part in text for part in parts)


def sources(settings, folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".css").write_text(text)
    settings.STATICFILES_DIRS = [folder]


@pytest.fixture
def imported(settings, tmp_path: Path):
    from django.contrib.staticfiles import finders

    def make(**texts: str) -> str:
        sources(settings, tmp_path, **texts)
        finders.get_finder.cache_clear()
        return whole_style_sheet("a.css", (tmp_path / "a.css").read_text())

    yield make
    finders.get_finder.cache_clear()


def test_imports_of_imports_stand_in_their_places(imported) -> None:
    text = imported(
        a='/* a */\n@import url("b__c.css");\n.a {}\n'.replace("__", "/"),
        b__c='@import url("../d.css");\n.c {}\n',
        d=".d { background: url(data:x) }\n",
    )
    assert text == "/* a */\n.d { background: url(data:x) }\n.c {}\n.a {}\n"


def test_what_would_mean_something_else_is_refused(imported) -> None:
    with pytest.raises(ValueError, match="addresses relative to its folder"):
        imported(a='@import url("b/c.css");\n', b__c=".c { background: url(x.png) }\n")
    with pytest.raises(ValueError, match=r"no style sheet missing\.css"):
        imported(a='@import url("missing.css");\n')
