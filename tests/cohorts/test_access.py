"""Who may see which cohort, and whom in it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Role, User
from cohorts.access import get_cohort
from cohorts.models import Cohort, Membership, StudyGroup
from cohorts.services import remove_member

pytestmark = pytest.mark.django_db
MENTOR = Membership.Role.MENTOR


def people(memberships: QuerySet[Membership]) -> list[str]:
    return sorted(memberships.values_list("user__username", flat=True))


def seen_by(user: User) -> list[str]:
    return people(Membership.objects.visible_to(user))


def test_cohorts_are_seen_by_whoever_belongs_to_them(
    spring: Cohort, autumn: Cohort, learner, other_learner, mentor, operator, join
) -> None:
    join(spring, learner)
    join(autumn, mentor, role=MENTOR)
    join(spring, other_learner)
    remove_member(cohort=spring, user=other_learner)

    seen = {
        user.username: set(Cohort.objects.visible_to(user))
        for user in (learner, other_learner, mentor, operator)
    }
    assert seen == {
        "learner": {spring},
        "other-learner": set(),
        "mentor": {autumn},
        "operator": {spring, autumn},
    }
    assert not Cohort.objects.visible_to(AnonymousUser()).exists()


def test_who_came_back_sees_the_cohort_once(spring: Cohort, learner: User, join: Callable) -> None:
    join(spring, learner)
    remove_member(cohort=spring, user=learner)
    join(spring, learner)
    assert Cohort.objects.visible_to(learner).count() == 1


def test_one_cohort_is_fetched_or_there_is_none(
    spring: Cohort, autumn: Cohort, learner: User, operator: User, join: Callable
) -> None:
    join(spring, learner)
    assert get_cohort(learner, "spring") == spring
    assert get_cohort(operator, "autumn") == autumn
    for user, slug in [(learner, "autumn"), (learner, "nowhere"), (AnonymousUser(), "spring")]:
        with pytest.raises(Http404):
            get_cohort(user, slug)


def test_a_mentor_mentors_where_cohort_and_account_say_so(
    spring: Cohort, autumn: Cohort, mentor: User, learner: User, join: Callable
) -> None:
    join(spring, mentor, role=MENTOR)
    join(autumn, mentor)
    join(spring, learner)
    assert Cohort.objects.mentored_by(mentor).get() == spring
    assert not Cohort.objects.mentored_by(learner).exists()
    assert not Cohort.objects.mentored_by(AnonymousUser()).exists()

    mentor.role = Role.LEARNER
    mentor.save()
    assert not Cohort.objects.mentored_by(mentor).exists()


def test_learners_see_themselves_their_mentors_and_their_study_group(
    spring: Cohort, autumn: Cohort, make_user, learner: User, mentor: User, join: Callable
) -> None:
    early = StudyGroup.objects.create(cohort=spring, name="Early birds")
    late = StudyGroup.objects.create(cohort=spring, name="Night owls")
    join(spring, learner, study_group=early)
    join(spring, mentor, role=MENTOR)
    join(spring, make_user("beside"), study_group=early)
    join(spring, make_user("across"), study_group=late)
    join(spring, make_user("alone"))
    join(autumn, make_user("elsewhere"), role="learner")
    join(autumn, make_user("guide", role=Role.MENTOR), role=MENTOR)
    gone = make_user("gone")
    join(spring, gone, study_group=early)
    remove_member(cohort=spring, user=gone)

    assert seen_by(learner) == ["beside", "learner", "mentor"]
    assert seen_by(User.objects.get(username="alone")) == ["alone", "mentor"]
    assert seen_by(gone) == ["gone"]
    assert people(Membership.objects.visible_to(AnonymousUser())) == []

    remove_member(cohort=spring, user=learner)
    assert seen_by(learner) == ["learner"]


def test_mentors_see_all_of_their_cohorts_and_nobody_else(
    spring: Cohort, autumn: Cohort, make_user, learner, other_learner, mentor, operator, join
) -> None:
    join(spring, mentor, role=MENTOR)
    join(spring, learner)
    remove_member(cohort=spring, user=learner)
    join(autumn, other_learner)
    join(autumn, make_user("guide", role=Role.MENTOR), role=MENTOR)
    assert seen_by(mentor) == ["learner", "mentor"]
    assert seen_by(operator) == ["guide", "learner", "mentor", "other-learner"]

    remove_member(cohort=spring, user=mentor)
    assert seen_by(mentor) == ["mentor"]


def test_active_are_those_who_have_not_left(
    spring: Cohort, learner: User, other_learner: User, mentor: User, join: Callable
) -> None:
    join(spring, learner)
    join(spring, other_learner)
    join(spring, mentor, role=MENTOR)
    remove_member(cohort=spring, user=other_learner)
    assert people(spring.memberships.active()) == ["learner", "mentor"]
    assert people(spring.memberships.active().learners()) == ["learner"]
    assert people(spring.memberships.active().mentors()) == ["mentor"]
