"""``exercise.yaml``: its fields, and how any YAML file of the course becomes a checked value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from grader.exercises.diagnostics import Problems
from grader.sandbox.policy import load_policy

ExerciseKind = Literal["exercise", "project", "writing"]

DATA_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_SIGNATURE = re.compile(r"class [A-Za-z_]\w*|[A-Za-z_]\w*(\.[A-Za-z_]\w*)?\([^()]*\)")

POLICY = load_policy()

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Frozen, and no unknown field passes: a misspelt name is a mistake, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Limits(Strict):
    """What one grading may use. Times are wall seconds, memory is MiB."""

    cell_seconds: float = Field(
        default=POLICY.usual_cell_seconds, gt=0, le=POLICY.most_cell_seconds
    )
    total_seconds: float = Field(
        default=POLICY.usual_total_seconds, gt=0, le=POLICY.most_total_seconds
    )
    memory_mb: int = Field(
        default=POLICY.usual_memory_mb, ge=POLICY.least_memory_mb, le=POLICY.most_memory_mb
    )

    @model_validator(mode="after")
    def _total_covers_a_cell(self) -> Limits:
        if self.total_seconds < self.cell_seconds:
            raise ValueError("total_seconds must not be less than cell_seconds")
        return self


class Rules(Strict):
    """What an answer must do without, and what it must define.

    Modules are named as they are imported, calls by dotted name (``np.linalg.svd``), attributes by what
    follows the dot (``T``). ``required`` holds signatures (``svd(A)``, ``class Scaler``), ``no_loops_in``
    functions that must be vectorised, and ``instead`` says, for any of these names, what to do.
    """

    forbidden_imports: tuple[str, ...] = ()
    forbidden_calls: tuple[str, ...] = ()
    forbidden_attributes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    no_loops_in: tuple[str, ...] = ()
    instead: dict[str, str] = Field(default_factory=dict)

    @field_validator("required")
    @classmethod
    def _are_signatures(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts:
            if not _SIGNATURE.fullmatch(text) or not _is_signature(text):
                raise ValueError(f"{text!r} is no signature such as f(a, b=0), C.f(a) or class C")
        return texts

    @model_validator(mode="after")
    def _advice_belongs_to_a_rule(self) -> Rules:
        attributes = {f".{name.lstrip('.')}" for name in self.forbidden_attributes}
        ruled = {*self.forbidden_imports, *self.forbidden_calls, *self.no_loops_in} | attributes
        for name in self.instead:
            if name not in ruled:
                raise ValueError(f"instead speaks of {name}, which no rule names")
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_empty(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A rule that came later leaves the versions of exercises that do not use it as they are."""
        first = ("forbidden_imports", "forbidden_calls")
        return {name: value for name, value in write(self).items() if value or name in first}


def _is_signature(text: str) -> bool:
    if text.startswith("class "):
        return True
    try:
        compile(f"def f({text.partition('(')[2]}: pass", "signature", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


class Manifest(Strict):
    """The fields of ``exercise.yaml``.

    ``kind`` says who has the last word: the checks, or, of a project and of writing, a mentor whose review
    they prepare. ``files`` are those that the notebook must write, each with a sentence on what it holds.
    ``minutes`` is what a learner needs, ``rows`` names the sentences of the plan that the exercise serves,
    ``sources`` says where method and numbers come from, ``position`` orders exercises within a section.
    """

    kind: ExerciseKind = "exercise"
    title: str = Field(min_length=1, max_length=120)
    summary: str = Field(min_length=1, max_length=500)
    minutes: int = Field(ge=1, le=6000)
    difficulty: int = Field(ge=1, le=5)
    points: float = Field(gt=0, le=1000)
    environment: Literal["core", "deep"] = "core"
    skills: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    limits: Limits = Limits()
    attempts: int | None = Field(default=None, ge=1)
    rules: Rules = Rules()
    files: dict[str, Annotated[str, Field(min_length=1, max_length=300)]] = Field(
        default_factory=dict, max_length=20
    )
    rows: tuple[str, ...] = ()
    position: int = 0

    @field_validator("files")
    @classmethod
    def _are_written_files(cls, files: dict[str, str]) -> dict[str, str]:
        for name in files:
            if not DATA_NAME.fullmatch(name) or len(name) > 200 or name.startswith("data/"):
                raise ValueError(
                    f"{name!r} is no file to write: letters, digits, ., - and _, and not below data/"
                )
        return files


class _UniqueKeys(yaml.SafeLoader):
    """YAML lets a later key silently replace an earlier one; here that is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key in seen:
                raise yaml.MarkedYAMLError(None, None, f"{key} stands twice", key_node.start_mark)
            if key is not None:
                seen.add(key)
        return super().construct_mapping(node, deep)


def read_text(path: Path, problems: Problems) -> str | None:
    """The file as text, or None with the mistake noted."""
    try:
        text = path.read_bytes().decode("utf-8")
        if "\0" not in text:
            return text.removeprefix("\ufeff").replace("\r\n", "\n")
        problems.at(path).add("holds a NUL character")
    except FileNotFoundError:
        problems.at(path).add("is missing")
    except UnicodeDecodeError as error:
        problems.at(path).add(f"is not UTF-8 (byte {error.start})")
    except OSError as error:
        problems.at(path).add(f"cannot be read: {error.strerror}")
    return None


def line_of(node: yaml.Node | None, field: Sequence[object]) -> int | None:
    """The line (from 1) of a field, or of the deepest one around it that is there; None for the whole file."""
    line = None
    for part in field:
        if isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == str(part)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            found = [(item, item) for item in node.value[part : part + 1]]
        else:
            found = []
        if not found:
            break
        marked, node = found[0]
        line = marked.start_mark.line + 1
    return line


def read_model(
    path: Path, model: type[Model], problems: Problems, *, names_lines: bool = False
) -> Model | None:
    """A YAML file as a checked value, or None with every mistake noted under its field.

    Args:
        names_lines: say the line of a field as well, not only of what is no YAML.
    """
    text = read_text(path, problems)
    if text is None:
        return None
    scope = problems.at(path)
    try:
        node, data = _compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        scope.add(error.problem or "is not YAML", line=mark.line + 1 if mark else None)
        return None
    except (yaml.YAMLError, ValueError) as error:
        scope.add(f"is not YAML: {error}")
        return None
    if not isinstance(data, dict):
        scope.add("must hold fields, one `name: value` a line")
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        scope.add_validation(error, lambda field: line_of(node, field) if names_lines else None)
        return None


def _compose(text: str) -> tuple[yaml.Node | None, Any]:
    """The file's nodes, which know their lines, and its data."""
    loader = _UniqueKeys(text)
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()
