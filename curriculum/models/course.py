"""The course itself: modules, sections, what they are about and what there is to practise."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from curriculum.models.mirrored import Mirrored


class Course(Mirrored):
    """The front matter of the plan. There is one active row.

    ``promised_hours`` is what the title says. It is not the sum of anything: modules, sections and
    schedule have hours of their own that add up differently, and ``hours_note`` says so.
    ``notes`` is a list of ``{"title", "text"}``: where this edition departs from the plan, and why.
    """

    title = models.CharField(_("title"), max_length=200)
    promised_hours = models.PositiveIntegerField(_("promised hours"))
    overview = models.TextField(_("overview"), help_text=_("Markdown"))
    hours_note = models.TextField(_("note on the hours"))
    schedule_note = models.TextField(_("note on the schedule"))
    people_note = models.TextField(_("note on the people"))
    conclusion = models.TextField(_("conclusion"), help_text=_("Markdown"))
    notes = models.JSONField(_("notes"), default=list, blank=True)

    class Meta(Mirrored.Meta):
        constraints = [models.UniqueConstraint(fields=["slug"], name="course_slug")]

    def __str__(self) -> str:
        return self.title


class Module(Mirrored):
    """One of the eight parts. ``headline_hours`` is the plan's own figure, not a sum of sections."""

    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    headline_hours = models.PositiveIntegerField(_("hours in the headline"))
    summary = models.CharField(_("summary"), max_length=300)
    overview = models.TextField(_("overview"), blank=True, help_text=_("Markdown"))

    class Meta(Mirrored.Meta):
        constraints = [models.UniqueConstraint(fields=["slug"], name="module_slug")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("study:module", args=[self.slug])


class Section(Mirrored):
    """A section of a module, such as 1.1.

    ``total_hours`` is always known; ``study_hours`` and ``practice_hours`` only where the plan gives the
    split. ``lesson`` is the Markdown of ``lesson.md``, empty where there is none yet. ``notes`` is a
    list of sentences: what the plan says here that has aged or that this platform does otherwise.
    """

    natural_key = ("module", "slug")

    module = models.ForeignKey(
        Module, on_delete=models.PROTECT, related_name="sections", verbose_name=_("module")
    )
    number = models.CharField(_("number"), max_length=10)
    title = models.CharField(_("title"), max_length=200)
    study_hours = models.PositiveIntegerField(_("hours of study"), null=True, blank=True)
    practice_hours = models.PositiveIntegerField(_("hours of practice"), null=True, blank=True)
    total_hours = models.PositiveIntegerField(_("hours in all"))
    summary = models.CharField(_("summary"), max_length=300)
    overview = models.TextField(_("overview"), blank=True, help_text=_("Markdown"))
    notes = models.JSONField(_("notes"), default=list, blank=True)
    lesson = models.TextField(_("lesson"), blank=True, help_text=_("Markdown with maths"))

    class Meta(Mirrored.Meta):
        ordering = ["module__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "slug"], name="section_slug"),
            models.CheckConstraint(
                name="section_split_is_whole_or_absent",
                condition=models.Q(study_hours__isnull=True, practice_hours__isnull=True)
                | models.Q(study_hours__isnull=False, practice_hours__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("study:section", args=[self.module.slug, self.slug])

    @property
    def has_split(self) -> bool:
        """Whether the plan says how the hours divide into study and practice."""
        return self.study_hours is not None


class Topic(Mirrored):
    """Something that a section is about."""

    natural_key = ("section", "slug")

    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="topics", verbose_name=_("section")
    )
    text = models.TextField(_("text"))

    class Meta(Mirrored.Meta):
        constraints = [models.UniqueConstraint(fields=["section", "slug"], name="topic_slug")]

    def __str__(self) -> str:
        return self.text


class PracticeItem(Mirrored):
    """Something that the plan asks a learner to do in a section."""

    class Kind(models.TextChoices):
        EXERCISE = "exercise", _("exercise")
        DRILL = "drill", _("drill")
        PROJECT = "project", _("project")
        READING = "reading", _("reading and writing")
        COMPETITION = "competition", _("competition")
        CHECKLIST = "checklist", _("to tick off")

    natural_key = ("section", "slug")

    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="practice_items", verbose_name=_("section")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    text = models.TextField(_("text"))

    class Meta(Mirrored.Meta):
        constraints = [models.UniqueConstraint(fields=["section", "slug"], name="practice_slug")]

    def __str__(self) -> str:
        return self.text
