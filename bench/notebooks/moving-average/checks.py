import numpy as np

from grader.exam import check, expect_close, expect_raises


@check(points=2, title="Means are right", about="moving_average")
def means(learner, rng):
    for n, width in [(5, 2), (20, 5), (7, 7), (4, 1)]:
        x = rng.normal(size=n)
        right = np.convolve(x, np.ones(width) / width, mode="valid")
        expect_close(learner.moving_average(x, width), right, "the means differ", x=x, width=width)


@check(points=1, title="Impossible widths are refused", about="moving_average")
def refuses(learner, rng):
    for width in (0, -1, 5):
        expect_raises(ValueError, learner.moving_average, rng.normal(size=4), width)
