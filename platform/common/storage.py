"""Static files as the product hands them out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# A style sheet's imports, one a line; in development the browser follows them itself.
_IMPORT = re.compile(r'^@import url\("(?P<path>[^"]+\.css)"\);$', re.MULTILINE)
_ADDRESS = re.compile(r"\burl\(\s*[\"']?(?!data:|#)")


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, with each style sheet that imports others made whole.

    Each one that a page names costs it time, even when the browser has it.
    """

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            sheets = [name for name in paths if name.endswith(".css")]
            # Django reads what it is to hash from there.
            paths = paths | {name: (self, name) for name in sheets if self._make_whole(name)}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _make_whole(self, name: str) -> bool:
        """Whether it was not before."""
        text = _read(name)
        whole = whole_style_sheet(name, text)
        if whole == text:
            return False
        self.delete(name)
        self._save(name, ContentFile(whole.encode()))
        return True


def whole_style_sheet(name: str, text: str) -> str:
    """``text``, the style sheet at ``name``, with what it imports in the imports' places.

    Raises:
        ValueError: an import is missing, or has addresses that would mean something else from here.
    """

    def read(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), found["path"]))
        imported = _read(path)
        has_addresses = _ADDRESS.search(_IMPORT.sub("", imported))
        if has_addresses and posixpath.dirname(path) != posixpath.dirname(name):
            raise ValueError(f"{path}, imported by {name}, has addresses relative to its folder")
        return whole_style_sheet(path, imported).rstrip("\n")

    return _IMPORT.sub(read, text)


def _read(name: str) -> str:
    """The source: what was collected may be whole already."""
    path = finders.find(name)
    if not path:
        raise ValueError(f"there is no style sheet {name}")
    with open(path, encoding="utf-8") as file:
        return file.read()
