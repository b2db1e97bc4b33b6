"""Pre-checks of the essay: what a program can see of a text, and whether its experiment can be repeated."""

import re

from grader.exam import check, expect, expect_close, expect_headings, expect_rows, expect_type, expect_words

PARTS = ("The problem", "The update", "Bias correction", "My experiment", "A criticism", "Limits and sources")
NUMBER = re.compile(r"\d+\.\d+|\d{2,}")


def results(learner):
    columns = ["seed", "condition", "value"]
    return expect_rows(learner.file("results.csv"), columns, ["seed", "value"], at_least=6, name="results.csv")


def conditions_of(learner, seed):
    found = learner.experiment(seed)
    expect_type(found, dict, "experiment should return a dict of conditions", seed=seed)
    expect(len(found) >= 2, "experiment should compare at least two conditions", seed=seed, found=found)
    for condition, number in found.items():
        expect_type(condition, str, "the name of a condition is a text")
        expect_type(number, (int, float, np.number), f"what experiment measures under “{condition}”", seed=seed)
        expect(np.isfinite(number), f"under “{condition}” the experiment found {number}", seed=seed)
    return found


def is_named(number, text):
    """Whether the text holds the number, rounded to as many digits as it gives."""
    for found in NUMBER.findall(text):
        digits = len(found.partition(".")[2])
        if abs(float(found) - number) <= 0.5 * 10**-digits * (1 + 1e-9):
            return True
    return False


@check(
    points=2,
    title="The text has its six parts",
    about="essay",
    hints=["The headings were there at the beginning: put back what is missing, on a line of its own."],
)
def parts(learner):
    expect_headings(learner.text("essay"), PARTS, at_least=40)


@check(points=2, title="The text has 500 to 700 words", about="essay", hints=["Which sentence would nobody miss?"])
def length(learner):
    expect_words(learner.text("essay"), 500, 700)


@check(
    points=1,
    title="Update and bias correction are given as formulae",
    about="essay",
    hints=["$\\hat m_t$ is written between two dollar signs."],
)
def formulae(learner):
    text = learner.text("essay")
    found = expect_headings(text, PARTS)
    for heading in ("The update", "Bias correction"):
        expect(re.search(r"\$[^$]+\$", found[heading]), f"The part “{heading}” holds no formula between dollar signs")
    expect("\\beta" in text or "β" in text, "The text nowhere names the decay rates β₁ and β₂")


@check(
    points=2,
    title="The experiment compares conditions and can be repeated",
    about="experiment",
    hints=["np.random.default_rng(seed), and no other source of chance."],
)
def repeats(learner, rng):
    seed = int(rng.integers(1_000))
    first, second = conditions_of(learner, seed), conditions_of(learner, seed)
    expect(list(first) == list(second), "a second call with the same seed gives other conditions", seed=seed)
    for condition, number in first.items():
        expect_close(second[condition], number, f"the same seed gives another value for “{condition}”", seed=seed)


@check(
    points=2,
    title="results.csv holds what the experiment finds, for three seeds at least",
    about="results",
    hints=["One row for each seed and condition, with the value as experiment(seed) gives it."],
)
def recorded(learner):
    rows = results(learner)
    seeds = sorted({row["seed"] for row in rows})
    expect(len(seeds) >= 3, f"results.csv has {len(seeds)} seeds; at least 3 are asked for")
    for seed in seeds[:3]:
        expect(seed == int(seed), f"{seed} in results.csv is no whole number, as a seed should be")
        for condition, number in conditions_of(learner, int(seed)).items():
            found = [row["value"] for row in rows if (row["seed"], row["condition"]) == (seed, condition)]
            expect(len(found) == 1, f"results.csv has {len(found)} rows for seed {seed:g} and “{condition}”; one should be")
            expect_close(found[0], number, f"results.csv differs for “{condition}”", rtol=0.02, seed=int(seed))


@check(
    points=1,
    title="The text reports numbers of the experiment",
    about="essay",
    hints=["Say what you measured, and under which condition: two numbers out of results.csv."],
)
def reported(learner):
    part = expect_headings(learner.text("essay"), PARTS)["My experiment"]
    named = {row["value"] for row in results(learner) if is_named(row["value"], part)}
    expect(
        len(named) >= 2,
        f"“My experiment” names {len(named)} of the values in results.csv; at least two are asked for",
    )
