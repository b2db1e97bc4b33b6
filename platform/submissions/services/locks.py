"""The one lock of this app."""

from accounts.models import User


def lock_learner(learner: User | int) -> None:
    """Hold everybody else off this learner's submissions until the transaction ends.

    Weak enough (``FOR NO KEY UPDATE``) to let rows that point at the learner be written meanwhile.
    """
    pk = learner if isinstance(learner, int) else learner.pk
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=pk)
