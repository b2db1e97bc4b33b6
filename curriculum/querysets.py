"""Which rows of the course, by name."""

from typing import Self

from django.db import models


class MirroredQuerySet(models.QuerySet):
    def active(self) -> Self:
        """Rows that the content files still hold."""
        return self.filter(retired_at__isnull=True)
