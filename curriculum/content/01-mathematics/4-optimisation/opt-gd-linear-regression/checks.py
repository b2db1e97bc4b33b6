"""Judges gradient descent by what must hold for any data: slopes, fixed points, and how fast it gets there."""

import numpy as np

from grader.exam import (
    Remote,
    check,
    expect,
    expect_close,
    expect_raises,
    expect_shape,
    expect_type,
    expect_unchanged,
)

FLAT = "Predictions and y are both flat, of shape (n,): a column of shape (n, 1) would broadcast."
SMALL_X = np.array([[0.0], [1.0], [2.0]])
SMALL_Y = np.array([1.0, 3.0, 5.0])


def problem(rng, n, d):
    """Rows on a plane plus noise, features of similar size but not centred."""
    X = rng.normal(size=(n, d)) + rng.uniform(-1, 1, size=d)
    return X, X @ rng.normal(size=d) + rng.normal() + 0.1 * rng.normal(size=n)


def houses(rng, n):
    """Made-up houses: area, rooms, year and distance differ in size by a factor of a thousand; prices follow."""
    area = np.exp(rng.normal(4.7, 0.35, size=n))
    rooms = np.round(area / 28) + rng.integers(0, 3, size=n)
    year = rng.integers(1900, 2024, size=n)
    distance = rng.gamma(2.0, 3.0, size=n)
    price = 1.9 * area + 6 * rooms + 0.4 * (year - 1960) - 5 * distance + rng.normal(0, 15, size=n)
    return np.column_stack([area, rooms, year, distance]), price


def with_ones(X):
    return np.column_stack([X, np.ones(len(X))])


def best(X, y):
    """Coefficients of least cost, the bias last."""
    return np.linalg.lstsq(with_ones(X), y, rcond=None)[0]


def right_cost(X, y, theta):
    return np.mean((with_ones(X) @ theta - y) ** 2) / 2


def safe_rate(X):
    Z = with_ones(X)
    return 1 / np.linalg.eigvalsh(Z.T @ Z / len(Z))[-1]


def cost_at(learner, X, y, theta):
    """The learner's cost, once it is a number."""
    value = learner.cost(X, y, theta[:-1], theta[-1])
    expect(isinstance(value, (int, float, np.number)), "cost should return one number", X=X, y=y)
    return float(value)


def coefficients(answer, d, what):
    """(w, b) as one array, once the answer has that form."""
    expect_type(answer, (tuple, list), f"{what} should return a pair of an array and a number")
    expect(len(answer) == 2, f"{what} should return two things, but gave {len(answer)}")
    expect_shape(answer[0], (d,), f"the first result of {what} has the wrong shape")
    expect_close(np.shape(answer[1]), (), f"the second result of {what} should be one number")
    return np.append(answer[0], answer[1])


def descend(learner, X, y, lr, iters):
    """(w, b) as one array, and the history, once both have their form."""
    answer = learner.fit_gd(X, y, lr, iters)
    expect_type(answer, (tuple, list), "fit_gd should return three things: w, b, history")
    expect(len(answer) == 3, f"fit_gd should return w, b and history, but gave {len(answer)} things")
    expect_shape(
        answer[2],
        (iters + 1,),
        f"history after {steps(iters)} should hold the cost at the start and one for each step",
    )
    return coefficients(answer[:2], np.shape(X)[1], "fit_gd"), np.asarray(answer[2])


def steps(count):
    return "1 step" if count == 1 else f"{count} steps"


def scaler_for(learner, X):
    """A fitted scaler of the learner's; what fit returns is not relied on here."""
    scaler = learner.Scaler()
    scaler.fit(X)
    return scaler


@check(
    points=2,
    title="The cost is half the mean squared error",
    about="cost",
    hints=["J divides by 2n.", FLAT],
)
def cost_value(learner, rng):
    expect_close(
        learner.cost(SMALL_X, SMALL_Y, np.zeros(1), 0.0), 35 / 6, "the worked example has the cost 35/6"
    )
    for n, d in [(1, 1), (5, 2), (8, 3)]:
        X, y = problem(rng, n, d)
        w, b = rng.normal(size=d), rng.normal()
        right = right_cost(X, y, np.append(w, b))
        expect_close(
            learner.cost(X, y, w, b), right, f"the cost of {n} rows differs", X=X, y=y, w=w, b=b
        )


@check(
    points=3,
    title="The gradient is that of your own cost",
    about="gradient",
    hints=[
        "Compare with differences of your cost: (J(w + h) − J(w − h)) / 2h.",
        "The 2 of the square and the ½ of the cost cancel; 1/n stays.",
        FLAT,
    ],
)
def gradient_of_the_cost(learner, rng):
    for n, d in [(3, 1), (6, 2), (5, 4)]:
        X, y = problem(rng, n, d)
        theta, h = rng.normal(size=d + 1), 1e-5
        moves = h * np.eye(d + 1)
        slopes = [
            (cost_at(learner, X, y, theta + e) - cost_at(learner, X, y, theta - e)) / (2 * h)
            for e in moves
        ]
        answer = coefficients(learner.gradient(X, y, theta[:-1], theta[-1]), d, "gradient")
        expect_close(
            answer,
            slopes,
            "dw and db (last) differ from the slopes of your cost, measured by small steps",
            rtol=1e-5,
            atol=1e-6,
            X=X,
            y=y,
            w=theta[:-1],
            b=theta[-1],
        )


@check(
    points=1,
    title="The gradient has the shape of w, for one feature and one row too",
    about="gradient",
    visible=False,
    hints=["X.T @ errors sums over the rows and leaves one number for each feature."],
)
def gradient_shapes(learner, rng):
    for n, d in [(1, 1), (1, 3), (7, 1)]:
        X, y = problem(rng, n, d)
        w, b = rng.normal(size=d), rng.normal()
        errors = X @ w + b - y
        right = np.append(X.T @ errors / n, errors.mean())
        answer = coefficients(learner.gradient(X, y, w, b), d, "gradient")
        expect_close(answer, right, f"the gradient for {n} rows, {d} features differs", X=X, y=y, w=w, b=b)


@check(
    points=2,
    title="The first steps are those of the formula",
    about="fit_gd",
    hints=[
        "Start from zeros, and put the cost of that start into history.",
        "Take both parts of the gradient at the same point before you move either w or b.",
        "Are cost and gradient right already? fit_gd builds on them.",
    ],
)
def first_steps(learner, rng):
    cases = [(SMALL_X, SMALL_Y, 0.1), (*problem(rng, 6, 2), 0.05), (*problem(rng, 9, 3), 0.2)]
    for X, y, lr in cases:
        theta, costs = np.zeros(X.shape[1] + 1), []
        for iters in range(4):
            costs.append(right_cost(X, y, theta))
            answer, history = descend(learner, X, y, lr, iters)
            expect_close(answer, theta, f"w and b (last) after {steps(iters)} differ", X=X, y=y, lr=lr)
            expect_close(history, costs, f"history after {steps(iters)} differs", X=X, y=y, lr=lr)
            theta = theta - lr * with_ones(X).T @ (with_ones(X) @ theta - y) / len(y)


@check(
    points=2,
    title="Descent arrives at the solution of the normal equations",
    about="fit_gd",
    visible=False,
    hints=["Does b move as well?", "Are all `iters` steps taken?"],
)
def arrives(learner, rng):
    for n, d in [(20, 1), (40, 2)]:
        X, y = problem(rng, n, d)
        Z = with_ones(X)
        eigenvalues = np.linalg.eigvalsh(Z.T @ Z / n)
        iters = int(np.ceil(16 * eigenvalues[-1] / eigenvalues[0]))
        answer, history = descend(learner, X, y, 1 / eigenvalues[-1], iters)
        expect_close(
            answer,
            best(X, y),
            f"w and b (last) after {iters} steps should be those of least cost",
            rtol=1e-4,
            atol=1e-4,
        )
        rise = np.diff(history).max()
        expect(rise <= 1e-9, f"at a safe learning rate the cost never rises, but it rose by {rise:.3g}")


@check(
    points=1,
    title="No step, fewer than none, and a bad learning rate",
    about="fit_gd",
    visible=False,
    hints=["With iters = 0, w and b are zeros and history holds one cost."],
)
def limits(learner, rng):
    X, y = problem(rng, 5, 2)
    answer, history = descend(learner, X, y, 0.1, 0)
    expect_close(answer, np.zeros(3), "without a step w and b are zero", X=X, y=y)
    expect_close(history, [np.mean(y**2) / 2], "without a step history is the cost at zero", X=X, y=y)
    expect_raises(ValueError, learner.fit_gd, X, y, 0.1, -1, message="fewer than no steps")
    for lr in [0.0, -0.1]:
        expect_raises(ValueError, learner.fit_gd, X, y, lr, 3, message="a learning rate must be above 0")


@check(
    points=1,
    title="At the answer of fit_normal the cost is least",
    about="fit_normal",
    visible=False,
    hints=["Append a column of ones to X; its coefficient is b.", "Solve (ZᵀZ) θ = Zᵀy."],
)
def normal_equations(learner, rng):
    for X, y in [(SMALL_X, SMALL_Y), problem(rng, 8, 1), problem(rng, 12, 3)]:
        answer = coefficients(learner.fit_normal(X, y), X.shape[1], "fit_normal")
        expect_close(answer, best(X, y), "w and b (last) are not those of least cost", atol=1e-7, X=X, y=y)


@check(
    points=2,
    title="Training rows come out with mean 0 and spread 1",
    about="Scaler",
    hints=["axis=0 goes down the columns.", "Where the spread is 0, divide by 1."],
)
def standardises(learner, rng):
    X = rng.normal(size=(6, 3)) * [1, 50, 0.02] + [0, 300, -1]
    Z = scaler_for(learner, X).transform(X)
    expect_shape(Z, X.shape, "transform should keep the shape of X", X=X)
    Z = np.asarray(Z)
    expect_close(Z.mean(axis=0), np.zeros(3), "each scaled column should have mean 0", atol=1e-7, X=X)
    expect_close(Z.std(axis=0), np.ones(3), "each scaled column should have np.std of 1", X=X)
    X[:, 1] = 7.0
    Z = scaler_for(learner, X).transform(X)
    expect_shape(Z, X.shape, "transform should keep the shape of X", X=X)
    expect_close(np.asarray(Z)[:, 1], np.zeros(6), "a constant column should become zeros", X=X)


@check(
    points=1,
    title="New rows are scaled with the training statistics, never before fit",
    about="Scaler",
    visible=False,
    hints=["fit stores mean and spread on self; transform only reads them."],
)
def training_statistics_only(learner, rng):
    train, new = rng.normal(2, 3, size=(8, 2)), rng.normal(-5, 10, size=(4, 2))
    scaler = scaler_for(learner, train)
    right = (new - train.mean(axis=0)) / train.std(axis=0)
    for rows in [new, new[:1], new]:
        expect_close(
            scaler.transform(rows),
            right[: len(rows)],
            "rows that fit has not seen should be scaled with the mean and spread of those it has",
            train=train,
            new=rows,
        )
    chained = learner.Scaler().fit(train)
    expect(isinstance(chained, Remote), "fit should return the scaler itself")
    expect_close(chained.transform(new), right, "Scaler().fit(train).transform(new) differs")
    expect_raises(RuntimeError, learner.Scaler().transform, new, message="nothing was fitted yet")


@check(
    points=2,
    title="to_original predicts the same from unscaled features",
    about="Scaler",
    visible=False,
    hints=[
        "Put z = (x − μ) / s into wᵀz + b and collect what belongs to x.",
        "The weights become w / s, and b loses Σ w μ / s.",
    ],
)
def back_to_original(learner, rng):
    X, y = houses(rng, 30)
    X = np.column_stack([X, np.full(30, 2.0)])
    scaler = scaler_for(learner, X)
    Z = (X - X.mean(axis=0)) / np.where(np.ptp(X, axis=0) > 0, X.std(axis=0), 1.0)
    w, b = rng.normal(size=5), rng.normal()
    answer = coefficients(scaler.to_original(w, b), 5, "to_original")
    expect(np.isfinite(answer).all(), "w and b should be finite, also with a constant column", answer=answer)
    expect_close(
        with_ones(X)[:6] @ answer,
        Z[:6] @ w + b,
        "w and b for unscaled features should predict what w and b predict for scaled ones",
        rtol=1e-6,
        atol=1e-6,
        X=X[:6],
        w=w,
        b=b,
    )


@check(
    points=2,
    title="Scaling cuts the iterations at least tenfold",
    about="Scaler",
    visible=False,
    hints=["Each column has to be divided by its spread, not only centred."],
)
def scaling_pays(learner, rng):
    X, y = houses(rng, 60)
    Z = scaler_for(learner, X).transform(X)
    expect_shape(Z, X.shape, "transform should keep the shape of X")
    Z = np.asarray(Z, dtype=float)
    expect(np.isfinite(Z).all(), "scaled features should be finite numbers")
    goal = right_cost(X, y, best(X, y)) + 0.01 * np.var(y)
    _, scaled = descend(learner, Z, y, safe_rate(Z), 150)
    reached = scaled <= goal
    expect(reached.any(), "with scaled features 150 steps should come close to the least cost")
    needed = max(1, int(np.argmax(reached)))
    _, raw = descend(learner, X, y, safe_rate(X), 10 * needed)
    expect(
        (raw > goal).all(),
        f"{needed} steps with your scaled features should do what {10 * needed} with the raw ones do not",
    )


@check(
    points=1,
    title="Lists, integers and float32 are understood, arguments stay as they were",
    about="fit_gd",
    visible=False,
    hints=["np.asarray(X, dtype=float) first; then w = w − …, not w −= … on an argument."],
)
def kinds_of_input(learner, rng):
    X, y = rng.integers(-3, 4, size=(6, 2)), rng.integers(-9, 10, size=6)
    w, b = rng.integers(-2, 3, size=2), 1
    right = right_cost(X, y, np.append(w, b))
    for kind in [np.ndarray.tolist, np.int8, np.float32]:
        convert = kind if kind is np.ndarray.tolist else lambda a, kind=kind: a.astype(kind)
        given = [convert(a) for a in (X, y, w)]
        expect_close(learner.cost(*given, b), right, f"the cost differs for {type(given[0]).__name__} input")
        answer, _ = descend(learner, *given[:2], 0.01, 2)
        expect(np.isfinite(answer).all(), "fit_gd should give finite numbers for integers and lists")
        coefficients(learner.fit_normal(np.eye(3, 2).tolist(), [1, 2, 3]), 2, "fit_normal")
    X, y = problem(rng, 5, 2)
    theta = rng.normal(size=2)
    for call in [learner.cost, learner.gradient]:
        expect_unchanged(call, X, y, theta, 0.5)
    expect_unchanged(learner.fit_gd, X, y, 0.1, 3)
    expect_unchanged(learner.fit_normal, X, y)
    scaler = learner.Scaler()
    expect_unchanged(scaler.fit, X)
    expect_unchanged(scaler.transform, X)
    expect_unchanged(scaler.to_original, theta, 0.5)
