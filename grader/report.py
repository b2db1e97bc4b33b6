"""The one result of a grading, as plain values that cross processes as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from grader.errors import RunLostError
from grader.verdict import Verdict

REPORT_FORMAT = 1


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found.

    ``about`` names the function or the cell that the check concerns; ``example`` is a small input that
    shows the failure, as text; ``seconds`` is wall time.
    """

    title: str
    about: str
    points: float
    max_points: float
    verdict: Verdict
    message: str = ""
    example: str = ""
    hints: tuple[str, ...] = ()
    visible: bool = True
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CellResult:
    """How one cell of the notebook ran. ``seconds`` is wall time."""

    id: str
    verdict: Verdict
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a grading says, and all that is needed to do it again.

    ``phases`` maps a phase's name to wall seconds; ``notebook`` is the executed notebook (nbformat 4.5
    as plain data, outputs not sanitised: whoever shows it must do that); ``notes`` are sentences for the
    learner about what was cut or ignored; ``author_errors`` are tracebacks of checks that crashed, for the
    exercise's author and never for a learner.
    """

    exercise: str
    exercise_digest: str
    environment: str
    environment_digest: str
    seed: int
    verdict: Verdict
    points: float
    max_points: float
    checks: tuple[CheckResult, ...] = ()
    cells: tuple[CellResult, ...] = ()
    notes: tuple[str, ...] = ()
    phases: Mapping[str, float] = field(default_factory=dict)
    notebook: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    author_errors: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """Share of the points, 0 to 1."""
        return self.points / self.max_points if self.max_points else 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain data, ready for :func:`json.dumps`."""
        return {"format": REPORT_FORMAT, "score": self.score, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """Rebuild a report from plain data.

        Raises:
            RunLostError: the data is not a report.
        """
        try:
            if data["format"] != REPORT_FORMAT:
                raise ValueError(f"format {data['format']!r}")
            fields = {name: data[name] for name in cls.__dataclass_fields__}
            fields["verdict"] = Verdict(fields["verdict"])
            fields["checks"] = tuple(_check(item) for item in fields["checks"])
            fields["cells"] = tuple(_cell(item) for item in fields["cells"])
            for name in ("notes", "author_errors"):
                fields[name] = tuple(str(text) for text in fields[name])
            return cls(**fields)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunLostError(f"what came back is not a report: {error!r}") from error


def _check(item: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        **{**item, "verdict": Verdict(item["verdict"]), "hints": tuple(item["hints"])}
    )


def _cell(item: Mapping[str, Any]) -> CellResult:
    return CellResult(**{**item, "verdict": Verdict(item["verdict"])})
