"""Cohorts are made, somebody joins, leaves and comes back; what cannot be is refused, by the database too."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import Role, User
from cohorts.errors import CohortRefusedError, NotAMemberError
from cohorts.models import Cohort, Membership, StudyGroup
from cohorts.services import add_member, create_cohort, remove_member

pytestmark = pytest.mark.django_db


def test_a_cohort_needs_a_name_and_a_slug_only() -> None:
    cohort = create_cohort(name="Spring", slug="spring")
    assert Cohort.objects.get() == cohort
    assert (cohort.starts_on, cohort.ends_on, cohort.description) == (None, None, "")
    assert str(cohort) == "Spring"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"slug": "spring"}, "slug"),
        ({"slug": "late spring"}, "slug"),
        ({"name": ""}, "name"),
        ({"starts_on": date(2027, 3, 2), "ends_on": date(2027, 3, 1)}, "__all__"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(spring: Cohort, fields, field: str) -> None:
    with pytest.raises(CohortRefusedError) as refused:
        create_cohort(**{"name": "Another", "slug": "another", **fields})
    assert [problem.where for problem in refused.value.problems] == [field]
    assert Cohort.objects.get() == spring


def test_a_day_is_long_enough() -> None:
    day = date(2027, 3, 1)
    create_cohort(name="Sprint", slug="sprint", starts_on=day, ends_on=day)
    create_cohort(name="Open", slug="open", ends_on=day)


def test_somebody_joins_leaves_and_comes_back(spring: Cohort, learner: User) -> None:
    first = add_member(cohort=spring, user=learner)
    assert (first.role, first.study_group, first.left_at) == ("learner", None, None)
    left = remove_member(cohort=spring, user=learner)
    assert left == first
    assert left.left_at >= left.joined_at
    assert not Membership.objects.active().exists()
    second = add_member(cohort=spring, user=learner)
    assert Membership.objects.active().get() == second
    assert spring.memberships.count() == 2


def test_nobody_joins_twice_at_the_same_time(spring: Cohort, autumn: Cohort, learner: User) -> None:
    add_member(cohort=spring, user=learner)
    with pytest.raises(CohortRefusedError, match="already belong"):
        add_member(cohort=spring, user=learner)
    add_member(cohort=autumn, user=learner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(cohort=spring, user=learner)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_learner_at_once_one_is_told_so(
    spring: Cohort, learner: User
) -> None:
    said: list[str] = []

    def add() -> None:
        try:
            add_member(cohort=spring, user=learner)
            said.append("added")
        except CohortRefusedError:
            said.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=add) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["added", "refused", "refused", "refused"]


def test_who_is_not_there_cannot_leave(spring: Cohort, autumn: Cohort, learner: User) -> None:
    add_member(cohort=autumn, user=learner)
    with pytest.raises(NotAMemberError):
        remove_member(cohort=spring, user=learner)
    remove_member(cohort=autumn, user=learner)
    with pytest.raises(NotAMemberError):
        remove_member(cohort=autumn, user=learner)


def test_a_study_group_is_of_the_same_cohort(spring: Cohort, autumn: Cohort, learner: User) -> None:
    group = StudyGroup.objects.create(cohort=spring, name="Early birds")
    with pytest.raises(CohortRefusedError, match="of another cohort"):
        add_member(cohort=autumn, user=learner, study_group=group)
    assert add_member(cohort=spring, user=learner, study_group=group).study_group == group
    group.delete()
    assert Membership.objects.get().study_group is None


def test_only_mentors_by_their_account_mentor(
    spring: Cohort, learner: User, mentor: User, operator: User
) -> None:
    with pytest.raises(CohortRefusedError, match="not that of a mentor"):
        add_member(cohort=spring, user=learner, role=Membership.Role.MENTOR)
    for user in (mentor, operator):
        add_member(cohort=spring, user=user, role=Membership.Role.MENTOR)
    assert spring.memberships.active().mentors().count() == 2


def test_a_role_that_is_none_is_refused(spring: Cohort, learner: User) -> None:
    with pytest.raises(CohortRefusedError):
        add_member(cohort=spring, user=learner, role="emperor")
    with pytest.raises(IntegrityError):
        Membership.objects.create(cohort=spring, user=learner, role="emperor")


def test_nobody_leaves_before_they_joined(spring: Cohort, learner: User) -> None:
    membership = add_member(cohort=spring, user=learner)
    membership.left_at = membership.joined_at - timedelta(seconds=1)
    with pytest.raises(IntegrityError):
        membership.save()


def test_who_belonged_to_a_cohort_is_not_forgotten_with_it(spring: Cohort, learner: User) -> None:
    add_member(cohort=spring, user=learner)
    remove_member(cohort=spring, user=learner)
    with pytest.raises(ProtectedError):
        spring.delete()
    learner.delete()
    spring.delete()
    assert not Cohort.objects.exists()


def test_who_is_no_mentor_any_more_can_still_leave(spring: Cohort, mentor: User) -> None:
    add_member(cohort=spring, user=mentor, role=Membership.Role.MENTOR)
    mentor.role = Role.LEARNER
    mentor.save()
    assert remove_member(cohort=spring, user=mentor).left_at
