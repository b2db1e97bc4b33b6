"""Rules on the text of answers. Run by test_exam.py under the core environment."""

from grader.exam import reading
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


def case_no_line_of_ipythons_hides_the_rest_of_a_cell():
    for line in (
        "_ = %pwd",
        "_ = !true",
        "!true",
        "np.sum?",
        "?np.sum",
        "%timeit -n1 -r1 1",
        "%matplotlib inline",
        "%%time",
        "%%capture out --no-stderr",
        "%%timeit -n 1 -r 1",
        "%%prun -l 5",
        "%%python --out x",
        "%%time\n%%capture",
        ">>> x = 1",
        "In [1]: x = 1",
        "if True:\n    %time 1",
        "%cd ..\n!ls {x}\n/print x\n,print a b",
    ):
        (place,) = broken(f"{line}\nnp.linalg.svd(A)")
        assert place == f"{line.count(chr(10)) + 2}:np.linalg.svd", (line, place)


def case_code_in_a_text_that_is_run_counts():
    for source in (
        "%time np.linalg.svd(A)",
        "U, s, V = %time np.linalg.svd(A)",
        "%timeit -n 1 -r1 np.linalg.svd(A)",
        "%timeit -n1 -r 1 -q x = np.linalg.svd(A)",
        "%prun -s cumulative np.linalg.svd(A)",
        "%time %timeit -n1 np.linalg.svd(A)",
        "%memit np.linalg.svd(A)",
        "%%timeit x = np.linalg.svd(A)\npass",
        "def f(A):\n    %time return np.linalg.svd(A)",
        "def f(A):\n    for _ in A:\n        _ = %time np.linalg.svd(A)",
        "%alias_magic quick time\n%quick np.linalg.svd(A)",
        "%%writefile mine.py\nimport numpy as np\nf = np.linalg.svd",
        "time np.linalg.svd(A)",
        "timeit -n1 np.linalg.svd(A)",
        "get_ipython().run_line_magic('time', 'np.linalg.svd(A)')",
        "shell.run_cell('%time np.linalg.svd(A)')",
        "exec('np.linalg.svd(A)')",
        "x = eval('np.linalg.svd(A)')",
        "%%time\n" * 300 + "np.linalg.svd(A)",
    ):
        cells = [SETUP, Cell("svd", 2, source, True, has_run=True)]
        assert broken_rules(cells, RULES), source


def case_names_in_texts_that_are_not_run_are_allowed():
    for source in (
        "np.linalg.svd?",
        "?sorted",
        "%pinfo np.linalg.svd",
        "!echo sorted",
        "%%bash\nsorted",
        "%%markdown\nnp.linalg.svd",
        "%%writefile words.txt\nsorted",
        "%cat sorted",
        "ls sorted",
        "re.compile('sorted')",
        "exec(text)",
        "table.eval('sorted')",
        "%time",
        "%time x ==",
    ):
        cells = [SETUP, Cell("svd", 2, source, True, has_run=True)]
        assert broken_rules(cells, RULES) == [], source


def case_what_stands_below_a_cell_magic_is_defined():
    rules = {"required": ["svd(A)"], "no_loops_in": ["svd"]}
    cell = Cell("svd", 2, "\n%%time\ndef svd(A):\n    for a in A: pass", True)
    (rule,) = broken_rules([SETUP, cell], rules)
    assert rule.message.startswith("Line 4 of cell 2 (svd) has a for loop in svd.")


def case_a_cell_that_ran_but_cannot_be_read_earns_nothing():
    for source in ("svd A", "def broken(:", "time x ==\ny"):
        rules = [Cell("svd", 2, source, True), Cell("svd", 2, source, True, has_run=True)]
        not_run, run = (broken_rules([SETUP, cell], RULES) for cell in rules)
        assert not_run == [], source
        assert [rule.message for rule in run] == [
            "Cell 2 (svd) cannot be read as Python, so nobody can tell whether it keeps to the rules of "
            "this exercise. Write it as plain Python, or remove it."
        ], source
    ours = Cell("ours", 1, "def broken(:", False, has_run=True)
    assert broken_rules([ours, SETUP], RULES) == []


def case_reading_is_bounded_by_text_and_magics():
    most, reading.MOST_TOKENISED = reading.MOST_TOKENISED, 10_000
    try:
        assert reading.Reader().read("%x\n" * 10) is not None
        assert reading.Reader().read("x = 1\n" * 10_000) is not None
        assert reading.Reader().read("%x\n" * 10 + "x = 1\n" * 1_000) is None
    finally:
        reading.MOST_TOKENISED = most


def case_a_cell_with_a_slip_excuses_no_wrong_signature():
    slip = Cell("slip", 3, "def broken(:", True)
    wrong = Cell("svd", 2, "def svd(*A): pass", True)
    (rule,) = broken_rules([SETUP, wrong, slip], {"required": ["svd(A)"]})
    assert rule.message.startswith("Line 1 of cell 2 (svd) defines svd(*A)")
    assert broken_rules([SETUP, slip], {"required": ["svd(A)"]}) == []


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
