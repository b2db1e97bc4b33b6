"""Judges k-means by its fixed points and by counts of what its seeding draws.

The two checks that count draws raise a false alarm less than once in ten thousand gradings.
"""

import io

import numpy as np
from PIL import Image

from grader.exam import (
    check,
    expect,
    expect_close,
    expect_equal,
    expect_raises,
    expect_shape,
    expect_type,
    expect_unchanged,
)

LINE = np.array([[0], [1], [2], [10], [12]])
SEEDING = "Is kmeans_pp right already? This builds on it."


def seed(rng):
    """A generator of its own for one call of the learner's."""
    return np.random.default_rng(int(rng.integers(2**32)))


def blobs(rng, k, each=12, d=2, apart=20.0):
    """k round clouds of spread 1, their centres at least `apart` from each other on a line."""
    middles = np.zeros((k, d))
    middles[:, 0] = apart * rng.permutation(k)
    middles[:, 1:] = rng.uniform(-apart, apart, size=(k, d - 1))
    return rng.permutation(np.repeat(middles, each, axis=0) + rng.normal(size=(k * each, d)))


def squared_distances(X, centres):
    X = np.asarray(X, dtype=float)
    return ((X[:, None, :] - centres) ** 2).sum(axis=2)


def lloyd(X, centres, most=100):
    """Our own walk from the same start; no cluster of its inputs runs empty."""
    X, labels = np.asarray(X, dtype=float), None
    for _ in range(most + 1):
        squared = squared_distances(X, centres)
        before, labels = labels, squared.argmin(axis=1)
        if before is not None and (labels == before).all():
            break
        centres = np.array([X[labels == j].mean(axis=0) for j in range(len(centres))])
    return squared.min(axis=1).sum()


def result(learner, X, k, *args, **kwargs):
    """The learner's centres, labels and history, once they have their form."""
    answer = learner.kmeans(X, k, *args, **kwargs)
    expect_type(answer, (tuple, list), "kmeans should return three things: centres, labels, history")
    expect(len(answer) == 3, f"kmeans should return centres, labels and history, but gave {len(answer)} things")
    n, d = np.shape(X)
    expect_shape(answer[0], (k, d), "the centres have the wrong shape")
    expect_shape(answer[1], (n,), "the labels have the wrong shape")
    expect_type(answer[2], np.ndarray, "history should be an array")
    centres, labels, history = answer
    expect(centres.dtype.kind == "f", f"the centres should be floats, not {centres.dtype}")
    expect(np.isfinite(centres).all(), "a centre holds NaN or infinity", X=X, centres=centres)
    expect(labels.dtype.kind in "iu", f"labels should be integers, not {labels.dtype}")
    expect(((labels >= 0) & (labels < k)).all(), f"labels should be from 0 to {k - 1}", labels=labels)
    expect(history.ndim == 1 and history.size > 0, "history should hold one inertia for each round")
    return centres, labels, history


def starting_centres(learner, X, k, rng):
    centres = learner.kmeans_pp(X, k, seed(rng))
    expect_shape(centres, (k, np.shape(X)[1]), "the starting centres have the wrong shape")
    centres = np.asarray(centres)
    expect(centres.dtype.kind in "iuf", f"the starting centres should be numbers, not {centres.dtype}")
    return centres


def expect_at_rest(X, centres, labels, history):
    """Means, nearest centres and the last inertia agree with each other."""
    X = np.asarray(X, dtype=float)
    for j in np.unique(labels):
        expect_close(
            centres[j],
            X[labels == j].mean(axis=0),
            f"centre {j} should be the mean of the points with label {j}",
            X=X,
            labels=labels,
        )
    squared = squared_distances(X, centres)
    own = squared[np.arange(len(X)), labels]
    expect(
        (own <= squared.min(axis=1) + 1e-9).all(),
        f"point {int(np.argmax(own - squared.min(axis=1)))} is nearer to another centre than to its own",
        X=X,
        centres=centres,
        labels=labels,
    )
    expect_close(history[-1], own.sum(), "the last entry of history should be the final inertia")


@check(
    points=1,
    title="Inertia is the sum of squared distances",
    about="inertia",
    hints=["centres[labels] gives each point its own centre.", "Neither a root nor a mean is taken."],
)
def inertia_value(learner, rng):
    expect_close(
        learner.inertia(LINE, [[0], [2]], [0, 0, 1, 1, 1]), 165.0, "the first line of the example has inertia 165"
    )
    for n, d, k in [(6, 2, 3), (5, 3, 1)]:
        X, centres, labels = rng.normal(size=(n, d)), rng.normal(size=(k, d)), rng.integers(k, size=n)
        right = sum(np.sum((x - centres[j]) ** 2) for x, j in zip(X, labels, strict=True))
        expect_close(
            learner.inertia(X, centres, labels), right, "the inertia differs", X=X, centres=centres, labels=labels
        )


@check(
    points=1,
    title="Starting centres are rows of X",
    about="kmeans_pp",
    hints=["Draw the number of a row, then take that row."],
)
def rows_of_x(learner, rng):
    for X, k in [(LINE, 2), (rng.normal(size=(7, 3)), 4), (rng.normal(size=(3, 2)), 3)]:
        centres = starting_centres(learner, X, k, rng)
        for centre in centres:
            expect((np.asarray(X) == centre).all(axis=1).any(), "a starting centre is no row of X", X=X, centres=centres)
        expect(
            len(np.unique(centres, axis=0)) == k,
            "a row that is a centre already has D = 0 and must not be drawn again",
            X=X,
            centres=centres,
        )


@check(
    points=3,
    title="Further centres are drawn in proportion to D²",
    about="kmeans_pp",
    visible=False,
    hints=[
        "Weights are squared distances, divided by their sum.",
        "rng.choice(n, p=weights) draws a row; taking the largest is no draw.",
    ],
)
def proportional_to_d2(learner, rng):
    # 100 points at 0, 25 at distance 1 and one at distance 5. From 0, D² gives the two sorts the same
    # weight, D gives the far point 1/6, no weights give it 1/26. 160 draws lie 4 standard deviations
    # or more from the limits below.
    angles = rng.uniform(0, 2 * np.pi, size=26)
    radius = np.append(np.ones(25), 5.0)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * radius[:, None]
    X = rng.permutation(np.vstack([np.zeros((100, 2)), ring]))
    seconds = []
    for _ in range(160):
        pair = np.linalg.norm(starting_centres(learner, X, 2, rng), axis=1)
        if pair[0] == 0:
            seconds.append(pair[1] > 3)
    expect(
        90 <= len(seconds) <= 152,
        f"the first centre should be any row with equal chance; 100 of 126 rows are at 0, "
        f"and {len(seconds)} of 160 first centres were",
    )
    share = np.mean(seconds)
    expect(
        abs(share - 0.5) < 0.18,
        "with 25 points at distance 1 from the first centre and one at distance 5, that one should come second "
        f"in half of the draws (25 : 25), but it came in {share:.0%}",
    )


@check(
    points=1,
    title="Careful seeding starts lower than random rows on average",
    about="kmeans_pp",
    visible=False,
    hints=["D is the distance to the nearest of all centres so far, not to the last one."],
)
def better_than_random(learner, rng):
    careful, random = [], []
    for _ in range(50):
        X = blobs(rng, 5, each=6)
        careful.append(squared_distances(X, starting_centres(learner, X, 5, rng)).min(axis=1).sum())
        rows = rng.choice(len(X), size=5, replace=False)
        random.append(squared_distances(X, X[rows]).min(axis=1).sum())
    share = np.mean(careful) / np.mean(random)
    expect(
        share < 0.4,
        "over 50 draws from five separate groups, starting centres should have less than 40 % of the inertia "
        f"of random rows on average, but have {share:.0%}",
    )


@check(
    points=1,
    title="Points that all coincide do not stop the seeding",
    about="kmeans_pp",
    visible=False,
    hints=["If every D is 0 the weights are 0/0. Draw without weights then."],
)
def coinciding_points(learner, rng):
    X = np.full((4, 2), 3.0)
    expect_close(starting_centres(learner, X, 3, rng), X[:3], "all points are (3, 3), so all centres are", X=X)
    X[0] = 5.0
    centres = starting_centres(learner, X, 3, rng)
    expect(set(centres[:, 0]) == {3.0, 5.0}, "both different points should be among the centres", X=X)
    centres, labels, history = result(learner, np.full((4, 2), 3.0), 2, "++", seed(rng))
    expect_close(history[-1], 0.0, "the inertia of points that coincide is 0")


@check(
    points=2,
    title="The worked example, step by step",
    about="kmeans",
    hints=["Label, note the inertia, compare with the labels before, then move.", "argmin gives a tie to the lowest label."],
)
def worked_example(learner):
    centres, labels, history = result(learner, LINE, 2, [[0], [2]])
    expect_close(history, [165, 22.75, 4], "history of the example differs")
    expect_close(centres, [[1], [11]], "the centres of the example should come to rest at 1 and 11")
    expect_equal(labels, np.array([0, 0, 0, 1, 1]), "the labels of the example differ")
    _, labels, history = result(learner, LINE, 2, [[0], [2]], max_iter=1)
    expect_close(history, [165, 22.75], "with max_iter=1 history should end after one move")


@check(
    points=1,
    title="Inertia never rises, from the start to the end",
    about="kmeans",
    hints=["Append the inertia right after the labels, for the centres that gave them."],
)
def never_rises(learner, rng):
    for init in ["++", "random"]:
        for n, d, k in [(30, 2, 4), (20, 3, 2), (9, 1, 5)]:
            X = rng.normal(size=(n, d))
            _, _, history = result(learner, X, k, init, seed(rng))
            rise = np.diff(history).max(initial=0.0)
            expect(rise <= 1e-9, f"the inertia rises by {rise:.3g} on the way", X=X, history=history)
    X = rng.normal(size=(25, 2))
    start = X[:3]
    _, _, history = result(learner, X, 3, start)
    first = squared_distances(X, start).min(axis=1).sum()
    expect_close(history[0], first, "history should begin with the inertia at the starting centres")
    expect_close(history[-1], lloyd(X, start), "from these starting centres the walk should end elsewhere")


@check(
    points=2,
    title="At rest, centres are means and labels name the nearest centre",
    about="kmeans",
    visible=False,
    hints=["Go on until the labels stay the same.", "Do not move the centres once more after the last labels."],
)
def fixed_point(learner, rng):
    for init in ["++", "random"]:
        for n, d, k in [(60, 2, 5), (40, 3, 3), (6, 2, 6), (8, 2, 1)]:
            X = rng.normal(size=(n, d))
            expect_at_rest(X, *result(learner, X, k, init, seed(rng)))


@check(
    points=3,
    title="A cluster left empty takes a far point",
    about="kmeans",
    visible=False,
    hints=[
        "The mean of no points is NaN: ask how many there are first.",
        "Which point is served worst? Its distance to its own centre is the largest.",
        "With two empty clusters, the second takes the second farthest point.",
    ],
)
def empty_clusters(learner, rng):
    for empty in [1, 2, 3]:
        X = blobs(rng, 3, each=4)
        far = 1000 + 100 * np.arange(empty)[:, None] + rng.normal(size=(empty, 2))
        start = np.vstack([X[:1], far])
        answer = result(learner, X, empty + 1, start)
        used = len(np.unique(answer[1]))
        expect(
            used == empty + 1,
            f"{empty + 1} clusters, {empty} of them empty at first: {used} hold points at the end",
            X=X,
            init=start,
        )
        expect_at_rest(X, *answer)
    X = np.array([[0.0], [1.0], [2.0], [9.0]])
    centres, _, history = result(learner, X, 2, [[1.0], [50.0]], max_iter=1)
    expect_close(
        np.sort(centres.ravel()), [3.0, 9.0], "the empty cluster should take the point 9, farthest from its centre 1", X=X
    )


@check(
    points=1,
    title="The same rng gives the same answer, and global chance plays no part",
    about="kmeans",
    visible=False,
    hints=["Use rng.integers, rng.choice …; np.random.… is the global state.", SEEDING],
)
def reproducible(learner, rng):
    X = rng.normal(size=(40, 2))
    for call in [
        lambda r: result(learner, X, 6, "++", r),
        lambda r: result(learner, X, 6, "random", r),
        lambda r: (starting_centres_from(learner, X, r),),
    ]:
        state = int(rng.integers(2**32))
        first, second = (call(np.random.default_rng(state)) for _ in range(2))
        for left, right in zip(first, second, strict=True):
            expect_equal(left, right, "two calls with the same rng differ")
    starts = {starting_centres(learner, X, 2, rng).tobytes() for _ in range(8)}
    expect(len(starts) > 1, "eight different generators gave the same starting centres: rng is not used")


def starting_centres_from(learner, X, generator):
    centres = learner.kmeans_pp(X, 6, generator)
    expect_shape(centres, (6, 2), "the starting centres have the wrong shape")
    return centres


@check(
    points=1,
    title="k outside 1 to n is refused",
    about="kmeans",
    visible=False,
    hints=["Check k first, in kmeans and in kmeans_pp."],
)
def bad_k(learner, rng):
    X = rng.normal(size=(3, 2))
    for k in [0, -1, 4]:
        expect_raises(ValueError, learner.kmeans, X, k, "++", seed(rng), message=f"k = {k} with three points")
        expect_raises(ValueError, learner.kmeans, X, k, "random", seed(rng), message=f"k = {k} with three points")
        expect_raises(ValueError, learner.kmeans_pp, X, k, seed(rng), message=f"k = {k} with three points")


@check(
    points=1,
    title="Eight colours come as close to the picture as the reference",
    about="kmeans",
    visible=False,
    hints=["Pixels are uint8, where 3 − 5 is 254: turn them into floats first."],
)
def colours(learner, rng, data):
    picture = np.asarray(Image.open(io.BytesIO(data["pagoda.png"])))
    pixels = picture.reshape(-1, 3)[:: 1 + int(rng.integers(3))]
    different = np.unique(pixels, axis=0)
    start = rng.permutation(different)[:8]
    centres, labels, history = result(learner, pixels, 8, start, max_iter=25)
    first = squared_distances(pixels, start).min(axis=1).sum()
    expect_close(history[0], first, "the inertia at the starting colours differs", init=start)
    error = np.sum((pixels.astype(float) - centres[labels]) ** 2)
    right = lloyd(pixels, start.astype(float), most=25)
    expect(
        error <= 1.02 * right,
        f"repainted with your eight colours the picture is off by {error:.0f}; from the same start {right:.0f} is reached",
        init=start,
    )


@check(
    points=1,
    title="The elbow shows the clusters that are there",
    about="elbow",
    visible=False,
    hints=["Keep the lowest of the tries for each k, not the last.", SEEDING],
)
def elbow_values(learner, rng):
    for k in [3, 5]:
        X = blobs(rng, k, each=8)
        ks = [1, k, 2, k - 1]
        values = learner.elbow(X, ks, seed(rng))
        expect_shape(values, (4,), "elbow should give one number for each k")
        alone, right, _, fewer = np.asarray(values)
        expect_close(alone, np.sum((X - X.mean(axis=0)) ** 2), "with one cluster the inertia is known")
        expect(right < 4 * X.size, f"{k} separate groups: with k = {k} the inertia should be small, not {right:.0f}")
        expect(fewer > 4 * right, f"{k} separate groups: with k = {k - 1} the inertia should be much higher")


@check(
    points=1,
    title="Lists, integers and float32 are understood, arguments stay as they were",
    about="kmeans",
    visible=False,
    hints=["np.array(init, dtype=float) is a copy; np.asarray need not be."],
)
def arguments_unchanged(learner, rng):
    X = rng.normal(size=(10, 2))
    expect_unchanged(learner.kmeans, X, 3, X[:3].copy())
    expect_unchanged(learner.inertia, X, X[:2], np.zeros(10, dtype=int))
    for given in [X.tolist(), X.astype(np.float32), rng.integers(-9, 10, size=(10, 2))]:
        expect_at_rest(given, *result(learner, given, 2, "random", seed(rng)))
