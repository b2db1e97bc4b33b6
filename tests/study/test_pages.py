"""The pages over the real course: what they say, to whom, and in how many queries."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from curriculum.models import Exercise, Resource, ScheduleRow, Section, Tip
from tests.study.conftest import words

PAGES = ["/", "/course/", "/course/mathematics/", "/course/mathematics/linear-algebra/"]
PAGES += ["/schedule/", "/resources/", "/people/", "/tips/", "/about/"]


@pytest.mark.usefixtures("course")
class TestMap:
    def test_it_has_all_modules_sections_and_sums(self, client: Client) -> None:
        page = words(client, "/course/")
        for section in Section.objects.all():
            assert section.number in page
            assert section.title in page
        for hours in ("1,000 h", "1,080 h", "700 h", "300 or more"):
            assert hours in page
        assert "The plan&#x27;s own numbers differ" in page
        assert "Headed 150 h; its sections come to 140 h." in page
        assert "Headed 30 h; its sections come to 40 h." in page

    def test_it_shows_a_learner_what_they_passed_and_tried(
        self, signed_in: Client, learner: User, hand_in: Callable
    ) -> None:
        exercise = Exercise.objects.get(slug="la-svd")
        hand_in(learner, Exercise.objects.get(slug="ul-kmeans"), points=5.0)
        assert "1 of 1 passed" not in words(signed_in, "/course/")
        hand_in(learner, exercise, points=exercise.points)
        page = words(signed_in, "/course/")
        assert "1 of 1 passed" in page
        assert "1 of 1 tried" in page

    def test_it_shows_strangers_no_progress(
        self, client: Client, learner: User, hand_in: Callable
    ) -> None:
        exercise = Exercise.objects.get(slug="la-svd")
        hand_in(learner, exercise, points=exercise.points)
        assert "passed" not in words(client, "/course/")


@pytest.mark.usefixtures("course")
class TestSection:
    address = "/course/mathematics/linear-algebra/"

    def test_it_has_the_lesson_with_maths_and_contents(self, client: Client) -> None:
        html = client.get(self.address).content.decode()
        assert '<span class="math"' in html
        assert '<a href="#the-singular-value-decomposition">' in html
        assert 'id="the-singular-value-decomposition"' in html
        assert "js/maths.js" in html

    def test_it_has_practice_resources_and_exercises(self, client: Client) -> None:
        page = words(client, self.address)
        assert "Essence of Linear Algebra" in page
        assert "Could not be identified" in page
        assert "Implement matrix operations in Python." in page
        assert "SVD, low rank and the pseudo-inverse" in page
        assert "75 min" in page
        assert "20 h" in page

    def test_it_shows_the_state_of_each_exercise(
        self, signed_in: Client, learner: User, hand_in: Callable
    ) -> None:
        assert "Not tried yet" in words(signed_in, self.address)
        exercise = Exercise.objects.get(slug="la-svd")
        hand_in(learner, exercise, points=10.5)
        page = words(signed_in, self.address)
        assert "Tried" in page
        assert f"10.5 of {exercise.points:g} points" in page

    def test_without_lesson_and_exercise_it_points_to_the_resources(self, client: Client) -> None:
        html = client.get("/course/mathematics/calculus/").content.decode()
        assert "No lesson of ours yet." in html
        assert "No exercise is graded here yet." in html
        assert html.index('id="the-resources"') < html.index('id="the-practice"')
        assert "js/maths.js" not in html

    def test_neighbours_cross_the_borders_of_modules(self, client: Client) -> None:
        html = client.get("/course/python/python/").content.decode()
        assert re.search(r'href="/course/mathematics/optimisation/" rel="prev"', html)
        assert re.search(r'href="/course/python/scikit-learn/" rel="next"', html)
        assert 'rel="prev"' not in client.get(self.address).content.decode()

    def test_every_section_and_module_has_a_page(self, client: Client) -> None:
        for section in Section.objects.select_related("module"):
            assert client.get(section.get_absolute_url()).status_code == 200
            assert client.get(section.module.get_absolute_url()).status_code == 200

    @pytest.mark.parametrize("address", ["/course/nothing/", "/course/python/linear-algebra/"])
    def test_what_is_not_there_is_not_found(self, client: Client, address: str) -> None:
        assert client.get(address).status_code == 404


@pytest.mark.usefixtures("course")
class TestPlan:
    def test_the_schedule_has_every_row_and_names_what_is_in_no_week(self, client: Client) -> None:
        page = words(client, "/schedule/")
        for row in ScheduleRow.objects.all():
            assert row.focus in page
        assert "300+" in page
        unscheduled = page[page.index("In no week") : page.index("What the hours come to")]
        numbers = re.findall(r"\d\.\d", unscheduled)
        assert numbers == ["1.3", "1.4", "2.2", "2.3", "3.2", "4.3", "7.4"]

    def test_resources_are_all_there_and_filtered_by_kind(self, client: Client) -> None:
        assert client.get("/resources/").content.decode().count('class="resource"') == 68
        books = client.get("/resources/?kind=book").content.decode()
        expected = Resource.objects.filter(kind=Resource.Kind.BOOK).count()
        assert books.count('class="resource"') == expected
        assert client.get("/resources/?kind=nonsense").status_code == 404

    def test_people_tips_and_departures(self, client: Client) -> None:
        assert "Andrej Karpathy" in words(client, "/people/")
        assert Tip.objects.first().title in words(client, "/tips/")
        about = words(client, "/about/")
        assert "Boston Housing" in about
        assert "not as a share of any of these sums" in about


@pytest.mark.usefixtures("course")
class TestHome:
    def test_strangers_see_what_this_is(self, client: Client) -> None:
        page = words(client, "/")
        assert "A thousand hours, one notebook at a time." in page
        assert f"{Exercise.objects.count()} exercises are ready" in page

    def test_newcomers_are_told_what_to_do_first(self, signed_in: Client) -> None:
        page = words(signed_in, "/")
        assert "What to do first" in page
        assert "1.1 Linear algebra" in page
        assert "Nothing yet." in page

    def test_learners_go_on_where_they_were(
        self, signed_in: Client, learner: User, hand_in: Callable, write_on: Callable
    ) -> None:
        svd, descent = (
            Exercise.objects.get(slug=slug) for slug in ("la-svd", "opt-gd-linear-regression")
        )
        hand_in(learner, svd, points=svd.points, hours_ago=5)
        write_on(learner, descent)
        page = words(signed_in, "/")
        assert "Go on where you were" in page
        assert page.index(descent.title) < page.index("Next exercise") < page.index("A gallery")
        assert "1 of 4 passed" in page
        assert "1 exercise passed" in page

    def test_who_has_done_everything_is_told_so(
        self, signed_in: Client, learner: User, hand_in: Callable
    ) -> None:
        for exercise in Exercise.objects.all():
            hand_in(learner, exercise, points=exercise.points)
        assert "You have done all that there is so far." in words(signed_in, "/")


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 9),
        ("/course/", 10),
        ("/course/mathematics/", 7),
        ("/course/mathematics/linear-algebra/", 9),
        ("/schedule/", 9),
        ("/resources/", 2),
        ("/people/", 3),
        ("/tips/", 1),
        ("/about/", 5),
    ],
)
def test_pages_take_a_fixed_number_of_queries(
    signed_in: Client,
    learner: User,
    hand_in: Callable,
    django_assert_num_queries: Callable,
    address: str,
    queries: int,
) -> None:
    for exercise in Exercise.objects.all():
        hand_in(learner, exercise, points=exercise.points)
    session_and_user = 2
    with django_assert_num_queries(queries + session_and_user):
        assert signed_in.get(address).status_code == 200


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("address", PAGES)
def test_pages_only_answer_reading(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("address", PAGES)
def test_no_page_relaxes_the_policy_for_styles(client: Client, address: str) -> None:
    assert "unsafe" not in client.get(address).headers["Content-Security-Policy"]


@pytest.mark.usefixtures("course")
class TestKinds:
    ADDRESS = "/course/mathematics/optimisation/"

    def test_a_project_and_writing_are_labelled_and_exercises_are_not(self, client: Client) -> None:
        html = client.get(self.ADDRESS).content.decode()
        cards = re.findall(r'<li class="card card-link exercise-card">.*?</ul>', html, re.S)
        labels = [re.findall(r'<span class="badge is-accent">(.*?)</span>', card) for card in cards]
        assert labels == [[], ["Project"], ["Reviewed writing"]]
        assert '<span class="badge is-accent">Project</span>' in (
            client.get("/course/mathematics/").content.decode()
        )

    def test_after_all_pre_checks_it_is_ready_for_review_and_not_passed(
        self, signed_in: Client, learner: User, hand_in: Callable
    ) -> None:
        project = Exercise.objects.get(slug="prj-optimiser-gallery")
        hand_in(learner, project, points=project.points)
        page = words(signed_in, self.ADDRESS)
        assert "Ready for review" in page
        assert "0 of 3 passed" in page
        home = words(signed_in, "/")
        assert "Ready for review" in home
        assert "0 exercises passed" in home
