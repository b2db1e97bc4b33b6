"""Grading again: a preview that changes nothing, then applied, and back again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from cohorts.services import add_member, create_cohort, remove_member
from common.clock import now
from curriculum.models import ExerciseVersion
from grader.errors import RunLostError
from grader.verdict import Verdict
from submissions import services
from submissions.errors import NothingToRegradeError, RegradeStateError
from submissions.models import Grade, Regrade, Report, Run
from submissions.services import ChangeKind
from submissions.signals import submission_graded
from tests.submissions.conftest import StandIn, claim, make_definition, make_report

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def unlimited(settings) -> None:
    settings.SUBMISSIONS_WAITING_PER_LEARNER = 100
    settings.SUBMISSIONS_PER_MINUTE = 0


@pytest.fixture
def news():
    heard = []

    def hear(sender, report, grade, **_more) -> None:
        heard.append(report.pk)

    submission_graded.connect(hear)
    yield heard
    submission_graded.disconnect(hear)


@pytest.fixture
def graded(submit):
    """A function that hands in and grades, with so many of 3 points."""

    def make(points: float, **fields: Any) -> Report:
        run = claim(submit(**fields))
        report = services.record_report(run=run, report=make_report(run, points))
        assert report is not None
        return report

    return make


def run_all(regrade: Regrade, *points: float, **fields: Any) -> None:
    """Grade the regrade's runs, in their order, as a worker would; the last points for all others."""
    for number, run in enumerate(regrade.runs.queued().order_by("pk")):
        given = points[min(number, len(points) - 1)]
        claimed = services.claim_run(public_id=run.public_id, worker=f"w/{run.pk}")
        services.record_report(run=claimed, report=make_report(claimed, given, **fields))


def kinds(regrade: Regrade) -> Counter[str]:
    return Counter(change.kind for change in services.list_changes(regrade=regrade))


def what_counts() -> dict[str, Any]:
    reports = Report.objects.applied().order_by("pk").values_list("pk", "points")
    return {"reports": list(reports), "grades": list(Grade.objects.order_by("pk").values())}


def test_a_preview_changes_nothing_and_tells_nobody(graded, news, signed_in) -> None:
    report = graded(3.0)
    submission = report.run.submission
    before = what_counts()
    news.clear()

    regrade = services.start_regrade()
    page = signed_in.get(submission.get_absolute_url()).content.decode()
    run_all(regrade, 1.0)

    assert what_counts() == before
    assert news == []
    assert kinds(regrade) == {"lower": 1}
    assert "All of it is right" in page
    assert "All of it is right" in signed_in.get(submission.get_absolute_url()).content.decode()
    assert submission.__class__.objects.get().latest_run == report.run


def test_the_same_seed_and_version_and_the_lowest_queue(graded) -> None:
    report = graded(3.0)
    run = services.start_regrade().runs.get()
    assert (run.seed, run.version, run.queue) == (
        report.run.seed,
        report.run.submission.version,
        "regrade",
    )
    assert (run.kind, run.replaces) == ("regrade", report)


def test_a_regrade_holds_up_no_learner(graded, submit, settings) -> None:
    settings.SUBMISSIONS_WAITING_PER_LEARNER = 1
    graded(3.0), graded(2.0)
    first, second = services.start_regrade().runs.all()
    assert services.claim_run(public_id=first.public_id, worker="a")
    claim(submit(), "b")
    assert services.claim_run(public_id=second.public_id, worker="c")


def test_one_is_announced_after_the_other(graded, sent) -> None:
    graded(1.0), graded(2.0)
    sent.clear()
    regrade = services.start_regrade()
    assert sent.run_ids == [str(run.public_id) for run in regrade.runs.order_by("pk")]
    Run.objects.filter(regrade=regrade).update(enqueued_at=None)
    sent.clear()
    run = services.claim_run(public_id=regrade.runs.last().public_id, worker="w")
    services.record_report(run=run, report=make_report(run))
    assert sent.run_ids == [str(regrade.runs.queued().get().public_id)]
    assert {options["queue"] for _id, options in sent} == {"regrade"}


def test_applying_lets_the_new_reports_count_and_undo_brings_the_old_back(graded, news) -> None:
    graded(1.0), graded(2.0)
    before = what_counts()
    news.clear()
    regrade = services.start_regrade()
    run_all(regrade, 2.5, 2.0)

    assert services.apply_regrade(regrade=regrade) == {ChangeKind.APPLIED: 1, ChangeKind.SAME: 1}
    assert (regrade.state, Grade.objects.get().points) == ("applied", 2.5)
    assert Grade.objects.get().attempts == 2
    assert len(news) == 1

    assert services.undo_regrade(regrade=regrade) == 1
    assert regrade.state == "undone"
    assert what_counts() == before
    assert len(news) == 2


def test_twice_is_as_good_as_once(graded, news) -> None:
    graded(1.0)
    regrade = services.start_regrade()
    run_all(regrade, 3.0)
    services.apply_regrade(regrade=regrade)
    after, heard = what_counts(), len(news)
    assert services.apply_regrade(regrade=regrade) == {ChangeKind.APPLIED: 1}
    assert (what_counts(), len(news)) == (after, heard)
    assert services.undo_regrade(regrade=regrade) == 1
    assert services.undo_regrade(regrade=regrade) == 0


def test_an_interrupted_apply_goes_on(graded, monkeypatch: pytest.MonkeyPatch) -> None:
    graded(1.0), graded(1.0)
    regrade = services.start_regrade()
    run_all(regrade, 3.0)
    from submissions.services import regrades

    real, calls = regrades.let_count, []

    def break_at_second(report):
        calls.append(report)
        if len(calls) == 2:
            raise ConnectionError
        return real(report)

    monkeypatch.setattr(regrades, "let_count", break_at_second)
    with pytest.raises(ConnectionError):
        services.apply_regrade(regrade=regrade)
    assert Report.objects.applied().filter(run__regrade=regrade).count() == 1
    services.apply_regrade(regrade=regrade)
    assert Report.objects.applied().filter(run__regrade=regrade).count() == 2
    assert Report.objects.applied().count() == 2


def test_points_are_not_lost_unless_allowed(graded) -> None:
    graded(3.0)
    regrade = services.start_regrade()
    run_all(regrade, 2.0)
    assert services.apply_regrade(regrade=regrade) == {ChangeKind.LOWER: 1}
    assert Grade.objects.get().points == 3.0
    services.apply_regrade(regrade=regrade, allow_lower=True)
    assert (Grade.objects.get().points, Grade.objects.get().is_passed) == (2.0, False)


def test_other_feedback_is_a_change_and_other_timings_are_not(graded) -> None:
    graded(2.0), graded(2.0)
    regrade = services.start_regrade()
    first, second = (
        services.claim_run(public_id=run.public_id, worker="w")
        for run in regrade.runs.order_by("pk")
    )
    slow = make_report(first, 2.0, phases={"kernel": 9.9})
    services.record_report(run=first, report=slow)
    told = make_report(second, 2.0)
    said = tuple(replace(check, message="Clearer.") for check in told.checks)
    services.record_report(run=second, report=replace(told, checks=said))
    assert kinds(regrade) == {"same": 1, "feedback": 1}


def test_another_environment_and_version_are_said(graded, exercise) -> None:
    graded(2.0)
    definition = make_definition(checks="OTHER-CHECKS")
    exercise.current_version = ExerciseVersion.objects.create(
        exercise=exercise,
        digest=definition.digest,
        payload=definition.payload(),
        released_at=now(),
    )
    exercise.save()
    regrade = services.start_regrade(exercise=exercise, uses_current_version=True)
    run = regrade.runs.get()
    assert run.version == exercise.current_version

    digests = {"environment_digest": "f" * 64, "exercise_digest": definition.digest}
    client = StandIn(lambda _run: make_report(run, 2.0, **digests))
    services.grade_run(public_id=run.public_id, worker="w", client=client)
    assert client.jobs[0]["exercise"]["checks"] == "OTHER-CHECKS"
    (change,) = services.list_changes(regrade=regrade)
    assert change.has_other_environment
    assert change.has_other_version
    assert change.kind == "same"


def test_what_we_fail_at_stays_as_it_is(graded, caplog) -> None:
    graded(2.0)
    regrade = services.start_regrade()
    run_all(regrade, 0.0, verdict=Verdict.PLATFORM)
    assert services.apply_regrade(regrade=regrade) == {ChangeKind.NOT_GRADED: 1}
    assert Grade.objects.get().points == 2.0


def test_what_is_being_graded_is_waited_for_and_can_be_cancelled(graded) -> None:
    graded(2.0)
    regrade = services.start_regrade()
    with pytest.raises(RegradeStateError, match="1 runs"):
        services.apply_regrade(regrade=regrade)
    assert services.cancel_regrade(regrade=regrade) == 1
    with pytest.raises(RegradeStateError, match="cancelled"):
        services.apply_regrade(regrade=regrade)
    with pytest.raises(RegradeStateError, match="Nothing"):
        services.undo_regrade(regrade=regrade)
    assert services.start_regrade().runs.count() == 1


def test_a_lost_run_of_a_regrade_goes_back_to_its_queue(graded) -> None:
    graded(2.0)
    run = services.start_regrade().runs.get()
    claimed = services.claim_run(public_id=run.public_id, worker="w")
    assert services.return_run(run=claimed, error=RunLostError("gone"))
    run.refresh_from_db()
    assert (run.state, run.queue, run.lost_count) == ("queued", "regrade", 1)


def test_of_two_regrades_the_later_does_not_undo_the_earlier(graded) -> None:
    graded(1.0)
    first = services.start_regrade()
    run_all(first, 2.0)
    second = services.start_regrade()
    run_all(second, 1.5)
    services.apply_regrade(regrade=first)
    assert kinds(second) == {"superseded": 1}
    services.apply_regrade(regrade=second)
    assert Grade.objects.get().points == 2.0


def test_only_what_was_chosen(graded, make_exercise, learner, other_learner) -> None:
    other = make_exercise("other")
    graded(1.0), graded(1.0, learner=other_learner), graded(1.0, exercise=other)
    assert services.start_regrade(exercise=other).runs.count() == 1
    assert services.start_regrade(learners=[other_learner]).runs.count() == 1
    # The rest: what stands in another regrade at the moment is left out.
    assert services.start_regrade().runs.count() == 1
    with pytest.raises(NothingToRegradeError):
        services.start_regrade()
    assert Regrade.objects.count() == 3


@pytest.fixture
def spring(learner, other_learner, make_user):
    """A cohort: the learner learns in it, the other has left, and a third never came."""
    cohort = create_cohort(name="Spring", slug="spring")
    for user in (learner, other_learner):
        add_member(cohort=cohort, user=user)
    remove_member(cohort=cohort, user=other_learner)
    make_user("third")
    return cohort


@pytest.fixture
def everybody(learner, other_learner, spring):
    return [learner, other_learner, User.objects.get(username="third")]


def test_a_cohort_stands_for_its_learners_of_now(
    graded, make_exercise, everybody, spring, make_user
) -> None:
    other = make_exercise("other")
    mentor = make_user("mentor", role="mentor")
    add_member(cohort=spring, user=mentor, role="mentor")
    mine = [graded(1.0, learner=everybody[0]), graded(1.0, learner=everybody[0], exercise=other)]
    for user in (*everybody[1:], mentor):
        graded(1.0, learner=user)

    regrade = services.start_regrade(cohort=spring)
    assert sorted(regrade.runs.values_list("replaces", flat=True)) == [one.pk for one in mine]
    assert regrade.scope == {"exercise": None, "cohort": "spring", "learners": None}
    services.cancel_regrade(regrade=regrade)
    regrade = services.start_regrade(cohort=spring, exercise=other)
    assert regrade.runs.get().replaces == mine[1]
    with pytest.raises(NothingToRegradeError):
        services.start_regrade(cohort=spring, learners=everybody[1:])


def test_applied_and_undone_is_what_the_cohort_was_at_the_preview(
    graded, everybody, spring
) -> None:
    for user in everybody:
        graded(1.0, learner=user)
    before = what_counts()
    regrade = services.start_regrade(cohort=spring)
    run_all(regrade, 3.0)
    remove_member(cohort=spring, user=everybody[0])
    add_member(cohort=spring, user=everybody[2])

    assert services.apply_regrade(regrade=regrade) == {ChangeKind.APPLIED: 1}
    points = Grade.objects.values_list("learner__username", "points")
    assert dict(points) == {"learner": 3.0, "other-learner": 1.0, "third": 1.0}
    assert services.undo_regrade(regrade=regrade) == 1
    assert what_counts() == before


def test_an_account_goes_with_its_regraded_work(graded, learner) -> None:
    graded(1.0)
    regrade = services.start_regrade()
    run_all(regrade, 2.0)
    services.apply_regrade(regrade=regrade)
    learner.delete()
    assert not Run.objects.exists()


def test_the_learner_reads_why(graded, signed_in) -> None:
    report = graded(1.0)
    regrade = services.start_regrade(reason="A check was wrong.")
    run_all(regrade, 3.0)
    services.apply_regrade(regrade=regrade)
    page = signed_in.get(report.run.submission.get_absolute_url()).content.decode()
    assert "Graded again later" in page
    assert "A check was wrong." in page


class TestCommand:
    def say(self, *words: str) -> str:
        out = StringIO()
        call_command("regrade", *words, stdout=out)
        return out.getvalue()

    def test_the_whole_way(self, graded) -> None:
        graded(1.0), graded(3.0)
        said = self.say("preview", "--exercise", "double", "--no-wait")
        regrade = Regrade.objects.get()
        assert f"{regrade.public_id}: 2 submissions" in said
        assert "2 waiting" in said

        run_all(regrade, 2.0)
        said = self.say("show", str(regrade.public_id))
        assert "higher     double learner #1: 1/3 → 2/3" in said
        assert "lower      double learner #2: 3/3 → 2/3" in said
        assert "1 higher, 1 lower" in said
        assert f"regrade apply {regrade.public_id}" in said

        assert "Applied: 1. 1 lower" in self.say("apply", str(regrade.public_id))
        assert "Applied: 2." in self.say("apply", str(regrade.public_id), "--allow-lower")
        assert "applied" in self.say("list")
        assert "Undone: 2" in self.say("undo", str(regrade.public_id))
        assert Grade.objects.get().points == 3.0

    def test_by_learner_and_current_version(self, graded) -> None:
        graded(1.0)
        words = ("--learner", "learner", "--version", "current", "--no-wait")
        assert "double of learner, current version" in self.say(
            "preview", "--exercise", "double", *words
        )

    @pytest.mark.parametrize(
        ("words", "scope", "count"),
        [
            (("--cohort", "spring"), "all exercises in cohort spring, stored", 2),
            (("--cohort", "spring", "--all"), "all exercises in cohort spring, stored", 2),
            (("--cohort", "spring", "--exercise", "other"), "other in cohort spring, stored", 1),
            (
                ("--cohort", "spring", "--learner", "learner"),
                "all exercises in cohort spring of learner, stored",
                2,
            ),
            (("--all",), "all exercises, stored", 4),
        ],
    )
    def test_by_cohort(self, graded, make_exercise, everybody, words, scope, count) -> None:
        graded(1.0, exercise=make_exercise("other"))
        for user in everybody:
            graded(1.0, learner=user)
        said = self.say("preview", *words, "--no-wait")
        regrade = Regrade.objects.get()
        assert f"{regrade.public_id}: {count} submissions" in said
        assert f"{scope} version, Preview: {count} waiting" in said
        assert f"{scope} version" in self.say("show", str(regrade.public_id), "--no-wait")
        assert f"{scope} version" in self.say("list")

    def test_the_whole_way_of_a_cohort(self, graded, everybody) -> None:
        for user in everybody:
            graded(1.0, learner=user)
        self.say("preview", "--cohort", "spring", "--no-wait")
        regrade = Regrade.objects.get()
        run_all(regrade, 3.0)
        assert "Applied: 1." in self.say("apply", str(regrade.public_id))
        assert Grade.objects.filter(points=3.0).get().learner == everybody[0]
        assert "Undone: 1" in self.say("undo", str(regrade.public_id))
        assert not Grade.objects.filter(points=3.0).exists()

    def test_a_regrade_from_before_there_were_cohorts_is_still_shown(self, graded) -> None:
        graded(1.0)
        regrade = services.start_regrade()
        Regrade.objects.update(scope={"exercise": "double", "learners": None})
        assert "double, stored version" in self.say("show", str(regrade.public_id), "--no-wait")
        assert "double, stored version" in self.say("list")

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("preview", "--exercise", "nothing"), "no exercise 'nothing'"),
            (("preview", "--all", "--learner", "nobody"), "no such learner: nobody"),
            (("preview", "--all"), "has been graded yet"),
            (("show", "00000000-0000-0000-0000-000000000000"), "there is no regrade"),
            (("preview", "--cohort", "nowhere"), "no cohort 'nowhere'"),
            (("preview", "--exercise", "double", "--cohort", "nowhere"), "no cohort 'nowhere'"),
            (("preview", "--all", "--exercise", "double"), "not allowed with"),
            (("preview",), "--exercise, --cohort and --all is required"),
            ((), "STEP"),
        ],
    )
    def test_mistakes_are_one_line(self, learner, exercise, words, said) -> None:
        with pytest.raises(CommandError, match=said):
            self.say(*words)

    def test_cancel(self, graded) -> None:
        graded(1.0)
        regrade = services.start_regrade()
        assert "1 runs will not" in self.say("cancel", str(regrade.public_id))
