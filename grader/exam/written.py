"""What learners write for people to read: Markdown answers, and files that the notebook leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.exam.errors import CheckFailure, NotAttempted, UnusableAnswer
from grader.exam.link import Link

MAX_CHARACTERS = 100_000
MOST_PIECES = 1_000
TEXT_PLACEHOLDER = "*Write your answer here.*"  # as grader.exercises.regions puts it


@dataclass(frozen=True, slots=True)
class Written:
    """Markdown answers by cell id, what each began as, and a sentence on every file that is asked for."""

    texts: Mapping[str, str]
    starters: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def text(self, cell: str) -> str:
        """The answer without placeholders that were left standing.

        Raises:
            NotAttempted: none of its lines is the learner's own.
            CheckFailure: it is too long to be read.
            LookupError: there is no such answer, which is a mistake of the check's.
        """
        if cell not in self.texts:
            raise LookupError(f"no Markdown answer has the id {cell!r}")
        if len(self.texts[cell]) > MAX_CHARACTERS:
            found = f"{len(self.texts[cell]):,} characters; at most {MAX_CHARACTERS:,} are read"
            raise CheckFailure(f"Your text “{cell}” has {found}")
        lines = [line for line in self.texts[cell].splitlines() if line.strip() != TEXT_PLACEHOLDER]
        given = {line.strip() for line in self.starters.get(cell, "").splitlines()}
        if all(line.strip() in given or not line.strip() for line in lines):
            raise NotAttempted(f"Your text “{cell}” is not written yet")
        return "\n".join(lines)


def written_in(job: Mapping[str, Any]) -> Written:
    """The Markdown answers of an examiner's job."""
    answers = set(job["answer_ids"])
    texts = {
        cell["id"]: _joined(cell["source"])
        for cell in job["notebook"]["cells"]
        if cell["cell_type"] == "markdown" and cell["id"] in answers
    }
    return Written(texts, job["starters"], job["exercise"].get("files", {}))


def read_file(link: Link, name: str, most_bytes: int, holds: str) -> bytes:
    """A file in the folder where the notebook ran, piece by piece; ``holds`` says what it should hold.

    Raises:
        NotAttempted: there is none.
        CheckFailure: it is too large, or cannot be read.
    """
    found = b""
    for _ in range(MOST_PIECES):
        called = f"the file “{name}”"
        said = link.ask("file", {}, (name, len(found)), called=called).value
        header, piece = said if type(said) is list and len(said) == 2 else ({}, b"")
        if type(header) is not dict or type(piece) is not bytes:
            raise UnusableAnswer(f"The file “{name}” cannot be read")
        if header.get("error") == "missing":
            asked = f". It is asked for: {holds}" if holds else ""
            raise NotAttempted(f"Your notebook wrote no file “{name}”{asked}")
        size = header.get("size")
        if "error" in header or type(size) is not int:
            raise UnusableAnswer(f"“{name}” cannot be read: it must be a plain file, no link")
        found += piece
        if max(size, len(found)) > most_bytes:
            raise CheckFailure(f"“{name}” holds {size:,} bytes; at most {most_bytes:,} are read")
        if not piece or len(found) >= size:
            if link.last is not None:
                link.last.value = found  # what messages describe when the check cannot use it
            return found
    raise UnusableAnswer(f"The file “{name}” cannot be read")


def _joined(source: str | Sequence[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
