"""Rules on the text of answers. Run by test_exam.py under the core environment."""

from grader.exam.rules import Cell, broken_rules

RULES = {
    "forbidden_imports": ["sklearn", "scipy.linalg"],
    "forbidden_calls": ["np.linalg.svd", "sorted", ".sort", "scipy.stats.*", "np.mean"],
}
SETUP = Cell("setup", 1, "import numpy as np\nimport scipy\nfrom numpy import *", False)


def broken(source: str) -> list[str]:
    found = broken_rules([SETUP, Cell("svd", 2, source, True)], RULES)
    return [f"{rule.line}:{rule.name}" for rule in found]


def case_forbidden_calls_are_found_under_every_name():
    for source in (
        "np.linalg.svd(A)",
        "f = np.linalg.svd",
        "import numpy\nnumpy.linalg.svd(A)",
        "import numpy.linalg\nnumpy.linalg.svd(A)",
        "import numpy.linalg as la\nla.svd(A)",
        "from numpy.linalg import svd as s",
        "from numpy import linalg\nlinalg.svd(A)",
        "lin = np.linalg\nlin.svd(A)",
        "getattr(np.linalg, 'svd')(A)",
        "np.linalg._linalg.svd(A)",
        "np.linalg.linalg.svd(A)",
        "__import__('numpy').linalg.svd(A)",
        "import importlib\nimportlib.import_module('numpy').linalg.svd(A)",
        "def f(A):\n    return [np.linalg.svd(a) for a in A]",
        "%time np.linalg.svd(A)",
        "%%time\nnp.linalg.svd(A)",
        "linalg.svd(A)",
    ):
        assert any("np.linalg.svd" in item for item in broken(source)), source


def case_forbidden_imports_are_found():
    for source in (
        "import sklearn",
        "import sklearn.cluster as c",
        "from sklearn.cluster import KMeans",
        "import os, sklearn",
        "__import__('sklearn')",
        "import importlib\nimportlib.import_module('sklearn.cluster')",
        "from scipy import linalg",
        "import scipy.linalg",
        "def f():\n    from sklearn import svm",
    ):
        assert broken(source), source


def case_built_ins_methods_and_whole_modules():
    assert broken("sorted(x)") == ["1:sorted"]
    assert broken("x.sort()") == ["1:.sort"]
    assert broken("from scipy import stats\nstats.norm.cdf(1)")
    assert broken("mean(x)") == ["1:np.mean"]


def case_what_is_allowed_passes():
    for source in (
        "np.linalg.eigh(A)",
        "def sorted(x): return x\nsorted([1])",
        "def svd(A): return A\nsvd(A)",
        "svd = 3",
        "# np.linalg.svd(A)",
        "'np.linalg.svd'",
        "import os",
        "x.mean()",
        "def mean(x): return sum(x) / len(x)\nmean(x)",
        "%matplotlib inline\n!ls\nx = 1",
        "def broken(:",
        "",
    ):
        assert broken(source) == [], (source, broken(source))


def case_only_cells_of_the_learner_are_judged():
    ours = Cell("ours", 1, "np.linalg.svd(A)", False)
    assert broken_rules([SETUP, ours], RULES) == []


def case_the_message_names_line_cell_and_rule():
    (rule,) = broken_rules([SETUP, Cell("svd", 2, "\nx = np.linalg.svd(A)", True)], RULES)
    assert rule.message == (
        "Line 2 of cell 2 (svd) uses np.linalg.svd. This exercise asks you to do without it."
    )


def case_hostile_text_is_harmless():
    for source in (
        "(" * 100_000,
        "a." * 50_000 + "b",
        "\0",
        "-" * 50_000 + "1",
        "x = " + "9" * 10**6,
    ):
        broken(source)
