"""``{{ report.points|points }}``"""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter("points")
def show_points(points: float | None) -> str:
    """Two decimals at most, and none that says nothing: 2, 2.5, 0.33."""
    if points is None:
        return ""
    text = number_format(round(points, 2), use_l10n=True)
    return text.rstrip("0").rstrip(".") if "." in text else text
