"""A small course on disk that tests may break."""

from pathlib import Path

import pytest

from grader.exercises.skeleton import write_skeleton

COURSE = """\
title: A small course
promised_hours: 100
overview: What it is about.
hours_note: The numbers differ.
schedule_note: Take your time.
people_note: Follow people.
conclusion: Well done.
"""
MODULE = """\
title: Foundations
headline_hours: 15
summary: The beginnings.
"""
SECTION = """\
title: Sums
hours: { total: 10, study: 4, practice: 6 }
summary: Adding up.
topics:
  addition: Addition
  subtraction: Subtraction
practice:
  add: { kind: exercise, text: Add. }
"""
SECOND_SECTION = """\
title: Products
hours: { total: 7 }
summary: Multiplying.
topics:
  multiplication: Multiplication
practice:
  multiply: { kind: drill, text: Multiply. }
"""
RESOURCES = """\
a-book:
  title: A book
  kind: book
  sections: [foundations/sums]
a-page:
  title: A page
  kind: article
  generic: true
  parts: [tips]
"""
PEOPLE = """\
demo-teacher: { name: Demo Teacher, why: Because., evidence: Seen., sections: [foundations/sums] }
"""
SCHEDULE = """\
week-1:
  focus: Sums
  hours: 5
  weeks: { first: 1, last: 1 }
  deliverables:
    sums: { text: Add up., sections: [foundations/sums] }
ongoing:
  focus: More
  hours: 3
  open_ended: true
  deliverables:
    more: { text: Go on. }
"""
TIPS = """\
rest: { title: Rest, text: Take breaks. }
"""
FILES = {
    "course.yaml": COURSE,
    "resources.yaml": RESOURCES,
    "people.yaml": PEOPLE,
    "schedule.yaml": SCHEDULE,
    "tips.yaml": TIPS,
    "01-foundations/module.yaml": MODULE,
    "01-foundations/1-sums/section.yaml": SECTION,
    "01-foundations/1-sums/lesson.md": "# Sums\n\n$1 + 1 = 2$\n",
    "01-foundations/2-products/section.yaml": SECOND_SECTION,
}
EXERCISE = "01-foundations/1-sums/weighted-mean"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The folder of a course with one module, two sections, one exercise."""
    folder = tmp_path / "content"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write_skeleton(folder / EXERCISE)
    return folder
