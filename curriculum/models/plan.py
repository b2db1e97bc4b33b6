"""What the plan gives beside the sections: resources, people, the schedule, tips."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from curriculum.models.course import Section
from curriculum.models.mirrored import Mirrored


class Resource(Mirrored):
    """A book, course, paper or tool that the plan names.

    ``host`` is the address as the plan prints it, empty where it prints none; ``url`` is where this
    edition links to. ``is_generic`` marks mentions of no particular work ("articles on …");
    ``is_identified`` is false where no such work could be found, and the page says so. ``parts`` lists
    places outside the sections that name it: ``people``, ``schedule``, ``tips``.
    """

    class Kind(models.TextChoices):
        ARTICLE = "article", _("article")
        BOOK = "book", _("book")
        COMMUNITY = "community", _("community")
        COURSE = "course", _("course")
        DATA = "data", _("data set")
        DOCUMENTATION = "documentation", _("documentation")
        EVIDENCE = "evidence", _("evidence")
        LIBRARY = "library", _("library")
        PAPER = "paper", _("paper")
        PROBLEMS = "problems", _("problem set")
        PUBLISHING = "publishing", _("place to publish")
        TOOL = "tool", _("tool")
        VIDEO = "video", _("video series")

    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    author = models.CharField(_("author or provider"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    host = models.CharField(_("host in the plan"), max_length=200, blank=True)
    url = models.URLField(_("link"), blank=True)
    remark = models.CharField(_("remark"), max_length=400, blank=True)
    is_generic = models.BooleanField(_("generic"), default=False)
    is_identified = models.BooleanField(_("identified"), default=True)
    parts = models.JSONField(_("other parts"), default=list, blank=True)
    sections = models.ManyToManyField(
        Section, related_name="resources", blank=True, verbose_name=_("sections")
    )

    class Meta(Mirrored.Meta):
        constraints = [models.UniqueConstraint(fields=["slug"], name="resource_slug")]

    def __str__(self) -> str:
        return self.title


class Person(Mirrored):
    """Somebody whom the plan tells learners to follow, why, and on what evidence."""

    name = models.CharField(_("name"), max_length=200)
    why = models.TextField(_("why follow"))
    evidence = models.TextField(_("evidence"))
    hosts = models.JSONField(_("hosts in the plan"), default=list, blank=True)
    sections = models.ManyToManyField(
        Section, related_name="people", blank=True, verbose_name=_("sections")
    )

    class Meta(Mirrored.Meta):
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(fields=["slug"], name="person_slug")]

    def __str__(self) -> str:
        return self.name


class ScheduleRow(Mirrored):
    """Some weeks of the plan's calendar.

    ``hours`` is the row's own figure, never a sum of the sections that it names; with ``is_open_ended``
    it means "at least". The last row has no weeks of its own: ``first_week`` is null.
    """

    weeks = models.CharField(_("weeks"), max_length=40)
    first_week = models.PositiveIntegerField(_("first week"), null=True, blank=True)
    last_week = models.PositiveIntegerField(_("last week"), null=True, blank=True)
    focus = models.CharField(_("focus"), max_length=200)
    hours = models.PositiveIntegerField(_("hours"))
    is_open_ended = models.BooleanField(_("open-ended"), default=False)

    class Meta(Mirrored.Meta):
        constraints = [models.UniqueConstraint(fields=["slug"], name="schedule_slug")]

    def __str__(self) -> str:
        return f"{self.weeks}: {self.focus}"

    @property
    def week_count(self) -> int | None:
        if self.first_week is None or self.last_week is None:
            return None
        return self.last_week - self.first_week + 1

    @property
    def hours_per_week(self) -> float | None:
        """The load of one week, in hours; None for the open-ended row."""
        return self.hours / self.week_count if self.week_count else None

    @property
    def named_sections(self) -> list[Section]:
        """Sections that this row's deliverables name, in course order, each once."""
        named = {
            section.pk: section
            for deliverable in self.deliverables.all()
            for section in deliverable.sections.all()
        }
        return sorted(
            named.values(), key=lambda section: (section.module.position, section.position)
        )


class Deliverable(Mirrored):
    """What a row of the schedule asks to have at its end, and the sections that this belongs to."""

    natural_key = ("row", "slug")

    row = models.ForeignKey(
        ScheduleRow, on_delete=models.PROTECT, related_name="deliverables", verbose_name=_("row")
    )
    text = models.TextField(_("text"))
    sections = models.ManyToManyField(
        Section, related_name="deliverables", blank=True, verbose_name=_("sections")
    )

    class Meta(Mirrored.Meta):
        constraints = [models.UniqueConstraint(fields=["row", "slug"], name="deliverable_slug")]

    def __str__(self) -> str:
        return self.text


class Tip(Mirrored):
    """A piece of advice that holds for the whole course."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))

    class Meta(Mirrored.Meta):
        constraints = [models.UniqueConstraint(fields=["slug"], name="tip_slug")]

    def __str__(self) -> str:
        return self.title
