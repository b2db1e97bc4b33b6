"""The course as the database holds it: a mirror of ``curriculum/content``, written by the sync alone.

Other apps may read these models and point foreign keys at them; they never write them.
"""

from curriculum.models.course import Course, Module, PracticeItem, Section, Topic
from curriculum.models.exercise import Exercise, ExerciseVersion
from curriculum.models.plan import Deliverable, Person, Resource, ScheduleRow, Tip

__all__ = [
    "Course",
    "Deliverable",
    "Exercise",
    "ExerciseVersion",
    "Module",
    "Person",
    "PracticeItem",
    "Resource",
    "ScheduleRow",
    "Section",
    "Tip",
    "Topic",
]
