import pandas as pd

from grader.exam import check, expect, expect_close, expect_shape


def table(rng, n):
    group = rng.integers(0, 2, size=n).astype(bool)
    values = rng.normal(size=(n, 3)) + 2 * group[:, None]
    return pd.DataFrame(values, columns=["a", "b", "c"]).assign(flag=group)


@check(points=2, title="Groups are described", about="describe")
def groups(learner, rng):
    for n in (20, 50):
        frame = table(rng, n)
        right = frame.groupby("flag")["a"].agg(["count", "mean", "median"])
        answer = learner.describe(frame, "flag", "a")
        expect_shape(answer, right.shape, "one row for each group, three columns")
        expect_close(answer.to_numpy(), right.to_numpy(), "the description differs")


@check(points=2, title="Shares are found bin by bin", about="share_by_bin")
def shares(learner, rng):
    for bins in (2, 4):
        frame = table(rng, 60)
        right = frame.groupby(pd.qcut(frame["b"], bins, labels=False))["flag"].mean().to_numpy()
        expect_close(learner.share_by_bin(frame, "b", "flag", bins), right, "the shares differ")


@check(points=2, title="The model is judged on held-out rows", about="evaluate")
def judged(learner, rng):
    frame = table(rng, 120)
    accuracy, area = learner.evaluate(frame, "flag", 0)
    expect(accuracy > 0.8, "the groups lie far apart")
    expect(0.8 < area <= 1, "the groups lie far apart")
