"""What checks lend to the learner's code, and what is counted. Run by test_exam.py under the core environment."""

import itertools

import numpy as np

from grader.exam.counted import Tally, plain
from grader.exam.doubles import counting, stream
from grader.exam.errors import CheckFailure, LearnerRaised
from grader.exam.expect import expect_close, expect_equal
from grader.verdict import Verdict
from grader.wire.records import StandIn
from tests.grader.exam.stage import judge, learner, raised

CODE = """
import itertools
def insertion(a):
    for i in range(1, len(a)):
        j = i
        while j and a[j - 1] > a[j]:
            a[j - 1], a[j] = a[j], a[j - 1]
            j -= 1
def builtin(a): return sorted(a)
def by_value(a): return sorted(a, key=int)
def by_hash(a): return sorted(a, key=hash)
def horner(c, x):
    value = c[0]
    for k in c[1:]:
        value = value * x + k
    return value
def different(a): return len(set(a))
def same(a): return a[0] is a[0], a[0] == a[0]
def swallow(a):
    for _ in range(50):
        try: a[0] < a[1]
        except Exception: pass
    return True
def take(items, n): return list(itertools.islice(items, n))
def newton(f, x):
    for _ in range(3): x = x - f(x)
    return x
def episode(env):
    state, total = env.reset(), 0.0
    while state < env.goal:
        state, reward = env.step(1)
        total += reward
    return total
def numpys(a): return a[0] + np.float64(1), np.int64(3) < a[0]
def power(x): return x ** 3
def forge(a):
    a._tally = None
    a._kilohour = 10**6
    return a[0]
def grow(x):
    while True: x = x * x
def text(a): return a * 10**9
"""


def case_comparisons_reads_and_writes_are_counted():
    tally = Tally()
    numbers = tally.list([3, 1, 2])
    learner(CODE).insertion(numbers)
    assert numbers.values == [1, 2, 3]
    assert (tally.comparisons, tally.writes) == (3, 4)
    tally.reset()
    found = learner(CODE).builtin(tally.numbers([5, 2, 9, 1]))
    assert plain(found) == [1, 2, 5, 9]
    assert tally.comparisons == 5
    expect_equal(found, [1, 2, 5, 9], "sorted")
    expect_close(found, np.array([1, 2, 5, 9]), "sorted")


def case_arithmetic_is_counted():
    tally = Tally()
    assert plain(learner(CODE).horner(tally.numbers([1, 2, 3]), tally.number(2.0))) == 11
    assert (tally.additions, tally.multiplications, tally.comparisons) == (2, 2, 0)
    assert plain(learner(CODE).power(tally.number(2))) == 8
    assert tally.multiplications == 4
    assert plain(learner(CODE).numpys([tally.number(2)])) == (3.0, False)


def case_numbers_cannot_be_had_without_being_asked_for():
    tally = Tally()
    error = raised(LearnerRaised, learner(CODE).by_value, tally.numbers([2, 1]))
    assert "converting" in str(error)
    values = list(range(40))
    by_hash = plain(learner(CODE).by_hash(tally.numbers(values[::-1])))
    assert sorted(by_hash) == values
    assert by_hash != values
    assert tally.comparisons == 40
    assert learner(CODE).different(tally.numbers([3, 1, 3])) == 2


def case_one_object_stays_one_object():
    tally = Tally()
    assert learner(CODE).same(tally.numbers([1, 2])) == (True, True)
    numbers = tally.list([4, 5])
    assert learner("def f(a): return a, a[1]").f(numbers)[0] is numbers


def case_too_many_operations_fail_the_check_although_the_code_swallows_that():
    error = raised(CheckFailure, learner(CODE).swallow, Tally(limit=20).list([1, 2]))
    assert "more than 20 operations" in str(error)


def case_counts_cannot_be_forged():
    checks = """
@check(points=1, title="Few comparisons")
def few(learner):
    tally = Tally()
    numbers = tally.list([3, 1, 2])
    learner.forge(numbers)
    expect(tally.total == 1, f"{tally.total} operations were counted")
"""
    (result,), _, _ = judge(CODE, checks)
    assert result.verdict is not Verdict.PASSED


def case_numbers_cannot_grow_for_ever():
    error = raised(LearnerRaised, learner(CODE).grow, Tally().number(3))
    assert error.class_name == "OverflowError"
    error = raised(LearnerRaised, learner(CODE).value("text"), Tally().number("a"))
    assert error.class_name == "TypeError"


def case_iterators_are_read_one_by_one():
    endless = stream(itertools.count())
    assert learner(CODE).take(endless, 3) == [0, 1, 2]
    assert endless.taken == 3
    assert learner(CODE).take((n * n for n in range(3)), 9) == [0, 1, 4]
    error = raised(CheckFailure, learner(CODE).take, stream(itertools.count(), limit=5), 9)
    assert "more than 5 items" in str(error)


def case_calls_are_counted_and_arguments_kept():
    halve = counting(lambda x: x / 2)
    assert learner(CODE).newton(halve, 8.0) == 1.0
    assert (halve.calls, halve.seen) == (3, [(8.0,), (4.0,), (2.0,)])
    error = raised(CheckFailure, learner(CODE).newton, counting(lambda x: x, limit=2), 1.0)
    assert "more than 2 times" in str(error)


def case_objects_of_the_checks_own():
    steps = []

    def step(action):
        steps.append(action)
        return len(steps), 0.5

    assert learner(CODE).episode(StandIn(reset=lambda: 0, step=step, goal=4)) == 2.0
    assert steps == [1, 1, 1, 1]


KEEPING = """
kept = []
def first(f, items): kept[:] = [f, items]; return f(1)
def again(x):
    try: return kept[0](x)
    except RuntimeError as error: return str(error)
def raises(x): return kept[0](x)
def take(): return next(kept[1])
def give(): return kept[0]
def pass_on(g): return g(kept[0])
"""


def case_what_an_earlier_check_lent_is_over_but_ends_nothing():
    checks = """
@check(points=1, title="Lends")
def lends(learner):
    expect_equal(learner.first(lambda x: x + 1, iter([1, 2])), 2, "first")
@check(points=1, title="Caught")
def caught(learner):
    said = "this function belongs to an earlier check, which is over"
    expect_equal(learner.again(1), said, "again")
@check(points=1, title="Raises")
def raises(learner): learner.raises(1)
@check(points=1, title="Takes")
def takes(learner): learner.take()
@check(points=1, title="Gives")
def gives(learner): expect_equal(learner.give(), 1, "give")
@check(points=1, title="Passes on")
def passes_on(learner): learner.pass_on(lambda f: f)
@check(points=1, title="Lends anew")
def lends_anew(learner):
    expect_equal(learner.first(lambda x: x + 2, iter([1])), 3, "first")
"""
    results, author, _ = judge(KEEPING, checks)
    verdicts = [r.verdict for r in results]
    passed, error, failed = Verdict.PASSED, Verdict.ERROR, Verdict.FAILED
    assert verdicts == [passed, passed, error, error, failed, error, passed], results
    assert "raised RuntimeError: this function belongs to an earlier check" in results[2].message
    assert results[4].message == "give gave something that an earlier check had lent it."
    assert author["kernels"] == 1


def case_what_was_never_lent_is_no_answer():
    forging = "def f(g):\n    g._kilohour = 10**6\n    return g(1)"
    checks = """
@check(points=1, title="Forged")
def forged(learner): learner.f(lambda x: x)
"""
    assert judge(forging, checks)[0][0].verdict is Verdict.KERNEL_DIED
