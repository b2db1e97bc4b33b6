"""What a learner sees of a submission, from the queue to the report, and what nobody else sees."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from common.clock import now
from grader.report import CheckResult
from grader.verdict import Verdict
from submissions import services
from submissions.models import Run, Submission
from tests.notebooks.test_render import ATTACKS
from tests.submissions.conftest import claim, make_report

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


def page(client: Client, submission: Submission) -> str:
    response = client.get(submission.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def fragment(client: Client, submission: Submission, **query: Any) -> str:
    address = reverse("submissions:status", args=[submission.public_id])
    response = client.get(address, query, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def grade(submission: Submission, points: float = 3.0, **fields: Any) -> Submission:
    run = claim(submission)
    services.record_report(run=run, report=make_report(run, points, **fields))
    return Submission.objects.get(pk=submission.pk)


class Onlooker(HTMLParser):
    """Fails on whatever in a page could act or ask for something."""

    def handle_starttag(self, tag: str, attributes: list) -> None:
        assert tag not in ("script", "style", "iframe", "form", "input", "meta", "base", "object")
        for name, value in attributes:
            assert not name.startswith(("on", "hx-", "data-hx", "style"))
            assert name != "src" or value.startswith("data:image/")
            assert name != "href" or value.startswith(("https://", "http://", "mailto:"))


class Ladder(HTMLParser):
    """How many folds have to be opened before a text is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.depths: dict[str, int] = {}

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.depth += tag == "details" and "open" not in dict(attributes)

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "details"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.depths[" ".join(data.split())] = self.depth


class TestWaiting:
    def test_shows_the_place_in_the_queue(self, signed_in, submit, other_learner) -> None:
        submit(learner=other_learner)
        shown = page(signed_in, submit())
        assert "Waiting. 1 submission is before yours." in shown

    def test_says_when_it_is_our_fault(self, signed_in, submit) -> None:
        from grader.errors import HostUnavailableError

        submission = submit()
        services.return_run(run=claim(submission), error=HostUnavailableError("away"))
        shown = page(signed_in, submission)
        assert "Waiting to try again." in shown
        assert "costs you no attempt" in shown

    @pytest.mark.parametrize(("age", "delay"), [(-10, 0.3), (10, 2), (60, 5)])
    def test_asks_again_soon_and_then_more_seldom(self, signed_in, submit, age, delay) -> None:
        submission = submit()
        Run.objects.update(queued_at=now() - timedelta(seconds=age))
        shown = page(signed_in, submission)
        match = re.search(r'hx-get="([^"]+)"\s+hx-trigger="load delay:([\d.]+)s', shown)
        assert match
        assert "htmx.min.js" in shown
        response = signed_in.get(match[1], headers=HTMX)
        assert f"delay:{match[2]}s" in response.content.decode()
        assert response["Cache-Control"].count("no-store") == 1
        state = signed_in.get(reverse("submissions:state", args=[submission.public_id])).json()
        assert float(match[2]) == state["poll_after_seconds"] == delay

    def test_the_fragment_is_the_page_s_own(self, signed_in, submit) -> None:
        submission = submit()

        def without_numbers(html: str) -> str:
            html = re.sub(r'csrfmiddlewaretoken" value="\w+"|said=\d+', "", html)
            return " ".join(html.split())

        live = without_numbers(fragment(signed_in, submission))
        state = live.split("<p id=")[0].strip()
        assert state.startswith('<div id="submission-state"')
        assert state in without_numbers(page(signed_in, submission))

    def test_news_is_told_once(self, signed_in, submit) -> None:
        submission = submit()
        shown = page(signed_in, submission)
        assert re.search(r'<p id="submission-news"[^>]*role="status"', shown)
        said = re.search(r"said=(\d+)", shown)
        assert said
        assert "hx-swap-oob" not in fragment(signed_in, submission, said=said[1])
        claim(submission)
        told = fragment(signed_in, submission, said=said[1])
        assert '<p id="submission-news" hx-swap-oob="innerHTML">Starting Python.</p>' in told

    def test_works_without_scripts(self, signed_in, submit) -> None:
        submission = submit()
        assert '<noscript><meta http-equiv="refresh"' in page(signed_in, submission)
        assert ">Refresh</a></noscript>" in page(signed_in, submission)
        address = reverse("submissions:status", args=[submission.public_id])
        assert signed_in.get(address).url == submission.get_absolute_url()
        assert "http-equiv" not in page(signed_in, grade(submission))

    def test_can_be_cancelled(self, signed_in, submit) -> None:
        submission = submit()
        address = reverse("submissions:cancel", args=[submission.public_id])
        assert signed_in.get(address).status_code == 405
        assert signed_in.post(address).url == submission.get_absolute_url()
        assert "You cancelled this submission." in page(signed_in, submission)

    @pytest.mark.parametrize("said", ["-1", "x", "9" * 5000, "½", "²", ""])
    def test_odd_queries_do_no_harm(self, signed_in, submit, said) -> None:
        assert "hx-get" in fragment(signed_in, submit(), said=said)


class TestRunning:
    def test_shows_cells_and_checks_as_they_come(self, signed_in, submit) -> None:
        run = claim(submit())
        progress = services.Progress()
        progress.add({"event": "cell", "id": "double", "index": 2, "of": 9, "state": "running"})
        services.record_progress(run=run, progress=progress.to_json())
        assert "Running cell 2 of 9." in fragment(signed_in, run.submission)

        for event in ({"index": 1, "verdict": "passed"}, {"index": 2, "verdict": "failed"}):
            progress.add({"event": "check", "of": 5, "title": "Doubles <ints>", **event})
        services.record_progress(run=run, progress=progress.to_json())
        shown = fragment(signed_in, run.submission)
        assert "Checking: 2 of 5 checks done." in shown
        assert "Doubles &lt;ints&gt;" in shown
        assert "Passed" in shown
        assert "Not right yet" in shown


class TestReport:
    def test_says_what_is_right_what_is_not_and_why(self, signed_in, submit) -> None:
        shown = page(signed_in, grade(submit(), points=1.0))
        for text in (
            "1 of 3 points",
            "1 of 2 checks passed",
            "Doubles arrays",
            "Not right yet",
            "double([1, 2]) gave [1, 2, 1, 2]",
            "x = [1, 2]",
            "What does * do to a list?",
            "0/2",
            "Your answer",
            "<dt>Starting Python</dt>",
            "0.100 s",
        ):
            assert text in shown
        assert "hx-get" not in shown
        assert "htmx.min.js" not in shown

    def test_phases_are_told_in_words_and_in_order(self, signed_in, submit) -> None:
        phases = {"total": 0.4, "checks": 0.1, "cells": 0.2, "kernel": 0.1}
        shown = page(signed_in, grade(submit(), phases=phases))
        names = re.findall(r"<dt>([^<]+)</dt>", shown)
        assert names == ["Starting Python", "Running the cells", "Checking", "In all"]

    def test_each_hint_opens_the_next(self, signed_in, submit) -> None:
        hints = ("What does * do?", "Try <numbers>.", "Use NumPy.")
        check = CheckResult("Doubles", "double", 0.0, 3.0, Verdict.FAILED, "wrong", "", hints)
        reader = Ladder()
        reader.feed(page(signed_in, grade(submit(), points=0.0, checks=(check,))))
        assert [reader.depths[hint] for hint in hints] == [1, 2, 3]
        assert [name for name in reader.depths if "hint" in name] == [
            f"Show a hint ({left} left)" for left in (3, 2, 1)
        ]

    def test_hints_of_what_is_right_are_not_shown(self, signed_in, submit) -> None:
        shown = page(signed_in, grade(submit()))
        assert "All of it is right." in shown
        assert "What does * do to a list?" not in shown

    def test_the_last_fragment_is_the_report_and_asks_no_more(self, signed_in, submit) -> None:
        shown = fragment(signed_in, grade(submit(), points=1.0), said=1)
        assert "Doubles arrays" in shown
        assert "hx-trigger" not in shown
        assert "Graded: 1 of 3 points." in shown

    def test_what_was_ignored_is_said(self, signed_in, submit) -> None:
        from grader.exercises import Answers

        answers = Answers({"double": "x"}, notes=("Your change to the locked cell was left out.",))
        shown = page(signed_in, grade(submit(answers=answers), notes=("Output was cut.",)))
        assert "Your change to the locked cell was left out." in shown
        assert "Output was cut." in shown

    def test_a_platform_verdict_is_our_fault(self, signed_in, submit) -> None:
        submission = grade(submit(), 0.0, verdict=Verdict.PLATFORM, message="It is our fault.")
        shown = page(signed_in, submission)
        assert "We could not grade this." in shown
        assert "It is our fault." in shown

    def test_nothing_of_the_learner_s_acts(self, signed_in, submit) -> None:
        outputs = [
            {"output_type": "display_data", "data": {"text/html": attack, "text/markdown": attack}}
            for attack in ATTACKS
        ]
        cell = {"id": "double", "cell_type": "code", "source": "".join(ATTACKS), "outputs": outputs}
        shown = page(signed_in, grade(submit(), notebook={"cells": [cell]}))
        notebook = shown.split('<div class="executed" hx-disable>')[1].split("</section>")[0]
        Onlooker().feed(notebook)

    def test_hidden_checks_and_solutions_stay_hidden(self, signed_in, submit) -> None:
        shown = page(signed_in, grade(submit("x = 1"), points=1.0))
        assert "HIDDEN-CHECKS" not in shown
        assert "return 2 * x" not in shown

    def test_the_executed_notebook_can_be_downloaded(self, signed_in, submit) -> None:
        submission = grade(submit())
        response = signed_in.get(reverse("submissions:notebook", args=[submission.public_id]))
        assert response["Content-Type"] == "application/x-ipynb+json"
        assert response["Content-Disposition"] == 'attachment; filename="double-1-executed.ipynb"'
        assert json.loads(response.content)["cells"][0]["source"] == "print(double(2))"

    def test_there_is_no_download_before(self, signed_in, submit) -> None:
        address = reverse("submissions:notebook", args=[submit().public_id])
        assert signed_in.get(address).status_code == 404

    def test_queries(
        self, signed_in, submit, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            submission = grade(submit())
        with django_assert_max_num_queries(8):
            page(signed_in, submission)
        waiting = submit()
        with django_assert_max_num_queries(5):
            fragment(signed_in, waiting)


class TestLists:
    def test_nothing_yet(self, signed_in, exercise) -> None:
        assert "Nothing handed in yet" in signed_in.get("/submissions/").content.decode()
        address = reverse("submissions:attempts", args=[exercise.slug])
        assert "No attempt yet" in signed_in.get(address).content.decode()

    def test_shows_all_of_mine_with_their_results(
        self, signed_in, submit, other_learner, django_assert_max_num_queries
    ) -> None:
        grade(submit(), points=1.0)
        grade(submit(), points=2.5)
        waiting = submit()
        theirs = submit(learner=other_learner)
        with django_assert_max_num_queries(7):
            shown = signed_in.get("/submissions/").content.decode()
        assert "2.5/3" in shown
        assert "Waiting" in shown
        assert str(waiting.public_id) in shown
        assert str(theirs.public_id) not in shown
        address = reverse("submissions:attempts", args=[waiting.exercise.slug])
        attempts = signed_in.get(address).content.decode()
        assert "Your best counts: 2.5 of 3 points." in attempts
        assert str(theirs.public_id) not in attempts

    def test_an_unknown_exercise_is_not_found(self, signed_in, db) -> None:
        assert signed_in.get("/exercises/none/attempts/").status_code == 404

    def test_pages(self, signed_in, submit, settings) -> None:
        settings.SUBMISSIONS_WAITING_PER_LEARNER = 100
        settings.SUBMISSIONS_PER_MINUTE = 0
        for _ in range(26):
            submit()
        assert "Page 1 of 2" in signed_in.get("/submissions/").content.decode()
        assert "Page 2 of 2" in signed_in.get("/submissions/?page=99").content.decode()


NAMES = ["detail", "status", "notebook", "cancel"]


class TestWhoMaySee:
    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("who", ["other_learner", "mentor"])
    def test_to_others_it_does_not_exist(self, request, client, submit, name, who) -> None:
        submission = grade(submit())
        client.force_login(request.getfixturevalue(who))
        address = reverse(f"submissions:{name}", args=[submission.public_id])
        ask = client.post if name == "cancel" else client.get
        assert ask(address, headers=HTMX).status_code == 404

    def test_an_operator_sees_it(self, client, operator, submit) -> None:
        client.force_login(operator)
        assert "by learner" in page(client, grade(submit()))

    @pytest.mark.parametrize("name", NAMES)
    def test_strangers_are_sent_to_sign_in(self, client, submit, name) -> None:
        submission = submit()
        address = reverse(f"submissions:{name}", args=[submission.public_id])
        response = client.post(address) if name == "cancel" else client.get(address)
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
        assert Run.objects.get().state == "queued"

    def test_when_the_session_ends_the_whole_page_goes_to_sign_in(self, client, submit) -> None:
        submission = submit()
        address = reverse("submissions:status", args=[submission.public_id])
        here = f"http://testserver{submission.get_absolute_url()}"
        response = client.get(address, headers={**HTMX, "HX-Current-URL": here})
        assert response.status_code == 200
        assert response["HX-Redirect"] == (
            f"{reverse('account_login')}?next={submission.get_absolute_url()}"
        )

    def test_cancelling_needs_the_token(self, learner, submit) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(learner)
        address = reverse("submissions:cancel", args=[submit().public_id])
        assert client.post(address).status_code == 403


class TestReviewed:
    """Projects and writing: the report of their pre-checks."""

    @pytest.fixture(autouse=True)
    def _project(self, exercise) -> None:
        exercise.kind = "project"
        exercise.save()

    def test_all_right_is_ready_for_review(self, signed_in, submit) -> None:
        shown = page(signed_in, grade(submit(), points=3.0))
        assert "Ready for review" in shown
        assert "All of it is right." not in shown
        assert "All pre-checks passed. Ready for review." in shown
        assert "only open the way: a mentor's review is what counts." in shown
        assert "Pre-checks</h2>" in shown

    def test_with_points_missing_it_is_not_ready(self, signed_in, submit) -> None:
        shown = page(signed_in, grade(submit(), points=1.0))
        assert "Pre-checks: 1 of 3 points. Not ready for review yet." in shown
        assert "Ready for review<" not in shown
