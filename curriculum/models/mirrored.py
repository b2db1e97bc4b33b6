"""What every row of the mirror has."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from curriculum.querysets import MirroredQuerySet


class Mirrored(models.Model):
    """A row that stands for an entry of the content files.

    ``slug`` names the entry (with the fields of ``natural_key``) and never changes its meaning: learners'
    work points here. An entry that leaves the files is retired, never deleted. ``digest`` is the SHA-256
    of the entry's content; the same digest means that nothing is to be written.
    """

    # Fields that name a row, in the order that the sync uses.
    natural_key: tuple[str, ...] = ("slug",)

    slug = models.SlugField(_("slug"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)
    digest = models.CharField(_("digest of the content"), max_length=64, editable=False)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = MirroredQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position"]

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None
