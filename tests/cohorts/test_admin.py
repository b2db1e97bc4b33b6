"""The operator's pages: a cohort is made, filled, and its members let go."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cohorts.models import Cohort, Membership, StudyGroup
from cohorts.services import add_member, create_cohort

pytestmark = pytest.mark.django_db
ADD = "admin:cohorts_membership_add"


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def test_a_cohort_with_its_study_groups(desk: Client) -> None:
    answers = {
        "name": "Spring",
        "slug": "spring",
        "study_groups-TOTAL_FORMS": 1,
        "study_groups-INITIAL_FORMS": 0,
        "study_groups-0-name": "Early birds",
    }
    assert desk.post(reverse("admin:cohorts_cohort_add"), answers).status_code == 302
    assert StudyGroup.objects.get().cohort == Cohort.objects.get(slug="spring")
    page = desk.get(reverse("admin:cohorts_cohort_change", args=[Cohort.objects.get().pk]))
    assert "Early birds" in page.content.decode()


def test_a_member_is_added_once_and_to_a_group_of_the_cohort(
    desk: Client, spring: Cohort, autumn: Cohort, learner: User
) -> None:
    elsewhere = StudyGroup.objects.create(cohort=autumn, name="Night owls")
    answers = {
        "cohort": spring.pk,
        "user": learner.pk,
        "role": "learner",
        "joined_at_0": "2027-03-01",
        "joined_at_1": "09:00",
    }
    page = desk.post(reverse(ADD), {**answers, "study_group": elsewhere.pk})
    assert "of another cohort" in page.content.decode()
    page = desk.post(reverse(ADD), {**answers, "role": "mentor"})
    assert "not that of a mentor" in page.content.decode()
    assert desk.post(reverse(ADD), answers).status_code == 302
    assert "already belong" in desk.post(reverse(ADD), answers).content.decode()
    assert Membership.objects.get().user == learner


def test_a_member_changes_the_group_but_never_the_cohort(
    desk: Client, spring: Cohort, autumn: Cohort, learner: User
) -> None:
    membership = add_member(cohort=spring, user=learner)
    here = StudyGroup.objects.create(cohort=spring, name="Early birds")
    elsewhere = StudyGroup.objects.create(cohort=autumn, name="Night owls")
    address = reverse("admin:cohorts_membership_change", args=[membership.pk])
    answers = {"cohort": autumn.pk, "role": "learner"}
    page = desk.post(address, {**answers, "study_group": elsewhere.pk})
    assert "of another cohort" in page.content.decode()
    assert desk.post(address, {**answers, "study_group": here.pk}).status_code == 302
    membership.refresh_from_db()
    assert (membership.cohort, membership.study_group) == (spring, here)


def test_members_are_let_go_and_stay_on_record(
    desk: Client, spring: Cohort, learner: User, other_learner: User
) -> None:
    chosen = [add_member(cohort=spring, user=user).pk for user in (learner, other_learner)]
    address = reverse("admin:cohorts_membership_changelist")
    answers = {"action": "let_go", "_selected_action": chosen}
    assert "2 members left" in desk.post(address, answers, follow=True).content.decode()
    assert "0 members left" in desk.post(address, answers, follow=True).content.decode()
    assert Membership.objects.count() == 2
    assert not Membership.objects.active().exists()
    assert desk.get(reverse("admin:cohorts_membership_delete", args=chosen[:1])).status_code == 403


def test_lists_ask_as_often_for_many_as_for_one(
    desk: Client, make_user, django_assert_num_queries
) -> None:
    for number in range(5):
        cohort = create_cohort(name=f"Cohort {number}", slug=f"cohort-{number}")
        add_member(cohort=cohort, user=make_user(f"user-{number}"))
    with django_assert_num_queries(6):
        desk.get(reverse("admin:cohorts_membership_changelist"))
