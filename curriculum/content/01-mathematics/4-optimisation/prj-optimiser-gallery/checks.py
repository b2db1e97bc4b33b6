"""Pre-checks of the project: what the files and the figure claim is computed again from the learner's `path`.

Gradients are ours, lent to the learner's code, so that a path is judged on the surface and not on a copy of it.
"""

import numpy as np

from grader.exam import (
    Figure,
    check,
    expect,
    expect_close,
    expect_headings,
    expect_rows,
    expect_shape,
    expect_type,
)

STEPS = 100
STARTS = {"rosenbrock": (-1.2, 1.0), "himmelblau": (0.0, 0.0), "bowl": (-4.0, 1.0), "regression": (-2.0, 3.0)}
OPTIMISERS = ("gd", "momentum", "adagrad", "rmsprop", "adam")
MOST_BYTES = 1_000_000
SURPRISES = ("First surprise", "Second surprise", "Third surprise")

draw = np.random.default_rng(7)
T = draw.uniform(-2, 2, size=40)
Y = 2 * T - 1 + draw.normal(scale=0.5, size=40)


def value(surface, p):
    x, y = p
    if surface == "rosenbrock":
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2
    if surface == "himmelblau":
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2
    if surface == "bowl":
        return (x**2 + 100 * y**2) / 2
    return np.mean((x * T + y - Y) ** 2) / 2


def gradient_of(surface):
    rng = np.random.default_rng(0)

    def gradient(p):
        x, y = (float(entry) for entry in p)
        with np.errstate(all="ignore"):
            x, y = np.float64(x), np.float64(y)
            if surface == "rosenbrock":
                return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])
            if surface == "himmelblau":
                a, b = x**2 + y - 11, x + y**2 - 7
                return np.array([4 * x * a + 2 * b, 2 * a + 4 * y * b])
            if surface == "bowl":
                return np.array([x, 100 * y])
            rows = rng.integers(len(T), size=4)
            error = x * T[rows] + y - Y[rows]
            return np.array([np.mean(error * T[rows]), np.mean(error)])

    return gradient


def points_of(learner, name, surface, rate, steps=STEPS):
    points = learner.path(name, gradient_of(surface), STARTS[surface], rate, steps)
    expect_shape(points, (steps + 1, 2), f"path of {name} on {surface}, {steps} steps")
    return np.asarray(points, dtype=float)


def final_value(surface, points):
    with np.errstate(all="ignore"):
        found = value(surface, points[-1])
    return min(found, 1e6) if np.isfinite(found) else 1e6


def recorded(learner):
    numbers = ["rate", "steps", "final_value"]
    columns = ["surface", "optimiser", *numbers]
    return expect_rows(learner.file("runs.csv"), columns, numbers, name="runs.csv", at_least=60)


def step_of(name, g, m, s, t):
    """The step at rate 1, with m and s as they are after it."""
    if name == "gd":
        return g, m, s
    if name == "momentum":
        m = 0.9 * m + g
        return m, m, s
    if name == "adam":
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        return m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s
    s = s + g**2 if name == "adagrad" else 0.9 * s + 0.1 * g**2
    return g / (np.sqrt(s) + 1e-8), m, s


@check(
    points=5,
    title="Each of the five optimisers takes its own steps",
    about="path",
    hints=[
        "Write down the first two steps by hand: where does t begin?",
        "m and s begin at 0 in every call, and every entry of p has its own.",
    ],
)
def optimisers(learner, rng):
    curvature = rng.uniform(0.5, 3.0, size=2)
    start, rate = rng.uniform(1.0, 2.0, size=2), float(rng.uniform(0.05, 0.2))
    for name in OPTIMISERS:
        found = learner.path(name, lambda p: curvature * np.asarray(p), start, rate, 6)
        expect_shape(found, (7, 2), f"path of {name}, 6 steps")
        p, m, s, right = start, np.zeros(2), np.zeros(2), [start]
        for t in range(1, 7):
            step, m, s = step_of(name, curvature * p, m, s, t)
            p = p - rate * step
            right.append(p)
        expect_close(found, np.array(right), f"the path of {name} differs", start=start, rate=rate, curvature=curvature)


@check(
    points=2,
    title="runs.csv records every optimiser on every surface, at three rates and with the same budget",
    about="sweep",
    hints=["20 pairs of surface and optimiser, three rates each: at least 60 rows.", "Write STEPS, and use it."],
)
def record(learner):
    rows = recorded(learner)
    for row in rows:
        expect(row["surface"] in STARTS, f"runs.csv names the surface {row['surface']}, which there is not")
        expect(row["optimiser"] in OPTIMISERS, f"runs.csv names the optimiser {row['optimiser']}, which there is not")
        expect(row["steps"] == STEPS, f"each run has {STEPS} steps, but runs.csv has one with {row['steps']:g}")
    for surface in STARTS:
        for name in OPTIMISERS:
            rates = {row["rate"] for row in rows if (row["surface"], row["optimiser"]) == (surface, name)}
            expect(len(rates) >= 3, f"runs.csv has {len(rates)} rates for {name} on {surface}; three are asked for")


@check(
    points=3,
    title="The final values in runs.csv are those that path arrives at",
    about="sweep",
    hints=[
        "Take a fresh gradient_of(surface) for every run: the noise goes on from call to call.",
        "The height at the last point of the path counts, not the lowest on the way.",
    ],
)
def record_is_true(learner, rng):
    rows = recorded(learner)
    for place in rng.choice(len(rows), size=10, replace=False):
        row = rows[place]
        expect(row["surface"] in STARTS and row["optimiser"] in OPTIMISERS, f"row {place + 1} of runs.csv names no run")
        points = points_of(learner, row["optimiser"], row["surface"], row["rate"])
        expect_close(
            row["final_value"],
            final_value(row["surface"], points),
            f"row {place + 1} of runs.csv is not what path({row['optimiser']!r}, …) arrives at on {row['surface']}",
            rtol=0.02,
            atol=1e-6,
            rate=row["rate"],
        )


@check(
    points=5,
    title="The gallery draws the paths that the optimisers take",
    about="gallery",
    hints=[
        "Use the rates that gallery is given, not fixed ones.",
        "A label is the optimiser's name alone; its line has STEPS + 1 points, the start among them.",
    ],
)
def figure_is_true(learner, rng):
    slow = {"gd": 1e-4, "momentum": 1e-4}
    rates = {
        surface: {name: round(float(slow.get(name, 0.05) * rng.uniform(0.5, 2)), 6) for name in OPTIMISERS}
        for surface in STARTS
    }
    figure = learner.gallery(rates)
    expect_type(figure, Figure, "gallery should return the figure")
    for surface in STARTS:
        named = [axes for axes in figure.axes if (axes.title or "").lower().startswith(surface)]
        expect(len(named) == 1, f"{len(named)} of the axes have a title that begins with {surface}; one should")
        lines = {line.label: line for line in named[0].lines}
        missing = [name for name in OPTIMISERS if name not in lines]
        expect(not missing, f"on {surface} no line is labelled {' or '.join(missing)}")
        for name in rng.choice(OPTIMISERS, size=2, replace=False):
            drawn = np.column_stack([lines[name].x, lines[name].y])
            right = points_of(learner, str(name), surface, rates[surface][name])
            expect_close(drawn, right, f"the line of {name} on {surface} is not its path", rate=rates[surface][name])


@check(
    points=2,
    title="descent.gif moves",
    about="animation",
    hints=["FuncAnimation(figure, show, frames=25).save('descent.gif', writer=PillowWriter(fps=10))"],
)
def animation(learner):
    content = learner.file("descent.gif", MOST_BYTES)
    expect(content[:4] == b"GIF8", "descent.gif is no GIF")
    pictures = content.count(b"\x21\xf9\x04")
    expect(pictures >= 20, f"descent.gif has {pictures} pictures; at least 20 are asked for")


@check(
    points=3,
    title="Three surprises are told with surface, optimiser, figures and a reason",
    about="surprises",
    hints=["What did you see, in numbers? Why? What does it not show?"],
)
def surprises(learner):
    parts = expect_headings(learner.text("surprises"), SURPRISES, at_least=50)
    for heading, part in parts.items():
        lower = part.lower()
        expect(any(name in lower for name in STARTS), f"“{heading}” names none of the surfaces")
        expect(any(name in lower for name in OPTIMISERS), f"“{heading}” names none of the optimisers")
        expect(any(sign.isdigit() for sign in part), f"“{heading}” gives no figure from your record")
        reason = any(word in lower for word in ("curv", "eigenvalue", "hessian", "nois"))
        expect(reason, f"“{heading}” does not say what it has to do with curvature or noise")
